#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fault of firmware, host and kernel: its verdict, the hop and the
# reason, no key left behind, and a grant as soon as the fault is gone.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

machine --device "$device" --tsm "$tsm"
limit='timeout = "2s";'
stored="certs_file = \"$tmp/certs.pem\";"

# fault SWITCHES STATUS HOP REASON DETAIL: refused, then granted without.
fault() {
	turn $1
	refused "$2" "$3" "$4" "${5-}"
	what="$what after $1"
	turn
	granted
}

# survived SWITCHES: no fault that stops anybody.
survived() {
	turn $1
	granted
}

profile guest-device '' '' "$limit"
fault fw-error=0x16 1 collector firmware 'firmware error 0x16'
fault fw-error=0x27 3 collector firmware 'firmware error 0x27'
fault status=0x16 1 collector firmware 'status 0x16 (invalid parameter'
fault status=0x27 3 collector firmware 'status 0x27'
fault vmm-error=5 3 collector firmware 'host error 0x5'
fault vmm-error=1 3 collector firmware 'host error 0x1'
survived vmm-busy=1
survived vmm-busy=3
for errno in EAGAIN EINTR EBUSY; do
	survived fail=$errno:1
	survived fail=$errno:3
done
fault fail=EIO 3 collector firmware 'firmware error 0xff'
fault fail=ENOMEM 3 collector device 'Cannot allocate memory'
fault fail=EFAULT 3 collector device 'Bad address'
fault fail=ENOTTY 3 collector vmpck 'until the guest reboots'
fault fail=ETIMEDOUT 3 collector timeout 'busy.* for a minute'
fault vmpck=gone 3 collector vmpck 'VMPCK.* until the guest reboots'
# A wiping kernel: the request that was to be tried again finds no key.
fault 'wipe=yes vmm-busy=1' 3 collector vmpck 'until the guest reboots'
fault report-size=1183 1 collector report_size '1183 bytes, not 1184'
fault report-size=4294967295 1 collector report_size 'not 1184'
fault report-size=0 1 collector report_size 'not 1184'

# Inside the line's time, also while busy or slow.
for switches in vmm-busy=forever fail=EAGAIN delay=2500; do
	turn $switches
	began=$(milliseconds)
	case $switches in
	delay*) refused 3 collector timeout 'budget is over' ;;
	*) refused 3 collector busy 'still busy after .* tries' ;;
	esac
	took=$(($(milliseconds) - began))
	[ "$took" -lt 4000 ] || wrong "took $took ms"
	turn
	granted
done

fault certs=none 3 verifier certificates 'none given'
fault certs=garbage 1 verifier certificates
fault certs=beyond 1 verifier certificates 'beyond the table'
fault certs=growing 3 verifier certificates 'none given'
survived certs=pem
survived 'certs=pem signer=vlek'

fault wrong-data=yes 1 verifier binding 'bound to something else'
fault host-request=yes 1 verifier vmpl
fault debug=yes 1 verifier policy.debug
fault mask-key=yes 1 verifier report.signing_key
fault mask-chip-id=yes 1 verifier vek.hwid
# Version, REPORT_DATA, measurement, signature: wherever a bit is turned.
for bit in 0 640 1152 5376 5952; do
	turn flip=$bit
	run 1 acquire "$file"
	no_keys
done
fault flip=5376 1 verifier signature
fault vek=stale-tcb 1 verifier vek.tcb
fault vek=other-chip 1 verifier vek.hwid
fault vek=other-key 1 verifier signature
fault vek=expired 1 verifier chain.validity

# Certificates at hand here need none of the host's.
profile guest-device '' "$stored" "$limit"
survived certs=none
survived certs=growing

profile guest-device '' 'masked_chip_id = "allow";'
survived mask-chip-id=yes

# A guest at another VMPL says so, or is told that it may not ask.
profile guest-device
fault guest-vmpl=2 1 collector firmware 'a VMPL above'
profile guest-device 'vmpl = "2";' 'vmpl = "2";'
survived guest-vmpl=2
json claims/claims/vmpl 2
profile guest-device 'vmpl = "3";' 'vmpl = "2";'
turn guest-vmpl=2
refused 1 verifier vmpl

profile guest-device '' 'crl = "required";'
turn
refused 3 verifier crl.signature 'no list is at hand'
survived table-crl=yes
survived 'table-crl=yes crl=revoked-asvk'
for row in expired:validity early:validity no-next-update:validity \
    other-signer:signature unknown-critical:signature \
    revoked-ask:revocation revoked-ark:revocation; do
	turn table-crl=yes crl=${row%:*}
	refused 1 verifier "crl.${row#*:}"
done
turn table-crl=yes crl=revoked-asvk signer=vlek
refused 1 verifier crl.revocation 'ASVK) is revoked'
survived table-crl=yes
finish
