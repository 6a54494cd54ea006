# SPDX-License-Identifier: Apache-2.0
# Confidential containers.
if HAVE_CHECK
if MODULE_SNP_AZURE
CACI_TESTLIB = tests/testlib_caci.c tests/testlib_caci.h \
	tests/testlib_uvm.c tests/testlib_uvm.h tests/testlib_uvm_chain.c \
	tests/testlib_uvm_chain.h $(SNP_TESTLIB)
CACI_FLAGS = $(TEST_FLAGS) $(AZURE_CFLAGS)
CACI_LIBS = libtee-azure.la libteesim.la $(TEST_LIBS)

check_PROGRAMS += tests/test_azure_uvm
TESTS += tests/test_azure_uvm
tests_test_azure_uvm_SOURCES = tests/test_azure_uvm.c $(CACI_TESTLIB)
tests_test_azure_uvm_CFLAGS = $(CACI_FLAGS)
tests_test_azure_uvm_LDADD = $(CACI_LIBS)

check_PROGRAMS += tests/test_azure_cce
TESTS += tests/test_azure_cce
tests_test_azure_cce_SOURCES = tests/test_azure_cce.c
tests_test_azure_cce_CFLAGS = $(CACI_FLAGS)
tests_test_azure_cce_LDADD = libtee-azure.la $(TEST_LIBS)

check_PROGRAMS += tests/test_azure_cose
TESTS += tests/test_azure_cose
tests_test_azure_cose_SOURCES = tests/test_azure_cose.c $(CACI_TESTLIB)
tests_test_azure_cose_CFLAGS = $(CACI_FLAGS)
tests_test_azure_cose_LDADD = $(CACI_LIBS)

check_PROGRAMS += tests/test_azure_didx509
TESTS += tests/test_azure_didx509
tests_test_azure_didx509_SOURCES = tests/test_azure_didx509.c
tests_test_azure_didx509_CFLAGS = $(CACI_FLAGS)
tests_test_azure_didx509_LDADD = libtee-azure.la $(TEST_LIBS)

check_PROGRAMS += tests/test_azure_caci
TESTS += tests/test_azure_caci
tests_test_azure_caci_SOURCES = tests/test_azure_caci.c $(CACI_TESTLIB)
tests_test_azure_caci_CFLAGS = $(CACI_FLAGS)
tests_test_azure_caci_LDADD = $(CACI_LIBS)

check_PROGRAMS += tests/test_azure_caci_vectors
TESTS += tests/test_azure_caci_vectors
tests_test_azure_caci_vectors_SOURCES = tests/test_azure_caci_vectors.c \
	tests/testlib_vector.c tests/testlib_vector.h $(CACI_TESTLIB)
tests_test_azure_caci_vectors_CFLAGS = $(CACI_FLAGS)
tests_test_azure_caci_vectors_LDADD = $(CACI_LIBS)

check_PROGRAMS += tests/test_azure_context
TESTS += tests/test_azure_context
tests_test_azure_context_SOURCES = tests/test_azure_context.c
tests_test_azure_context_CFLAGS = $(CACI_FLAGS)
tests_test_azure_context_LDADD = $(CACI_LIBS)

if SIMULATOR_CLOUD
check_PROGRAMS += tests/test_azure_caci_sim
TESTS += tests/test_azure_caci_sim
tests_test_azure_caci_sim_SOURCES = tests/test_azure_caci_sim.c \
	sim/endorsement.c sim/endorsement.h sim/signerchain.c $(CACI_TESTLIB)
tests_test_azure_caci_sim_CFLAGS = $(CACI_FLAGS)
tests_test_azure_caci_sim_LDADD = $(CACI_LIBS)

check_PROGRAMS += tests/test_azure_device
TESTS += tests/test_azure_device
tests_test_azure_device_SOURCES = tests/test_azure_device.c \
	tests/testlib_device.c tests/testlib_device.h $(HTTP_TESTLIB) \
	$(CACI_TESTLIB)
tests_test_azure_device_CFLAGS = $(CACI_FLAGS) $(MICROHTTPD_CFLAGS)
tests_test_azure_device_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=ioctl \
	-Wl,--wrap=open
tests_test_azure_device_LDADD = libtee-net.la $(CACI_LIBS) \
	$(MICROHTTPD_LIBS)
endif
endif
endif
