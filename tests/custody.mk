# SPDX-License-Identifier: Apache-2.0
# Custody and the data model.
if HAVE_CHECK
KEYRING_KIT = tests/test_keyring_kit.c tests/test_keyring_kit.h
KEYRING_LIBS = $(TEST_LIBS) $(KEYUTILS_LIBS)

check_PROGRAMS += tests/test_keyring_strangers
TESTS += tests/test_keyring_strangers
tests_test_keyring_strangers_SOURCES = tests/test_keyring_strangers.c \
	$(KEYRING_KIT)
tests_test_keyring_strangers_CFLAGS = $(TEST_FLAGS)
tests_test_keyring_strangers_LDADD = $(KEYRING_LIBS)
endif
