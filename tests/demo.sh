#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./quickstart demo keeps its word: one key granted, every attack refused for
# its own reason, nothing mounted and no key left behind.
set -u
build=${TEE_TEST_BUILDDIR:?run by make check}
demo=${TEE_TEST_SRCDIR:?run by make check}/sim/demo
log=$build/tests/tmp/demo.log

skip()
{
	echo "skipped: $1"
	exit 77
}

fail()
{
	cat "$log"
	echo "FAIL: $1"
	exit 1
}

[ -x "$build/root/bin/teectl" ] ||
	skip "nothing is installed in build/root (./quickstart check does)"
command -v keyctl >/dev/null || skip "no keyctl command (keyutils)"
mkdir -p "$build/tests/tmp"

"$demo" "$build" >"$log" 2>&1
status=$?
[ $status != 77 ] || skip "$(tail -n 1 "$log")"
[ $status = 0 ] || fail "status $status"
attacks=$(grep -c '^== Attack: ' "$log")
[ "$attacks" -ge 7 ] || fail "only $attacks attacks"
refused=$(sed -n 's/^== Done: one key .*, \([0-9]*\) attacks refused$/\1/p' \
    "$log" | awk '{ n += $1 } END { print n + 0 }')
[ "$refused" = "$attacks" ] || fail "granted or refused is not as announced"
tail -n 1 "$log" | grep -qE '^== Done: one key released|swtpm is missing' ||
	fail "it did not end as announced"
grep -q '^Signature Verified Successfully' "$log" ||
	fail "openssl did not verify the signature"
! grep -qF " $build/demo" /proc/mounts || fail "something is still mounted"
for did in $(grep -oE 'tee:tee_generated:agent:did:mesh:[0-9a-f]+' "$log"); do
	! grep -qF "$did" /proc/keys || fail "$did is still in the keyring"
done
