# SPDX-License-Identifier: Apache-2.0
# Secure Key Release: what is taken from a vault, and what is not.
if HAVE_CHECK
if MODULE_SNP_AZURE
SKR_FLAGS = $(TEST_FLAGS) $(AZURE_CFLAGS)
SKR_LIBS = libtee-azure.la libtee-net.la libteesim.la $(TEST_LIBS)
SKR_TESTLIB = tests/testlib_skr.c tests/testlib_skr.h \
	tests/testlib_jose.c tests/testlib_jose.h sim/wrap.c sim/wrap.h \
	tests/testlib_vector.c tests/testlib_vector.h $(SNP_TESTLIB)

check_PROGRAMS += tests/test_azure_release
TESTS += tests/test_azure_release
tests_test_azure_release_SOURCES = tests/test_azure_release.c $(SKR_TESTLIB)
tests_test_azure_release_CFLAGS = $(SKR_FLAGS)
tests_test_azure_release_LDADD = $(SKR_LIBS)

check_PROGRAMS += tests/test_azure_release_hsm
TESTS += tests/test_azure_release_hsm
tests_test_azure_release_hsm_SOURCES = tests/test_azure_release_hsm.c \
	$(SKR_TESTLIB)
tests_test_azure_release_hsm_CFLAGS = $(SKR_FLAGS)
tests_test_azure_release_hsm_LDADD = $(SKR_LIBS)

check_PROGRAMS += tests/test_azure_wrap
TESTS += tests/test_azure_wrap
tests_test_azure_wrap_SOURCES = tests/test_azure_wrap.c $(SKR_TESTLIB)
tests_test_azure_wrap_CFLAGS = $(SKR_FLAGS)
tests_test_azure_wrap_LDADD = $(SKR_LIBS)

check_PROGRAMS += tests/test_azure_rsakey
TESTS += tests/test_azure_rsakey
tests_test_azure_rsakey_SOURCES = tests/test_azure_rsakey.c $(SKR_TESTLIB)
tests_test_azure_rsakey_CFLAGS = $(SKR_FLAGS)
tests_test_azure_rsakey_LDADD = $(SKR_LIBS)

check_PROGRAMS += tests/test_azure_jwk
TESTS += tests/test_azure_jwk
tests_test_azure_jwk_SOURCES = tests/test_azure_jwk.c \
	tests/testlib_jose.c tests/testlib_jose.h
tests_test_azure_jwk_CFLAGS = $(SKR_FLAGS)
tests_test_azure_jwk_LDADD = libtee-azure.la $(TEST_LIBS)

check_PROGRAMS += tests/test_azure_ahead
TESTS += tests/test_azure_ahead
tests_test_azure_ahead_SOURCES = tests/test_azure_ahead.c
tests_test_azure_ahead_CFLAGS = $(SKR_FLAGS)
tests_test_azure_ahead_LDADD = libtee-azure.la $(TEST_LIBS)

check_PROGRAMS += tests/test_azure_sealed
TESTS += tests/test_azure_sealed
tests_test_azure_sealed_SOURCES = tests/test_azure_sealed.c $(SKR_TESTLIB)
tests_test_azure_sealed_CFLAGS = $(SKR_FLAGS)
tests_test_azure_sealed_LDADD = $(SKR_LIBS)

check_PROGRAMS += tests/test_azure_sealed_jose
TESTS += tests/test_azure_sealed_jose
tests_test_azure_sealed_jose_SOURCES = tests/test_azure_sealed_jose.c \
	tests/testlib_jose.c tests/testlib_jose.h
tests_test_azure_sealed_jose_CFLAGS = $(SKR_FLAGS)
tests_test_azure_sealed_jose_LDADD = $(SKR_LIBS)

check_PROGRAMS += tests/test_azure_access_token
TESTS += tests/test_azure_access_token
tests_test_azure_access_token_SOURCES = tests/test_azure_access_token.c
tests_test_azure_access_token_CFLAGS = $(SKR_FLAGS)
tests_test_azure_access_token_LDADD = libtee-azure.la $(TEST_LIBS)

if SIMULATOR_CLOUD
SKR_HTTP_FLAGS = $(SKR_FLAGS) $(MICROHTTPD_CFLAGS)
SKR_HTTP_LIBS = $(SKR_LIBS) $(MICROHTTPD_LIBS)

check_PROGRAMS += tests/test_azure_seed
TESTS += tests/test_azure_seed
tests_test_azure_seed_SOURCES = tests/test_azure_seed.c $(SKR_TESTLIB) \
	$(HTTP_TESTLIB)
tests_test_azure_seed_CFLAGS = $(SKR_HTTP_FLAGS)
tests_test_azure_seed_LDADD = $(SKR_HTTP_LIBS)

check_PROGRAMS += tests/test_azure_vault
TESTS += tests/test_azure_vault
tests_test_azure_vault_SOURCES = tests/test_azure_vault.c $(HTTP_TESTLIB)
tests_test_azure_vault_CFLAGS = $(SKR_HTTP_FLAGS)
tests_test_azure_vault_LDADD = $(SKR_HTTP_LIBS)

SKR_LINE = tests/testlib_skr_line.c tests/testlib_skr_line.h $(SKR_TESTLIB) \
	$(HTTP_TESTLIB)
check_PROGRAMS += tests/test_azure_keystore
TESTS += tests/test_azure_keystore
tests_test_azure_keystore_SOURCES = tests/test_azure_keystore.c $(SKR_LINE)
tests_test_azure_keystore_CFLAGS = $(SKR_HTTP_FLAGS)
tests_test_azure_keystore_LDADD = $(SKR_HTTP_LIBS)

check_PROGRAMS += tests/test_azure_memory
TESTS += tests/test_azure_memory
tests_test_azure_memory_SOURCES = tests/test_azure_memory.c $(SKR_LINE) \
	tests/memscan.c tests/memscan.h tests/memscan_key.c tests/memscan_key.h
tests_test_azure_memory_CFLAGS = $(SKR_HTTP_FLAGS)
tests_test_azure_memory_LDADD = $(SKR_HTTP_LIBS)
endif
endif
endif
