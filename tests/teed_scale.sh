#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Many profiles and many clients: every request is answered or refused by a
# limit, an idle profile costs little, the kernel's quota for keys is told
# apart from everything else, and a hostile client harms its own profile
# alone.  TEED_SCALE=full: 200 profiles with 50 clients each and 1,000
# profiles, as `make scale-teed` does.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
[ "$(id -u)" -eq 0 ] || skip 'the quota of other users needs root'
command -v setpriv >/dev/null || skip 'no setpriv'

if [ "${TEED_SCALE:-}" = full ]; then
	profiles=200 clients=50 many=1000 seconds=20
else
	profiles=40 clients=20 many=150 seconds=4
fi
plain='rate = "1000000"; sign = ["raw:test:v1:"];'
fill() { # COUNT CUSTODY
	rm -f "$profiles_of_teed"/*.conf
	teed_profile p0 "$2" 's|"did:mesh:agent-1"|"auto"|'
	i=1
	while [ "$i" -lt "$1" ]; do
		sed "s|/p0\.sock|/p$i.sock|" "$profiles_of_teed/p0.conf" \
		    >"$profiles_of_teed/p$i.conf"
		i=$((i + 1))
	done
}
states() { # STATE
	grep -h -o '"state":"[a-z]*"' all | grep -c "\"$1\""
}
ask_all() { # into all
	: >all
	for s in "$run_dir"/p*.sock; do
		echo status | "$build/tests/teed_ask" "$s" >>all 2>&1
	done
}
await_states() { # STATE COUNT SECONDS
	tries=$3
	while ask_all; [ "$(states "$1")" -lt "$2" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 1
	done
}
resident() {
	awk '/^VmRSS:/ { print $2 }' "/proc/$(keeper)/status"
}
bad() {
	head -n 3 all >out
	tail -n 5 log >err
	wrong "$@"
}

# Every request of many clients of many profiles; what none needs is small.
fill 1 "$plain"
start_teed
await_teed p0 || finish
alone=$(resident)
stop_teed
fill $profiles "$plain"
start_teed
what="$profiles profiles, $clients clients each"
await_states held $profiles 60 || bad "held: $(states held)"
idle=$((($(resident) - alone) * 1024 / (profiles - 1)))
# The kernel's part: key, ring, description, payload.
[ $((idle + 1024)) -le 65536 ] || bad "an idle profile takes $idle bytes"
"$build/tests/teed_load" -c $clients -s $seconds "$run_dir"/p*.sock \
    >out 2>err || wrong "status $?"
for v in wrong nonsense broken; do
	[ "$(load_value $v)" = 0 ] || wrong "$v: $(load_value $v)"
done
[ "$(load_value connects)" = $((profiles * clients)) ] ||
    wrong 'a client was turned away'
echo "$what: $idle bytes an idle profile; $(cat out)"

# Floods and clients that never read, at one; another goes on.
what='a hostile client'
"$build/tests/teed_load" -c 1 -s 2 "$run_dir/p1.sock" >calm 2>&1
"$build/tests/teed_load" -u -c 60 -d 64 -s 4 "$run_dir/p0.sock" \
    >flood 2>&1 &
flood=$!
"$build/tests/teed_hog" "$run_dir/p0.sock" 20 4 >/dev/null 2>&1 &
"$build/tests/teed_load" -c 1 -s 2 "$run_dir/p1.sock" >out 2>err ||
    wrong 'the other profile is not served'
[ "$(load_value answered)" -ge 20 ] || wrong 'hardly served'
echo "beside 60 floods and 20 that never read: $(cat out)"
echo "  alone it was: $(cat calm)"
wait $flood

# Limits say that they are limits.
stop_teed
fill 2 'rate = "50"; connections = "5"; sign = ["raw:test:v1:"];'
start_teed
await_teed p0 p1 || finish
sleep 1.1
what='custody.rate'
"$build/tests/teed_load" -c 4 -d 8 -s 2 "$run_dir/p0.sock" >out 2>err
[ "$(load_value refused/limit)" -gt 0 ] || wrong 'no limit'
[ "$(load_value answered)" -le 160 ] || wrong 'more than the rate'
[ "$(load_value answered)" -ge 60 ] || wrong 'less than the rate'
what='custody.connections'
# Root is an operator, who finds eight more.
"$build/tests/teed_load" -c 24 -d 1 -n 1 -s 2 "$run_dir/p1.sock" >out 2>err
[ "$(load_value refused/limit)" -gt 0 ] || wrong 'no limit'
stop_teed

# Root's quota has room for all of them.
fill $many "$plain"
start_teed
what="$many profiles of root"
await_states held $many 120 || bad "held: $(states held)"
stop_teed

# Another user's is small: what fits is held and renewed, the rest is told.
uid=65533
what="$many profiles of uid $uid"
can_be_nobody || {
	echo "skipped: $what (who cannot enter $tmp)"
	finish
}
sed -i "s|users = \[\"0\"\]|users = [\"0\", \"$uid\"]|" \
    "$profiles_of_teed"/*.conf
rm -f "$run_dir"/*
chown $uid:$uid "$run_dir"
start_teed setpriv --reuid=$uid --regid=$uid --clear-groups
if await_states unavailable $((many - 99)) 120; then
	held=$(states held)
	[ "$held" -ge 60 ] || bad "held: $held"
	[ "$(states held)" -eq \
	    $((many - $(states unavailable) - $(states acquiring))) ] ||
	    bad 'something else went wrong'
	grep -q 'reason":"keyring-quota"' all || bad 'no word of the quota'
	grep -q 'kernel.keys.maxkeys' all || bad 'no next step'
	p=$(grep -h -o '"profile":"[^"]*","state":"held"' all | head -n 1 |
	    cut -d'"' -f4)
	echo renew | "$build/tests/teed_ask" "$run_dir/$p.sock" >all 2>&1
	grep -q '^ok ' all || bad 'a key that is held cannot be renewed'
	echo "$what: $held held, the rest refused by quota"
else
	bad "unavailable: $(states unavailable), held: $(states held)"
fi
finish
