# SPDX-License-Identifier: Apache-2.0
# The vTPM.  libtss2-sys: the response buffer beneath ESAPI, to wipe it.
libtee_azure_la_SOURCES += \
	modules/snp_azure/tpm.h modules/snp_azure/vtpm.h \
	modules/snp_azure/vtpm.c modules/snp_azure/vtpm_tcti.c \
	modules/snp_azure/vtpm_pcr.c modules/snp_azure/vtpm_quote.c \
	modules/snp_azure/vtpm_enckey.c modules/snp_azure/vtpm_decrypt.c \
	modules/snp_azure/vtpm_nv.c modules/snp_azure/vtpm_hcl.c \
	modules/snp_azure/vtpm_lock.c modules/snp_azure/vtpm_ak.c \
	modules/snp_azure/place.c modules/snp_azure/place.h \
	modules/snp_azure/selection.c modules/snp_azure/selection.h \
	modules/snp_azure/hclcache.c modules/snp_azure/hclcache.h \
	modules/snp_azure/collector.c
