# SPDX-License-Identifier: Apache-2.0
# What teed promises: custodian, hand-over, sandbox, supervisor, isolation.
if HAVE_CHECK
if MODULE_MOCK
CUSTODIAN_TESTS = tests/test_custodian tests/test_custodian_renew
check_PROGRAMS += $(CUSTODIAN_TESTS)
TESTS += $(CUSTODIAN_TESTS)
CUSTODIAN_KIT = tests/test_custodian_kit.c tests/test_custodian_kit.h \
	tests/test_transaction_kit.c tests/test_transaction_kit.h $(TEST_KIT)
tests_test_custodian_SOURCES = tests/test_custodian.c $(CUSTODIAN_KIT)
tests_test_custodian_CFLAGS = $(TEST_FLAGS)
tests_test_custodian_LDADD = $(KEYRING_LIBS)
tests_test_custodian_renew_SOURCES = tests/test_custodian_renew.c \
	$(CUSTODIAN_KIT)
tests_test_custodian_renew_CFLAGS = $(TEST_FLAGS)
tests_test_custodian_renew_LDADD = $(KEYRING_LIBS)
endif

TEED_SHOW = tests/test_handover tests/test_teed_worker \
	tests/test_teed_worker_hostile tests/test_sandbox \
	tests/test_sandbox_life tests/test_supervise
check_PROGRAMS += $(TEED_SHOW)
TESTS += $(TEED_SHOW)
TEED_SHOW_LIBS = libteed.la $(CHECK_LIBS) $(KEYUTILS_LIBS)
TEED_WORKER_KIT = tests/teed_worker_kit.c tests/teed_worker_kit.h
tests_test_sandbox_SOURCES = tests/test_sandbox.c
tests_test_sandbox_CFLAGS = $(TEST_FLAGS)
tests_test_sandbox_LDADD = $(TEED_SHOW_LIBS)
tests_test_sandbox_life_SOURCES = tests/test_sandbox_life.c \
	tests/test_profile_kit.c tests/test_profile_kit.h
tests_test_sandbox_life_CFLAGS = $(TEST_FLAGS)
tests_test_sandbox_life_LDADD = libtee-test.la $(TEED_SHOW_LIBS)
tests_test_supervise_SOURCES = tests/test_supervise.c
tests_test_supervise_CFLAGS = $(TEST_FLAGS)
tests_test_supervise_LDADD = $(TEED_SHOW_LIBS)
tests_test_handover_SOURCES = tests/test_handover.c
tests_test_handover_CFLAGS = $(TEST_FLAGS)
tests_test_handover_LDADD = $(TEED_SHOW_LIBS)
tests_test_teed_worker_SOURCES = tests/test_teed_worker.c $(TEED_WORKER_KIT)
tests_test_teed_worker_CFLAGS = $(TEST_FLAGS)
tests_test_teed_worker_LDADD = $(TEED_SHOW_LIBS)
tests_test_teed_worker_hostile_SOURCES = tests/test_teed_worker_hostile.c \
	$(TEED_WORKER_KIT)
tests_test_teed_worker_hostile_CFLAGS = $(TEST_FLAGS)
tests_test_teed_worker_hostile_LDADD = $(TEED_SHOW_LIBS)

# The scanner needs a key that it knows.
if MODULE_LOCAL
if MODULE_GENERATED
check_PROGRAMS += tests/test_teed_memory
TESTS += tests/test_teed_memory
tests_test_teed_memory_SOURCES = tests/test_teed_memory.c $(MEMORY_SCENE)
tests_test_teed_memory_CFLAGS = $(TEST_FLAGS)
tests_test_teed_memory_LDADD = $(TEED_SHOW_LIBS)
endif
endif
endif
