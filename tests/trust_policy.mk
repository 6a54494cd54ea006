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
check_PROGRAMS += tests/test_policy
TESTS += tests/test_policy
tests_test_policy_SOURCES = tests/test_policy.c $(POLICY_KIT)
tests_test_policy_CFLAGS = $(TEST_FLAGS)
tests_test_policy_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_policy_refusals
TESTS += tests/test_policy_refusals
tests_test_policy_refusals_SOURCES = tests/test_policy_refusals.c $(POLICY_KIT)
tests_test_policy_refusals_CFLAGS = $(TEST_FLAGS)
tests_test_policy_refusals_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_policy_threads
TESTS += tests/test_policy_threads
tests_test_policy_threads_SOURCES = tests/test_policy_threads.c $(POLICY_KIT)
tests_test_policy_threads_CFLAGS = $(TEST_FLAGS)
tests_test_policy_threads_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_score
TESTS += tests/test_score
tests_test_score_SOURCES = tests/test_score.c $(POLICY_KIT)
tests_test_score_CFLAGS = $(TEST_FLAGS)
tests_test_score_LDADD = $(TEST_LIBS)
endif
dist_check_SCRIPTS += tests/test_policy_oracle.sh
EXTRA_DIST += tests/policy_oracle.py
TESTS += tests/teectl_policy.sh
dist_check_SCRIPTS += tests/teectl_policy.sh
