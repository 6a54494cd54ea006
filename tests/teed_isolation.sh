#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nobody gets at a key that teed holds: not another user, not the agent, not
# what the agent runs, not a process of teed's own user, not root without
# CAP_SYS_PTRACE.  What root with it can do is shown, and teed(8) says so.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
[ "$(id -u)" -eq 0 ] || skip 'users of its own need root'
command -v setpriv >/dev/null || skip 'no setpriv'
can_be_nobody || skip 'others cannot reach the build directory'

ours=65531 agent=65532 other=65533
as() { # UID COMMAND...
	uid=$1
	shift
	setpriv --reuid="$uid" --regid="$uid" --clear-groups "$@"
}
teed_profile i 'sign = ["raw:test:v1:"];' "s|users = .\"0\".|users = [\"$agent\"]|"
chown $ours:$ours "$run_dir"
chmod 755 "$run_dir"
start_teed setpriv --reuid=$ours --regid=$ours --clear-groups
socket=$run_dir/i.sock
for _ in 1 2 3 4 5 6 7 8 9 10; do
	as $agent "$build/tests/teed_load" -n 1 -s 2 "$socket" >out 2>err &&
	    break
	sleep 0.3
done
what='the agent'
[ "$(load_value answered)" = 1 ] || { cat log >err; wrong 'cannot sign'; }
echo status | as $agent "$build/tests/teed_ask" "$socket" | sed 's/^ok //' \
    >status
serial=$("$build/tests/teectl_json" serial <status)
pid=$(keeper)
thief() { # NAME SETPRIV-OPTION... : nothing may lead anywhere
	what=$1
	shift
	setpriv "$@" "$build/tests/teed_thief" "$pid" "$serial" "$socket" \
	    0x42 $child >out 2>err
	[ $? -eq 0 ] || wrong "got at it: $(grep '^YES' out | tr '\n' ' ')"
	[ "$(grep -c '^no \|^looks ' out)" -eq 25 ] || wrong 'hardly tried'
}
child=
thief 'another user' --reuid=$other --regid=$other --clear-groups
thief 'the agent itself' --reuid=$agent --regid=$agent --clear-groups
child=child
thief "the agent's child after exec" --reuid=$agent --regid=$agent \
    --clear-groups
child=
# A process of teed's own user owns the key, and does not possess it.
thief "a process of teed's own user" --reuid=$ours --regid=$ours \
    --clear-groups
thief 'root without CAP_SYS_PTRACE' --bounding-set=-sys_ptrace \
    --inh-caps=-all

# A kill that would leave a core file leaves none.
what='a core file'
ulimit -c unlimited 2>/dev/null
kill -ABRT "$pid"
wait "$teed" 2>/dev/null
teed=
found=$(find "$tmp" "$run_dir" / -maxdepth 1 -name 'core*' -newer status \
    -type f 2>/dev/null)
[ -z "$found" ] || wrong "left one: $found"

start_teed setpriv --reuid=$ours --regid=$ours --clear-groups
sleep 1
pid=$(keeper)
"$build/tests/teed_thief" "$pid" "$serial" "$socket" 0x42 >out 2>err
echo 'what root with CAP_SYS_PTRACE can do:'
sed -n 's/^YES/ /p; s/^looks/  look at/p' out
: >err
what='root with CAP_SYS_PTRACE'
# The ways of a debugger, as the manual says; the keyring stays closed.
grep -q '^YES.*keyctl' out && wrong 'the keyring opens'
grep -q '^YES ptrace seize' out || wrong 'the thief cannot even debug'
for way in 'trace the keeper' "read the keeper's memory"; do
	grep -q "$way" "$TEE_TEST_SRCDIR/man/teed.8" ||
	    wrong "teed(8) is silent on it: $way"
done
finish
