#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random policies and patterns, decided here and by Python's own operators.
set -eu
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
exec python3 "${TEE_TEST_SRCDIR:?run by make check}/tests/policy_oracle.py" \
    "${TEE_TEST_BUILDDIR:?}/tests/policy_answers" "$@"
