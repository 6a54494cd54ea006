# SPDX-License-Identifier: Apache-2.0
if HAVE_CHECK
if MODULE_SNP_AZURE
MAA_FLAGS = $(TEST_FLAGS) $(AZURE_CFLAGS)
MAA_LIBS = libtee-azure.la libteesim.la $(TEST_LIBS)
MAA_TESTLIB = tests/testlib_jose.c tests/testlib_jose.h \
	tests/testlib_vector.c tests/testlib_vector.h $(SNP_TESTLIB)

check_PROGRAMS += tests/test_azure_jws
TESTS += tests/test_azure_jws
tests_test_azure_jws_SOURCES = tests/test_azure_jws.c $(MAA_TESTLIB)
tests_test_azure_jws_CFLAGS = $(MAA_FLAGS)
tests_test_azure_jws_LDADD = $(MAA_LIBS)
endif
endif
