# SPDX-License-Identifier: Apache-2.0
# The clients of services, against servers that the tests run themselves.
if HAVE_CHECK
if MODULE_SNP
if SIMULATOR_CLOUD
HTTP_TESTLIB = tests/testlib_http.c tests/testlib_http.h \
	tests/testlib_http_call.c tests/testlib_tls.c tests/testlib_tls.h
HTTP_TEST_FLAGS = $(TEST_FLAGS) $(MICROHTTPD_CFLAGS)
HTTP_TEST_LIBS = libtee-net.la $(TEST_LIBS) $(MICROHTTPD_LIBS)

check_PROGRAMS += tests/test_http
TESTS += tests/test_http
tests_test_http_SOURCES = tests/test_http.c $(HTTP_TESTLIB)
tests_test_http_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_http_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/test_http_time
TESTS += tests/test_http_time
tests_test_http_time_SOURCES = tests/test_http_time.c $(HTTP_TESTLIB)
tests_test_http_time_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_http_time_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/test_http_tls
TESTS += tests/test_http_tls
tests_test_http_tls_SOURCES = tests/test_http_tls.c $(HTTP_TESTLIB)
tests_test_http_tls_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_http_tls_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/test_http_memory
TESTS += tests/test_http_memory
tests_test_http_memory_SOURCES = tests/test_http_memory.c $(HTTP_TESTLIB)
tests_test_http_memory_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_http_memory_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/test_http_pool
TESTS += tests/test_http_pool
tests_test_http_pool_SOURCES = tests/test_http_pool.c $(HTTP_TESTLIB)
tests_test_http_pool_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_http_pool_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/test_certcache
TESTS += tests/test_certcache
tests_test_certcache_SOURCES = tests/test_certcache.c $(HTTP_TESTLIB)
tests_test_certcache_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_certcache_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/test_kds
TESTS += tests/test_kds
tests_test_kds_SOURCES = tests/test_kds.c $(HTTP_TESTLIB) $(SNP_TESTLIB)
tests_test_kds_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_kds_LDADD = $(SNP_TEST_LIBS) $(MICROHTTPD_LIBS)

check_PROGRAMS += tests/test_supply
TESTS += tests/test_supply
tests_test_supply_SOURCES = tests/test_supply.c $(HTTP_TESTLIB) $(SNP_TESTLIB)
tests_test_supply_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_supply_LDADD = $(SNP_TEST_LIBS) $(MICROHTTPD_LIBS)

if MODULE_GENERATED
dist_check_SCRIPTS += tests/collector_kds.sh
TESTS += tests/collector_kds.sh
endif

if MODULE_SNP_AZURE
check_PROGRAMS += tests/test_thim
TESTS += tests/test_thim
tests_test_thim_SOURCES = tests/test_thim.c $(HTTP_TESTLIB) $(SNP_TESTLIB)
tests_test_thim_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_thim_LDADD = libtee-azure.la $(SNP_TEST_LIBS) $(MICROHTTPD_LIBS)

check_PROGRAMS += tests/test_identity
TESTS += tests/test_identity
tests_test_identity_SOURCES = tests/test_identity.c $(HTTP_TESTLIB)
tests_test_identity_CFLAGS = $(HTTP_TEST_FLAGS)
tests_test_identity_LDADD = libtee-azure.la $(TEST_LIBS) $(MICROHTTPD_LIBS)
endif
endif
endif
endif
