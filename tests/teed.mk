# SPDX-License-Identifier: Apache-2.0
# The custody daemon.
if HAVE_CHECK
TEED_TESTS = tests/test_teed_parts
check_PROGRAMS += $(TEED_TESTS)
TESTS += $(TEED_TESTS)
tests_test_teed_parts_SOURCES = tests/test_teed_parts.c
tests_test_teed_parts_CFLAGS = $(TEST_FLAGS) $(KEYUTILS_CFLAGS)
tests_test_teed_parts_LDADD = libteed.la $(CHECK_LIBS)
endif

# The worker with modules from the build tree, as tests/teectl is.
check_PROGRAMS += tests/teed-worker
tests_teed_worker_SOURCES = $(teed_worker_sources)
tests_teed_worker_CFLAGS = $(teed_teed_worker_CFLAGS)
tests_teed_worker_LDADD = libtee-test.la $(CRYPTO_LIBS) $(SECCOMP_LIBS)
