#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fault of the vTPM and its paravisor, and those of MAA that take one.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure cvm
always="$always hcl-rate=0"
azure_profile 'report_max_age = "0";' '' '' '' 'timeout = "3s";'
turn
granted_in_time

# The paravisor's report.
fault hcl-stale=yes 3 collector stale_report 'does not carry the user data'
fault hcl-version=3 1 verifier hcl.format 'not known'
fault hcl-type=4 1 verifier hcl.report-type TDX
fault hcl-runtime-bit=9 1 verifier hcl.runtime-hash
survived hcl-version=2
survived hcl-form=2022
survived nv-user-data=absent
turn debug=yes
refused 1 verifier policy.debug
turn vek=other-key
refused 1 verifier signature

# The attestation key and its certificate, which AzureGuest asks for.
fault ak-other=yes 1 verifier quote.signature HCLAkPub
fault nv-ak-cert=absent 3 verifier maa.evidence "AK's certificate"
fault nv-ak-cert=uninitialised 3 verifier maa.evidence "AK's certificate"
fault nv-ak-cert=other-key 1 verifier quote.ak-cert
fault tpm-quote-bit=100 1 verifier quote.signature HCLAkPub

# The TPM itself.
survived tpm-retry=3
fault tpm-retry=forever 3 keystore vtpm_busy 'kept asking to try again'
fault tpm-delay=3500 3 keystore vtpm_open
fault tpm-gone=yes 3 keystore vtpm_open 'IO failure'

# MAA's answer is encrypted to the transaction's key, and tells what was sent.
fault maa-envelope=forever 1 verifier maa.answer 'does not decrypt'
fault maa-wrong-nonce=forever 1 verifier token.client-payload
fault maa-report-data=forever 1 verifier token.runtime-data
fault maa-runtime-swap=forever 1 keystore vtpm_decrypt
survived maa-user-data=forever

# Two seconds between reports: waited for where the line has the time.
azure_profile 'report_max_age = "0";' '' '' '' 'timeout = "15s";'
turn hcl-rate=2000
note hcl-rate
granted_in_time
granted_in_time
covered 'hcl-.*|tpm-.*|nv-.*|ak-.*'
finish
