#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The well-known paths, in a /dev of this test's own: /dev/sev-guest, else
# /dev/sev; configfs before both.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

mkdir dev && mount -t tmpfs none dev || skip 'no tmpfs can be mounted'
for node in null zero urandom random fuse; do
	: >"dev/$node"
	mount --bind "/dev/$node" "dev/$node" || skip "no /dev/$node"
done
mount --rbind dev /dev || skip '/dev cannot be covered'
# By file systems that end with this script's namespace; /dev still has them.
umount -R dev

# The options left to their defaults.
default_profile() {
	profile "$1" '' "${2-}" 'timeout = "2s";'
	sed '/device = /s/device = .*//; /configfs = /s/configfs = .*//
	    s/source = "\([^"]*\)"; *$/source = "\1"; }; } );/' \
	    "$file" >edited
	cat edited >"$file"
}

default_profile guest-device
refused 3 collector no_device '/dev/sev: .*not an SEV-SNP guest'
run 3 doctor
out_has '/dev/sev-guest is absent'

machine --device /dev/sev-guest
granted
signs
run 0 acquire --verbose "$file"
err_has GRANT
default_profile auto
granted
"$teectl" doctor >out 2>err
what='teectl doctor'
out_has '/dev/sev-guest can be used'
machine_ends

# /dev/sev hands out no certificates.
machine --legacy /dev/sev
default_profile guest-device
refused 3 verifier certificates 'none given'
default_profile guest-device "certs_file = \"$tmp/certs.pem\";"
granted
signs
default_profile auto "certs_file = \"$tmp/certs.pem\";"
granted
for row in fw-error=0x16:firmware:1 fw-error=0x27:firmware:3 \
    status=0x16:firmware:1 status=0x27:firmware:3 \
    report-size=7:report_size:1 fail=ENOMEM:device:3 vmpck=gone:vmpck:3; do
	reason=${row#*:}
	turn "${row%%:*}"
	refused "${reason#*:}" collector "${reason%:*}" /dev/sev
done
for errno in EAGAIN EINTR EBUSY; do
	turn fail=$errno:2
	granted
done
turn fail=EAGAIN
refused 3 collector busy 'still busy'
turn wrong-data=yes
refused 1 verifier binding
turn
granted
machine_ends

# Where both are, the newer one is asked.
machine --device /dev/sev-guest --legacy /dev/sev
default_profile guest-device
granted

if [ -d /sys/kernel/config ] && mount -t tmpfs none /sys/kernel/config; then
	mkdir -p /sys/kernel/config/tsm
	machine_ends
	machine --tsm /sys/kernel/config/tsm/report
	default_profile auto
	granted
	default_profile configfs-tsm
	granted
else
	echo 'skipped: no /sys/kernel/config to cover'
fi
finish
