# SPDX-License-Identifier: Apache-2.0
# The simulator's own parsers; seeds by fuzz/make-simcloud-seeds.
if SIMULATOR_CLOUD
FUZZ_TARGETS += simcloud
replay_programs += fuzz/replay_simcloud
fuzz_programs += fuzz/fuzz_simcloud
FUZZ_SIMCLOUD = fuzz/simcloud.c sim/attest.c sim/attest.h sim/cbor.c \
	sim/cbor.h sim/evidence.c sim/evidence.h

fuzz_replay_simcloud_SOURCES = $(FUZZ_SIMCLOUD) $(FUZZ_REPLAY)
fuzz_replay_simcloud_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_simcloud_LDADD = libteesim.la $(FUZZ_CORE)
fuzz_fuzz_simcloud_SOURCES = $(FUZZ_SIMCLOUD) $(FUZZ_COMMON)
fuzz_fuzz_simcloud_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_simcloud_LDADD = libteesim.la $(FUZZ_CORE)
EXTRA_DIST += fuzz/make-simcloud-seeds
endif
