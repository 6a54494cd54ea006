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

if MODULE_MOCK
check_PROGRAMS += tests/test_trust_threads tests/test_trust_signer
TESTS += tests/test_trust_threads tests/test_trust_signer
tests_test_trust_signer_SOURCES = tests/test_trust_signer.c \
	tests/test_handshake_kit.c tests/test_handshake_kit.h $(TXN_KIT)
tests_test_trust_signer_CFLAGS = $(TEST_FLAGS)
tests_test_trust_signer_LDADD = $(TEST_LIBS)
tests_test_trust_threads_SOURCES = tests/test_trust_threads.c \
	tests/test_handshake_kit.c tests/test_handshake_kit.h $(TXN_KIT)
tests_test_trust_threads_CFLAGS = $(TEST_FLAGS)
tests_test_trust_threads_LDADD = $(TEST_LIBS)
if MODULE_REDIS
check_PROGRAMS += tests/test_redis tests/test_redis_away \
	tests/test_redis_remote tests/test_redis_session tests/test_shared
TESTS += tests/test_redis tests/test_redis_away tests/test_redis_remote \
	tests/test_redis_session tests/test_shared tests/break-shared.sh
dist_check_SCRIPTS += tests/break-shared.sh
REDIS_KIT = tests/test_redis_kit.c tests/test_redis_kit.h \
	tests/test_handshake_kit.c tests/test_handshake_kit.h $(TXN_KIT)
tests_test_redis_SOURCES = tests/test_redis.c $(REDIS_KIT)
tests_test_redis_CFLAGS = $(TEST_FLAGS)
tests_test_redis_LDADD = $(TEST_LIBS)
tests_test_redis_away_SOURCES = tests/test_redis_away.c $(REDIS_KIT)
tests_test_redis_away_CFLAGS = $(TEST_FLAGS)
tests_test_redis_away_LDADD = $(TEST_LIBS)
tests_test_redis_remote_SOURCES = tests/test_redis_remote.c \
	tests/testlib_tls.c tests/testlib_tls.h $(REDIS_KIT)
tests_test_redis_remote_CFLAGS = $(TEST_FLAGS)
tests_test_redis_remote_LDADD = $(TEST_LIBS)
tests_test_redis_session_SOURCES = tests/test_redis_session.c $(REDIS_KIT)
tests_test_redis_session_CFLAGS = $(TEST_FLAGS)
tests_test_redis_session_LDADD = libtee-redis.la $(TEST_LIBS)
tests_test_shared_SOURCES = tests/test_shared.c $(REDIS_KIT)
tests_test_shared_CFLAGS = $(TEST_FLAGS)
tests_test_shared_LDADD = $(TEST_LIBS)
endif
endif
endif

# In a build with --enable-sanitizers=thread: a million handshakes recalled
# and ten thousand verified by sixteen threads.  Minutes.
TSAN_TESTS = tests/test_trust_cache tests/test_trust_flight \
	tests/test_trust_replay tests/test_trust_threads
# `all` is a make of its own: beside it both would write the same archive.
check-tsan:
	@$(MAKE) all
	@$(MAKE) $(check_LTLIBRARIES) $(check_DATA) $(TSAN_TESTS)
	@nm tests/test_trust_threads | grep -q __tsan_ || { \
		echo 'configure with --enable-sanitizers=thread'; exit 1; }
	@$(AM_TESTS_ENVIRONMENT) \
	TEE_THREADS_FULL=1; export TEE_THREADS_FULL; \
	CK_DEFAULT_TIMEOUT=1800; export CK_DEFAULT_TIMEOUT; \
	TSAN_OPTIONS=halt_on_error=1; export TSAN_OPTIONS; \
	for t in $(TSAN_TESTS); do ./$$t || exit 1; done
.PHONY: check-tsan
