# SPDX-License-Identifier: Apache-2.0
# The roots of TLS and of answers that bring their chain along.
if HAVE_CHECK
if MODULE_SNP
check_PROGRAMS += tests/test_certmemo
TESTS += tests/test_certmemo
tests_test_certmemo_SOURCES = tests/test_certmemo.c tests/testlib_tls.c \
	tests/testlib_tls.h
tests_test_certmemo_CFLAGS = $(TEST_FLAGS)
tests_test_certmemo_LDADD = libtee-common.la $(TEST_LIBS)

if SIMULATOR_CLOUD
check_PROGRAMS += tests/test_roots
TESTS += tests/test_roots
tests_test_roots_SOURCES = tests/test_roots.c tests/testlib_tls.c \
	tests/testlib_tls.h
tests_test_roots_CFLAGS = $(TEST_FLAGS)
tests_test_roots_LDADD = libtee-net.la $(TEST_LIBS)
endif
endif
endif
