# SPDX-License-Identifier: Apache-2.0
# The vTPM.  libtss2-sys: the response buffer beneath ESAPI, to wipe it.
libtee_azure_la_SOURCES += \
	modules/snp_azure/tpm.h modules/snp_azure/vtpm.h \
	modules/snp_azure/vtpm.c modules/snp_azure/vtpm_tcti.c \
	modules/snp_azure/vtpm_pcr.c modules/snp_azure/vtpm_quote.c \
	modules/snp_azure/vtpm_enckey.c modules/snp_azure/vtpm_decrypt.c
libtee_azure_la_LIBADD += -ltss2-sys
