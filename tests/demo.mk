# SPDX-License-Identifier: Apache-2.0
dist_check_SCRIPTS += tests/demo.sh
TESTS += tests/demo.sh
