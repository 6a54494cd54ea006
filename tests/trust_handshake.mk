# SPDX-License-Identifier: Apache-2.0
# AgentMesh's handshake with attestation.
if HAVE_CHECK
check_PROGRAMS += tests/test_handshake_vectors
TESTS += tests/test_handshake_vectors
tests_test_handshake_vectors_SOURCES = tests/test_handshake_vectors.c \
	tests/test_evidence_kit.c tests/test_evidence_kit.h
tests_test_handshake_vectors_CFLAGS = $(TEST_FLAGS)
tests_test_handshake_vectors_LDADD = $(TEST_LIBS)

if MODULE_MOCK
HANDSHAKE_KIT = tests/test_handshake_kit.c tests/test_handshake_kit.h \
	$(TXN_KIT)
check_PROGRAMS += tests/test_handshake tests/test_handshake_agent \
	tests/test_handshake_arguments tests/test_handshake_attacks \
	tests/test_handshake_once
TESTS += tests/test_handshake tests/test_handshake_agent \
	tests/test_handshake_arguments tests/test_handshake_attacks \
	tests/test_handshake_once
tests_test_handshake_SOURCES = tests/test_handshake.c $(HANDSHAKE_KIT)
tests_test_handshake_CFLAGS = $(TEST_FLAGS)
tests_test_handshake_LDADD = $(TEST_LIBS)
tests_test_handshake_agent_SOURCES = tests/test_handshake_agent.c \
	$(HANDSHAKE_KIT)
tests_test_handshake_agent_CFLAGS = $(TEST_FLAGS)
tests_test_handshake_agent_LDADD = $(TEST_LIBS)
tests_test_handshake_arguments_SOURCES = tests/test_handshake_arguments.c \
	$(HANDSHAKE_KIT)
tests_test_handshake_arguments_CFLAGS = $(TEST_FLAGS)
tests_test_handshake_arguments_LDADD = $(TEST_LIBS)
tests_test_handshake_once_SOURCES = tests/test_handshake_once.c \
	$(HANDSHAKE_KIT)
tests_test_handshake_once_CFLAGS = $(TEST_FLAGS)
tests_test_handshake_once_LDADD = $(TEST_LIBS)
tests_test_handshake_attacks_SOURCES = tests/test_handshake_attacks.c \
	tests/test_handshake_rows.c tests/test_handshake_rows.h \
	tests/test_handshake_rows_evidence.c \
	tests/test_handshake_rows_text.c tests/test_handshake_rows_claims.c \
	tests/test_handshake_rows_recall.c \
	$(HANDSHAKE_KIT)
tests_test_handshake_attacks_CFLAGS = $(TEST_FLAGS)
tests_test_handshake_attacks_LDADD = $(TEST_LIBS)

dist_check_SCRIPTS += tests/break-handshake.sh
TESTS += tests/break-handshake.sh
endif
endif

handshake_scripts = tests/teectl_handshake.sh tests/handshake_interop.sh \
	tests/handshake_reasons.sh
dist_check_SCRIPTS += $(handshake_scripts)
TESTS += $(handshake_scripts)
EXTRA_DIST += tests/handshake_lib.sh tests/handshake_peer.py

# What application authors copy from: the public headers alone.
check_PROGRAMS += examples/relying_party
examples_relying_party_SOURCES = examples/relying_party.c
examples_relying_party_CPPFLAGS = -I$(top_srcdir)/include
examples_relying_party_CFLAGS = $(AM_CFLAGS)
examples_relying_party_LDADD = libtee-test.la
dist_check_SCRIPTS += tests/example_relying_party.sh
TESTS += tests/example_relying_party.sh
