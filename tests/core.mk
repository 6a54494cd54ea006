# SPDX-License-Identifier: Apache-2.0
if HAVE_CHECK
check_PROGRAMS += tests/test_binding tests/test_stage
TESTS += tests/test_binding tests/test_stage
tests_test_binding_SOURCES = tests/test_binding.c
tests_test_binding_CFLAGS = $(TEST_FLAGS)
tests_test_binding_LDADD = $(TEST_LIBS)
tests_test_stage_SOURCES = tests/test_stage.c
tests_test_stage_CFLAGS = $(TEST_FLAGS)
tests_test_stage_LDADD = $(TEST_LIBS)
endif
