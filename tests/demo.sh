#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./quickstart demo keeps its word: one key granted, every attack refused for
# its own reason, nothing mounted and no key left behind; quickstart leaves
# alone what was configured for another place, and what is installed has a
# directory for profiles.
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

# quickstart in a clone where everything is there and nothing takes time.
clone=$build/tests/tmp/clone.$$
trap 'rm -rf "$clone"' EXIT
mkdir -p "$clone/bin" "$clone/build" || exit 99
log=$clone/log
cp "${TEE_TEST_SRCDIR:?}/quickstart" "$clone/"
printf '#!/bin/sh\necho install ok installed\n' >"$clone/bin/dpkg-query"
printf '#!/bin/sh\necho "${0##*/} $*" >>%s/made\n' "$clone" >"$clone/bin/make"
cp "$clone/bin/make" "$clone/configure"
chmod +x "$clone/bin/"* "$clone/configure"
: >"$clone/configure.ac"
touch -d '1 hour ago' "$clone/configure.ac"
quickstart() # PREFIX: of the build that is there
{
	rm -f "$clone/made"
	printf 'S["prefix"]="%s"\n' "$1" >"$clone/build/config.status"
	PATH=$clone/bin:$PATH "$clone/quickstart" build >"$log" 2>&1
}
quickstart "$clone/build/root" || fail "its own build is refused"
grep -q '^make install$' "$clone/made" || fail "it does not install"
for prefix in /usr/local "$clone/build/root2" "$clone/build"; do
	quickstart "$prefix" && fail "a build for $prefix is taken"
	grep -q 'another prefix' "$log" || fail "$prefix: it does not say why"
	[ ! -e "$clone/made" ] || fail "a build for $prefix is touched"
done

# Empty, it goes again with the rest; what somebody put there stays.
installation() # HOOK
{
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$build" "$1-hook" \
	    DESTDIR="$clone/installed" >"$log" 2>&1 || fail "make $1-hook"
}
installation install-data
profiles=$(find "$clone/installed" -type d -path '*/tee/profiles.d')
[ -n "$profiles" ] || fail "make install makes no directory for profiles"
installation uninstall
[ ! -e "$profiles" ] || fail "make uninstall leaves it there"
installation install-data
: >"$profiles/agent.conf"
installation uninstall
[ -e "$profiles/agent.conf" ] || fail "make uninstall removes profiles"
log=$build/tests/tmp/demo.log

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
