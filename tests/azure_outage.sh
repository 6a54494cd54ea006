#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Services that are out: what was released goes on signing and attesting, a
# renewal says that it could not ask and is reported, no check is weakened
# meanwhile, and all is well again without a restart.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure cvm
always="$always hcl-rate=0"
limit='timeout = "2s";'
azure_profile '' '' '' '' "$limit"
turn
set_now="\"$teesim\" set --dir \"$sim\" --reset $always"

# holds STEP...: one agent through these steps; its log is in err.
holds() {
	what="an agent through: $*"
	turn
	"$build/tests/collector_renew" "$file" "$@" >out 2>err ||
	    wrong 'not as expected'
	no_keys
}

for service in imds maa vault; do
	holds sign=ok "sh=$set_now $service-503=forever" sign=ok attest=ok \
	    sign=ok "sh=$set_now" renew=ok sign=ok attest=ok
done
everything='imds-drop=forever maa-drop=forever vault-drop=forever
    kds-drop=forever authority-drop=forever'

# Nothing that signs or attests asks any of them.
holds "sh=$set_now $(echo $everything)" "sh=: >\"$cloud/requests\"" \
    sign=ok attest=ok sign=ok attest=ok "sh=! grep -q . \"$cloud/requests\""

# Renewal could not ask: said, and the key stays to the end of its lease.
holds sign=ok "sh=$set_now $(echo $everything)" renew=unavailable \
    'sh=case $LAST in *call=renew*verdict=unavailable*MAA*) ;; *) exit 1 ;; esac' \
    sign=ok attest=ok "sh=$set_now" renew=ok sign=ok

# A deny is an answer, in the midst of an outage too: the key ends at once.
holds sign=ok "sh=$set_now $(echo $everything) tpm-quote-bit=100" \
    renew=denied sign=key-gone
err_has 'reason=quote.signature'

# Nobody new gets in, and nobody is refused for it.
turn $everything
refused 3 collector 'http_[a-z]*'
turn
granted
finish
