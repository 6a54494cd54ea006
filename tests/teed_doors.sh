#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How agents come to teed and back: a library client across restarts, sockets
# from the service manager, inherited connections, who may do what, callers
# that are gone, and what is counted.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
command -v python3 >/dev/null || skip 'no python3'

agent() { # PROFILE [SOCKET], lines on standard input; into out
	"$build/tests/teed_agent" "$profiles_of_teed/$1.conf" $2 >out 2>err
}
lines() { # WORD...: what was said, in this order
	[ "$(tr '\n' ' ' <out)" = "$* " ] ||
	    wrong "said $(tr '\n' ' ' <out), expected $*"
}

teed_profile d
teed_profile other
start_teed
await_teed d other || finish

what='a library client'
printf '%s\n' test:v1:a attest fork renew test:v1:b other |
    agent d
lines ok ok ok ok ok ok message
what='an inherited connection'
printf '%s\n' test:v1:a attest | agent d "$run_dir/d.sock"
lines ok ok ok

# One that is there while teed goes and comes: an error that says so, then
# signatures again, by the same handle.
what='an agent across a restart'
mkfifo words
"$build/tests/teed_agent" "$profiles_of_teed/d.conf" <words >said 2>err &
agent=$!
exec 9>words
say() {
	before=$(wc -l <said)
	echo "$1" >&9
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(wc -l <said)" -gt "$before" ] && break
		sleep 0.2
	done
	got=$(tail -n 1 said)
	[ "$got" = "$2" ] || { cp said out; wrong "$1: $got, expected $2"; }
}
sleep 0.5
say test:v1:before ok
kill -9 "$(keeper)"
wait "$teed" 2>/dev/null
say test:v1:between teed
err_has "$run_dir/d.sock: Connection refused"
start_teed
await_teed d
say test:v1:after ok
# Another key than it had is none of its own.
stop_teed
sed -i 's|options = { verdict = "ok"; }; } );|&|; /keystore/,$ s|verdict = "ok"|verdict = "ok"; seed = "7"|' \
    "$profiles_of_teed/d.conf"
start_teed
await_teed d
say test:v1:other-key key-gone
exec 9>&-
wait $agent

# The same profile is another one for teed when its file changed.
what='a profile that teed has not read again'
echo '# changed' >>"$profiles_of_teed/d.conf"
agent d </dev/null
lines profile
err_has 'another version of this profile'
kill -HUP "$(keeper)"
sleep 0.5
await_teed d
agent d </dev/null
lines ok
stop_teed

# A socket from the service manager, by sd_listen_fds(3), and what it is told.
what='socket activation'
cat >manager.py <<'END'
import os, socket, sys
kinds, path, names = sys.argv[1:4]
kept = []
for kind in kinds.split(":"):
    s = socket.socket(socket.AF_UNIX, getattr(socket, kind))
    s.bind(path + (".ssh" if kept else ""))
    os.chmod(s.getsockname(), 0o666)
    s.listen(16)
    fd = 3 + len(kept)
    os.dup2(s.fileno(), fd)
    os.set_inheritable(fd, True)
    kept.append(s)
env = dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(kept)),
           LISTEN_FDNAMES=names, NOTIFY_SOCKET=sys.argv[4])
os.execve(sys.argv[5], sys.argv[5:], env)
END
cat >listen.py <<'END'
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(20)
while True:
    text = s.recv(512).decode()
    print(text, flush=True)
    if text == "STOPPING=1":
        break
END
python3 listen.py "$tmp/notify" >told 2>&1 &
listener=$!
sleep 0.3
mkdir -p handed
sed -i "s|$run_dir/d.sock|$tmp/handed/d.sock|" "$profiles_of_teed/d.conf"
python3 manager.py SOCK_SEQPACKET "$tmp/handed/d.sock" d "$tmp/notify" \
    "$build/teed/teed" --profile-dir "$profiles_of_teed" --run-dir "$run_dir" \
    --worker "$build/tests/teed-worker" --log stderr 2>>log &
teed=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q READY told && break
	sleep 0.3
done
echo test:v1:a | agent d
lines ok ok
ls "$run_dir" | grep -q '^d.sock$' && wrong 'it made a socket of its own'
kill -HUP "$(keeper)"
sleep 0.3
stop_teed
wait $listener
[ "$(tr '\n' ' ' <told)" = 'READY=1 RELOADING=1 READY=1 STOPPING=1 ' ] ||
    { cp told out; wrong 'the manager was told otherwise'; }
