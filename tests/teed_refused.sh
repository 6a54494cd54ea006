#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Profiles that teed refuses, at its start and at a reload: teectl status shows
# which and why, to whom it concerns, and no more of them than are kept.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
dir=$profiles_of_teed
guest=60001

reload() {
	kill -HUP "$(keeper)"
	sleep 0.7
}
count() {
	json_value teed | tr -dc 0-9
}

teed_profile good
teed_profile key '' 's/debug = false/debgu = false; more = 1/'
teed_profile user "users = [\"$(id -u)\", \"no-such-user\", \"$guest\"];"
sed -i 's/users = [^;]*; //' "$dir/user.conf"
teed_profile socket
sed -i "s|$run_dir/socket.sock|$run_dir/good.sock|" "$dir/socket.conf"
# Not teed's to serve, whatever is wrong with it.
mock_profile "$dir/process.conf" 's/lifetime/bogus = 1; lifetime/'
start_teed
await_teed good || finish

what='at the start'
run 1 status --run-dir "$run_dir"
out_has '^good  *held '
out_has '^key  *refused '
out_has "^    fault  *$dir/key.conf:3: unknown key \"debgu\"$"
out_has '^    next .*teectl check'
out_has '^user  *refused '
out_has "^    fault  *$dir/user.conf:10: users: no user \"no-such-user\"$"
out_has "^    fault  *$dir/socket.conf: $run_dir/good.sock: Address already"
if grep -q '^process' out; then wrong "another's profile is in the list"; fi
cp out all
run 1 check "$dir/user.conf"
same "$(cat err)" "$(sed -n 's/^    fault *\(.*user.conf\)/\1/p' all)" 'check'
run 1 status --verbose --run-dir "$run_dir" key
out_has '^key  *refused '
[ "$(wc -l <out)" -le 6 ] || wrong 'more than is known is said'
run 0 status --run-dir "$run_dir" good
run 1 status --json --run-dir "$run_dir"
json teed 4
json unlisted 0
json teed/profile=key/state refused
json teed/profile=key/file "$dir/key.conf"
json teed/profile=key/line 3
json teed/profile=key/message 'unknown key "debgu"'
json teed/profile=socket/line 0
case $(json_value teed/profile=key/at) in
20*Z) ;;
*) wrong 'no time' ;;
esac
run 3 status --run-dir "$run_dir" nosuch
err_has 'serves no profile of that name'

what='the socket'
for verb in key sign attest renew revoke; do
	echo $verb | "$build/tests/teed_ask" "$run_dir/teed.status" >out 2>err
	out_has '^argument .*STATUS alone'
done
[ -e "$run_dir/good.sock" ] && [ ! -e "$run_dir/key.sock" ] ||
    wrong 'sockets of other profiles than those that are served'

# Who may hear of what: those whom a refused profile lets in, of that one.
guests() { # UID: what it sees
	what="status as uid $1"
	setpriv --reuid="$1" --regid="$1" --clear-groups \
	    "$teectl" status --json --run-dir "$run_dir" >out 2>err
	"$build/tests/teectl_json" teed/state=refused/profile <out 2>&1
}
if can_be_nobody; then
	same "$(guests $guest)" user 'what a user of it sees'
	json teed 2
	json unlisted 0
	guests 60002 >/dev/null
	json teed 1
	json teed/0/error/word peer
	if grep -q '"refused"' out; then wrong 'a stranger sees it'; fi
	setpriv --reuid=60002 --regid=60002 --clear-groups \
	    "$build/tests/teed_ask" "$run_dir/teed.status" >out 2>err <<-END
	status
	END
	out_has '^peer .*this user'
	# Members of the first group may look, as they may at what is served.
	operators=$(getent group operator adm staff | head -n 1 | cut -d: -f1)
	gid=$(getent group "$operators" | cut -d: -f3)
	sed -i "s/ *sign =/groups = [\"$operators\"]; sign =/" "$dir/key.conf"
	reload
	what='status as an operator'
	setpriv --reuid=60002 --regid="$gid" --clear-groups \
	    "$teectl" status --json --run-dir "$run_dir" >out 2>err
	json teed/state=refused/profile key
	json teed 2
	# Nobody is named in a file that is not read, and group 0 is not root.
	teed_profile loose
	chmod go+w "$dir/loose.conf"
	reload
	run 1 status --json --run-dir "$run_dir" loose
	json teed/0/line 1
	setpriv --reuid=60002 --regid=0 --clear-groups \
	    "$teectl" status --json --run-dir "$run_dir" >out 2>err
	if grep -q loose out; then wrong 'group 0 sees it'; fi
	rm "$dir/loose.conf"
