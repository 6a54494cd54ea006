# SPDX-License-Identifier: Apache-2.0
# AgentMesh's trust policy and scores.
if HAVE_CHECK
POLICY_KIT = tests/test_policy_kit.c tests/test_policy_kit.h \
	tests/test_evidence_kit.c tests/test_evidence_kit.h

check_PROGRAMS += tests/test_policy_vectors
TESTS += tests/test_policy_vectors
tests_test_policy_vectors_SOURCES = tests/test_policy_vectors.c $(POLICY_KIT)
tests_test_policy_vectors_CFLAGS = $(TEST_FLAGS)
tests_test_policy_vectors_LDADD = $(TEST_LIBS)
endif
