#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_azure_tpmrm as a guest of the simulator.  Mounts inside a user
# namespace where it may, so that nothing of the host is touched.
set -u

build=${TEE_TEST_BUILDDIR:?set by make check}
teesim=$build/sim/teesim

skip()
{
	echo "skipped: $1"
	exit 77
}

if [ "${1-}" != inside ]; then
	[ -x "$teesim" ] || skip "built without the simulator"
	command -v swtpm >/dev/null || skip "no swtpm"
	[ -r /dev/fuse ] && [ -w /dev/fuse ] || skip "no usable /dev/fuse"
	if unshare -Urm true 2>/dev/null; then
		exec unshare -Urm sh "$0" inside
	fi
	[ "$(id -u)" = 0 ] || skip "no user namespaces, and not root"
fi

mkdir -p "$build/tests/tmp"
here=$(mktemp -d "$build/tests/tmp/tpmrm.XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT

# libtss2 itself speaks on standard error; here its words are expected.
TSS2_LOG=all+NONE
export TSS2_LOG
"$teesim" serve --dir "$here/sim" --tpm "$here/tpm" -- \
    "$build/tests/test_azure_tpmrm" "$teesim" "$here/sim" "$here/tpm"