else
	echo 'skipped: who may hear of it (not root, or in a place that is root'"'"'s alone)'
fi

what='at a reload'
sed -i 's/debgu = false; more = 1/debug = false/' "$dir/key.conf"
sed -i 's/"required"/"sufficient"/' "$dir/good.conf"
teed_profile late '' 's/"local"/"remote"/'
rm "$dir/socket.conf"
reload
await_teed key
run 1 status --run-dir "$run_dir"
out_has '^key  *held '
out_has '^user  *refused '
out_has "^    fault  *$dir/late.conf:2: "
if grep -q '^socket' out; then wrong 'what is gone is still refused'; fi
# What is served still says why its new file is not.
out_has '^good  *held '
out_has "^    reload  *$dir/good.conf:4: .*sufficient.*before is served$"

what='more of them than are kept'
n=0
while [ $n -lt 70 ]; do
	cp "$dir/late.conf" "$dir/x$n.conf"
	n=$((n + 1))
done
reload
run 1 status --json --run-dir "$run_dir"
json unlisted 8
json teed 66
run 1 status --run-dir "$run_dir"
out_has '^8 more profiles are refused; .*journalctl'
run 0 status --run-dir "$run_dir" key
if can_be_nobody; then
	guests $guest >/dev/null
	json unlisted 0
fi
rm "$dir"/x*.conf "$dir/late.conf" "$dir/user.conf"
reload
run 0 status --run-dir "$run_dir"
if grep -q '^[a-z]*  *refused ' out; then wrong 'what is mended is still refused'; fi

# No user keeps others from the desk, nor do all users keep root from it.
if can_be_nobody && command -v python3 >/dev/null; then
	what='a desk that is full'
	crowd=
	for n in 0 1 2 3 4; do
		crowd="$crowd, \"$((guest + n))\""
	done
	teed_profile user "users = [\"no-such-user\"$crowd];"
	sed -i 's/users = \["0"\]; //' "$dir/user.conf"
	reload
	cat >hold.py <<-'END'
	import os, socket, sys, time
	STATUS = b"\1\4\0\0\0\0\0\1"
	lines = []
	os.setgroups([])
	def come(uid):
	    os.setresgid(uid, uid, 0)
	    os.seteuid(uid)
	    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	    s.settimeout(5)
	    s.connect(sys.argv[1])
	    lines.append(s)
	    os.seteuid(0)
	    try:
	        s.send(STATUS)
	    except OSError:
	        pass
	    return s.recv(16384)[3]
	first = int(sys.argv[2])
	for n in range(5):
	    print(*[come(first + n) for _ in range(5 if n < 4 else 1)], flush=True)
	# As much as it can ask: it is paused, and the others are answered.
	lines[0].setblocking(False)
	for _ in range(40):
	    lines[0].send(STATUS)
	time.sleep(1)
	answers = []
	try:
	    while True:
	        answers.append(lines[0].recv(16384)[3])
	except BlockingIOError:
	    print(answers.count(19) > 0 and answers.count(89) < 40, flush=True)
	time.sleep(30)
	END
	python3 hold.py "$run_dir/teed.status" $guest >held 2>err &
	holder=$!
	sleep 3
	each='89 89 89 89 19'
	same "$(tr '\n' ' ' <held)" "$each $each $each $each 19 True " \
	    'four of each user, sixteen of all, and a flood'
	run 1 status --run-dir "$run_dir"
	out_has '^user  *refused '
	kill $holder
fi

what='the end'
stop_teed
[ ! -e "$run_dir/teed.status" ] || wrong 'the socket is left behind'
run 0 status --run-dir "$run_dir"

what='a directory whose name is no text'
profiles_of_teed=$tmp/$(printf 'caf\351')
mkdir "$profiles_of_teed" && chmod 755 "$profiles_of_teed" || exit 99
teed_profile odd '' 's/"local"/"remote"/'
start_teed
sleep 1
run 1 status --run-dir "$run_dir"
out_has '^odd  *refused '
out_has '^    fault  *[^ ]*/caf?/odd.conf:2: '
finish
