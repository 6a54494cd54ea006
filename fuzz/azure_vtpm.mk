# SPDX-License-Identifier: Apache-2.0
# vtpm: the fuzzer stands in the TPM's place.
if MODULE_SNP_AZURE
FUZZ_TARGETS += akcert vtpm
replay_programs += fuzz/replay_akcert fuzz/replay_vtpm
fuzz_programs += fuzz/fuzz_akcert fuzz/fuzz_vtpm
FUZZ_VTPM = libtee-azure.la $(FUZZ_CORE)
FUZZ_VTPM_WRAP = $(AM_LDFLAGS) -Wl,--wrap=Tss2_TctiLdr_Initialize \
	-Wl,--wrap=Tss2_TctiLdr_Finalize -Wl,--wrap=nanosleep

fuzz_replay_akcert_SOURCES = fuzz/akcert.c $(FUZZ_REPLAY)
fuzz_replay_akcert_CFLAGS = $(FUZZ_CFLAGS) $(AZURE_CFLAGS)
fuzz_replay_akcert_LDADD = $(FUZZ_VTPM)
fuzz_replay_vtpm_SOURCES = fuzz/vtpm.c $(FUZZ_REPLAY)
fuzz_replay_vtpm_CFLAGS = $(FUZZ_CFLAGS) $(AZURE_CFLAGS)
fuzz_replay_vtpm_LDFLAGS = $(FUZZ_VTPM_WRAP)
fuzz_replay_vtpm_LDADD = $(FUZZ_VTPM)

fuzz_fuzz_akcert_SOURCES = fuzz/akcert.c $(FUZZ_COMMON)
fuzz_fuzz_akcert_CFLAGS = $(FUZZ_ENGINE) $(AZURE_CFLAGS)
fuzz_fuzz_akcert_LDADD = $(FUZZ_VTPM)
fuzz_fuzz_vtpm_SOURCES = fuzz/vtpm.c $(FUZZ_COMMON)
fuzz_fuzz_vtpm_CFLAGS = $(FUZZ_ENGINE) $(AZURE_CFLAGS)
fuzz_fuzz_vtpm_LDFLAGS = $(FUZZ_VTPM_WRAP)
fuzz_fuzz_vtpm_LDADD = $(FUZZ_VTPM)
EXTRA_DIST += fuzz/make-vtpm-seeds
endif
