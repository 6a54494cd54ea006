# SPDX-License-Identifier: Apache-2.0
# What a profile lets be signed.
if HAVE_CHECK
check_PROGRAMS += tests/test_message_rules
TESTS += tests/test_message_rules
tests_test_message_rules_SOURCES = tests/test_message_rules.c
tests_test_message_rules_CFLAGS = $(TEST_FLAGS)
tests_test_message_rules_LDADD = libteed.la $(CHECK_LIBS) $(CRYPTO_LIBS)
endif
