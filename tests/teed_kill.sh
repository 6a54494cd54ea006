#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 of teed's processes and of clients, at random moments under load:
# no signature is wrong, no process and no key is left, and agents go on by
# themselves.  TEED_KILL_SECONDS: how long; `make soak-teed` takes five
# minutes.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
seconds=${TEED_KILL_SECONDS:-8}

for p in a b c; do
	teed_profile "$p" 'rate = "1000000"; sign = ["raw:test:v1:"];' \
	    's|"5m"|"12s"|; 5s|"ok";|"ok"; delay_ms = "300";|'
done
keys() {
	grep -c "tee:local:[abc]:did:mesh:agent-1" /proc/keys
}
before=$(keys)
start_teed
await_teed a b c || finish

"$build/tests/teed_load" -c 8 -d 4 -s "$seconds" "$run_dir/a.sock" \
    "$run_dir/b.sock" "$run_dir/c.sock" >load.json 2>load.err &
load=$!
random() { # BELOW
	echo $(($(od -An -N4 -tu4 /dev/urandom) % $1))
}
# They come with a renewal, so they are waited for; others' tests have their
# own.
session_of() { # PID
	sed 's/.*) [A-Za-z] [0-9]* [0-9]* \([0-9]*\) .*/\1/' "/proc/$1/stat"
}
session=$(session_of $$)
one_worker() {
	for look in 1 2 3 4 5 6 7 8 9 10; do
		for pid in $(echo teed-worker |
		    grep -slzxf - /proc/[0-9]*/cmdline | cut -d/ -f3); do
			[ "$(session_of "$pid" 2>/dev/null)" = "$session" ] ||
			    continue
			echo "$pid"
			return
		done
	done
}
# One of those that a name means now, and that are this test's.
victim() {
	case $1 in
	keeper) keeper ;;
	supervisor) echo "$teed" ;;
	worker) one_worker ;;
	esac
}
end=$(($(date +%s) + seconds - 2))
kills=0
restarts=0
while [ "$(date +%s)" -lt "$end" ]; do
	sleep "0.$(random 9)"
	case $(random 4) in
	0) kind=keeper ;;
	1) kind=supervisor ;;
	2) kind=worker ;;
	*)
		# A client in the middle of it.
		timeout -s KILL "0.$((1 + $(random 8)))" \
		    "$build/tests/teed_load" -c 4 -d 8 -s 5 \
		    "$run_dir/a.sock" >/dev/null 2>&1
		kind=client
		;;
	esac
	# Workers live no longer than a transaction: renewals make some.
	[ "$kind" != worker ] || "$build/tests/teectl" renew --run-dir \
	    "$run_dir" b >/dev/null 2>&1 &
	pid=$(victim "$kind")
	keeper=$(keeper)
	[ -z "$pid" ] || { kill -9 $pid && kills=$((kills + 1)); } 2>/dev/null
	# What the service manager does.  Whom nobody has waited for still
	# answers to kill -0.
	case ${pid:+$kind} in
	keeper | supervisor)
		wait "$teed" 2>/dev/null
		# Only when nothing of the old one is left, as systemd does.
		tries=0
		while kill -0 ${keeper:-$teed} 2>/dev/null &&
		    [ $tries -lt 40 ]; do
			sleep 0.05
			tries=$((tries + 1))
		done
		restarts=$((restarts + 1))
		start_teed
		;;
	esac
done
what="a load of $seconds seconds, $kills kills, $restarts restarts"
wait "$load" || { cp load.json out; cp load.err err; wrong "status $?"; }
cp load.json out
: >err
[ "$(load_value wrong)" = 0 ] || wrong 'a signature was wrong'
[ "$(load_value nonsense)" = 0 ] || wrong 'an answer was none'
[ "$restarts" -eq 0 ] || [ "$(load_value broken)" -gt 0 ] ||
    wrong 'nobody noticed the kills'
echo "$what: $(cat load.json)"

# It serves all three again, by whoever is there now.
await_teed a b c
kill -0 "$teed" || wrong 'teed is not there'
"$build/tests/teed_load" -c 2 -n 20 "$run_dir/a.sock" "$run_dir/b.sock" \
    "$run_dir/c.sock" >out 2>err || wrong 'it does not sign'
[ "$(load_value answered)" = 120 ] || wrong 'not all were answered'

# And leaves nothing.
group=$teed
stop_teed
what='after the end'
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ "$(keys)" -gt "$before" ] || break
	sleep 0.3
done
[ "$(keys)" -le "$before" ] || wrong "keys are left: $(keys)"
left=$(echo "$run_dir" | grep -slFf - /proc/[0-9]*/cmdline | cut -d/ -f3)
[ -z "$left" ] || wrong "processes are left: $left ($group)"
finish
