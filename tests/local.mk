# SPDX-License-Identifier: Apache-2.0
if HAVE_CHECK
check_PROGRAMS += tests/test_binding
TESTS += $(check_PROGRAMS)
tests_test_binding_SOURCES = tests/test_binding.c
tests_test_binding_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_binding_LDADD = libtee-core.la $(CHECK_LIBS)
endif
