#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Peers of two languages: what each of them signs the other one accepts, and
# what was changed on the way neither does.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_mock
need_keyring
command -v python3 >/dev/null &&
    python3 -c 'import cryptography' 2>/dev/null ||
    skip "no python3-cryptography"
. "${TEE_TEST_SRCDIR:?}/tests/handshake_lib.sh"

peer="python3 ${TEE_TEST_SRCDIR:?}/tests/handshake_peer.py"
party=did:mesh:verifier-1
other=did:mesh:verifier-2

# The C side asks, Python answers in every shape, with and without freshness.
verify() { # STATUS REASON RESPONSE [OPTION...]
	expected=$1
	reason=$2
	file=$3
	shift 3
	run "$expected" handshake verify ./party.conf --verifier $party \
	    --challenge c.json --response "$file" --did "$python" "$@"
	json rejection_reason "$reason"
}

echo '{}' >empty
$peer challenge >c.json && $peer respond 0x17 $party none skr <c.json >r.json ||
    wrong 'the Python peer does not run'
python=$("$build/tests/teectl_json" agent_did <r.json)
for freshness in '' --freshness; do
	for shape in challenge acquired startup foreign; do
		run 0 handshake challenge $freshness --output c.json
		$peer respond 0x17 $party $shape skr <c.json >r.json
		verify 0 null r.json
		json verified true
		json key_origin skr
		$peer respond 0x17 $other $shape skr <c.json >r.json
		verify 1 attestation_signature r.json
		$peer respond 0x18 $party $shape skr <c.json >r.json
		verify 1 agent_did r.json
		$peer respond 0x17 $party $shape local <c.json >r.json
		verify 1 key_not_tee_bound r.json
	done
done
$peer respond 0x17 $party foreign skr <c.json >r.json
sed 's|"4"|"6"|' r.json >changed.json
verify 1 attestation_signature changed.json
sed 's|"read:data"|"write:data"|' r.json >changed.json
verify 0 null changed.json # signed by nobody, and so of no weight
run 0 handshake challenge --output c.json
verify 1 challenge_id r.json

# One member changed on the way, each as well formed as before.
reason_of() { # MEMBER, as handshake_peer.py names it
	case $1 in
	challenge_id | agent_did | freshness_nonce) echo "$1" ;;
	signature | response_nonce) echo signature ;;
	# The DID certifies its key: another key is nobody's.
	public_key) echo public_key_unknown ;;
	attestation_public_key) echo evidence_key ;;
	attestation_key_origin | evidence.key_origin)
		echo key_origin_mismatch ;;
	evidence.agent_did | evidence.*_hash | evidence.challenge_id | \
	evidence.nonce)
		echo evidence_binding ;;
	*) echo attestation_signature ;;
	esac
}
run 0 handshake challenge --freshness --output c.json
for shape in challenge startup; do
	$peer respond 0x17 $party $shape skr <c.json >r.json
	$peer tamper r.json >names
	[ "$(wc -l <names)" -ge 19 ] || wrong 'too little was tampered with'
	while read -r member; do
		verify 1 "$(reason_of "$member")" "changed.$member"
	done <names
	verify 0 null r.json
done

# Python asks, the C side answers.
judged() { # WHAT-PYTHON-SAYS RESPONSE [evidence]
	what="the Python peer over $2"
	got=$($peer verify c.json "$did" $party "$2" ${3:-})
	same "$got" "$1" "$what"
}
for freshness in '' freshness; do
	for startup in '' --startup; do
		$peer challenge $freshness >c.json
		run 0 handshake respond ./agent.conf --verifier $party \
		    $startup --challenge c.json --output r.json
		judged ok r.json evidence
		run 0 handshake respond ./agent.conf --verifier $other \
		    $startup --challenge c.json --output r.json
		judged ok r.json
		judged 'layer 2' r.json evidence
	done
done

cat >expected <<'END'
agent_did: did
attestation_key_origin: origin
attestation_public_key: evidence key
attestation_signature: layer 2
challenge_id: challenge
evidence.agent_did: evidence did
evidence.challenge_id: evidence binding
evidence.evidence: layer 2
evidence.expires_at: layer 2
evidence.key_origin: origin
evidence.nonce: evidence binding
evidence.platform: layer 2
evidence.public_key_hash: evidence key
evidence.report_data_hash: evidence binding
evidence.runtime_measurements: layer 2
evidence.secure_boot_verified: layer 2
freshness_nonce: freshness
public_key: key
response_nonce: identity
signature: identity
END
$peer challenge freshness >c.json
for startup in '' --startup; do
	run 0 handshake respond ./agent.conf --verifier $party $startup \
	    --challenge c.json --output r.json
	judged ok r.json evidence
	# Its timestamp, moved, may also be ahead of the clock.
	$peer tampered c.json "$did" $party r.json |
	    grep -v '^evidence.timestamp: \(evidence time\|layer 2\)$' |
	    LC_ALL=C sort >got
	cmp -s got expected || {
		wrong 'what the Python peer says of what was tampered with'
		diff expected got
	}
done
run 0 handshake respond ./agent.conf --no-evidence --challenge c.json \
    --output r.json
judged ok r.json
judged 'no evidence' r.json evidence
sed 's|\("response_nonce": "\)[0-9a-f]\{4\}|\1beef|' r.json >changed.json
judged identity changed.json
$peer challenge >c.json
judged challenge r.json
finish
