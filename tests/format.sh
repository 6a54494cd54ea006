#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every source is as .clang-format has it.  Versions of clang-format differ,
# so only the one that the file was written for is asked.
set -u
cd "${TEE_TEST_SRCDIR:-$(dirname "$0")/..}" || exit 1
format=$(command -v clang-format-14 || command -v clang-format) || {
	echo "skipped: clang-format is not installed"
	exit 77
}
"$format" --version | grep -q 'version 14\.' || {
	echo "skipped: $("$format" --version) is not version 14"
	exit 77
}
sources=$(find include libtee modules teectl teed sim tests fuzz bench \
    -name '*.[ch]' | sort)
[ -n "$sources" ] || { echo "no sources in $PWD"; exit 1; }
# shellcheck disable=SC2086
"$format" --dry-run -Werror $sources || exit 1
echo "int  wrong( void ){return 0 ;}" | "$format" --dry-run -Werror \
    --assume-filename=tests/format.c 2>/dev/null && {
	echo "clang-format finds nothing wrong with what is"
	exit 1
}
exit 0
