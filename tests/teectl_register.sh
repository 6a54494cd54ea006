#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# attest, register and appraise: an agent's word, and what a peer makes of it.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_mock
need_keyring

mock_profile "$name.conf"
peer_profile peer.conf
peer_profile strict.conf 's/verdict = "ok"/verdict = "deny"/'
peer_profile away.conf 's/verdict = "ok"/verdict = "unavailable"/'

run 0 attest "./$name.conf" --challenge-id c1 --nonce n1 --output ev.json
run 0 attest "./$name.conf" --challenge-id c1 --nonce n1
json agent_did did:mesh:agent-1
json challenge_id c1

asked='--challenge-id c1 --nonce n1'
run 0 appraise ./peer.conf ev.json $asked
out_has '^PASS .*evidence.expected'
out_has '^verdict: ok'
run 0 appraise --json ./peer.conf ev.json $asked --did did:mesh:agent-1
json verdict ok
json checks/name=binding/result pass
"$teectl" appraise --json ./peer.conf - $asked <ev.json >out 2>err ||
    wrong 'evidence from standard input'
run 1 appraise --json ./peer.conf ev.json --challenge-id c1 --nonce n2
json verdict deny
json checks/name=evidence.expected/result fail
err_has 'reason  *evidence.expected'
run 1 appraise ./peer.conf ev.json --challenge-id c2 --nonce n1
run 1 appraise ./peer.conf ev.json $asked --did did:mesh:agent-2
run 1 appraise ./peer.conf ev.json $asked --public-key "$(printf '%064d' 0)"
run 1 appraise ./peer.conf ev.json $asked --at 2001-01-01T00:00:00Z
run 1 appraise ./peer.conf ev.json $asked --at 2101-01-01T00:00:00+01:00
run 1 appraise ./strict.conf ev.json $asked
err_has 'hop  *verifier mock'
run 3 appraise ./away.conf ev.json $asked
run 2 appraise ./peer.conf absent.json $asked
echo 'no JSON' >text
run 2 appraise ./peer.conf text $asked
echo '{}' >text
run 1 appraise ./peer.conf text $asked
err_has 'malformed'
sed 's/"nonce": "n1"/"nonce": "n9"/' ev.json >text
run 1 appraise ./peer.conf text --challenge-id c1 --nonce n9
sed 's/"agent_did"/"agent_did": "x", "agent_did"/' ev.json >text
run 2 appraise ./peer.conf text $asked

run 0 register "./$name.conf" --output reg.json
run 0 register "./$name.conf"
json type tee-registration
json version 1
json did did:mesh:agent-1
json public_key_jwk/crv Ed25519
json claims/report_data_match true
run 0 register "./$name.conf" $asked --output answer.json --json
json did did:mesh:agent-1

run 0 appraise --json ./peer.conf reg.json --unsolicited
json verdict ok
json checks/name=registration.proof/result pass
run 0 appraise ./peer.conf answer.json $asked
run 1 appraise ./peer.conf answer.json --challenge-id c1 --nonce n2
key=$(json_value public_key reg.json)
run 0 appraise ./peer.conf reg.json --unsolicited --public-key "$key" \
    --did did:mesh:agent-1
run 1 appraise --json ./peer.conf reg.json --unsolicited \
    --did did:mesh:agent-2
json checks/name=registration.did/result fail
json verdict deny
run 1 appraise --json ./peer.conf reg.json --unsolicited \
    --public-key "$(printf '%064d' 0)"
json checks/name=registration.public_key/result fail
run 1 appraise ./strict.conf reg.json --unsolicited

# forged CHECK SED: reg.json changed so, and what must notice.
forged() {
	sed "$2" reg.json >forged.json
	cmp -s reg.json forged.json && wrong "nothing was forged: $2"
	run 1 appraise --json ./peer.conf forged.json --unsolicited
	what="forged by $2"
	json verdict deny
	json "checks/name=$1/result" fail
}
forged registration.document 's/"version": 1/"version": 2/'
forged registration.document 's/"did": "did:mesh:agent-1"/"did": ""/'
forged registration.document 's/"kid": "did:mesh:agent-1"/"kid": "x"/'
forged registration.document "s/$key/$(printf '%064d' 0)/"
forged registration.document 's/"challenge_id": "/&x/'
forged registration.document '/"evidence": {/,/^  },$/d'
forged registration.proof 's/\("secure_boot_verified": \)false/\1true/'
forged registration.proof \
    's/"signature": "[^A]/"signature": "A/;t;s/"signature": "A/"signature": "B/'
forged registration.proof 's/"signature": "/& /'
forged registration.proof 's/"context": "tee/"context": "eet/'
forged registration.proof 's/"algorithm": "Ed25519"/"algorithm": "none"/'
# DID and key id changed together: the document fits, the signature does not.
forged registration.proof \
    's/"\(did\|kid\)": "did:mesh:agent-1"/"\1": "did:mesh:agent-2"/'

# The proof of another document does not move.
run 0 register "./$name.conf" --output second.json
proof=$(json_value proof/signature second.json)
forged registration.proof "s#\"signature\": \".*\"#\"signature\": \"$proof\"#"

finish
