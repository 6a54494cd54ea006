# SPDX-License-Identifier: Apache-2.0
# What a relying party remembers: grants, and challenges that are used up.
if HAVE_CHECK
TRUST_KIT = tests/test_trust_kit.c tests/test_trust_kit.h
check_PROGRAMS += tests/test_trust_cache tests/test_trust_flight \
	tests/test_trust_replay
TESTS += tests/test_trust_cache tests/test_trust_flight \
	tests/test_trust_replay
tests_test_trust_cache_SOURCES = tests/test_trust_cache.c $(TRUST_KIT)
tests_test_trust_cache_CFLAGS = $(TEST_FLAGS)
# The fleet's cache is the test's own, whatever the library has.
tests_test_trust_cache_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=trust_shared_get,--wrap=trust_shared_put
tests_test_trust_cache_LDADD = $(TEST_LIBS)
tests_test_trust_flight_SOURCES = tests/test_trust_flight.c $(TRUST_KIT)
tests_test_trust_flight_CFLAGS = $(TEST_FLAGS)
tests_test_trust_flight_LDADD = $(TEST_LIBS)
tests_test_trust_replay_SOURCES = tests/test_trust_replay.c $(TRUST_KIT)
tests_test_trust_replay_CFLAGS = $(TEST_FLAGS)
tests_test_trust_replay_LDADD = $(TEST_LIBS)
endif
