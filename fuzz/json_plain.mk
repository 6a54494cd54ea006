# SPDX-License-Identifier: Apache-2.0
# The quick reader of JSON; seeds by fuzz/make-json-seeds.
FUZZ_TARGETS += json_plain
replay_programs += fuzz/replay_json_plain
fuzz_programs += fuzz/fuzz_json_plain
fuzz_replay_json_plain_SOURCES = fuzz/json_plain.c $(FUZZ_REPLAY)
fuzz_replay_json_plain_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_json_plain_LDADD = $(FUZZ_CORE) $(JANSSON_LIBS)
fuzz_fuzz_json_plain_SOURCES = fuzz/json_plain.c $(FUZZ_COMMON)
fuzz_fuzz_json_plain_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_json_plain_LDADD = $(FUZZ_CORE) $(JANSSON_LIBS)
EXTRA_DIST += fuzz/make-json-seeds
