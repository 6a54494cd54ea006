# SPDX-License-Identifier: Apache-2.0
if HAVE_CHECK
if MODULE_SNP
SNP_TESTLIB = tests/testlib_snp.c tests/testlib_snp.h \
	tests/testlib_snp_expect.c
SNP_TEST_LIBS = libtee-snp.la libteesim.la $(TEST_LIBS)

check_PROGRAMS += tests/test_reader
TESTS += tests/test_reader
tests_test_reader_SOURCES = tests/test_reader.c
tests_test_reader_CFLAGS = $(TEST_FLAGS)
tests_test_reader_LDADD = libtee-common.la $(TEST_LIBS)

check_PROGRAMS += tests/test_cert
TESTS += tests/test_cert
tests_test_cert_SOURCES = tests/test_cert.c
tests_test_cert_CFLAGS = $(TEST_FLAGS)
tests_test_cert_LDADD = libtee-common.la $(TEST_LIBS)

check_PROGRAMS += tests/test_snp_verifier
TESTS += tests/test_snp_verifier
tests_test_snp_verifier_SOURCES = tests/test_snp_verifier.c \
	tests/test_snp_rows.h tests/test_snp_rows_report.c \
	tests/test_snp_rows_policy.c tests/test_snp_rows_chain.c \
	tests/test_snp_rows_vek.c tests/test_snp_rows_crl.c $(SNP_TESTLIB)
tests_test_snp_verifier_CFLAGS = $(TEST_FLAGS)
tests_test_snp_verifier_LDADD = $(SNP_TEST_LIBS)

check_PROGRAMS += tests/test_snp_vectors
TESTS += tests/test_snp_vectors
tests_test_snp_vectors_SOURCES = tests/test_snp_vectors.c \
	tests/testlib_vector.c tests/testlib_vector.h $(SNP_TESTLIB)
tests_test_snp_vectors_CFLAGS = $(TEST_FLAGS)
tests_test_snp_vectors_LDADD = $(SNP_TEST_LIBS)

check_PROGRAMS += tests/test_snp_peers
TESTS += tests/test_snp_peers
tests_test_snp_peers_SOURCES = tests/test_snp_peers.c tests/testlib_vector.c \
	tests/testlib_vector.h $(SNP_TESTLIB)
tests_test_snp_peers_CFLAGS = $(TEST_FLAGS)
tests_test_snp_peers_LDADD = $(SNP_TEST_LIBS)

check_PROGRAMS += tests/test_snp_table
TESTS += tests/test_snp_table
tests_test_snp_table_SOURCES = tests/test_snp_table.c $(SNP_TESTLIB)
tests_test_snp_table_CFLAGS = $(TEST_FLAGS)
tests_test_snp_table_LDADD = $(SNP_TEST_LIBS)

check_PROGRAMS += tests/test_snp_claims
TESTS += tests/test_snp_claims
tests_test_snp_claims_SOURCES = tests/test_snp_claims.c $(SNP_TESTLIB)
tests_test_snp_claims_CFLAGS = $(TEST_FLAGS)
tests_test_snp_claims_LDADD = $(SNP_TEST_LIBS)

check_PROGRAMS += tests/test_snp_cache
TESTS += tests/test_snp_cache
tests_test_snp_cache_SOURCES = tests/test_snp_cache.c $(SNP_TESTLIB)
tests_test_snp_cache_CFLAGS = $(TEST_FLAGS)
tests_test_snp_cache_LDADD = $(SNP_TEST_LIBS)

check_PROGRAMS += tests/test_snp_files
TESTS += tests/test_snp_files
tests_test_snp_files_SOURCES = tests/test_snp_files.c $(SNP_TESTLIB)
tests_test_snp_files_CFLAGS = $(TEST_FLAGS)
tests_test_snp_files_LDADD = $(SNP_TEST_LIBS)

check_PROGRAMS += tests/test_snp_forms
TESTS += tests/test_snp_forms
tests_test_snp_forms_SOURCES = tests/test_snp_forms.c $(SNP_TESTLIB)
tests_test_snp_forms_CFLAGS = $(TEST_FLAGS)
tests_test_snp_forms_LDADD = $(SNP_TEST_LIBS)

check_PROGRAMS += tests/test_snp_company
TESTS += tests/test_snp_company
tests_test_snp_company_SOURCES = tests/test_snp_company.c $(SNP_TESTLIB)
tests_test_snp_company_CFLAGS = $(TEST_FLAGS)
tests_test_snp_company_LDADD = $(SNP_TEST_LIBS)
endif
endif
