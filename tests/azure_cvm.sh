#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A confidential VM: quote, HCL report, MAA's AzureGuest, a key released to
# the vTPM, and peers that judge the evidence without any service.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"
. "$TEE_TEST_SRCDIR/tests/azure_flow.sh"

azure cvm
token_options=
flow_basic
[ "$(asked maa 'POST /attest/AzureGuest' 200)" = 5 ] ||
    wrong 'a key is released to the vTPM by AzureGuest alone'
what='what left the machine'
grep -q private. passport.json && wrong 'an item that is private'
for item in azure.hcl-report tpm.quote tpm.quote-signature tpm.pcrs \
    tpm.ak-cert tpm.enc-key tpm.enc-key-certify snp.certs maa.token; do
	"$build/tests/azure_items" show "$item" <passport.json >item ||
	    wrong "no $item"
done
"$build/tests/azure_items" show private.tpm-enc-key-context <passport.json \
    >item 2>err && wrong 'the context of the decryption key'
flow_seeds
flow_enc
flow_workload
flow_two

# The report's own token says nothing of a key that a vault could wrap to.
azure_profile '' '' 'attest = "sevsnpvm";'
refused 1 keystore vault_policy '403'
flow_peers
finish
