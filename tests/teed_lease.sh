#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The life of a key in teed: granted, renewed, denied, expired, revoked, and
# profiles that change under it; what clients are told, and what is counted.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"

hex() {
	printf '%s' "$*" | od -An -v -tx1 | tr -d ' \n'
}
hello=01$(hex test:v1:hello)
ask() { # PROFILE LINE...: into out
	socket=$run_dir/$1.sock
	what="asking $1"
	shift
	for l in "$@"; do
		echo "$l"
	done | "$build/tests/teed_ask" "$socket" >out 2>err
}
state_is() { # PROFILE STATE [SECONDS]
	tries=$((${3:-0} * 5))
	while :; do
		ask "$1" status
		sed -n 's/^ok //p' out >status
		state=$("$build/tests/teectl_json" state <status)
		[ "$state" = "$2" ] && return
		tries=$((tries - 1))
		[ $tries -gt 0 ] || break
		sleep 0.2
	done
	wrong "$1 is $state, expected $2"
}
keys_of() {
	grep -c "tee:local:$1:" /proc/keys
}
serial() {
	ask "$1" status
	sed -n 's/^ok //p' out | "$build/tests/teectl_json" serial
}
# Whoever reads the log finds the key by it, with keyctl or in /proc/keys.
logged() { # PROFILE SERIAL WHAT
	grep -q " profile=$1 key=$2 $3" log ||
	    wrong "no line of profile=$1 key=$2 $3"
}
# The kernel clears away behind what it has made unusable.
no_key_of() { # PROFILE DETAIL
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(keys_of "$1")" != 0 ] || return
		sleep 0.2
	done
	wrong "$2"
}

