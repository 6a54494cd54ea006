# SPDX-License-Identifier: Apache-2.0
# What teed promises: custodian, hand-over, sandbox, supervisor, isolation.
if HAVE_CHECK
if MODULE_MOCK
check_PROGRAMS += tests/test_custodian
TESTS += tests/test_custodian
tests_test_custodian_SOURCES = tests/test_custodian.c \
	tests/test_transaction_kit.c tests/test_transaction_kit.h $(TEST_KIT)
tests_test_custodian_CFLAGS = $(TEST_FLAGS)
tests_test_custodian_LDADD = $(KEYRING_LIBS)
endif
endif
