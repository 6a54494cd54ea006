# SPDX-License-Identifier: Apache-2.0
# The quick reader of JSON.
if HAVE_CHECK
check_PROGRAMS += tests/test_json_plain
TESTS += tests/test_json_plain
tests_test_json_plain_SOURCES = tests/test_json_plain.c
tests_test_json_plain_CFLAGS = $(TEST_FLAGS)
tests_test_json_plain_LDADD = $(TEST_LIBS)
endif
