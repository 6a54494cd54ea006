# SPDX-License-Identifier: Apache-2.0
# Claims that another host packed; seeds by fuzz/make-packed-seeds.
FUZZ_TARGETS += packed entry
replay_programs += fuzz/replay_packed fuzz/replay_entry
fuzz_programs += fuzz/fuzz_packed fuzz/fuzz_entry
fuzz_replay_packed_SOURCES = fuzz/packed.c $(FUZZ_REPLAY)
fuzz_replay_packed_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_packed_LDADD = $(FUZZ_CORE)
fuzz_fuzz_packed_SOURCES = fuzz/packed.c $(FUZZ_COMMON)
fuzz_fuzz_packed_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_packed_LDADD = $(FUZZ_CORE)
fuzz_replay_entry_SOURCES = fuzz/entry.c $(FUZZ_REPLAY)
fuzz_replay_entry_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_entry_LDADD = $(FUZZ_CORE)
fuzz_fuzz_entry_SOURCES = fuzz/entry.c $(FUZZ_COMMON)
fuzz_fuzz_entry_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_entry_LDADD = $(FUZZ_CORE)
EXTRA_DIST += fuzz/make-packed-seeds fuzz/make-entry-seeds
