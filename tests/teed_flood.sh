#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Clients that take more than their share of teed: what they cost is bounded,
# whoever else is there is served, and an operator gets in and revokes.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
command -v python3 >/dev/null || skip 'no python3'

teed_profile ssh 'ssh_agent = true; rate = "50"; sign = ["ssh"];'
teed_profile full 'connections = "4"; sign = ["raw:test:v1:"];'
teed_profile many 'connections = "5"; sign = ["raw:test:v1:"];'
teed_profile few 'connections = "1"; sign = ["raw:test:v1:"];'
teed_profile group \
    'connections = "5"; groups = ["root", "60009"]; sign = ["raw:test:v1:"];'
teed_profile slow '' \
    '/collector/,/verifier/ s|verdict = "ok"; };|verdict = "ok"; delay_ms = "300"; };|'
teed_profile often
for p in many few slow often; do
	sed -i 's/users = \[[^]]*/&, "65534"/' "$profiles_of_teed/$p.conf"
done
sed -i 's/users = \["0"\]/users = ["65534"]/' "$profiles_of_teed/group.conf"
teed_profile other
start_teed
await_teed full many few slow often other || finish

# An ssh-agent's client that asks as much as it can, and reads or does not.
cat >flood.py <<'END'
import socket, sys, time
path, count, reads = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "reads"
ask = b"\0\0\0\1\x0b" * 20000
flooders = []
for _ in range(count):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(path)
    s.setblocking(False)
    flooders.append(s)
answered, end = 0, time.time() + 3
while time.time() < end:
    for s in flooders:
        try:
            s.send(ask)
        except BlockingIOError:
            pass
        try:
            if reads:
                answered += len(s.recv(1 << 16))
        except BlockingIOError:
            pass
print(answered)
END
resident() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(keeper)/status"
}
before=$(resident)
for way in reads writes; do
	what="a hundred ssh clients, each $way without end"
	python3 flood.py "$run_dir/ssh.ssh" 100 $way >flooded 2>err &
	flood=$!
	sleep 1
	"$build/tests/teed_load" -n 1 -s 1 "$run_dir/other.sock" >load 2>&1 ||
	    { cp load out; wrong 'nobody else is served'; }
	wait $flood || wrong 'the flood itself failed'
	after=$(resident)
	[ $((after - before)) -lt 16384 ] ||
	    wrong "the keeper grew from $before to $after KiB"
done
what='what an ssh client may ask in three seconds'
python3 flood.py "$run_dir/ssh.ssh" 1 reads >flooded 2>err || wrong 'no flood'
# 50 a second, each some 100 bytes, and one second's worth at once.
[ "$(cat flooded)" -gt 1000 ] || wrong "only $(cat flooded) bytes came"
[ "$(cat flooded)" -lt 60000 ] || wrong "$(cat flooded) bytes came"

# Every connection taken by the agent: the operator still gets in.
what='an operator, where all connections are taken'
cat >hold.py <<'END'
import socket, sys, time
held = []
for _ in range(int(sys.argv[2])):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.connect(sys.argv[1])
    held.append(s)
print("held", flush=True)
time.sleep(60)
END
hold() { # PROFILE COUNT
	: >held
	python3 hold.py "$run_dir/$1.sock" "$2" >held 2>err &
	holder=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q held held && break
		sleep 0.2
	done
}
release() {
	kill $holder
	wait $holder 2>/dev/null
}
if [ "$(id -u)" = 0 ]; then
	hold full 12
	echo status | "$build/tests/teed_ask" "$run_dir/full.sock" >out 2>err
	grep -q '^ok ' out && wrong 'there is no end to them'
	release
	hold full 4
	echo revoke | "$build/tests/teed_ask" "$run_dir/full.sock" >out 2>err
	grep -q '^ok' out || wrong 'it cannot revoke'
	release
fi

# One of two accounts has two of five, and the other still finds his; a place
# that was given back is one again.
what="one user's share of the connections"
echo key >asks
printf 'key\nwait 60\n' >stays
come() { # PROFILE ANSWER [COMMAND...]: one more connection, for a moment
	sock=$run_dir/$1.sock answer=$2
	shift 2
	"$@" "$build/tests/teed_ask" "$sock" <asks >out 2>err
	out_has "^$answer"
}
stay() { # PROFILE: and nobody's for longer
	: >held
	$nobody "$build/tests/teed_ask" "$run_dir/$1.sock" <stays >held 2>err &
	holders="$holders $!"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q '^ok ' held && break
		sleep 0.2
	done
}
share="limit.*one user's share of custody.connections"
if can_be_nobody; then
	for p in many group; do
		holders=
		stay $p
		come $p 'ok ' $nobody
		stay $p
		come $p "$share" $nobody
		[ $p = group ] || come $p 'ok '
		kill $holders
		wait $holders 2>/dev/null
		come $p 'ok ' $nobody
	done
	# Nor does an operator who takes all that he finds keep a user out: a user
	# himself in the one, no user in the other.
	what="an operator's own connections"
	for row in 'many 10' 'group 8'; do
		hold $row
		grep -q held held || wrong "$row: they were not all taken"
		come ${row% *} 'limit.*connections'
		come ${row% *} 'ok ' $nobody
		release
		come ${row% *} 'ok ' $nobody
		hold $row
		grep -q held held || wrong "$row: they were not given back"
		come ${row% *} 'limit.*connections'
		release
	done
	what='a connection for two accounts'
	come few 'ok ' $nobody
fi

# One user's challenges leave places for another's.
what="one user's challenges, and another's"
cat >attest.py <<'END'
import socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(sys.argv[1])
for n in range(16):
    s.send(struct.pack(">BBBBI", 1, 3, 0, 0, n) + b"\0\2c1\0\2n1")
while True:
    packet = s.recv(16384)
    print("ok" if packet[3] == 0x59 else packet[8:].decode(), flush=True)
END
if can_be_nobody; then
	python3 attest.py "$run_dir/slow.sock" >out 2>err &
	flood=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(grep -c '^limit' out)" = 4 ] && break
		sleep 0.2
	done
	same "$(grep -c '^limit' out)" 4 'challenges refused'
	echo attest 0002633100026e31 | $nobody "$build/tests/teed_ask" \
	    "$run_dir/slow.sock" >out 2>err
	out_has '^ok {'
	kill $flood
	wait $flood 2>/dev/null
fi

# Nor does a user who renews without end keep an operator from it.
what="an operator's renewal, behind a user's"
if can_be_nobody; then
	for answer in ok limit; do
		echo renew | $nobody "$build/tests/teed_ask" \
		    "$run_dir/often.sock" >out 2>err
		out_has "^$answer "
	done
	echo renew | "$build/tests/teed_ask" "$run_dir/often.sock" >out 2>err
	out_has '^ok '
fi
finish
