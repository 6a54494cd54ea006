#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What teed brings for systemd, udev and the kernel: read by the programs that
# will read it, measured where there is a figure, and shown red when broken.
set -u
conf=${TEE_TEST_SRCDIR:?run by make check}/conf
made=${TEE_TEST_BUILDDIR:?run by make check}/conf
tmp=$TEE_TEST_BUILDDIR/tests/tmp/teed_units.$$
mkdir -p "$tmp" || exit 99
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 99
exposure=15 # tenths of systemd-analyze's 1.5
failures=0 skipped=0

fail() {
	failures=$((failures + 1))
	echo "FAIL: $*"
}

skip() {
	skipped=1
	echo "skipped: $*"
}

# The programs of the units need not be installed to read the units.
unit() { # SOURCE NAME [SED SCRIPT]
	sed -e 's|^ExecStart=/.*|ExecStart=/bin/true|' -e "${3:-}" \
	    "$1" >"$2"
}

security() {
	systemd-analyze security --offline=true --no-pager \
	    --threshold=$exposure "./$1" >"$1.security" 2>&1
}

verify() {
	SYSTEMD_UNIT_PATH="$tmp:" systemd-analyze verify --man=no \
	    --recursive-errors=no "$@" >verify.out 2>&1 && [ ! -s verify.out ]
}

units() {
	unit "$made/systemd/teed.service" teed.service
	security teed.service || {
		fail 'teed.service is more exposed than 1.5'
		grep -v '^✓' teed.service.security
	}
	unit "$made/systemd/teed.service" open.service \
	    '/^PrivateDevices=\|^SystemCallFilter=~/d'
	security open.service &&
	    fail 'a unit that sees devices is not more exposed'
	cp "$made/systemd/teed@.socket" teed@.socket
	cp teed@.socket teed@payments.socket
	verify ./teed.service ./teed@payments.socket ||
	    { fail 'systemd finds fault with the units'; cat verify.out; }
	sed 's/^ListenSequ/ListenSeqeu/' teed@.socket >teed@broken.socket
	verify ./teed@broken.socket && fail 'verify does not see a misspelling'
	rm teed@broken.socket
	unit "$made/systemd/teed.service" broken.service \
	    's/^KeyringMode=.*/KeyringMode=secret/'
	verify ./broken.service && fail 'verify does not see a wrong value'
}

# An agent's own unit, with the drop-in that it is told to copy.
agents() {
	for agent in agent sandboxed-agent; do
		cat >"$agent.service" <<-END
		[Service]
		ExecStart=/bin/true
		END
		mkdir -p "$agent.service.d"
		# The line goes on behind a backslash.
		sed -e '/^ExecStart=\/.*\\$/ { N; s|.*|ExecStart=/bin/true|; }' \
		    -e 's/^User=payments/User=root/' \
		    "$conf/examples/$agent.service.d/tee.conf" \
		    >"$agent.service.d/tee.conf"
		verify "./$agent.service" ||
		    { fail "the drop-in of $agent"; cat verify.out; }
		sed 's/^After=/Afterwards=/' "$agent.service.d/tee.conf" \
		    >broken.conf
		mv broken.conf "$agent.service.d/tee.conf"
		verify "./$agent.service" &&
		    fail "verify does not read the drop-in of $agent"
	done
}

# teed's side and the agents' have one path.
same_directory() {
	dir=$(sed -n 's|^ListenSequentialPacket=\(.*\)/%i\.sock$|\1|p' \
	    "$made/systemd/teed@.socket")
	[ -n "$dir" ] || fail 'no directory in teed@.socket'
	grep -qx "d $dir 0755 tee tee -" "$made/tmpfiles.d/tee.conf" ||
	    fail "tmpfiles.d does not make $dir as the socket unit has it"
	grep -q "^ReadWritePaths=-$dir " "$made/systemd/teed.service" ||
	    fail "teed.service cannot write to $dir"
	if grep -q '@[a-z]*@' "$made"/*/teed* "$made"/*/tee.conf; then
		fail 'something was not filled in'
	fi
}

