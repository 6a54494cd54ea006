#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example of a relying party meets an agent over two pipes.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_mock
need_keyring
. "${TEE_TEST_SRCDIR:?}/tests/handshake_lib.sh"
mkfifo down up || exit 99

meet() { # STATUS WORDS PEER-DID RESPOND-OPTION...
	expected=$1
	words=$2
	peer=$3
	shift 3
	what="relying_party $peer, respond $*"
	: >out
	# Nobody but the two may hold an end: each reads until the other closes
	# (timeout(1) would keep its own).
	(exec "$teectl" handshake respond ./agent.conf "$@" \
	    <down >up 2>agent.err) &
	agent=$!
	(exec "$build/examples/relying_party" ./party.conf \
	    did:mesh:verifier-1 "$peer" >down 2>err <up) &
	party=$!
	(sleep 60; kill $agent $party) 2>/dev/null &
	guard=$!
	wait $party
	got=$?
	wait $agent
	kill $guard 2>/dev/null
	[ "$got" -eq "$expected" ] || wrong "status $got, expected $expected"
	err_has "$words"
}
meet 0 '^verified: confidential level 2, new' "$did" \
    --verifier did:mesh:verifier-1
meet 0 '^verified: ' "$did" --verifier did:mesh:verifier-1 --startup
meet 1 '^refused: attestation_signature' "$did" --verifier did:mesh:verifier-2
meet 1 '^refused: evidence_missing' "$did" --no-evidence
meet 1 '^refused: agent_did' did:mesh:another --verifier did:mesh:verifier-1

what='relying_party without arguments'
"$build/examples/relying_party" >out 2>err && wrong 'did not complain'
err_has '^usage'
finish
