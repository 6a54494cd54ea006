#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A host that supplies no certificates: AMD's KDS is asked where the profile
# says so, once, over TLS that the system's CAs vouch for; what it gave is
# kept on disk and survives its outage.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

bundle=/etc/ssl/certs/ca-certificates.crt
[ -f "$bundle" ] || skip "no $bundle"
machine --device "$device" --cloud
kds=$(cat "$sim/cloud/kds.url") || exit 99
requests=$sim/cloud/requests

asked() {
	grep -c '^kds ' "$requests"
}
# kds NAME [LINE]: with a cache of that name, and what else the line has.
kds() {
	profile guest-device "kds = \"$kds\"; cert_cache = \"$tmp/$1\";" '' \
	    "${2-}"
}

# Not asked for: nobody is asked, and the verifier misses the certificates.
turn certs=none
profile guest-device
refused 3 verifier certificates
same "$(asked)" 0 'questions to KDS'

# The pretend KDS is nobody's to the system.
kds stranger 'timeout = "5s";'
refused 3 collector http_tls 'AMD KDS at 127.0.0.1.*certificate'
same "$(asked)" 0 'questions to KDS'
[ ! -e "$tmp/stranger" ] || wrong 'something was kept'

# In this mount namespace alone it is.
mount --bind "$sim/cloud/ca.pem" "$bundle" || skip 'no bind mounts'
kds first
granted
same "$(asked)" 2 'questions to KDS'
json claims/claims/simulated true
signs
same "$(asked)" 2 'questions to KDS'
same "$(ls "$tmp/first" | wc -l)" 1 'files kept'

# Out: what is kept serves, and no check is weaker for it.
turn certs=none kds-503=forever
kds first
granted
turn certs=none kds-503=forever flip=1200
refused 1 verifier signature
turn certs=none kds-503=forever
kds second 'timeout = "1s";'
refused 3 collector http_error 'status 503.*kdsintf.amd.com'
[ ! -e "$tmp/second" ] || wrong 'something was kept'

# Damaged on disk: said, and asked for anew.
turn certs=none
for f in "$tmp"/first/*; do echo x >>"$f"; done
kds first
run 0 acquire -v "$file"
err_has 'reason=cert_cache .*damaged'
no_keys
same "$(asked)" 5 'questions to KDS, with one 503'

# Answers that are none.
for fault in redirect:http_redirect huge:http_too_large; do
	turn certs=none "kds-${fault%:*}=forever"
	kds "third" 'timeout = "2s";'
	refused 3 collector "${fault#*:}" 'AMD KDS'
done
[ ! -e "$tmp/third" ] || wrong 'something was kept'

# Where the host has certificates, nobody else is asked.
turn
before=$(asked)
kds fourth
granted
same "$(asked)" "$before" 'questions to KDS'
[ ! -e "$tmp/fourth" ] || wrong 'something was kept'

# Other products' questions.
for product in Genoa Turin; do
	turn certs=none product=$product
	kds fifth
	granted
done
same "$(ls "$tmp/fifth" | wc -l)" 2 'files kept'
finish
