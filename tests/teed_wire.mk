# SPDX-License-Identifier: Apache-2.0
# What goes over the wire, and who reads it.
if HAVE_CHECK
check_PROGRAMS += tests/test_claims_read
TESTS += tests/test_claims_read
tests_test_claims_read_SOURCES = tests/test_claims_read.c
tests_test_claims_read_CFLAGS = $(TEST_FLAGS)
tests_test_claims_read_LDADD = $(TEST_LIBS)

if MODULE_MOCK
check_PROGRAMS += tests/test_remote
TESTS += tests/test_remote
tests_test_remote_SOURCES = tests/test_remote.c tests/test_remote_kit.c \
	tests/test_remote_kit.h $(TEST_KIT)
tests_test_remote_CFLAGS = $(TEST_FLAGS)
tests_test_remote_LDADD = $(TEST_LIBS)
endif
endif

check_PROGRAMS += tests/claims_again
tests_claims_again_SOURCES = tests/claims_again.c
tests_claims_again_CFLAGS = $(AM_CFLAGS)
tests_claims_again_LDADD = libtee-test.la
dist_check_SCRIPTS += tests/claims_again.sh
TESTS += tests/claims_again.sh
