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

check_PROGRAMS += tests/policy_answers
tests_policy_answers_SOURCES = tests/policy_answers.c $(POLICY_KIT)
tests_policy_answers_CFLAGS = $(TEST_FLAGS)
tests_policy_answers_LDADD = $(TEST_LIBS)
TESTS += tests/test_policy_oracle.sh
endif
dist_check_SCRIPTS += tests/test_policy_oracle.sh
EXTRA_DIST += tests/policy_oracle.py
