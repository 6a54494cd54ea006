# SPDX-License-Identifier: Apache-2.0
# What a profile lets be signed, and the rest of its custody.
if HAVE_CHECK
check_PROGRAMS += tests/test_message_rules
TESTS += tests/test_message_rules
tests_test_message_rules_SOURCES = tests/test_message_rules.c
tests_test_message_rules_CFLAGS = $(TEST_FLAGS)
tests_test_message_rules_LDADD = libteed.la $(CHECK_LIBS) $(CRYPTO_LIBS)
if MODULE_MOCK
check_PROGRAMS += tests/test_profile_custody
TESTS += tests/test_profile_custody
tests_test_profile_custody_SOURCES = tests/test_profile_custody.c $(TEST_KIT)
tests_test_profile_custody_CFLAGS = $(TEST_FLAGS)
tests_test_profile_custody_LDADD = $(TEST_LIBS)
endif
endif