# The manager's socket stays, for the next one.
[ -e handed/d.sock ] || wrong "the manager's socket is gone"
# An ssh-agent's endpoint that the profile does not ask for is not kept open.
what='a socket for an ssh-agent that is not wanted'
inherits() { # AGENT: the profile's ssh_agent; the endpoint's open descriptors
	rm -f handed/*
	sed -i "s|ssh_agent = [a-z]*; ||; s|lifetime = |ssh_agent = $1; &|" \
	    "$profiles_of_teed/d.conf"
	python3 manager.py SOCK_SEQPACKET:SOCK_STREAM "$tmp/handed/d.sock" \
	    d:d.ssh "$tmp/none" "$build/teed/teed" \
	    --profile-dir "$profiles_of_teed" --run-dir "$run_dir" \
	    --worker "$build/tests/teed-worker" --log stderr 2>>log &
	teed=$!
	sleep 1
	echo test:v1:a | agent d
	lines ok ok
	inode=$(awk -v path="$tmp/handed/d.sock.ssh" '$8 == path { print $7 }' \
	    /proc/net/unix)
	ls -l "/proc/$(keeper)/fd" | grep -c "socket:\[$inode\]" >held
	stop_teed
}
# Root alone sees what the keeper has open.
if [ "$(id -u)" -eq 0 ]; then
	inherits true
	same "$(cat held)" 1 'descriptors of one that is wanted'
	inherits false
	same "$(cat held)" 0 'descriptors of one that is not'
	sed -i 's|ssh_agent = false; ||' "$profiles_of_teed/d.conf"
	rm -f handed/d.sock.ssh
fi
what='a socket of another kind'
rm handed/d.sock
python3 manager.py SOCK_STREAM "$tmp/handed/d.sock" d "$tmp/none" \
    "$build/teed/teed" --profile-dir "$profiles_of_teed" --run-dir "$run_dir" \
    --worker "$build/tests/teed-worker" --log stderr 2>strange &
teed=$!
sleep 1
grep -q 'profile=d reason=socket' strange || {
	cp strange err
	wrong 'it was taken'
}
stop_teed

# Somebody who has gone, and left the connection to somebody else.
rm -rf handed
sed -i "s|$tmp/handed/d.sock|$run_dir/d.sock|" "$profiles_of_teed/d.conf"
start_teed
await_teed d || finish
what='a caller that is gone'
if python3 -c 'import socket
s = socket.socketpair()[0]
s.getsockopt(socket.SOL_SOCKET, 77, 4)' 2>/dev/null; then
	pid=$(keeper)
	kill -STOP "$pid"
	cat >leave.py <<'END'
import os, socket, struct, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(sys.argv[1])
if os.fork():
    os._exit(0)
time.sleep(1)
s.settimeout(10)
try:
    s.send(struct.pack(">BBBBI", 1, 2, 0, 0, 1))
    print("served" if s.recv(4096) else "closed")
except OSError:
    print("closed")
END
	# The fork's parent is the one that connected.
	python3 leave.py "$run_dir/d.sock" >left 2>&1 &
	sleep 0.5
	kill -CONT "$pid"
	sleep 2.5
	[ "$(cat left)" = closed ] || { cp left out; wrong 'it was served'; }
else
	echo 'no SO_PEERPIDFD here: credentials alone count'
fi

# Two of them at one run directory.
what='a second teed'
"$build/teed/teed" --profile-dir "$profiles_of_teed" --run-dir "$run_dir" \
    --worker "$build/tests/teed-worker" --log stderr >out 2>err
[ $? -eq 1 ] || wrong 'it did not give up'
err_has 'another teed serves it'
await_teed d
stop_teed

if [ "$(id -u)" -eq 0 ] && can_be_nobody; then
	as() { # UID GROUPS COMMAND...
		uid=$1 groups=$2
		shift 2
		setpriv --reuid="$uid" --regid="$uid" --groups="$groups" "$@"
	}
	operators=$(getent group operator adm staff | head -n 1 | cut -d: -f1)
	gid=$(getent group "$operators" | cut -d: -f3)
	sed -i "s|users = .\"0\".;|users = [\"60001\"]; \
groups = [\"$operators\", \"60009\"];|" "$profiles_of_teed/d.conf"
	start_teed
	sleep 1
	ask() { # UID GROUPS LINE...
		uid=$1 groups=$2
		shift 2
		printf '%s\n' "$@" | as "$uid" "$groups" \
		    "$build/tests/teed_ask" "$run_dir/d.sock" >out 2>err
	}
	sign="sign 01$(printf test:v1:x | od -An -tx1 | tr -d ' \n')"
	what='custody.users'
	ask 60001 60001 "$sign" key revoke
	lines_of() { # WORD...
		[ "$(grep -v '^event' out | cut -d' ' -f1 | tr '\n' ' ')" \
		    = "$* " ] ||
		    wrong "expected $*"
	}
	lines_of ok ok peer
	what='custody.groups, a further one'
	ask 60002 60009 "$sign" revoke
	lines_of ok peer
	what='custody.groups, the operators'
	ask 60003 "$gid" "$sign" status renew
	lines_of peer ok ok
	what='a stranger'
	ask 60004 60004 "$sign"
	lines_of peer
	what='root'
	ask 0 0 "$sign" key revoke
	lines_of peer ok ok
	stop_teed
fi

# Read in one turn, answered as far as it made sense, then over.
teed_profile d
start_teed
await_teed d
what='nonsense behind a question'
cat >batch.py <<'END'
import os, signal, socket, struct, sys, time
keeper, junk = int(sys.argv[2]), bytes.fromhex(sys.argv[3])
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.settimeout(20)
s.connect(sys.argv[1])
ask = lambda id: s.send(struct.pack(">BBBBI", 1, 1, 0, 0, id) + b"\1test:v1:x")
ask(1)
assert len(s.recv(16384)) == 8 + 64
os.kill(keeper, signal.SIGSTOP)
ask(2)
if junk:
    s.send(junk)
ask(3)
os.kill(keeper, signal.SIGCONT)
ids = []
s.settimeout(2)
try:
    while True:
        packet = s.recv(16384)
        if not packet:
            ids.append("end")
            break
        ids.append(struct.unpack(">I", packet[4:8])[0])
except socket.timeout:
    ids.append("open")
except ConnectionResetError:
    ids.append("end")
print(ids)
END
batch() { # JUNK SAID
	python3 batch.py "$run_dir/d.sock" "$(keeper)" "$1" >out 2>err
	[ "$(cat out)" = "$2" ] || wrong "$1: expected $2"
}
batch '' "[2, 3, 'open']"
batch 02 "[2, 'end']"
batch 0901000000000009 "[2, 'end']"
stop_teed

# What is counted, as Prometheus reads it.
what=metrics
teed_profile d
teed_profile refused '' 's/debug = false/debgu = false/'
start_teed_metrics() {
	"$build/teed/teed" --profile-dir "$profiles_of_teed" \
	    --run-dir "$run_dir" --worker "$build/tests/teed-worker" \
	    --log stderr --metrics "$tmp/teed.prom" 2>>"$tmp/log" &
	teed=$!
}
start_teed_metrics
await_teed d
"$build/tests/teed_load" -n 10 "$run_dir/d.sock" >out 2>err
echo "sign 0100" | "$build/tests/teed_ask" "$run_dir/d.sock" >/dev/null
kill -HUP "$(keeper)"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q '^teed_signature_seconds_count{profile="d"} 1[0-9]$' \
	    teed.prom 2>/dev/null && break
	sleep 0.2
done
cp teed.prom out
for line in 'teed_grants_total{profile="d"} 1' \
    'teed_refused_messages_total{profile="d"} 1' \
    'teed_profiles_refused 1$' \
    'teed_key_held{profile="d"} 1' 'teed_key_generation{profile="d"} 1' \
    'teed_lease_seconds{profile="d"} 2[0-9][0-9]' \
    'teed_signature_seconds_bucket{profile="d",le="+Inf"} 1[0-9]'; do
	out_has "^$line"
done
# Every sample has a type, and every type a help.
awk '/^# HELP/ { help[$3] = 1 } /^# TYPE/ { if (!help[$3]) exit 1; t[$3] = 1 }
    /^[a-z]/ { n = $1; sub(/[{].*/, "", n); sub(/_(bucket|sum|count)$/, "", n)
	if (!t[n]) exit 1 }' out || wrong 'no Prometheus text'

# Held by teed, asked for by an agent of another user: there until a signal,
# across a renewal, and over when an operator revokes it.
if can_be_nobody; then
	stop_teed
	sed -i 's/users = \[[^]]*/&, "65534"/' "$profiles_of_teed/d.conf"
	start_teed
	await_teed d
	what='teectl acquire --hold of another user'
	$nobody "$teectl" acquire --hold "$profiles_of_teed/d.conf" >held 2>err &
	holder=$!
	sleep 2.5
	kill -0 $holder 2>/dev/null || { cp held out; wrong 'it does not hold'; }
	"$teectl" revoke --run-dir "$run_dir" d >out 2>&1
	sleep 2
	kill -0 $holder 2>/dev/null && wrong 'it holds what was revoked'
	wait $holder
	err_has 'destroyed from outside'
	stop_teed
fi
finish
