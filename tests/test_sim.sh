#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# teesim as its user meets it: exit statuses, files, mounts that come and go;
# then test_sim_serve as a guest.  Mounts inside a user namespace where it
# may, so that nothing of the host is touched.
set -u

build=${TEE_TEST_BUILDDIR:?set by make check}
teesim=$build/sim/teesim
keys=$build/tests/tmp/simkeys

skip()
{
	echo "skipped: $1"
	exit 77
}

if [ "${1-}" != inside ]; then
	[ -x "$teesim" ] || skip "built without the simulator"
	[ -r /dev/fuse ] && [ -w /dev/fuse ] || skip "no usable /dev/fuse"
	if unshare -Urm true 2>/dev/null; then
		exec unshare -Urm sh "$0" inside
	fi
	[ "$(id -u)" = 0 ] || skip "no user namespaces, and not root"
	set -- inside
fi

mkdir -p "$build/tests/tmp"
here=$(mktemp -d "$build/tests/tmp/sim.XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
failed=0

# expect STATUS NAME COMMAND...
expect()
{
	status=$1 name=$2
	shift 2
	"$@" >"$here/out" 2>"$here/err"
	got=$?
	[ "$got" = "$status" ] && return
	echo "FAIL: $name: status $got, not $status"
	cat "$here/err"
	failed=1
}

check()
{
	name=$1
	shift
	"$@" >/dev/null 2>&1 && return
	echo "FAIL: $name"
	failed=1
}

serve()
{
	"$teesim" serve --dir "$keys" "$@"
}

expect 2 "no subcommand" "$teesim"
expect 2 "unknown subcommand" "$teesim" nobody
expect 2 "no directory" "$teesim" root
expect 2 "unknown product" serve --product Naples
expect 2 "unknown switch" serve --set nobody=1
expect 2 "value out of range" serve --set guest-vmpl=4
expect 2 "stray word" "$teesim" root --dir "$keys" word
expect 0 "help" "$teesim" --help
expect 0 "help of serve" "$teesim" serve --help
expect 0 "version" "$teesim" --version
expect 0 "list" "$teesim" set --list
check "list shows fields" grep -q '^  measurement=' "$here/out"
check "list shows faults" grep -q '^  vmm-busy=' "$here/out"
expect 1 "no machine yet" "$teesim" root --dir "$here"

expect 7 "the command's status" serve --device "$here/dev" -- sh -c 'exit 7'
expect 143 "the command's signal" serve --device "$here/dev" -- \
	sh -c 'kill $$'
expect 127 "no such command" serve --device "$here/dev" -- "$here/nothing"
check "mount point removed" test ! -e "$here/dev"
: >"$here/dev"
expect 0 "mount point of the caller" serve --device "$here/dev" -- true
check "mount point kept" test -f "$here/dev"
expect 1 "device on a directory" serve --device "$here" -- true
check "says so" grep -q 'is a directory' "$here/err"

expect 0 "set" "$teesim" set --dir "$keys" debug=yes
expect 2 "set refuses" "$teesim" set --dir "$keys" debug=perhaps
expect 2 "set without a setting" "$teesim" set --dir "$keys"
check "kept" grep -qx debug=yes "$keys/switches"
expect 0 "set takes back" "$teesim" set --dir "$keys" debug=
check "taken back" test ! -s "$keys/switches"

expect 0 "mint" "$teesim" mint --dir "$keys" --out "$here/mint" \
	--product Turin --signer vlek --report-data 0102
for f in report.bin certs.pem certs.table crl.der; do
	check "mint writes $f" test -s "$here/mint/$f"
done
check "size of the report" test "$(wc -c <"$here/mint/report.bin")" = 1184
for leaf in vcek:ask vlek:asvk; do
	check "openssl verifies $leaf" openssl verify -check_ss_sig \
		-CAfile "$keys/ark.pem" -untrusted "$keys/${leaf#*:}.pem" \
		"$keys/${leaf%:*}.pem"
done
root=$(openssl x509 -in "$keys/ark.pem" -noout -pubkey |
	openssl pkey -pubin -outform DER | openssl sha256 -r | cut -d' ' -f1)
check "root is the SPKI's hash" test "$("$teesim" root --dir "$keys")" = \
	"$root"
expect 2 "mint without --out" "$teesim" mint --dir "$keys"
expect 2 "report data too long" "$teesim" mint --dir "$keys" \
	--out "$here/mint" --report-data "$(printf '%0130d' 0)"

# start OPTION...: a server of its own, ready when this returns
start()
{
	: >"$here/ready"
	"$teesim" serve --dir "$keys" "$@" >>"$here/ready" &
	pid=$!
	n=0
	while [ ! -s "$here/ready" ] && [ $n -lt 100 ]; do
		sleep 0.1
		n=$((n + 1))
	done
}

# Without a command: one line, until a signal; then nothing is mounted.
start --device "$here/dev" --tsm "$here/tsm"
check "ready line" grep -q "^ready root=$root device=$here/dev tsm=" \
	"$here/ready"
check "mounted" grep -q " $here/dev " /proc/mounts
kill -TERM $pid
wait $pid
check "ends well" test $? = 0
check "unmounted" sh -c '! grep -q " '"$here"'/" /proc/mounts'

# A server that died leaves a dead mount, which the next one clears away.
start --device "$here/dev"
kill -KILL $pid
wait $pid 2>/dev/null
check "dead mount" sh -c '! stat "$1"' - "$here/dev"
expect 0 "over a dead mount" serve --device "$here/dev" -- true

serve --device "$here/dev" --legacy "$here/sev" --tsm "$here/tsm" -- \
	"$build/tests/test_sim_serve" "$teesim" "$keys" "$here/dev" \
	"$here/sev" "$here/tsm" || failed=1
exit $failed
