#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Doors at a reload: a profile whose socket moves, stays, or would be another
# profile's, and accounts that nobody knows: no socket is lost, none is taken
# from another, and no descriptor stays behind.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"

for p in a b; do
	teed_profile $p 'ssh_agent = true; sign = ["raw:test:v1:"];'
	sed -i 's|socket = [^;]*; ||' "$profiles_of_teed/$p.conf"
done
start_teed
await_teed a b || finish

# reload PROFILE SED: that changes it, and teed has read it.
reload() {
	sed -i "$2" "$profiles_of_teed/$1.conf"
	lines=$(wc -l <log)
	kill -HUP "$(keeper)"
	sleep 0.7
	tail -n "+$((lines + 1))" log >err
}
serves() { # SOCKET PROFILE
	echo status | "$build/tests/teed_ask" "$run_dir/$1" >out 2>&1
	sed -n 's/^ok //p' out >status
	got=$("$build/tests/teectl_json" profile <status)
	[ "$got" = "$2" ] || wrong "$1 is served by '$got', expected $2"
}
descriptors() {
	ls "/proc/$(keeper)/fd" | wc -l
}

what='its own path, written out'
reload a "s|lifetime = |socket = \"$run_dir/a.sock\"; lifetime = |"
await_teed a
serves a.sock a
serves b.sock b
[ -S "$run_dir/a.ssh" ] || wrong "the ssh-agent's socket is gone"

what='a path of its own choice'
reload a "s|$run_dir/a.sock|$run_dir/elsewhere.sock|"
serves elsewhere.sock a
[ ! -e "$run_dir/a.sock" ] || wrong 'the old one is still there'
reload a "s|$run_dir/elsewhere.sock|$run_dir/a.sock|"
serves a.sock a
[ ! -e "$run_dir/elsewhere.sock" ] || wrong 'the old one is still there'

what="another profile's path"
reload a "s|$run_dir/a.sock|$run_dir/b.sock|"
err_has "profile=a reason=socket detail=\"$run_dir/b.sock: Address already"
serves b.sock b
serves a.sock a
reload a "s|$run_dir/b.sock|$run_dir/a.sock|"

what='accounts that nobody knows'
count=$(descriptors)
for n in 1 2 3; do
	reload a "s|users = \[[^]]*|&, \"no-such-user-$n\"|"
	err_has "reason=account detail=.*a.conf:[0-9]*: users: no user .no-such"
	serves a.sock a
	reload a "s|, \"no-such-user-$n\"||"
done
same "$(descriptors)" "$count" 'descriptors of the keeper'

what='a profile that goes'
mv "$profiles_of_teed/a.conf" "$tmp/a.conf"
reload b 's/^/ /'
[ ! -e "$run_dir/a.sock" ] || wrong 'its socket is still there'
serves b.sock b
# Another's file in its place is not removed with it.
mv "$tmp/a.conf" "$profiles_of_teed/a.conf"
reload b 's/^ //'
await_teed a
rm "$run_dir/a.sock"
echo mine >"$run_dir/a.sock"
stop_teed
[ "$(cat "$run_dir/a.sock")" = mine ] || wrong "another's file was removed"
finish
