# SPDX-License-Identifier: Apache-2.0
if HAVE_CHECK
if MODULE_SNP_AZURE
MAA_FLAGS = $(TEST_FLAGS) $(AZURE_CFLAGS)
MAA_LIBS = libtee-azure.la libtee-net.la libteesim.la $(TEST_LIBS)
MAA_TESTLIB = tests/testlib_jose.c tests/testlib_jose.h \
	tests/testlib_vector.c tests/testlib_vector.h $(SNP_TESTLIB)

check_PROGRAMS += tests/test_azure_jws
TESTS += tests/test_azure_jws
tests_test_azure_jws_SOURCES = tests/test_azure_jws.c $(MAA_TESTLIB)
tests_test_azure_jws_CFLAGS = $(MAA_FLAGS)
tests_test_azure_jws_LDADD = $(MAA_LIBS)

check_PROGRAMS += tests/test_azure_base64
TESTS += tests/test_azure_base64
tests_test_azure_base64_SOURCES = tests/test_azure_base64.c
tests_test_azure_base64_CFLAGS = $(MAA_FLAGS)
tests_test_azure_base64_LDADD = $(MAA_LIBS)

check_PROGRAMS += tests/test_azure_number
TESTS += tests/test_azure_number
tests_test_azure_number_SOURCES = tests/test_azure_number.c
tests_test_azure_number_CFLAGS = $(MAA_FLAGS)
tests_test_azure_number_LDADD = $(MAA_LIBS)

MAA_TPM_SCENE = tests/testlib_maa.c tests/testlib_maa.h \
	tests/testlib_maa_judge.c $(MAA_TESTLIB)
MAA_SCENE = tests/testlib_vtpm.c tests/testlib_vtpm.h $(MAA_TPM_SCENE)
check_PROGRAMS += tests/test_azure_token
TESTS += tests/test_azure_token
tests_test_azure_token_SOURCES = tests/test_azure_token.c \
	tests/test_azure_token_rows.h tests/test_azure_token_form.c \
	tests/test_azure_token_machine.c tests/test_azure_token_bound.c \
	$(MAA_SCENE)
tests_test_azure_token_CFLAGS = $(MAA_FLAGS)
tests_test_azure_token_LDADD = $(MAA_LIBS)

check_PROGRAMS += tests/test_azure_token_claims
TESTS += tests/test_azure_token_claims
tests_test_azure_token_claims_SOURCES = tests/test_azure_token_claims.c \
	$(MAA_SCENE)
tests_test_azure_token_claims_CFLAGS = $(MAA_FLAGS)
tests_test_azure_token_claims_LDADD = $(MAA_LIBS)

check_PROGRAMS += tests/test_azure_maa_keys
TESTS += tests/test_azure_maa_keys
tests_test_azure_maa_keys_SOURCES = tests/test_azure_maa_keys.c \
	$(MAA_TESTLIB)
tests_test_azure_maa_keys_CFLAGS = $(MAA_FLAGS)
tests_test_azure_maa_keys_LDADD = $(MAA_LIBS)

check_PROGRAMS += tests/test_azure_maa_request
TESTS += tests/test_azure_maa_request
tests_test_azure_maa_request_SOURCES = tests/test_azure_maa_request.c \
	$(MAA_TESTLIB)
tests_test_azure_maa_request_CFLAGS = $(MAA_FLAGS)
tests_test_azure_maa_request_LDADD = $(MAA_LIBS)

check_PROGRAMS += tests/test_azure_guest_answer
TESTS += tests/test_azure_guest_answer
tests_test_azure_guest_answer_SOURCES = tests/test_azure_guest_answer.c \
	$(MAA_TESTLIB)
tests_test_azure_guest_answer_CFLAGS = $(MAA_FLAGS)
tests_test_azure_guest_answer_LDADD = $(MAA_LIBS)

check_PROGRAMS += tests/test_azure_maa_real
TESTS += tests/test_azure_maa_real
tests_test_azure_maa_real_SOURCES = tests/test_azure_maa_real.c $(MAA_SCENE)
tests_test_azure_maa_real_CFLAGS = $(MAA_FLAGS)
tests_test_azure_maa_real_LDADD = $(MAA_LIBS)

check_PROGRAMS += tests/test_azure_maa_line
TESTS += tests/test_azure_maa_line
tests_test_azure_maa_line_SOURCES = tests/test_azure_maa_line.c $(MAA_SCENE)
tests_test_azure_maa_line_CFLAGS = $(MAA_FLAGS)
tests_test_azure_maa_line_LDADD = $(MAA_LIBS)

# Against servers of the test; testlib_http needs libmicrohttpd.
if SIMULATOR_CLOUD
MAA_SERVER = tests/testlib_maa_server.c tests/testlib_maa_server.h \
	$(MAA_SCENE) $(HTTP_TESTLIB)
check_PROGRAMS += tests/test_azure_maa
TESTS += tests/test_azure_maa
tests_test_azure_maa_SOURCES = tests/test_azure_maa.c $(MAA_SERVER)
tests_test_azure_maa_CFLAGS = $(MAA_FLAGS) $(MICROHTTPD_CFLAGS)
tests_test_azure_maa_LDADD = $(MAA_LIBS) $(MICROHTTPD_LIBS)

check_PROGRAMS += tests/test_azure_maa_guest
TESTS += tests/test_azure_maa_guest
tests_test_azure_maa_guest_SOURCES = tests/test_azure_maa_guest.c \
	$(MAA_SERVER)
tests_test_azure_maa_guest_CFLAGS = $(MAA_FLAGS) $(MICROHTTPD_CFLAGS)
tests_test_azure_maa_guest_LDADD = $(MAA_LIBS) $(MICROHTTPD_LIBS)

# Runs itself under `teesim serve --cloud`.
check_PROGRAMS += tests/test_azure_maa_sim
TESTS += tests/test_azure_maa_sim
tests_test_azure_maa_sim_SOURCES = tests/test_azure_maa_sim.c $(MAA_SCENE)
tests_test_azure_maa_sim_CFLAGS = $(MAA_FLAGS)
tests_test_azure_maa_sim_LDADD = $(MAA_LIBS)
EXTRA_tests_test_azure_maa_sim_DEPENDENCIES = sim/teesim

check_PROGRAMS += tests/test_azure_maa_tpm
TESTS += tests/test_azure_maa_tpm
tests_test_azure_maa_tpm_SOURCES = tests/test_azure_maa_tpm.c \
	$(MAA_TPM_SCENE)
tests_test_azure_maa_tpm_CFLAGS = $(MAA_FLAGS)
tests_test_azure_maa_tpm_LDADD = $(MAA_LIBS)
EXTRA_tests_test_azure_maa_tpm_DEPENDENCIES = sim/teesim
endif
endif
endif
