# SPDX-License-Identifier: Apache-2.0
# What teed and its clients read; seeds by fuzz/make-teed-seeds.
FUZZ_TARGETS += wire message sshagent claims_json held
replay_programs += fuzz/replay_wire fuzz/replay_message fuzz/replay_sshagent \
	fuzz/replay_claims_json fuzz/replay_held
fuzz_programs += fuzz/fuzz_wire fuzz/fuzz_message fuzz/fuzz_sshagent \
	fuzz/fuzz_claims_json fuzz/fuzz_held
FUZZ_SSHAGENT = fuzz/sshagent.c teed/sshagent.c teed/sshagent.h

fuzz_replay_wire_SOURCES = fuzz/wire.c $(FUZZ_REPLAY)
fuzz_replay_wire_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_wire_LDADD = $(FUZZ_CORE)
fuzz_fuzz_wire_SOURCES = fuzz/wire.c $(FUZZ_COMMON)
fuzz_fuzz_wire_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_wire_LDADD = $(FUZZ_CORE)
fuzz_replay_message_SOURCES = fuzz/message.c $(FUZZ_REPLAY)
fuzz_replay_message_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_message_LDADD = $(FUZZ_CORE)
fuzz_fuzz_message_SOURCES = fuzz/message.c $(FUZZ_COMMON)
fuzz_fuzz_message_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_message_LDADD = $(FUZZ_CORE)
fuzz_replay_sshagent_SOURCES = $(FUZZ_SSHAGENT) $(FUZZ_REPLAY)
fuzz_replay_sshagent_CFLAGS = $(FUZZ_CFLAGS)
fuzz_fuzz_sshagent_SOURCES = $(FUZZ_SSHAGENT) $(FUZZ_COMMON)
fuzz_fuzz_sshagent_CFLAGS = $(FUZZ_ENGINE)
fuzz_replay_claims_json_SOURCES = fuzz/claims_json.c $(FUZZ_REPLAY)
fuzz_replay_claims_json_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_claims_json_LDADD = $(FUZZ_CORE)
fuzz_fuzz_claims_json_SOURCES = fuzz/claims_json.c $(FUZZ_COMMON)
fuzz_fuzz_claims_json_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_claims_json_LDADD = $(FUZZ_CORE)
fuzz_replay_held_SOURCES = fuzz/held.c $(FUZZ_REPLAY)
fuzz_replay_held_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_held_LDADD = $(FUZZ_CORE)
fuzz_fuzz_held_SOURCES = fuzz/held.c $(FUZZ_COMMON)
fuzz_fuzz_held_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_held_LDADD = $(FUZZ_CORE)
EXTRA_DIST += fuzz/make-teed-seeds
