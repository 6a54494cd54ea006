# SPDX-License-Identifier: Apache-2.0
# What operators have of teed: units and the like, the program's page, teectl.
teed_ops_tests = \
	tests/teed_units.sh
dist_check_SCRIPTS += $(teed_ops_tests)
TESTS += $(teed_ops_tests)
check_DATA += $(CONF_MADE)
