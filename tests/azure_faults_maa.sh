#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fault of MAA, in the shape where a token is about the report alone;
# azure_faults_vtpm.sh has those that take a vTPM.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure container
limit='timeout = "3s";'
attest='POST /attest/SevSnpVm'

# Outages: not asked, or no answer that can be read.
azure_profile '' '' '' '' 'timeout = "2s";'
service_faults maa verifier maa.attest MAA
fault maa-keys=none 3 verifier maa_keys '0 keys'

# A refusal is an answer, and never asked for twice.
azure_profile '' '' '' '' "$limit"
turn maa-400=forever
forget_requests
refused 1 verifier http_refused 'status 400 PolicyEvaluationError'
exactly 1 maa "$attest"

# Tokens that somebody made, or that are about something else.
fault maa-alg-none=forever 1 verifier token.format
fault maa-alg-hs256=forever 1 verifier token.algorithm 'HS256, not RS256'
fault maa-wrong-kid=forever 1 verifier token.key 'no key of that kid'
fault maa-keys=twice 1 verifier token.key 'several keys'
fault maa-other-key=forever 1 verifier token.signature
fault maa-flip=forever 1 verifier token.signature
fault maa-iss=forever 1 verifier token.issuer 'sharedother'
fault maa-expired=forever 1 verifier token.times expired
fault maa-nbf=forever 1 verifier token.times 'not valid yet'
fault maa-duplicate=forever 1 verifier token.format 'duplicate'
fault maa-type=forever 1 verifier token.type tdxvm
fault maa-not-compliant=yes 1 verifier token.compliance absent
fault maa-debuggable=forever 1 verifier token.debug
fault maa-report-data=forever 1 verifier token.runtime-data
# Somebody else's wrapping key in the token: the vault wraps to that.
fault maa-runtime-swap=forever 1 keystore release.unwrap

# What this shape does not rest on: it sends no nonce, and takes the user data
# from the runtime data that it hashed itself.
survived maa-wrong-nonce=forever
survived maa-user-data=forever
survived maa-envelope=forever

# Keys that were rotated are fetched once more, and forms that occur.
survived maa-rotate=1
survived maa-keys=bare
for switch in 429 503 drop; do
	azure_profile '' '' '' '' 'timeout = "20s";'
	survived "maa-$switch=1"
	exactly 1 maa "$attest" 200
done
covered 'maa-.*'
finish
