# SPDX-License-Identifier: Apache-2.0
# Everything but the descriptor stands in a convenience library, so that tests
# and fuzzers can reach inside.
if MODULE_SNP_AZURE
noinst_LTLIBRARIES += libtee-azure.la
AZURE_CFLAGS = $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS) $(CURL_CFLAGS) \
	$(JOSE_CFLAGS) $(CBOR_CFLAGS) $(TSS2_CFLAGS)
AZURE_LIBS = $(CRYPTO_LIBS) $(JANSSON_LIBS) $(CURL_LIBS) $(JOSE_LIBS) \
	$(CBOR_LIBS) $(TSS2_LIBS)
libtee_azure_la_CFLAGS = $(AM_CFLAGS) $(AZURE_CFLAGS)
libtee_azure_la_LIBADD = libtee-snp.la $(AZURE_LIBS)
libtee_azure_la_SOURCES = \
	modules/snp_azure/facility.h
# JOSE stands here, not in libtee-common: modules/snp needs no libjose.
libtee_azure_la_SOURCES += \
	modules/common/quiet.h \
	modules/common/jwk.c modules/common/jwk.h \
	modules/common/jws.c modules/common/jws.h
include modules/snp_azure/vtpm.mk
endif
