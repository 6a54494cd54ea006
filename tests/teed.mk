# SPDX-License-Identifier: Apache-2.0
# The custody daemon.
if HAVE_CHECK
TEED_TESTS = tests/test_teed_parts tests/test_message tests/test_sshagent \
	tests/test_wire tests/test_teed_key tests/test_teed_record
check_PROGRAMS += $(TEED_TESTS)
TESTS += $(TEED_TESTS)
tests_test_teed_parts_SOURCES = tests/test_teed_parts.c
tests_test_teed_parts_CFLAGS = $(TEST_FLAGS) $(KEYUTILS_CFLAGS)
tests_test_teed_parts_LDADD = libteed.la $(CHECK_LIBS)
tests_test_message_SOURCES = tests/test_message.c
tests_test_message_CFLAGS = $(TEST_FLAGS)
tests_test_message_LDADD = libteed.la $(CHECK_LIBS) $(CRYPTO_LIBS)
tests_test_sshagent_SOURCES = tests/test_sshagent.c
tests_test_sshagent_CFLAGS = $(TEST_FLAGS)
tests_test_sshagent_LDADD = libteed.la $(CHECK_LIBS) $(CRYPTO_LIBS)
tests_test_wire_SOURCES = tests/test_wire.c
tests_test_wire_CFLAGS = $(TEST_FLAGS)
tests_test_wire_LDADD = libteed.la $(CHECK_LIBS) $(CRYPTO_LIBS)
# Its own journal, in its own directory.
tests_test_teed_record_SOURCES = tests/test_teed_record.c teed/record.c
tests_test_teed_record_CFLAGS = $(TEST_FLAGS) -DJOURNAL='"teed_record.sock"'
tests_test_teed_record_LDADD = $(CHECK_LIBS)
tests_test_teed_key_SOURCES = tests/test_teed_key.c
tests_test_teed_key_CFLAGS = $(TEST_FLAGS) $(KEYUTILS_CFLAGS)
tests_test_teed_key_LDADD = libteed.la $(CHECK_LIBS) $(CRYPTO_LIBS) \
	$(KEYUTILS_LIBS)
endif

# The worker with modules from the build tree, as tests/teectl is.
check_PROGRAMS += tests/teed-worker
tests_teed_worker_SOURCES = $(teed_worker_sources)
tests_teed_worker_CFLAGS = $(teed_teed_worker_CFLAGS)
tests_teed_worker_LDADD = libtee-test.la $(CRYPTO_LIBS) $(SECCOMP_LIBS)

# Load, for tests and benchmarks; knows the protocol and nothing else.
check_PROGRAMS += tests/teed_load
tests_teed_load_SOURCES = tests/teed_load.c libtee/wire.c libtee/text.c
tests_teed_load_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
tests_teed_load_LDADD = libtee-test.la $(CRYPTO_LIBS)

check_PROGRAMS += tests/teed_ask
tests_teed_ask_SOURCES = tests/teed_ask.c libtee/wire.c libtee/text.c
tests_teed_ask_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
tests_teed_ask_LDADD = libtee-test.la $(CRYPTO_LIBS)

check_PROGRAMS += tests/teed_hog
tests_teed_hog_SOURCES = tests/teed_hog.c
tests_teed_hog_CFLAGS = $(AM_CFLAGS)

check_PROGRAMS += tests/teed_agent
tests_teed_agent_SOURCES = tests/teed_agent.c
tests_teed_agent_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
tests_teed_agent_LDADD = libtee-test.la $(CRYPTO_LIBS)
check_PROGRAMS += tests/teed_thief
tests_teed_thief_SOURCES = tests/teed_thief.c libtee/wire.c libtee/text.c
tests_teed_thief_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(KEYUTILS_CFLAGS)
tests_teed_thief_LDADD = $(KEYUTILS_LIBS) $(CRYPTO_LIBS)

teed_scripts = tests/teed_kill.sh tests/teed_lease.sh tests/teed_scale.sh \
	tests/teed_protocol.sh tests/teed_ssh.sh tests/teed_isolation.sh \
	tests/teed_doors.sh tests/teed_flood.sh tests/teed_reload.sh \
	tests/teed_refused.sh
dist_check_SCRIPTS += $(teed_scripts)
TESTS += $(teed_scripts)
EXTRA_DIST += tests/teed_lib.sh

# Five minutes of kills under load; not part of `make check`.
soak-teed: $(check_PROGRAMS) teed/teed tests/modules/stamp
	$(AM_TESTS_ENVIRONMENT) TEED_KILL_SECONDS=300 \
	    sh $(top_srcdir)/tests/teed_kill.sh
# 200 profiles with 50 clients each, 1,000 profiles, two users' quotas.
scale-teed: $(check_PROGRAMS) teed/teed tests/modules/stamp
	$(AM_TESTS_ENVIRONMENT) TEED_SCALE=full \
	    sh $(top_srcdir)/tests/teed_scale.sh
.PHONY: soak-teed scale-teed
