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

# A machine with these devices and no others, as root and as somebody else.
doctor_with() { # COMMAND SETUP
	unshare -m sh -c 'mount -t tmpfs none /sys && mount -t tmpfs none /dev &&
	    chmod 755 /dev && mknod -m 666 /dev/null c 1 3 && eval "$1" &&
	    shift && exec "$@"' sh "$2" $1 "$teectl" doctor --json \
	    >out 2>err </dev/null
	what="doctor with: $2"
}
vtpm_is() { # RESULT DETAIL
	json checks/name=vtpm/result "$1"
	json checks/name=vtpm/detail "$2"
}
if can_be_nobody && unshare -m true 2>/dev/null; then
	doctor_with '' ': >/dev/tpmrm0'
	vtpm_is ok '/dev/tpmrm0 can be used'
	json checks/name=vtpm/next null
	json checks/name=sev-guest/detail \
	    '/dev/sev-guest is absent, /dev/tpmrm0 serves'
	doctor_with '' true
	vtpm_is missing '/dev/tpmrm0 is absent'
	json_value checks/name=vtpm/next >next
	grep -q 'load tpm_crb' next || wrong 'the next step is not to load it'
	doctor_with '' ': >/dev/sev-guest'
	vtpm_is ok '/dev/tpmrm0 is absent, /dev/sev-guest serves'
	doctor_with "$nobody" ': >/dev/tpmrm0; chmod 600 /dev/tpmrm0'
	vtpm_is missing '/dev/tpmrm0: Permission denied'
	json_value checks/name=vtpm/next >next
	grep -q 'udev rule' next || wrong 'the next step is not a rule'
	# Whoever may read it alone has no use of it.
	doctor_with "$nobody" ': >/dev/tpmrm0; chmod 604 /dev/tpmrm0'
	vtpm_is missing '/dev/tpmrm0: Permission denied'
	doctor_with "$nobody" \
	    ': >/dev/tpmrm0; chmod 600 /dev/tpmrm0; (umask 0; : >/dev/sev-guest)'
	vtpm_is warning '/dev/tpmrm0: Permission denied'
else
	echo 'skipped: no way to be on a machine of other devices'
fi

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
