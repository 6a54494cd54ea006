# SPDX-License-Identifier: Apache-2.0
# Custody and the data model.
if HAVE_CHECK
MODEL_TESTS = tests/test_text tests/test_clock tests/test_secret \
	tests/test_claims tests/test_claims_rules tests/test_evidence \
	tests/test_evidence_json tests/test_evidence_vectors \
	tests/test_evidence_binding
check_PROGRAMS += $(MODEL_TESTS)
TESTS += $(MODEL_TESTS)
tests_test_text_SOURCES = tests/test_text.c
tests_test_text_CFLAGS = $(TEST_FLAGS)
tests_test_text_LDADD = $(TEST_LIBS)
tests_test_clock_SOURCES = tests/test_clock.c
tests_test_clock_CFLAGS = $(TEST_FLAGS)
tests_test_clock_LDADD = $(TEST_LIBS)
tests_test_claims_SOURCES = tests/test_claims.c
tests_test_claims_CFLAGS = $(TEST_FLAGS)
tests_test_claims_LDADD = $(TEST_LIBS)
tests_test_claims_rules_SOURCES = tests/test_claims_rules.c
tests_test_claims_rules_CFLAGS = $(TEST_FLAGS)
tests_test_claims_rules_LDADD = $(TEST_LIBS)
EVIDENCE_KIT = tests/test_evidence_kit.c tests/test_evidence_kit.h
tests_test_evidence_json_SOURCES = tests/test_evidence_json.c $(EVIDENCE_KIT)
tests_test_evidence_json_CFLAGS = $(TEST_FLAGS)
tests_test_evidence_json_LDADD = $(TEST_LIBS)
tests_test_evidence_SOURCES = tests/test_evidence.c $(EVIDENCE_KIT)
tests_test_evidence_CFLAGS = $(TEST_FLAGS)
tests_test_evidence_LDADD = $(TEST_LIBS)
tests_test_evidence_vectors_SOURCES = tests/test_evidence_vectors.c \
	$(EVIDENCE_KIT)
tests_test_evidence_vectors_CFLAGS = $(TEST_FLAGS)
tests_test_evidence_vectors_LDADD = $(TEST_LIBS)
tests_test_evidence_binding_SOURCES = tests/test_evidence_binding.c \
	$(EVIDENCE_KIT)
tests_test_evidence_binding_CFLAGS = $(TEST_FLAGS)
tests_test_evidence_binding_LDADD = $(TEST_LIBS)
tests_test_secret_SOURCES = tests/test_secret.c
tests_test_secret_CFLAGS = $(TEST_FLAGS)
tests_test_secret_LDADD = $(TEST_LIBS)

KEYRING_TESTS = tests/test_keyring tests/test_keyring_threads \
	tests/test_keyring_strangers tests/test_keyring_endings \
	tests/test_keyring_refusals
check_PROGRAMS += $(KEYRING_TESTS)
TESTS += $(KEYRING_TESTS)

KEYRING_KIT = tests/test_keyring_kit.c tests/test_keyring_kit.h
KEYRING_LIBS = $(TEST_LIBS) $(KEYUTILS_LIBS)
tests_test_keyring_SOURCES = tests/test_keyring.c $(KEYRING_KIT)
tests_test_keyring_CFLAGS = $(TEST_FLAGS)
tests_test_keyring_LDADD = $(KEYRING_LIBS)
tests_test_keyring_threads_SOURCES = tests/test_keyring_threads.c \
	$(KEYRING_KIT)
tests_test_keyring_threads_CFLAGS = $(TEST_FLAGS)
tests_test_keyring_threads_LDADD = $(KEYRING_LIBS)
tests_test_keyring_strangers_SOURCES = tests/test_keyring_strangers.c \
	tests/test_keyring_attempts.c tests/test_keyring_attempts.h \
	$(KEYRING_KIT)
tests_test_keyring_strangers_CFLAGS = $(TEST_FLAGS)
tests_test_keyring_strangers_LDADD = $(KEYRING_LIBS)
tests_test_keyring_endings_SOURCES = tests/test_keyring_endings.c \
	tests/test_keyring_attempts.h $(KEYRING_KIT)
tests_test_keyring_endings_CFLAGS = $(TEST_FLAGS)
tests_test_keyring_endings_LDADD = $(KEYRING_LIBS)
tests_test_keyring_refusals_SOURCES = tests/test_keyring_refusals.c \
	$(KEYRING_KIT)
tests_test_keyring_refusals_CFLAGS = $(TEST_FLAGS)
tests_test_keyring_refusals_LDADD = $(KEYRING_LIBS)

# These acquire through modules.
if MODULE_LOCAL
check_PROGRAMS += tests/test_keyring_did
TESTS += tests/test_keyring_did
tests_test_keyring_did_SOURCES = tests/test_keyring_did.c $(KEYRING_KIT)
tests_test_keyring_did_CFLAGS = $(TEST_FLAGS)
tests_test_keyring_did_LDADD = $(KEYRING_LIBS)

if MODULE_GENERATED
# The scanner and the process it scans; the victim is no test by itself.
MEMORY_TESTS = tests/test_memory tests/test_memory_control
check_PROGRAMS += $(MEMORY_TESTS) tests/test_memory_victim
TESTS += $(MEMORY_TESTS)

MEMORY_SCENE = tests/test_memory_scene.c tests/test_memory_scene.h \
	tests/test_memory_victim.h tests/memscan.c tests/memscan.h \
	tests/memscan_key.c tests/memscan_key.h
tests_test_memory_SOURCES = tests/test_memory.c $(MEMORY_SCENE)
tests_test_memory_CFLAGS = $(TEST_FLAGS)
tests_test_memory_LDADD = $(KEYRING_LIBS)
tests_test_memory_control_SOURCES = tests/test_memory_control.c \
	$(MEMORY_SCENE)
tests_test_memory_control_CFLAGS = $(TEST_FLAGS)
tests_test_memory_control_LDADD = $(KEYRING_LIBS)
tests_test_memory_victim_SOURCES = tests/test_memory_victim.c \
	tests/test_memory_victim.h
tests_test_memory_victim_CFLAGS = $(TEST_FLAGS)
tests_test_memory_victim_LDADD = $(KEYRING_LIBS)
endif
endif
endif
