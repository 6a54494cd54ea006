#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Several processes at one device, and processes that die at it.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

machine --device "$device" --tsm "$tsm"
both() {
	what="two at once, $1"
	"$teectl" acquire --json "$file" >first 2>first.err &
	other=$!
	"$teectl" acquire --json "$file" >out 2>err ||
	    wrong 'the second was refused'
	wait "$other" || { cp first.err err; wrong 'the first was refused'; }
	[ "$(json_value public_key first)" != "$(json_value public_key)" ] ||
	    wrong 'two processes have one key'
}
# Long enough under way that both are at the device together.
turn delay=150
for source in guest-device configfs-tsm; do
	profile $source
	both $source
	both $source
done

# killed SOURCE POINT: kill -9 so many milliseconds after the start.
killed() {
	profile "$1"
	what="kill -9 $2 ms into an acquisition over $1"
	"$teectl" acquire --hold "$file" >out 2>err &
	victim=$!
	sleep "$(awk -v ms="$2" 'BEGIN { print ms / 1000 }')"
	kill -KILL "$victim"
	wait "$victim" 2>/dev/null
	tries=0
	while [ "$(keys_left)" != 0 ] && [ "$tries" -lt 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	no_keys
	granted
}
turn delay=60
profile guest-device
hold=hold
"$teectl" acquire --hold "$file" >$hold 2>err &
holder=$!
tries=0
while [ ! -s $hold ] && [ "$tries" -lt 100 ]; do
	sleep 0.05
	tries=$((tries + 1))
done
what='a key that is held'
same "$(keys_left)" 1 'the key that keys_left must see'
kill -KILL "$holder"
wait "$holder" 2>/dev/null
seed=$(milliseconds)
echo "seed $seed"
for point in $(awk -v seed="$seed" 'BEGIN { srand(seed)
    for (i = 0; i < 10; i++) print int(rand() * 220) }'); do
	case $((point % 2)) in
	0) killed guest-device "$point" ;;
	1) killed configfs-tsm "$point" ;;
	esac
done
finish
