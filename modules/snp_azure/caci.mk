# SPDX-License-Identifier: Apache-2.0
# Confidential containers; COSE stands here because modules/snp needs no
# libcbor.
libtee_azure_la_SOURCES += \
	modules/common/cbor.c modules/common/cbor.h \
	modules/common/cose.c modules/common/cose.h \
	modules/common/didx509.c modules/common/didx509.h \
	modules/snp_azure/uvm.c modules/snp_azure/uvm.h \
	modules/snp_azure/uvm_judge.c \
	modules/snp_azure/cce.c modules/snp_azure/cce.h \
	modules/snp_azure/caci.c modules/snp_azure/caci.h \
	modules/snp_azure/context.c modules/snp_azure/context.h \
	modules/snp_azure/device.c modules/snp_azure/device.h