# Into a root of its own: accounts, and who may ask the TPM.
users() {
	mkdir -p root/etc
	systemd-sysusers --root="$tmp/root" "$conf/sysusers.d/tee.conf" \
	    >sysusers.out 2>&1 ||
	    { fail 'sysusers'; cat sysusers.out; return; }
	grep -q '^tee:.*:/usr/sbin/nologin$' root/etc/passwd ||
	    fail 'the user tee has a shell, or is none'
	grep -q '^tss:.*[:,]tee$' root/etc/group || fail 'tee is not in tss'
	grep -q '^tee:x:[0-9]*:$' root/etc/group ||
	    fail 'the group tee has members, or is none'
}

rules() {
	rules=$conf/udev/60-tee.rules
	bad=$(grep -v '^#' "$rules" | grep -vE '^([A-Z]+==?"[^"]+"(, |$))+$')
	[ -z "$bad" ] || fail "udev rule: $bad"
	grep -q '^KERNEL=="sev-guest",.* GROUP="tee", MODE="0660"$' "$rules" ||
	    fail '/dev/sev-guest is not for the group tee alone'
	grep -q '^KERNEL=="tpmrm.* GROUP="tss", MODE="0660"$' "$rules" ||
	    fail '/dev/tpmrm0 is not for the group tss alone'
}

# 2,000 profiles, as the file says: what a lease costs is in its comment, and
# measured below.
DID=$(printf 'did:mesh:%064d' 1)
quota() {
	keys=$(sed -n 's/^kernel.keys.maxkeys = //p' "$1")
	bytes=$(sed -n 's/^kernel.keys.maxbytes = //p' "$1")
	lease=$((4 + 13 + 1 + 16 + 1 + ${#DID} + 1 + 64 + 4 + \
	    10 + 16 + 1 + 8 + 1 + 4))
	[ "$lease" -eq 217 ] || fail "a lease costs $lease"
	[ "$keys" -ge $((2 * 2000 + 3 + 3)) ] &&
	    [ "$bytes" -ge $((500 * 2000 + 500 + 100)) ]
}

# One lease, held by somebody who has nothing else in the kernel.
measure() {
	teectl=$TEE_TEST_BUILDDIR/tests/teectl
	user=61$$ user=${user%"${user#?????}"}
	as="setpriv --reuid=$user --regid=$user --clear-groups"
	{ [ "$(id -u)" -eq 0 ] && $as test -x "$teectl" 2>/dev/null &&
	    $as test -r "$tmp" && [ -e "$TEE_TEST_BUILDDIR/tests/modules/mock.so" ]
	} || { skip 'what a lease costs: needs root and the module mock'; return; }
	grep -q "^ *$user:" /proc/key-users &&
	    { skip "uid $user has keys"; return; }
	cat >payments.conf <<-END
	agent     = { did = "$DID"; };
	assurance = "local";
	keystore  = ( { control = "required"; module = "mock";
	    options = { verdict = "ok"; }; } );
	custody   = { residency = "process"; lifetime = "5m"; };
	END
	$as "$teectl" acquire --hold ./payments.conf >held 2>held.err &
	holder=$!
	tries=0
	while [ ! -s held ] && [ $tries -lt 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	used=$(sed -n "s/^ *$user: *[0-9]* [0-9/]* \([0-9]*\)\/[0-9]* \([0-9]*\)\/.*/\1 \2/p" /proc/key-users)
	kill "$holder"
	wait "$holder"
	# Beside it, the process keyring itself: a key, "_pid" and its NUL.
	expected="3 $((4 + 5 + 1 + 8 + 1 + ${#DID} + 1 + 64 + 4 + \
	    10 + 8 + 1 + 8 + 1 + 4 + 5))"
	[ "$used" = "$expected" ] || {
		fail "a lease costs \"$used\", not \"$expected\""
		cat held.err
	}
}

same_directory
rules
quota "$conf/sysctl.d/60-tee.conf" || fail 'the quota is too small'
sed 's/= 4096/= 4000/' "$conf/sysctl.d/60-tee.conf" >small.conf
quota small.conf && fail 'a quota that is too small is not seen'
measure
if command -v systemd-analyze >/dev/null; then
	units
	agents
else
	skip 'units: no systemd-analyze'
fi
if command -v systemd-sysusers >/dev/null; then
	users
else
	skip 'accounts: no systemd-sysusers'
fi
[ "$failures" -eq 0 ] || exit 1
[ "$skipped" -eq 0 ] || exit 77
