# SPDX-License-Identifier: Apache-2.0
# Microsoft Azure Attestation; seeds by fuzz/make-maa-seeds.
if MODULE_SNP_AZURE
FUZZ_TARGETS += jwt jwks guestanswer
replay_programs += fuzz/replay_jwt fuzz/replay_jwks fuzz/replay_guestanswer
fuzz_programs += fuzz/fuzz_jwt fuzz/fuzz_jwks fuzz/fuzz_guestanswer
FUZZ_MAA_CFLAGS = $(FUZZ_CFLAGS) $(AZURE_CFLAGS)
FUZZ_MAA_ENGINE = $(FUZZ_ENGINE) $(AZURE_CFLAGS)
# A soft TPM, since a token of the evidence needs none.
FUZZ_JWT = fuzz/jwt.c tests/testlib_vtpm.c tests/testlib_vtpm.h
FUZZ_MAA = libtee-azure.la libtee-net.la $(FUZZ_CORE)

fuzz_replay_jwt_SOURCES = $(FUZZ_JWT) $(FUZZ_REPLAY)
fuzz_replay_jwt_CFLAGS = $(FUZZ_MAA_CFLAGS)
fuzz_replay_jwt_LDADD = $(FUZZ_MAA)
fuzz_replay_jwks_SOURCES = fuzz/jwks.c $(FUZZ_REPLAY)
fuzz_replay_jwks_CFLAGS = $(FUZZ_MAA_CFLAGS)
fuzz_replay_jwks_LDADD = $(FUZZ_MAA)
fuzz_replay_guestanswer_SOURCES = fuzz/guestanswer.c $(FUZZ_REPLAY)
fuzz_replay_guestanswer_CFLAGS = $(FUZZ_MAA_CFLAGS)
fuzz_replay_guestanswer_LDADD = $(FUZZ_MAA)

fuzz_fuzz_jwt_SOURCES = $(FUZZ_JWT) $(FUZZ_COMMON)
fuzz_fuzz_jwt_CFLAGS = $(FUZZ_MAA_ENGINE)
fuzz_fuzz_jwt_LDADD = $(FUZZ_MAA)
fuzz_fuzz_jwks_SOURCES = fuzz/jwks.c $(FUZZ_COMMON)
fuzz_fuzz_jwks_CFLAGS = $(FUZZ_MAA_ENGINE)
fuzz_fuzz_jwks_LDADD = $(FUZZ_MAA)
fuzz_fuzz_guestanswer_SOURCES = fuzz/guestanswer.c $(FUZZ_COMMON)
fuzz_fuzz_guestanswer_CFLAGS = $(FUZZ_MAA_ENGINE)
fuzz_fuzz_guestanswer_LDADD = $(FUZZ_MAA)
EXTRA_DIST += fuzz/make-maa-seeds
endif
