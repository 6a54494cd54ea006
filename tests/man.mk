# SPDX-License-Identifier: Apache-2.0
# Pages, headers, exports and option tables agree; profiles that people copy
# from are accepted.
check_PROGRAMS += tests/test_examples
TESTS += tests/test_examples tests/man-check.sh
dist_check_SCRIPTS += tests/man-check.sh
tests_test_examples_SOURCES = tests/test_examples.c
tests_test_examples_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_examples_CFLAGS = $(TEST_FLAGS)
tests_test_examples_LDADD = $(TEST_LIBS)

AM_TESTS_ENVIRONMENT += \
	TEE_CC='$(CC) $(CPPFLAGS) $(CRYPTO_CFLAGS)'; export TEE_CC;
