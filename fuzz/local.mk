# SPDX-License-Identifier: Apache-2.0
# Each target is two programs of the same source: fuzz/replay_T, always, runs
# the seeds in `make check`; fuzz/fuzz_T, with --enable-fuzzers, is libFuzzer.
# Configure the latter with CC=clang --enable-fuzzers
# --enable-sanitizers=fuzzer-no-link,address,undefined.
FUZZ_SECONDS = 600
FUZZ_FINDINGS = fuzz/findings
FUZZ_COMMON = fuzz/fuzz.c fuzz/fuzz.h
FUZZ_REPLAY = $(FUZZ_COMMON) fuzz/replay.c
FUZZ_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(CONFIG_CFLAGS) $(JANSSON_CFLAGS)
FUZZ_ENGINE = $(FUZZ_CFLAGS) -fsanitize=fuzzer
FUZZ_CORE = libtee-core.la $(CRYPTO_LIBS) -ldl

FUZZ_TARGETS = profile evidence clock text
replay_programs = fuzz/replay_profile fuzz/replay_evidence \
	fuzz/replay_clock fuzz/replay_text
fuzz_programs = fuzz/fuzz_profile fuzz/fuzz_evidence fuzz/fuzz_clock \
	fuzz/fuzz_text

fuzz_replay_profile_SOURCES = fuzz/profile.c $(FUZZ_REPLAY)
fuzz_replay_profile_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_profile_LDADD = $(FUZZ_CORE)
fuzz_replay_evidence_SOURCES = fuzz/evidence.c $(FUZZ_REPLAY)
fuzz_replay_evidence_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_evidence_LDADD = $(FUZZ_CORE)
fuzz_replay_clock_SOURCES = fuzz/clock.c $(FUZZ_REPLAY)
fuzz_replay_clock_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_clock_LDADD = $(FUZZ_CORE)
fuzz_replay_text_SOURCES = fuzz/text.c $(FUZZ_REPLAY)
fuzz_replay_text_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_text_LDADD = $(FUZZ_CORE)

fuzz_fuzz_profile_SOURCES = fuzz/profile.c $(FUZZ_COMMON)
fuzz_fuzz_profile_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_profile_LDADD = $(FUZZ_CORE)
fuzz_fuzz_evidence_SOURCES = fuzz/evidence.c $(FUZZ_COMMON)
fuzz_fuzz_evidence_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_evidence_LDADD = $(FUZZ_CORE)
fuzz_fuzz_clock_SOURCES = fuzz/clock.c $(FUZZ_COMMON)
fuzz_fuzz_clock_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_clock_LDADD = $(FUZZ_CORE)
fuzz_fuzz_text_SOURCES = fuzz/text.c $(FUZZ_COMMON)
fuzz_fuzz_text_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_text_LDADD = $(FUZZ_CORE)

if MODULE_LOCAL
FUZZ_TARGETS += keyfile
replay_programs += fuzz/replay_keyfile
fuzz_programs += fuzz/fuzz_keyfile
FUZZ_KEYFILE = fuzz/keyfile.c modules/local/keyfile.c modules/local/keyfile.h
fuzz_replay_keyfile_SOURCES = $(FUZZ_KEYFILE) $(FUZZ_REPLAY)
fuzz_replay_keyfile_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_keyfile_LDADD = $(FUZZ_CORE)
fuzz_fuzz_keyfile_SOURCES = $(FUZZ_KEYFILE) $(FUZZ_COMMON)
fuzz_fuzz_keyfile_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_keyfile_LDADD = $(FUZZ_CORE)
endif

if MODULE_SNP
FUZZ_TARGETS += report table vek certset snp
FUZZ_SNP = libtee-snp.la $(FUZZ_CORE)
replay_programs += fuzz/replay_report fuzz/replay_table fuzz/replay_vek \
	fuzz/replay_certset fuzz/replay_snp
fuzz_programs += fuzz/fuzz_report fuzz/fuzz_table fuzz/fuzz_vek \
	fuzz/fuzz_certset fuzz/fuzz_snp
FUZZ_MINTED = fuzz/snp.c fuzz/minted.c fuzz/minted.h fuzz/recipe.c \
	fuzz/recipe.h
FUZZ_SIM = libtee-snp.la libteesim.la $(FUZZ_CORE)

fuzz_replay_report_SOURCES = fuzz/report.c $(FUZZ_REPLAY)
fuzz_replay_report_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_report_LDADD = $(FUZZ_SNP)
fuzz_replay_table_SOURCES = fuzz/table.c $(FUZZ_REPLAY)
fuzz_replay_table_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_table_LDADD = $(FUZZ_SNP)
fuzz_replay_vek_SOURCES = fuzz/vek.c $(FUZZ_REPLAY)
fuzz_replay_vek_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_vek_LDADD = $(FUZZ_SNP)
fuzz_replay_certset_SOURCES = fuzz/certset.c $(FUZZ_REPLAY)
fuzz_replay_certset_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_certset_LDADD = $(FUZZ_SNP)
fuzz_replay_snp_SOURCES = $(FUZZ_MINTED) $(FUZZ_REPLAY)
fuzz_replay_snp_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_snp_LDADD = $(FUZZ_SIM)

fuzz_fuzz_report_SOURCES = fuzz/report.c $(FUZZ_COMMON)
fuzz_fuzz_report_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_report_LDADD = $(FUZZ_SNP)
fuzz_fuzz_table_SOURCES = fuzz/table.c $(FUZZ_COMMON)
fuzz_fuzz_table_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_table_LDADD = $(FUZZ_SNP)
fuzz_fuzz_vek_SOURCES = fuzz/vek.c $(FUZZ_COMMON)
fuzz_fuzz_vek_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_vek_LDADD = $(FUZZ_SNP)
fuzz_fuzz_certset_SOURCES = fuzz/certset.c $(FUZZ_COMMON)
fuzz_fuzz_certset_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_certset_LDADD = $(FUZZ_SNP)
fuzz_fuzz_snp_SOURCES = $(FUZZ_MINTED) $(FUZZ_COMMON)
fuzz_fuzz_snp_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_snp_LDADD = $(FUZZ_SIM)
endif

include fuzz/azure_caci.mk
include fuzz/azure_maa.mk
include fuzz/azure_http.mk
include fuzz/azure_cvm.mk
include fuzz/azure_skr.mk
include fuzz/sim_cloud.mk
include fuzz/azure_vtpm.mk
include fuzz/trust_policy.mk
include fuzz/json_plain.mk
include fuzz/trust_handshake.mk
include fuzz/trust_cache.mk
include fuzz/teed_handover.mk
include fuzz/teed.mk

check_PROGRAMS += $(replay_programs)
EXTRA_PROGRAMS += $(fuzz_programs)
EXTRA_DIST += fuzz/run fuzz/make-seeds fuzz/dict fuzz/seeds

if FUZZERS
fuzz: $(fuzz_programs)
	TEE_TEST_BUILDDIR=. $(srcdir)/fuzz/run -s $(FUZZ_SECONDS) -o $(FUZZ_FINDINGS) \
		-i $(srcdir)/fuzz $(FUZZ_TARGETS)
else
fuzz:
	@echo 'make fuzz: configure with CC=clang --enable-fuzzers' \
		'--enable-sanitizers=fuzzer-no-link,address,undefined'; exit 1
endif
.PHONY: fuzz
