# SPDX-License-Identifier: Apache-2.0
# What operators have of teed: units and the like, the program's page, teectl.
teed_ops_tests = \
	tests/teed_units.sh \
	tests/teed_teectl.sh \
	tests/teed_page.sh
dist_check_SCRIPTS += $(teed_ops_tests)
TESTS += $(teed_ops_tests)
check_DATA += $(CONF_MADE)

# A teed that says what it is told to say.
check_PROGRAMS += tests/teed_script
tests_teed_script_SOURCES = tests/teed_script.c libtee/wire.c
tests_teed_script_CPPFLAGS = $(TEST_CPPFLAGS)
tests_teed_script_CFLAGS = $(AM_CFLAGS)
tests_teed_script_LDADD = libtee-test.la
