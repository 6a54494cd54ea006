#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# teesim --tpm as its user meets it: swtpm comes and goes with it, the TPM's
# keys stay; then test_sim_vtpm as a guest, and tpm2-tools where they are.
set -u

build=${TEE_TEST_BUILDDIR:?set by make check}
teesim=$build/sim/teesim
keys=$build/tests/tmp/vtpmkeys

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
	set -- inside
fi

mkdir -p "$build/tests/tmp"
here=$(mktemp -d "$build/tests/tmp/vtpm.XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
failed=0

check()
{
	name=$1
	shift
	"$@" >"$here/out" 2>"$here/err" && return
	echo "FAIL: $name"
	cat "$here/out" "$here/err"
	failed=1
}

serve()
{
	"$teesim" serve --dir "$keys" "$@"
}

# start: a server of its own, ready when this returns; its swtpm
start()
{
	: >"$here/ready"
	"$teesim" serve --dir "$keys" --tpm "$here/tpm" >>"$here/ready" \
		2>"$here/said" &
	pid=$!
	n=0
	while [ ! -s "$here/ready" ] && [ $n -lt 200 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	swtpm=$(cat "/proc/$pid/task/$pid/children")
	swtpm=${swtpm% }
}

# gone PID: within a few seconds
gone()
{
	n=0
	while [ -d "/proc/$1" ] && [ $n -lt 50 ]; do
		grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null && return 0
		sleep 0.1
		n=$((n + 1))
	done
	[ ! -d "/proc/$1" ]
}

# The machine itself: SHA-256 of the AK's public area.
ak()
{
	serve --tpm "$here/tpm" -- sh -c '
		exec 3<>"$1"
		printf "\200\1\0\0\0\16\0\0\1\163\201\0\0\3" >&3
		dd bs=4096 count=1 <&3 2>/dev/null | sha256sum' - "$here/tpm"
}

first=$(ak)
check "an AK" test "$(echo "$first" | wc -c)" -gt 60
check "the AK stays" test "$(ak)" = "$first"
check "mount point removed" test ! -e "$here/tpm"

# Ends with its server: asked to, and killed.
start
check "ready line" grep -q " tpm=$here/tpm" "$here/ready"
check "one child" test "$(cat "/proc/$swtpm/comm")" = swtpm
check "another teesim is told" sh -c '
	"$1" serve --dir "$2" --tpm "$3" -- true 2>&1 |
		grep -q "another teesim serves"' - "$teesim" "$keys" "$here/no"
kill -TERM $pid
wait $pid
check "ends well" test $? = 0
check "no swtpm after the end" gone "$swtpm"
start
kill -KILL $pid
wait $pid 2>/dev/null
check "no swtpm after a kill" gone "$swtpm"
check "a dead mount does not block" sh -c '
	timeout 5 stat "$1" 2>&1 | grep -q "not connected"' - "$here/tpm"
check "the AK survives a kill" test "$(ak)" = "$first"

# The TPM itself dies: its clients get errors, and it is said once.
start
kill -KILL "$swtpm"
check "commands fail" sh -c '
	exec 3<>"$1" && ! printf "\200\1\0\0\0\14\0\0\1\173\0\10" >&3 &&
	! printf "\200\1\0\0\0\14\0\0\1\173\0\10" >&3' - "$here/tpm"
kill -TERM $pid
wait $pid
check "said once" test "$(grep -c 'does not answer' "$here/said")" = 1

check "swtpm missing" sh -c '
	PATH=/nowhere "$1" serve --dir "$2" --tpm "$3" 2>&1 |
		grep -q "apt install swtpm"' - "$teesim" "$keys" "$here/tpm"

cat >"$here/tools" <<'EOF'
set -e
cd "$1"
TPM2TOOLS_TCTI=device:$1/tpm
export TPM2TOOLS_TCTI
tpm2_getrandom -o random 8
test "$(wc -c <random)" = 8
tpm2_nvread -C o -o hcl 0x01400001
test "$(head -c 4 hcl)" = HCLA
test "$(wc -c <hcl)" = 2600
tpm2_nvread -C o -o cert 0x01c101d0
! tpm2_nvread -C o -P wrong -o refused 0x01400001
tpm2_readpublic -c 0x81000003 -f pem -o ak.pem
tpm2_quote -c 0x81000003 -l sha256:0,1,2 -q 01020304 -m quote -s signature
tpm2_checkquote -u ak.pem -m quote -s signature -q 01020304
! tpm2_checkquote -u ak.pem -m quote -s signature -q 01020305
tpm2_createprimary -C n -c primary
tpm2_create -C primary -u public -r private
tpm2_load -C primary -u public -r private -c loaded
EOF
if command -v tpm2_nvread >/dev/null; then
	check "tpm2-tools" serve --tpm "$here/tpm" -- \
		sh "$here/tools" "$here"
fi

serve --tpm "$here/tpm" -- "$build/tests/test_sim_vtpm" "$teesim" "$keys" \
	"$here/tpm" || failed=1
exit $failed
