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

# What is wrong with the arguments is said before anything is done: which one,
# why, and what to give.
usage() { # COMPLAINT ARGUMENT...
	complaint=$1
	shift
	run 2 handshake "$@"
	err_has "$complaint"
	if grep -q 'does not fit' err; then wrong 'anything could be meant'; fi
}
usage 'challenge, respond or verify is missing'
usage 'no "handshake shake"' shake
usage 'a challenge has no profile' challenge ./agent.conf
usage 'startup is no option of "handshake challenge"' challenge --startup
usage 'verifier is no option' challenge $v
usage 'PROFILE is missing' respond
usage 'verifier is missing: the DID' respond ./agent.conf
usage 'exclude each other' respond ./agent.conf $v --no-evidence
usage 'startup is evidence' respond ./agent.conf --no-evidence --startup
usage 'did is no option of "handshake respond"' \
    respond ./agent.conf $v --did "$did"
usage 'freshness is no option' respond ./agent.conf $v --freshness
usage '^teectl: absent.json: No such file' \
    respond ./agent.conf $v --challenge absent.json
usage 'verifier: "nobody" is no DID' \
    respond ./agent.conf --verifier nobody --challenge c.json
usage 'verifier: "a?.2Jb" is no DID' \
    respond ./agent.conf --verifier "$(printf 'a\033[2Jb')"
for list in '{}' '[1]' '["a"' ''; do
	usage 'takes a JSON array' \
	    respond ./agent.conf $v --challenge c.json --capabilities "$list"
done
usage 'PROFILE is missing' verify --did "$did"
usage 'missing: .*challenge, the file.*did, the DID.*verifier, your own' \
    verify ./party.conf
usage 'missing: --challenge, the file[^-]*$' verify ./party.conf $v --did "$did"
usage 'missing: --did, [^-]*$' verify ./party.conf $v --challenge c.json
usage 'missing: --verifier, [^-]*$' \
    verify ./party.conf --challenge c.json --did "$did"
usage 'cannot both come from stdin' \
    verify ./party.conf $v --did "$did" --challenge -
usage 'did: "nobody" is no DID' \
    verify ./party.conf $v --challenge c.json --did nobody
usage 'verifier: "me" is no DID' \
    verify ./party.conf --verifier me --challenge c.json --did "$did"

# A challenge that is none: what of it, and where it was read.
misfit() { # WORDS SED
	sed "$2" c.json >misfit.json
	run 2 handshake respond ./agent.conf $v --challenge misfit.json
	err_has "fault  *challenge: $1"
	err_has 'fault  *read from misfit.json: give the challenge as'
	run 2 handshake verify ./party.conf $v --did "$did" \
	    --challenge misfit.json --response r.json
	err_has "fault  *challenge: $1"
}
run 0 handshake challenge --freshness --output c.json
misfit 'it is no JSON object' 's/{/[/'
misfit 'challenge_id is not challenge_ and 16' 's/challenge_[0-9a-f]/challenge_/'
misfit 'nonce is not 64 lower-case' 's/ "nonce": "./&A/'
misfit 'freshness_nonce is neither null' 's/ "freshness_nonce": "./&A/'
misfit 'timestamp is no time such as' 's/ "timestamp": "./&A/'
misfit 'expires_in_seconds is not a number' 's/seconds": 30/&1/'
head -c 5000 /dev/zero | tr '\0' ' ' >>c.json
misfit 'it has more than 4096 bytes' ''
run 2 handshake respond ./agent.conf $v
err_has 'fault  *read from standard input'
run 2 handshake respond ./agent.conf $v --json
json error/word argument
json error/faults/0 'challenge: it is no JSON object'
run 0 handshake challenge --output c.json
sed 's/"timestamp": "2[0-9]*/"timestamp": "2001/' c.json >old.json
run 1 handshake respond ./agent.conf $v --challenge old.json
err_has 'fault  *its time is not this clock'
echo '[]' >list.json
run 2 $verify ./party.conf $v --did "$did" --response r.json \
    --policy policy.yaml --context list.json
err_has 'fault  *context: no JSON object'
sed 's/"auto"/"agent-1"/' agent.conf >nodid.conf
run 2 handshake respond ./nodid.conf $v --challenge c.json
err_has 'fault  *agent.did of the profile: no DID'
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
