#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# doctor and status look at the machine as it is, and see when it changes.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"

# Devices differ from machine to machine: both statuses are right.
"$teectl" doctor --json >out 2>err
got=$?
what='teectl doctor --json'
missing=false
for check in keyring keyring.quota seccomp memlock sev-guest sev \
    configfs-tsm vtpm ptrace core clock modules profiles; do
	case $(json_value "checks/name=$check/result") in
	missing)
		missing=true
		[ "$(json_value "checks/name=$check/next")" != null ] ||
		    wrong "$check is missing, and no next step"
		;;
	ok | warning) ;;
	*) wrong "$check has no result" ;;
	esac
done
case $missing in
true)
	same "$got" 3 status
	json healthy false
	;;
false)
	same "$got" 0 status
	json healthy true
	;;
esac
json checks/name=modules/result ok
run "$got" doctor
out_has '^[a-z]*  *keyring '

# AddressSanitizer takes core files and mlock(2) away by itself.
if grep -qa __asan_init "$teectl"; then
	echo 'skipped: limits, under AddressSanitizer'
	finish
fi

( ulimit -S -c 0; "$teectl" doctor --json >out 2>err )
json checks/name=core/result ok
if ( ulimit -S -c 1 ) 2>/dev/null; then
	( ulimit -S -c 1; "$teectl" doctor --json >out 2>err )
	json checks/name=core/result warning
fi

# Without locked memory no key can be held; root may lock anyway.
limited() {
	ulimit -l 0
	if [ "$(id -u)" -eq 0 ]; then
		$nobody "$teectl" doctor --json
	else
		"$teectl" doctor --json
	fi
}
if [ "$(id -u)" -ne 0 ] || can_be_nobody; then
	( limited >out 2>err )
	same "$?" 3 'status without locked memory'
	json checks/name=memlock/result missing
else
	echo 'skipped: no way to lower RLIMIT_MEMLOCK for real'
fi

finish
