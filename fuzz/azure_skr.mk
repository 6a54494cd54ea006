# SPDX-License-Identifier: Apache-2.0
# Secure Key Release; seeds by fuzz/make-skr-seeds.
if MODULE_SNP_AZURE
FUZZ_TARGETS += release key_hsm sealed pkcs8
FUZZ_SKR_CFLAGS = $(FUZZ_CFLAGS) $(AZURE_CFLAGS)
FUZZ_SKR_ENGINE = $(FUZZ_ENGINE) $(AZURE_CFLAGS)
FUZZ_SKR = libtee-azure.la $(FUZZ_CORE)
replay_programs += fuzz/replay_release fuzz/replay_key_hsm \
	fuzz/replay_sealed fuzz/replay_pkcs8
fuzz_programs += fuzz/fuzz_release fuzz/fuzz_key_hsm fuzz/fuzz_sealed \
	fuzz/fuzz_pkcs8

fuzz_replay_release_SOURCES = fuzz/release.c $(FUZZ_REPLAY)
fuzz_replay_release_CFLAGS = $(FUZZ_SKR_CFLAGS)
fuzz_replay_release_LDADD = $(FUZZ_SKR)
fuzz_replay_key_hsm_SOURCES = fuzz/key_hsm.c $(FUZZ_REPLAY)
fuzz_replay_key_hsm_CFLAGS = $(FUZZ_SKR_CFLAGS)
fuzz_replay_key_hsm_LDADD = $(FUZZ_SKR)
fuzz_replay_sealed_SOURCES = fuzz/sealed.c $(FUZZ_REPLAY)
fuzz_replay_sealed_CFLAGS = $(FUZZ_SKR_CFLAGS)
fuzz_replay_sealed_LDADD = $(FUZZ_SKR)
fuzz_replay_pkcs8_SOURCES = fuzz/pkcs8.c $(FUZZ_REPLAY)
fuzz_replay_pkcs8_CFLAGS = $(FUZZ_SKR_CFLAGS)
fuzz_replay_pkcs8_LDADD = $(FUZZ_SKR)

fuzz_fuzz_release_SOURCES = fuzz/release.c $(FUZZ_COMMON)
fuzz_fuzz_release_CFLAGS = $(FUZZ_SKR_ENGINE)
fuzz_fuzz_release_LDADD = $(FUZZ_SKR)
fuzz_fuzz_key_hsm_SOURCES = fuzz/key_hsm.c $(FUZZ_COMMON)
fuzz_fuzz_key_hsm_CFLAGS = $(FUZZ_SKR_ENGINE)
fuzz_fuzz_key_hsm_LDADD = $(FUZZ_SKR)
fuzz_fuzz_sealed_SOURCES = fuzz/sealed.c $(FUZZ_COMMON)
fuzz_fuzz_sealed_CFLAGS = $(FUZZ_SKR_ENGINE)
fuzz_fuzz_sealed_LDADD = $(FUZZ_SKR)
fuzz_fuzz_pkcs8_SOURCES = fuzz/pkcs8.c $(FUZZ_COMMON)
fuzz_fuzz_pkcs8_CFLAGS = $(FUZZ_SKR_ENGINE)
fuzz_fuzz_pkcs8_LDADD = $(FUZZ_SKR)
EXTRA_DIST += fuzz/make-skr-seeds
endif
