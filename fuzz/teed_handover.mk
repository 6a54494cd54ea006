# SPDX-License-Identifier: Apache-2.0
# Between keeper and worker; seeds by fuzz/make-handover-seeds.
FUZZ_TARGETS += handover
replay_programs += fuzz/replay_handover
fuzz_programs += fuzz/fuzz_handover
FUZZ_HANDOVER = fuzz/handover.c teed/handover.c teed/handover.h

fuzz_replay_handover_SOURCES = $(FUZZ_HANDOVER) $(FUZZ_REPLAY)
fuzz_replay_handover_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_handover_LDADD = $(FUZZ_CORE)
fuzz_fuzz_handover_SOURCES = $(FUZZ_HANDOVER) $(FUZZ_COMMON)
fuzz_fuzz_handover_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_handover_LDADD = $(FUZZ_CORE)
EXTRA_DIST += fuzz/make-handover-seeds
