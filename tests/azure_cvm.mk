# SPDX-License-Identifier: Apache-2.0
if HAVE_CHECK
if MODULE_SNP_AZURE
CVM_FLAGS = $(TEST_FLAGS) $(AZURE_CFLAGS)
CVM_LIBS = libtee-azure.la libteesim.la $(TEST_LIBS)
CVM_TESTLIB = tests/testlib_cvm.c tests/testlib_cvm.h \
	tests/testlib_cvm_judge.c $(SNP_TESTLIB)

check_PROGRAMS += tests/test_azure_cvm
TESTS += tests/test_azure_cvm
tests_test_azure_cvm_SOURCES = tests/test_azure_cvm.c \
	tests/test_azure_cvm_rows.h tests/test_azure_cvm_hcl.c \
	tests/test_azure_cvm_quote.c tests/test_azure_cvm_pcr.c \
	tests/test_azure_cvm_option.c \
	$(CVM_TESTLIB)
tests_test_azure_cvm_CFLAGS = $(CVM_FLAGS)
tests_test_azure_cvm_LDADD = $(CVM_LIBS)

check_PROGRAMS += tests/test_azure_cvm_vectors
TESTS += tests/test_azure_cvm_vectors
tests_test_azure_cvm_vectors_SOURCES = tests/test_azure_cvm_vectors.c \
	tests/testlib_cvm_vector.c tests/testlib_cvm_vector.h \
	tests/testlib_vector.c tests/testlib_vector.h $(CVM_TESTLIB)
tests_test_azure_cvm_vectors_CFLAGS = $(CVM_FLAGS)
tests_test_azure_cvm_vectors_LDADD = $(CVM_LIBS)

# The kit of transactions plays scripts of the mock module.
if MODULE_MOCK
check_PROGRAMS += tests/test_azure_appraise
TESTS += tests/test_azure_appraise
tests_test_azure_appraise_SOURCES = tests/test_azure_appraise.c \
	$(TXN_KIT) $(CVM_TESTLIB)
tests_test_azure_appraise_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_azure_appraise_CFLAGS = $(CVM_FLAGS)
tests_test_azure_appraise_LDADD = $(CVM_LIBS)
endif
endif
endif
