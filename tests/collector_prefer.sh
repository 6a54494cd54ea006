#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prefer-tee: an outage falls back, and says so; a deny never does.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

prefer() {
	profile "$1" '' "${2-}" 'timeout = "2s";'
	sed 's/"tee";/"prefer-tee";/; s/\["tee_generated"\]/["tee_generated",\
	    "local"]/; /^keystore/s/=.*/= (/; /^keystore/a\
	    { control = "oneof"; group = "key"; module = "generated"; },\
	    { control = "oneof"; group = "key"; module = "local";\
	      options = { file = "'"$tmp"'/key.pem"; create = true; }; } );
	    ' "$file" >edited
	cat edited >"$file"
}

attested() {
	run 0 acquire --json --verbose "$file"
	json downgraded false
	json claims/key_origin tee_generated
	grep -q 'event=DOWNGRADE' err && wrong 'a downgrade without an outage'
	no_keys
}

# fallen REASON: a local key, empty claims, and the record of it.
fallen() {
	run 0 acquire --json --verbose "$file"
	json downgraded true
	json claims/key_origin local
	json claims/report_data_match false
	err_has "event=DOWNGRADE .*requested=tee effective=local because=$1"
	no_keys
}

# No outage hides an answer.
denied() {
	refused 1 "$1" "$2"
	grep -q 'event=DOWNGRADE\|downgraded' err && wrong 'fell back on a deny'
}

machine --device "$device" --tsm "$tsm"
prefer guest-device
run 0 check "$file"
attested
for row in fw-error=0x27:firmware status=0x27:firmware vmpck=gone:vmpck \
    fail=ENOMEM:device vmm-error=5:firmware fail=ETIMEDOUT:timeout \
    certs=none:certificates vmm-busy=forever:busy; do
	turn "${row%:*}"
	fallen "${row#*:}"
	turn
	attested
done
for row in status=0x16:collector:firmware fw-error=0x16:collector:firmware \
    report-size=7:collector:report_size wrong-data=yes:verifier:binding \
    debug=yes:verifier:policy.debug flip=5376:verifier:signature \
    vek=stale-tcb:verifier:vek.tcb certs=garbage:verifier:certificates \
    host-request=yes:verifier:vmpl; do
	turn "${row%%:*}"
	row=${row#*:}
	denied "${row%:*}" "${row#*:}"
done
turn

prefer configfs-tsm
attested
turn tsm-read=ENXIO
fallen configfs
turn guest-vmpl=1 tsm-provider=tdx_guest
fallen provider
turn wrong-data=yes
denied verifier binding
turn

# No platform at all is an outage; so it signs, with the local key.
machine_ends
prefer auto
fallen no_device
run 0 sign --output sig --public-key pub.pem "$file" message
err_has 'warning: downgraded'
openssl pkey -in key.pem -pubout >file.pem
cmp -s pub.pem file.pem || wrong 'not the key of the file'
finish
