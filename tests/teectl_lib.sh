# SPDX-License-Identifier: Apache-2.0
# What the tests of teectl share: profiles, one run, what is expected of it.
# Sourced, never run by itself.

umask 022
build=${TEE_TEST_BUILDDIR:?run by make check}
teectl=$build/tests/teectl
profiles=$build/tests/profiles.d
tmp=$build/tests/${0##*/}.$$
mkdir -p "$tmp" "$profiles" || exit 99
# A name of this run's own: other users of the machine's keyrings stay apart.
name=cli-$$
trap 'rm -rf "$tmp" "$profiles/$name"*.conf' EXIT
cd "$tmp" || exit 99
failures=0

skip() {
	echo "skipped: $*"
	exit 77
}

need_mock() {
	[ -e "$build/tests/modules/mock.so" ] ||
	    skip "configured without --enable-module-mock"
}

need_keyring() {
	[ "$("$teectl" doctor --json 2>/dev/null |
	    "$build/tests/teectl_json" checks/name=keyring/result)" = ok ] ||
	    skip "no kernel keyring here"
}

# Root can be somebody else for a moment; others cannot.
nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
can_be_nobody() {
	[ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null &&
	    $nobody test -x "$teectl" && $nobody test -r "$tmp"
}

wrong() {
	failures=$((failures + 1))
	echo "FAIL: $what: $*"
	sed 's/^/  out: /' out
	sed 's/^/  err: /' err
}

# run STATUS ARGUMENT...: teectl must end with that status.
run() {
	expected=$1
	shift
	what="teectl $*"
	"$teectl" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$expected" ] || wrong "status $got, expected $expected"
}

out_has() {
	grep -q -e "$1" out || wrong "stdout lacks: $1"
}

err_has() {
	grep -q -e "$1" err || wrong "stderr lacks: $1"
}

# json PATH VALUE: stdout is one JSON text, and this stands there.
json() {
	value=$("$build/tests/teectl_json" "$1" <out) ||
	    { wrong "stdout is no JSON with $1"; return; }
	[ "$value" = "$2" ] || wrong "$1 is $value, expected $2"
}

json_value() {
	"$build/tests/teectl_json" "$1" <"${2:-out}"
}

same() {
	[ "$1" = "$2" ] || wrong "$3: $1 is not $2"
}

# An agent whose whole stack is scripted: mock_profile FILE [SED SCRIPT].
mock_profile() {
	sed "${2:-}" >"$1" <<-END
	agent     = { did = "did:mesh:agent-1"; };
	assurance = "local";
	require   = { debug = false; };
	collector = ( { control = "required"; module = "mock";
	    options = { verdict = "ok"; }; } );
	verifier  = ( { control = "required"; module = "mock";
	    options = { verdict = "ok"; debug = "false"; }; } );
	keystore  = ( { control = "required"; module = "mock";
	    options = { verdict = "ok"; }; } );
	custody   = { residency = "process"; lifetime = "5m"; };
	END
}

# The relying party's side of it.
peer_profile() {
	sed "${2:-}" >"$1" <<-END
	assurance = "local";
	require   = { debug = false; };
	verifier  = ( { control = "required"; module = "mock";
	    options = { verdict = "ok"; debug = "false"; }; } );
	END
}

finish() {
	[ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
	exit 0
}
