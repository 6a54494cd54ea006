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
	modules/snp_azure/thim.c modules/snp_azure/thim.h \
	modules/snp_azure/imds.h modules/snp_azure/accesstoken.c \
	modules/snp_azure/identity.c modules/snp_azure/identity.h \
	modules/snp_azure/identity_ask.c \
	modules/snp_azure/facility.h
# JOSE stands here, not in libtee-common: modules/snp needs no libjose.
libtee_azure_la_SOURCES += \
	modules/common/quiet.h \
	modules/common/jwk.c modules/common/jwk.h \
	modules/common/jws.c modules/common/jws.h
include modules/snp_azure/vtpm.mk
# MAA
libtee_azure_la_SOURCES += \
	modules/snp_azure/jwks.c modules/snp_azure/jwks.h \
	modules/snp_azure/keycache.c modules/snp_azure/keycache.h \
	modules/snp_azure/maapolicy.c modules/snp_azure/maapolicy.h \
	modules/snp_azure/maatoken.c modules/snp_azure/maatoken.h \
	modules/snp_azure/judge_token.c modules/snp_azure/judge_machine.c \
	modules/snp_azure/maatoken_binding.c modules/snp_azure/maatoken_claim.c \
	modules/snp_azure/maarequest.c modules/snp_azure/maarequest.h \
	modules/snp_azure/guestanswer.c modules/snp_azure/guestanswer.h \
	modules/snp_azure/maa.c modules/snp_azure/maa.h \
	modules/snp_azure/maa_keys.c modules/snp_azure/maa_ask.c \
	modules/snp_azure/maa_guest.c
include modules/snp_azure/caci.mk
libtee_azure_la_SOURCES += \
	modules/snp_azure/hcl.c modules/snp_azure/hcl.h \
	modules/snp_azure/quote.c modules/snp_azure/quote.h \
	modules/snp_azure/pcrs.c modules/snp_azure/pcrs.h \
	modules/snp_azure/cvm.c modules/snp_azure/cvm.h \
	modules/snp_azure/cvm_case.h modules/snp_azure/cvm_policy.c \
	modules/snp_azure/cvm_hcl.c modules/snp_azure/cvm_quote.c \
	modules/snp_azure/offline.c
endif
if MODULE_SNP_AZURE
libtee_azure_la_SOURCES += \
	modules/common/webpki.c modules/common/webpki.h \
	modules/common/sealed.c modules/common/sealed.h \
	modules/common/sealed_header.c modules/common/sealed_header.h \
	modules/snp_azure/wrap.c modules/snp_azure/wrap.h \
	modules/snp_azure/rsakey.c modules/snp_azure/rsakey.h \
	modules/snp_azure/ahead.c modules/snp_azure/ahead.h \
	modules/snp_azure/release.c modules/snp_azure/release.h \
	modules/snp_azure/key_hsm.c \
	modules/snp_azure/vault.c modules/snp_azure/vault.h \
	modules/snp_azure/vault_ask.c \
	modules/snp_azure/seed.c modules/snp_azure/seed.h \
	modules/snp_azure/wrapping.c modules/snp_azure/wrapping.h \
	modules/snp_azure/keystore.c modules/snp_azure/keystore.h
endif

if MODULE_SNP_AZURE
module_LTLIBRARIES += snp_azure.la
snp_azure_la_SOURCES = modules/snp_azure/module.c
snp_azure_la_CFLAGS = $(AM_CFLAGS) $(AZURE_CFLAGS)
snp_azure_la_LDFLAGS = -module $(MODULE_LDFLAGS)
snp_azure_la_LIBADD = libtee-azure.la libtee.la $(AZURE_LIBS)
endif
