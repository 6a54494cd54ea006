#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Faults of configfs-tsm, and which of them let `auto` try the device.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

machine --device "$device" --tsm "$tsm"

# Nothing stays behind in configfs either.
no_requests() {
	same "$(ls "$tsm")" '' 'requests left in configfs'
}

fault() {
	turn $1
	refused "$2" "$3" "$4" "${5-}"
	no_requests
	what="$what after $1"
	turn
	granted
	no_requests
}

survived() {
	turn $1
	granted
	no_requests
}

profile configfs-tsm '' '' 'timeout = "2s";'
survived tsm-race=1
survived tsm-read=EBUSY:1
survived tsm-read=EAGAIN:1
survived tsm-read=EINTR:1
survived tsm-write=EINVAL:1
fault tsm-mkdir=ENXIO 3 collector no_device "$tsm/libtee-"
fault tsm-mkdir=ENOMEM 3 collector configfs 'Cannot allocate memory'
fault tsm-read=ENXIO 3 collector configfs 'outblob: .*the firmware refused'
fault tsm-read=EFBIG 3 collector configfs 'outblob: File too large'
fault tsm-read=ENOTTY 3 collector vmpck 'until the guest reboots'
fault vmpck=gone 3 collector vmpck 'until the guest reboots'
fault tsm-provider=tdx_guest 3 collector provider \
    'provider tdx_guest is not sev_guest'
# EINVAL there is the firmware's "invalid parameter" or "invalid key".
fault status=0x16 1 collector configfs 'outblob: .*refused what was asked'
fault status=0x27 1 collector configfs 'outblob: .*refused what was asked'
fault fw-error=0x27 3 collector configfs 'outblob'
fault report-size=1183 1 collector configfs 'not the size of a report'
fault delay=2500 3 collector timeout
fault certs=none 3 verifier certificates 'none given'
fault certs=garbage 1 verifier certificates
fault wrong-data=yes 1 verifier binding 'bound to something else'
fault debug=yes 1 verifier policy.debug
survived guest-vmpl=2
json claims/claims/vmpl 2
for switch in tsm-race=forever tsm-write=EINVAL tsm-read=EBUSY; do
	turn $switch
	began=$(milliseconds)
	refused 3 collector '\(busy\|generation\)'
	took=$(($(milliseconds) - began))
	[ "$took" -lt 4000 ] || wrong "took $took ms"
	no_requests
done
profile configfs-tsm 'vmpl = "1";' '' 'timeout = "2s";'
fault guest-vmpl=2 1 collector configfs 'privlevel: .*may not ask for'
fault tsm-write=EINVAL 1 collector configfs 'privlevel: .*may not ask for'
survived guest-vmpl=1
json claims/claims/vmpl 1

# Only what is not there is passed over.
profile auto '' '' 'timeout = "2s";'
for switch in tsm-mkdir=ENXIO tsm-mkdir=EACCES tsm-mkdir=ENODEV \
    tsm-provider=arm_cca_guest; do
	survived $switch
done
fault tsm-mkdir=ENOMEM 3 collector configfs
fault tsm-read=ENXIO 3 collector configfs
fault 'tsm-provider=tdx_guest vmpck=gone' 3 collector vmpck "$device"
machine_ends
machine --device "$device"
granted
machine_ends
refused 3 collector no_device "$device: .*modprobe"
machine --tsm "$tsm"
granted
finish
