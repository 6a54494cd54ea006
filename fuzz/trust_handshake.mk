# SPDX-License-Identifier: Apache-2.0
# AgentMesh's handshake: what each side is sent.
FUZZ_TARGETS += challenge response
replay_programs += fuzz/replay_challenge fuzz/replay_response
fuzz_programs += fuzz/fuzz_challenge fuzz/fuzz_response
fuzz_replay_challenge_SOURCES = fuzz/challenge.c $(FUZZ_REPLAY)
fuzz_replay_challenge_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_challenge_LDADD = $(FUZZ_CORE)
fuzz_replay_response_SOURCES = fuzz/response.c $(FUZZ_REPLAY)
fuzz_replay_response_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_response_LDADD = $(FUZZ_CORE) $(JANSSON_LIBS)
fuzz_fuzz_challenge_SOURCES = fuzz/challenge.c $(FUZZ_COMMON)
fuzz_fuzz_challenge_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_challenge_LDADD = $(FUZZ_CORE)
fuzz_fuzz_response_SOURCES = fuzz/response.c $(FUZZ_COMMON)
fuzz_fuzz_response_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_response_LDADD = $(FUZZ_CORE) $(JANSSON_LIBS)
EXTRA_DIST += fuzz/make-handshake-seeds