says=$tmp/says
mind="s|verifier  = .*|verifier = ( { control = \"required\"; module = \"mock\";|;
s|options = { verdict = \"ok\"; debug|options = { verdict_file = \"$says\"; debug|"
echo ok >"$says"
for p in deny away gone revoke keyctl reload; do
	teed_profile "$p" '' "$mind"
done
sed -i 's|lifetime = "5m"|lifetime = "8s"|' "$profiles_of_teed/gone.conf"
sed -i 's|"did:mesh:agent-1"|"auto"|' "$profiles_of_teed"/*.conf
start_teed
await_teed deny away gone revoke keyctl reload || finish

# A renewal that is denied: the key is destroyed, whoever listens is told,
# and nobody but a renewal brings it back.
what='a denied renewal'
[ "$(keys_of deny)" = 1 ] || wrong 'no key in the keyring'
denied=$(serial deny)
logged deny "$denied" generation=1
{ echo wait 3; echo "sign $hello"; } |
    "$build/tests/teed_ask" "$run_dir/deny.sock" >listener 2>&1 &
listener=$!
# It must be there before there is something to be told.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	ask deny status
	[ "$(grep -o '"pid":' out | wc -l)" -ge 2 ] && break
	sleep 0.1
done
echo deny >"$says"
ask deny renew
out_has '^event 2 \|^denied '
wait $listener
grep -q '^event 2 ' listener || { cp listener out; wrong 'nobody was told'; }
grep -q '^denied ' listener || { cp listener out; wrong 'it still signs'; }
no_key_of deny 'the key is still there'
state_is deny denied
logged deny "$denied" 'result=ok state=denied'
ask deny key
out_has '^denied '
echo ok >"$says"
sleep 0.5
ask deny "sign $hello"
out_has '^denied '
sleep 5
ask deny renew "sign $hello"
[ "$(grep -c '^ok ' out)" = 2 ] || wrong 'a renewal does not bring it back'
logged deny "$(serial deny)" generation=2

# One that cannot be asked leaves the key, and says so.
echo unavailable >"$says"
ask away renew "sign $hello"
out_has '^unavailable '
out_has '^ok '
state_is away held
json_last() {
	"$build/tests/teectl_json" "last/$1" <status
}
[ "$(json_last result)" = unavailable ] || wrong 'status hides it'
ask away renew
out_has '^limit '

# At the lease's end the kernel ends it; it comes back by itself.
# So does the handle of an agent that was there all the time.
mkfifo words
"$build/tests/teed_agent" "$profiles_of_teed/gone.conf" <words >said 2>err &
agent=$!
exec 8>words
told() { # LINE WORD: what the agent's n-th answer is
	before=$(wc -l <said)
	echo "$1" >&8
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(wc -l <said)" -gt "$before" ] && break
		sleep 0.1
	done
	[ "$(tail -n 1 said)" = "$2" ] ||
	    { cp said out; wrong "the agent's $1: not $2"; }
}
told test:v1:before ok
state_is gone expired 12
no_key_of gone 'the key outlived its lease'
grep -q 'profile=gone reason=lease_ends' log || wrong 'no warning before'
ask gone "sign $hello"
out_has '^key-expired '
told test:v1:between key-expired
echo ok >"$says"
state_is gone held 15
ask gone "sign $hello"
out_has '^ok '
told test:v1:after ok
exec 8>&-
wait $agent
[ "$("$build/tests/teectl_json" generation <status)" -ge 2 ] ||
    wrong 'generations do not count'

# An operator revokes; an operator alone brings it back.  (Root is one.)
if [ "$(id -u)" -eq 0 ]; then
	ask revoke revoke "sign $hello"
	out_has '^key-revoked '
	state_is revoke revoked
	no_key_of revoke 'the key is still there'
	ask revoke renew "sign $hello"
	[ "$(grep -c '^ok ' out)" = 2 ] || wrong 'root cannot renew it'
else
	ask revoke revoke
	out_has '^peer '
fi

# Or by keyctl, behind teed's back.
if command -v keyctl >/dev/null && [ "$(id -u)" -eq 0 ]; then
	ring=$(awk '/_tee.ring:keyctl:/ { print "0x" $1 }' /proc/keys)
	keyctl revoke "$ring" 2>/dev/null
	ask keyctl "sign $hello"
	grep -q '^key-revoked \|^key-gone ' out || wrong 'it still signs'
	state_is keyctl revoked
fi

# SIGHUP: what did not change keeps its key, what changed gets another, what
# is broken keeps what it had, what is gone goes, what is new comes.
unchanged=$(serial away)
changed=$(serial reload)
sed -i 's|"5m"|"6m"|' "$profiles_of_teed/reload.conf"
echo 'nonsense' >"$profiles_of_teed/gone.conf"
rm "$profiles_of_teed/revoke.conf"
teed_profile new '' "$mind"
kill -HUP "$(keeper)"
await_teed new reload
[ "$(serial away)" = "$unchanged" ] || wrong 'an unchanged key was dropped'
[ "$(serial reload)" != "$changed" ] || wrong 'a changed profile kept its key'
ask gone status "sign $hello"
grep -q '"reload_error":"' out || wrong 'a broken profile is not reported'
[ "$(grep -c '^ok ' out)" = 2 ] || wrong 'a broken profile lost its key'
[ ! -e "$run_dir/revoke.sock" ] || wrong 'a profile that is gone is served'
no_key_of revoke 'the key of a profile that is gone'

# What may not be signed, and what is no protocol at all.
ask new "sign 01$(hex test:v1:)" "sign 01$(hex other)" "sign 03$(hex x)" sign
[ "$(grep -c '^message ' out)" = 4 ] || wrong 'something was signed'
ask new 'raw 0163000000000001'
out_has '^argument '
for packet in 00 01 0201000000000001 0101010000000001 0101000100000001; do
	ask new "raw $packet"
	out_has '^end'
done
ask new "sign $hello"
out_has '^ok '

stop_teed
what='after the end'
no_key_of '\(deny\|away\|gone\|revoke\|keyctl\|reload\|new\)' 'keys are left'
finish
