# SPDX-License-Identifier: Apache-2.0
# What the tests of teed share: a daemon of the test's own with scripted
# profiles.  Sourced after teectl_lib.sh, never run by itself.

need_mock
need_keyring
profiles_of_teed=$tmp/profiles
run_dir=$tmp/run
mkdir -p "$profiles_of_teed" "$run_dir" || exit 99
chmod 755 "$tmp" "$profiles_of_teed" "$run_dir"
teed=
trap 'stop_teed; rm -rf "$tmp" "$profiles/$name"*.conf' EXIT

# An agent whose stack is scripted: teed_profile NAME [CUSTODY [SED SCRIPT]].
teed_profile() {
	custody="lifetime = \"5m\"; users = [\"$(id -u)\"]; "
	custody="$custody socket = \"$run_dir/$1.sock\"; "
	custody="$custody${2:-sign = [\"raw:test:v1:\"];}"
	mock_profile "$profiles_of_teed/$1.conf" \
	    "s|residency = .*;|$custody };|;${3:-}"
}

# start_teed [COMMAND...]: in front of teed, such as setpriv.
start_teed() {
	"$@" "$build/teed/teed" --profile-dir "$profiles_of_teed" \
	    --run-dir "$run_dir" --worker "$build/tests/teed-worker" \
	    --log stderr 2>>"$tmp/log" 9>&- &
	teed=$!
}

# By /proc: ps and pgrep are not everywhere.
children() { # PID
	cat /proc/[0-9]*/stat 2>/dev/null |
	    sed -n "s/^\([0-9]*\) (.*) [A-Za-z] $1 .*/\1/p"
}

# The keeper is the supervisor's child that listens.
keeper() {
	for pid in $(children "$teed"); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = teed ] && echo "$pid"
	done
}

# Until every profile has its key, or is said to have none.
await_teed() { # NAME...
	for n in "$@"; do
		tries=0
		until "$build/tests/teed_load" -n 1 -s 5 \
		    "$run_dir/$n.sock" >"$tmp/await" 2>&1; do
			tries=$((tries + 1))
			if [ $tries -ge 20 ] || ! kill -0 "$teed"; then
				what="profile $n"
				: >out
				tail -n 20 "$tmp/log" >err
				wrong "teed does not serve it: \
$(cat "$tmp/await")"
				return 1
			fi
			sleep 0.2
		done
	done
}

stop_teed() {
	[ -z "$teed" ] || kill "$teed" 2>/dev/null
	[ -z "$teed" ] || wait "$teed" 2>/dev/null
	teed=
}

# load NAME=VALUE of what teed_load printed.
load_value() {
	"$build/tests/teectl_json" "$1" <"${2:-out}"
}
