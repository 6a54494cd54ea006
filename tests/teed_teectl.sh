#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# status, renew and revoke against a teed that says what it is told to say:
# every state, every refusal, every kind of nonsense.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
run=$tmp/run
mkdir "$run"
servers=
trap 'kill $servers 2>/dev/null; rm -rf "$tmp" "$profiles/$name"*.conf' EXIT

# serve PROFILE VERB=ANSWER...
serve() {
	served=$1
	shift
	server=$("$build/tests/teed_script" "$run/$served.sock" \
	    "$served.log" "$@") || exit 99
	servers="$servers $server"
}

stop() {
	kill "$server"
	rm -f "$run"/*.sock
}

# As a teed that was killed leaves its socket: nobody listens any more.
kill_server() {
	kill -KILL "$server"
	tries=0
	while [ -e "/proc/$server/fd/0" ] && [ $tries -lt 100 ]; do
		sleep 0.01
		tries=$((tries + 1))
	done
}

# document FILE STATE [MORE MEMBERS]
document() {
	cat >"$1" <<-END
	{"profile":"payments","state":"$2","residency":"teed",
	 "generation":3,"counters":{"signatures":7,"refused":1,"limited":0,
	 "grants":3,"denies":0,"unavailable":0},"reload_error":null,
	 "sign":["handshake","registration"],"digest":"d1","peers":[
	 {"pid":4711,"uid":1001,"since":"2026-11-25T07:00:00Z",
	  "signatures":7,"refused":1}]${3:+,$3}}
	END
}
key='"did":"did:mesh:agent-1","public_key":"a5a5","origin":"skr",
 "serial":77,"expires":"2026-11-25T15:00:00Z","expires_in":5760,
 "lifetime":28800,"renewed":"2026-11-25T07:00:00Z","simulated":false'
granted='"last":{"at":"2026-11-25T07:00:00Z","result":"ok","reason":"",
 "detail":""},"claims_report":{"verdict":"ok","checks":[{"name":"binding",
 "result":"pass","detail":"equal"}],"claims":{"platform":"sev-snp"}}'
last() {
	printf '"last":{"at":"2026-11-25T07:30:00Z","result":"%s",' "$1"
	printf '"reason":"%s","detail":"%s"}' "$2" "$3"
}

# Without teed there is nothing to ask, and that is no fault.
run 0 status --run-dir "$run"
run 0 status --run-dir "$tmp/absent"
run 0 status --json --run-dir "$run"
json teed 0
run 3 status --run-dir "$tmp/absent" payments
err_has 'teed cannot be reached'
err_has "socket  $tmp/absent/payments.sock"
err_has 'next .*systemctl status'
: >file
run 3 status --run-dir "$tmp/file"
err_has 'Not a directory'

document held.json held "$key,$granted"
serve payments status=file:held.json
run 0 status --run-dir "$run"
out_has '^payments  *held  *3 skr  *80%  *5760s  *1 did:mesh:agent-1$'
if grep -q -e '^    next' -e '^    last' out; then wrong 'trouble is seen'; fi
same "$(tail -n 1 payments.log)" '01 04 00 00 00 00 00 01' 'a STATUS packet'
run 0 status --run-dir "$run" payments
run 0 status "$run/payments.sock"
run 0 status --verbose --run-dir "$run"
for line in 'public  *a5a5$' 'key  *77$' 'plan  *d1$' \
    'signs  *handshake registration$' 'counts .* signatures=7 ' \
    'peer  *pid 4711, uid 1001, .*: 7 signatures, 1 refused$' \
    'last  *ok at 2026-11-25T07:00:00Z$'; do
	out_has "^    $line"
done
out_has '^PASS  *binding  *equal$'
out_has '^verdict: ok'
run 0 status --json --run-dir "$run"
json teed/0/serial 77
json teed/0/peers/pid=4711/uid 1001
json teed/0/claims_report/verdict ok
[ "$(json_value keys)" -ge 0 ] || wrong 'no list of keys beside it'
stop

# Two profiles: each is shown, and the worst decides.
serve payments status=file:held.json
sed 's/"payments"/"batch"/; s/"held"/"denied"/' held.json >batch.json
first=$server
serve batch status=file:batch.json
run 1 status --run-dir "$run"
out_has '^batch  *denied'
out_has '^payments  *held'
run 0 status --run-dir "$run" payments
run 1 status --json --run-dir "$run" payments batch
json teed/profile=batch/state denied
kill "$first"
stop

# A document in many packets, behind an event, a little later.
printf '{"profile":"payments","state":"held","padding":"%s"}' \
    "$(head -c 40000 /dev/zero | tr '\0' x)" >large.json
serve payments status=event:late:file:large.json
run 0 status --json --run-dir "$run"
same "$(json_value teed/0/padding | wc -c)" 40001 'a document in three packets'
stop

# state STATUS STATE MEMBERS LINE...: what is said of it, and the exit status.
state() {
	document state.json "$2" "$3"
	serve payments status=file:state.json
	run "$1" status --run-dir "$run"
	shift 3
	for line in "$@"; do
		out_has "$line"
	done
	stop
}
state 3 acquiring '' '^payments  *acquiring  *3 -  *-  *-  *1 -$' \
    'next .*under way'
state 3 unavailable "$(last unavailable imds 'no route')" \
    'last  *unavailable at .*, imds: no route$' 'next .*by itself'
state 3 expired "$(last unavailable maa '503')" 'next .*lease was over'
state 1 denied "$(last denied floor.debug 'debug is on')" \
    'last  *denied at .*, floor.debug: debug is on$' 'next .*teectl renew'
state 1 revoked '' 'next .*as an operator'
state 3 asleep '' 'next .*another version'
state 0 held "$key,$(last unavailable imds 'no route')" \
    'last  *unavailable' 'next .*until its lease is over'
state 0 held "$(echo "$key" | sed 's/false/true/'),$granted" \
    'note .*simulated'
document reload.json held "$key,$granted"
sed -i 's/"reload_error":null/"reload_error":"payments.conf:3: unknown key"/' \
    reload.json
serve payments status=file:reload.json
run 0 status --run-dir "$run"
out_has 'reload  *payments.conf:3: unknown key'
out_has 'next .*teectl check'
stop
# Nothing that teed says moves a cursor.
state 1 denied "$(last denied x 'a\u001b[2Jb')" 'x: a.x1b\[2Jb$'

# wrong_answer ANSWER WORD COMPLAINT: each is an error, none is a key.
wrong_answer() {
	serve payments "status=$1" "renew=$1" "revoke=$1"
	for command in 'status payments' 'renew payments' 'revoke payments'; do
		# shellcheck disable=SC2086
		run "$4" ${command%% *} --run-dir "$run" --timeout 1 \
		    ${command#* }
		err_has "$3"
		err_has "socket  $run/payments.sock"
		err_has '  next    '
	done
	run "$4" renew --json --run-dir "$run" --timeout 1 payments
	json error/word "$2"
	json error/socket "$run/payments.sock"
	run "$4" status --json --run-dir "$run" --timeout 1 payments
	json teed/0/error/word "$2"
	run "$4" revoke --json --run-dir "$run" --timeout 1 payments
	json failed/0/word "$2"
	json revoked 0
	stop
}
wrong_answer close teed 'closed the connection' 3
wrong_answer short teed 'does not speak version 1' 3
wrong_answer version teed 'does not speak version 1' 3
wrong_answer long teed 'does not speak version 1' 3
wrong_answer question teed 'another question' 3
wrong_answer flood teed 'more than 4194304 bytes' 3
wrong_answer code:250 teed 'a code of tomorrow' 3
wrong_answer code:0 teed 'a code of tomorrow' 3
wrong_answer 'peer:custody.users does not name it' peer 'does not name it' 1
wrong_answer 'limit:one transaction in five seconds' limit 'five seconds' 3
wrong_answer 'denied:floor.debug' denied 'floor.debug' 1
wrong_answer 'unavailable:maa' unavailable 'detail  maa' 3
# The library's words for a code are said once, not with teed's again.
serve payments "renew=limit:limit: one transaction in five seconds; $(
    "$teectl" explain --json limit | "$build/tests/teectl_json" next)"
run 3 renew --json --run-dir "$run" payments
json error/detail 'one transaction in five seconds'
[ "$(json_value error/next)" != null ] || wrong 'no next step'
stop
serve payments status=silent
run 3 status --run-dir "$run" --timeout 1 payments
err_has 'no answer in time'
stop
serve payments door
run 1 renew --run-dir "$run" payments
err_has 'not for this user'
# Who looks at everything is told how much he does not see.
run 0 status --run-dir "$run"
out_has '^1 more profile is not for uid'
[ ! -s err ] || wrong 'stderr is not empty'
stop
for text in '[]' '{}' '{"profile":"p"}' '{"state":"held"}' 'x' '' \
    '{"profile":"p","state":"held","state":"held"}' \
    '{"profile":"p","state":1}'; do
	printf '%s' "$text" >bad.json
	serve payments status=file:bad.json
	run 3 status --run-dir "$run" payments
	err_has 'no document of this version'
	stop
done

# What teed refused to serve is shown beside what it serves, whoever listens at
# the socket that such a profile would have; nonsense is none of it.
serve_desk() { # ANSWER
	desk=$("$build/tests/teed_script" "$run/teed.status" desk.log \
	    "status=$1") || exit 99
	servers="$servers $desk"
}
stop_desk() {
	kill "$desk"
	rm -f "$run/teed.status"
}
refused='{"profile":"late","state":"refused","file":"/p/late.conf","line":3,
 "message":"unknown key","at":"2026-11-25T07:00:00Z"}'
echo "{\"profiles\":[$refused],\"unlisted\":0}" >desk.json
serve_desk file:desk.json
serve payments status=file:held.json
run 1 status --run-dir "$run"
out_has '^payments  *held'
out_has '^late  *refused'
out_has '^    fault  */p/late.conf:3: unknown key$'
out_has '^    next .*teectl check'
same "$(tail -n 1 desk.log)" '01 04 00 00 00 00 00 01' 'a STATUS packet'
run 0 status --run-dir "$run" payments
if grep -q late out; then wrong 'another profile is shown'; fi
run 1 status --run-dir "$run" late
[ ! -s err ] || wrong 'stderr is not empty'
run 1 status --json --run-dir "$run" payments late
json teed 2
json teed/profile=late/line 3
json unlisted 0
stop
serve late status=silent
run 1 status --run-dir "$run" --timeout 1
out_has '^late  *refused'
same "$(grep -c '^late ' out)" 1 'lines of it'
[ ! -s err ] || wrong 'it was asked, too'
stop
sed 's/"unlisted":0/"unlisted":1/; s/"line":3/"line":0/' desk.json >more.json
stop_desk
serve_desk file:more.json
run 1 status --run-dir "$run"
out_has '^    fault  */p/late.conf: unknown key$'
out_has '^1 more profile is refused; .*journalctl'
stop_desk
echo '{"profiles":[],"unlisted":2}' >more.json
serve_desk file:more.json
run 1 status --run-dir "$run"
out_has '^2 more profiles are refused'
run 1 status --json --run-dir "$run"
json unlisted 2
stop_desk
serve_desk 'peer:no profile that is refused is this user'\''s'
run 0 status --run-dir "$run"
[ ! -s err ] || wrong 'stderr is not empty'
if grep -q refused out; then wrong 'something is refused'; fi
stop_desk
for text in '[]' '{}' '{"profiles":[]}' '{"profiles":{},"unlisted":0}' \
    '{"profiles":[],"unlisted":-1}' '{"profiles":[7],"unlisted":0}' \
    '{"profiles":[],"profiles":[],"unlisted":0}' \
    "$(sed 's/"line":3/"line":"3"/' desk.json)" \
    "$(sed 's/"profile":"late",//' desk.json)" \
    "$(sed 's/"state":"refused",//' desk.json)" \
    "$(sed 's/"file":"[^"]*",//' desk.json)" \
    "$(sed 's/"message":"[^"]*"/"message":1/' desk.json)"; do
	echo "$text" >bad.json
	serve_desk file:bad.json
	run 3 status --run-dir "$run"
	err_has 'no document of this version'
	stop_desk
done
serve payments status=file:held.json
serve_desk version
run 0 status --run-dir "$run" payments
run 3 status --run-dir "$run"
out_has '^payments  *held'
err_has "socket  $run/teed.status"
stop_desk
stop

# renew
serve payments renew=late:key:4,78,1795600000,did:mesh:agent-1
run 0 renew --run-dir "$run" payments
out_has '^renewed payments: generation 4, key 78, until 2026-11-25T'
same "$(tail -n 1 payments.log)" '01 05 00 00 00 00 00 01' 'a RENEW packet'
run 0 renew --json --run-dir "$run" payments
json generation 4
json serial 78
json did did:mesh:agent-1
json public_key "$(printf 'a5%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 \
    17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32)"
stop
serve payments renew=ok
run 3 renew --run-dir "$run" payments
err_has 'no key'
stop
run 3 renew --run-dir "$run" payments
err_has 'teed cannot be reached'

# revoke: by teed where it has a door, by the keyring where it has none.
serve payments revoke=ok
run 0 revoke --run-dir "$run" payments
out_has '^revoked payments: teed destroyed its key$'
same "$(tail -n 1 payments.log)" '01 06 00 00 00 00 00 01' 'a REVOKE packet'
run 0 revoke --json --run-dir "$run" payments
json revoked/0/profile payments
json failed 0
stop
run 1 revoke --run-dir "$run" payments
err_has 'no such key, ring or profile'
# Its socket is left behind by a teed that was killed.
serve payments revoke=ok
kill_server
run 1 revoke --run-dir "$run" payments
err_has 'no such key, ring or profile'
run 3 status --run-dir "$run" payments
err_has 'Connection refused'
rm -f "$run"/*.sock

# A serial of teed's key goes through teed; another's does not.
if [ -e "$build/tests/modules/mock.so" ]; then
	mock_profile "$run/$name.conf"
	"$teectl" acquire --hold "$run/$name.conf" >held 2>&1 &
	holder=$!
	tries=0
	while [ ! -s held ] && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	serial=$(sed -n 's/^ready key=\([0-9]*\) .*/\1/p' held)
	if [ -n "$serial" ]; then
		printf '{"profile":"%s","state":"held","serial":%s}' "$name" \
		    "$serial" >own.json
		serve "$name" status=file:own.json revoke=ok
		run 0 revoke --run-dir "$run" "$serial"
		out_has "^revoked $name: teed destroyed its key"
		stop
		# A key of the same profile in a process needs no teed.
		run 0 status --run-dir "$run" "$name"
		out_has "^$serial "
		sed -i 's/"serial":[0-9]*/"serial":5/' own.json
		serve "$name" status=file:own.json revoke=ok
		run 0 revoke --run-dir "$run" "$serial"
		out_has "key $serial is destroyed"
		stop
		wait "$holder"
	else
		echo "skipped: no kernel keyring here: $(cat held)"
		kill "$holder" 2>/dev/null
	fi
fi

# doctor: where the sockets are, who answers there, and room for keys.
doctor() { # CHECK RESULT DETAIL
	what="teectl doctor: $1"
	"$teectl" doctor --json --run-dir "$run" >out 2>err
	json "checks/name=$1/result" "$2"
	case $(json_value "checks/name=$1/detail") in
	*$3*) ;;
	*) wrong "$(json_value "checks/name=$1/detail") lacks: $3" ;;
	esac
	[ "$2" = ok ] || [ "$(json_value "checks/name=$1/next")" != null ] ||
	    wrong 'no next step'
}
doctor teed.directory ok "$run"
doctor teed.socket warning 'no sockets'
serve payments status=file:held.json
doctor teed.socket ok '1 profiles are served, 1 of them'
stop
serve payments 'status=peer:not for you'
doctor teed.socket ok '1 profiles are served, 0 of them'
stop
serve payments status=version
doctor teed.socket missing 'version 1'
kill_server
doctor teed.socket missing 'Connection refused'
rm -f "$run"/*.sock
for mode in 0775 0757; do
	chmod "$mode" "$run"
	doctor teed.directory missing "$mode"
done
chmod 0750 "$run"
doctor teed.directory warning 0750
chmod 0755 "$run"
if [ "$(id -u)" -eq 0 ]; then
	chown 12345 "$run"
	if [ "$(id -u tee 2>/dev/null)" != 12345 ]; then
		doctor teed.directory missing 'uid 12345'
	fi
	chown 0 "$run"
fi
what='teectl doctor without a directory'
"$teectl" doctor --json --run-dir "$tmp/absent" >out 2>err
json checks/name=teed.directory/result warning
json checks/name=teed.socket/result warning
case $(json_value checks/name=teed.quota/result) in
ok | warning | missing) ;;
*) wrong 'teed.quota has no result' ;;
esac
# A machine that has the user tee, and these many profiles.
quota() { # COUNT RESULT
	what="teed.quota with $1 profiles"
	n=0
	while [ $n -lt "$1" ]; do
		: >"$profiles/$name-$n.conf"
		n=$((n + 1))
	done
	unshare -m sh -c 'mount --bind passwd /etc/passwd &&
	    exec "$@"' sh "$teectl" doctor --json --run-dir "$run" >out 2>err
	json checks/name=teed.quota/result "$2"
	rm -f "$profiles/$name"-*.conf
}
printf 'root:x:0:0::/root:/bin/sh\ntee:x:61999:61999::/:/bin/false\n' >passwd
if [ "$(cat /proc/sys/kernel/keys/maxkeys)" = 200 ] &&
    [ "$(cat /proc/sys/kernel/keys/maxbytes)" = 20000 ] &&
    unshare -m mount --bind passwd /etc/passwd 2>err; then
	quota 10 ok
	quota 70 warning
	quota 100 missing
else
	echo 'skipped: teed.quota needs root and the default quota'
fi

# Arguments.
run 2 renew
err_has 'PROFILE is missing'
run 2 renew a b
err_has 'one argument too many'
for seconds in 0 -1 x 1x 3601 ''; do
	run 2 status --timeout "$seconds"
	err_has '1 to 3600 seconds'
done
run 2 status --run-dir a --run-dir b
err_has 'given twice'
long=$(printf 'x%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)
run 2 status "/$long$long$long$long$long$long"
err_has 'more than 107 bytes'
run 0 status --run-dir "/$long$long$long$long$long$long"

# An agent that inherits its connection: teed sees the agent's own process.
if command -v python3 >/dev/null; then
	serve payments status=file:held.json
	what=tee-connect
	printf '\001\004\000\000\000\000\000\001' >question
	"$TEE_TEST_SRCDIR/conf/examples/tee-connect" "$run/payments.sock" \
	    sh -c 'cat question >&3; head -c 16384 <&3' >out 2>err
	grep -aq '"did:mesh:agent-1"' out || wrong 'no answer at descriptor 3'
	stop
	"$TEE_TEST_SRCDIR/conf/examples/tee-connect" "$run/payments.sock" \
	    true >out 2>err && wrong 'no teed, and no error'
	err_has 'is teed running'
else
	echo 'skipped: tee-connect needs python3'
fi

finish
