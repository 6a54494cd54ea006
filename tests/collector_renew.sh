#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A key in custody when its platform is asked again: renewed, destroyed at
# once by a deny, kept through an outage.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

set_to="sh='$teesim' set --dir '$sim' --reset"
live="sh=grep -q \"^\$KEY .* tee:\" /proc/keys"
dead='sh=! grep "^$KEY I[^i]* .* tee:" /proc/keys'
last_is() {
	echo "sh=case \$LAST in event=$1\\ *) ;; *) false ;; esac"
}

# held STEP...: see collector_renew.c
held() {
	turn
	what="renew over $source: $*"
	"$build/tests/collector_renew" "$file" "$@" >out 2>err ||
	    wrong 'not as expected'
	no_keys
}

machine --device "$device" --tsm "$tsm"
for source in guest-device configfs-tsm; do
	profile $source '' '' 'timeout = "2s";'
	held sign=ok "$live" renew=ok "$(last_is RENEW)" sign=ok "$live" \
	    attest=ok renew=ok sign=ok
	for fault in debug=yes wrong-data=yes flip=5376 vek=stale-tcb \
	    host-request=yes; do
		held "$live" "$set_to $fault" renew=denied \
		    "$(last_is REVOKE)" "$dead" sign=key-gone "$set_to" \
		    renew=key-gone sign=key-gone
	done
	for fault in vmpck=gone certs=none; do
		held "$set_to $fault" renew=unavailable "$(last_is DENY)" \
		    "$live" sign=ok "$set_to" renew=ok sign=ok
	done
done

# The device goes away, and comes back.
source=guest-device
profile $source '' '' 'timeout = "2s";'
held "sh=kill $server; while [ -e '$device' ]; do sleep 0.05; done" \
    renew=unavailable attest=unavailable "$live" sign=ok
machine_ends
machine --device "$device"
granted
finish
