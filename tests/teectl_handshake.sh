#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# teectl handshake: three filters, and what each of them refuses.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_mock
need_keyring
. "${TEE_TEST_SRCDIR:?}/tests/handshake_lib.sh"

v='--verifier did:mesh:verifier-1'

# Challenge, answer, verdict, in one pipe and by files.
"$teectl" handshake challenge --freshness --output c.json &&
"$teectl" handshake respond ./agent.conf $v <c.json 2>err >r.json ||
    wrong 'the pipe'
run 0 handshake verify ./party.conf $v --challenge c.json --response r.json \
    --did "$did"
json verified true
json peer_did "$did"
json attestation_verified true
json key_origin tee_generated
json attestation_claims/confidential_level tee_vm
json cached false
"$teectl" handshake verify ./party.conf $v --challenge c.json --did "$did" \
    --output result.json <r.json >out 2>err || wrong 'response from stdin'
grep -q '"verified": true' result.json || wrong 'the result in a file'

# Why not, to whoever reads stderr alone.
detail_is_told() {
	detail=$(json_value rejection_detail)
	[ -n "$detail" ] || wrong 'no detail to be told'
	grep -qxF "  detail  $detail" err || wrong "stderr lacks it: $detail"
}
run 0 handshake challenge
cp out c.json
json expires_in_seconds 30
run 0 handshake respond ./agent.conf $v --challenge c.json --startup \
    --capabilities '["read:data"]' --output r.json
verify='handshake verify ./party.conf --challenge c.json --response r.json'
run 0 $verify $v --did "$did" --require-bound-key
json verified true
run 1 $verify $v --did "$did" --require-fresh-evidence
json rejection_reason evidence_challenge
err_has 'refused: evidence_challenge'
run 1 $verify --verifier did:mesh:verifier-2 --did "$did"
json rejection_reason attestation_signature
run 1 $verify $v --did did:mesh:another
json rejection_reason agent_did
json verified false
json trust_score 0
run 1 $verify $v --did "$did" --public-key "$(printf '%064d' 1)"
json rejection_reason signature
run 1 $verify $v --did "$did" --at 2101-01-01T00:00:00Z
json rejection_reason challenge_expired
run 1 $verify $v --did "$did" --trust-score 699 --required-score 700
json rejection_reason trust_score
detail_is_told
run 0 $verify $v --did "$did" --trust-score 700 --required-score 700
json trust_level trusted
same "$(wc -c <err)" 0 'bytes on stderr where nothing is refused'
run 1 $verify $v --did "$did" --trust-score 900 --trust-ceiling 600 \
    --required-score 700
json rejection_reason trust_score

# The policy decides over what was verified, and what the registry says.
cat >policy.yaml <<'END'
name: handshake
rules:
  - name: bound
    condition: {field: key_bound_to_tee, operator: eq, value: true}
    action: allow
    priority: 2
  - name: elsewhere
    condition: {field: agent.namespace, operator: eq, value: test}
    action: deny
    priority: 1
END
echo '{"agent": {"namespace": "pay"}}' >pay.json
echo '{"agent": {"namespace": "test"}}' >test.json
run 0 $verify $v --did "$did" --policy policy.yaml --context pay.json
json policy/rule bound
run 1 $verify $v --did "$did" --policy policy.yaml --context test.json
json rejection_reason policy
json policy/rule elsewhere
printf '{}\0{}' >nul.json
run 2 $verify $v --did "$did" --policy policy.yaml --context nul.json
echo 'name: [' >bad.yaml
run 1 $verify $v --did "$did" --policy bad.yaml

# Without evidence the profile's assurance says no; a verifier away says 3.
run 0 handshake respond ./agent.conf --no-evidence --challenge c.json \
    --output bare.json
verify='handshake verify --challenge c.json'
run 1 $verify ./party.conf $v --did "$did" --response bare.json
json rejection_reason evidence_missing
run 0 $verify ./lenient.conf $v --did "$did" --response bare.json
json attestation_verified false
json key_origin null
run 1 $verify ./lenient.conf $v --did "$did" --response bare.json \
    --require-attestation
run 3 $verify ./away.conf $v --did "$did" --response r.json
json rejection_reason unavailable
run 1 $verify ./deny.conf $v --did "$did" --response r.json
json rejection_reason evidence_refused

# What is wrong with the arguments is said before anything is done.
run 2 handshake
run 2 handshake shake
run 2 handshake challenge ./agent.conf
run 2 handshake challenge --startup
run 2 handshake challenge $v
run 2 handshake respond
run 2 handshake respond ./agent.conf
run 2 handshake respond ./agent.conf $v --no-evidence
run 2 handshake respond ./agent.conf --no-evidence --startup
run 2 handshake respond ./agent.conf $v --did "$did"
run 2 handshake respond ./agent.conf $v --freshness
run 2 handshake respond ./agent.conf $v --challenge absent.json
run 2 handshake respond ./agent.conf --verifier nobody --challenge c.json
run 2 handshake respond ./agent.conf $v --challenge c.json --capabilities '{}'
run 2 handshake verify ./party.conf $v --did "$did"
run 2 handshake verify ./party.conf $v --did "$did" --challenge -
run 2 handshake verify ./party.conf $v --did "$did" --challenge r.json \
    --response r.json
run 2 $verify ./party.conf $v --did nobody --response r.json
run 2 $verify ./party.conf $v --did "$did" --response r.json --public-key 12
run 2 $verify ./party.conf $v --did "$did" --response r.json --at noon
run 2 $verify ./party.conf $v --did "$did" --response r.json --trust-score -1
run 2 $verify ./party.conf $v --did "$did" --response r.json \
    --required-score 1001
run 2 $verify ./party.conf $v --did "$did" --response r.json --context pay.json
run 2 $verify ./party.conf $v --did "$did" --did "$did" --response r.json
echo '{' >r.json
run 1 $verify ./party.conf $v --did "$did" --response r.json
json rejection_reason response_malformed
finish
