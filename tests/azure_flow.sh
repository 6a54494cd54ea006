# SPDX-License-Identifier: Apache-2.0
# Secure Key Release from end to end, whatever the machine's shape: released,
# in the keyring, signing, judged by peers.  Sourced after `azure SHAPE`.

seed_of() {
	"$build/tests/azure_seed" "$@"
}

# Claims of what was acquired last: shape, origin, and that nobody took the
# simulator for the real thing.
claims() {
	json did "$did"
	json verdict ok
	json downgraded false
	json claims/confidential_level "$level"
	json claims/key_origin skr
	json claims/key_bound_to_tee true
	json claims/claims/simulated true
	json claims/claims/debug false
	json checks/name=floor.key_origin/result pass
	json checks/name=snp_azure:token.signature/result pass
	json checks/name=snp_azure:signature/result pass
}

# While it lives it is where operators look, under its name, and closed.
in_keyring() {
	what="a key of $file in the keyring"
	"$build/tests/collector_renew" "$file" \
	    "sh=grep \"^\$KEY .* tee:skr:$name-$number:$did: 64\" /proc/keys" \
	    'sh=! command -v keyctl >/dev/null ||
		! keyctl pipe "0x$KEY" >piped 2>&1' \
	    sign=ok attest=ok >out 2>err || wrong 'not as expected'
	no_keys
}

flow_basic() {
	azure_profile
	run 0 check "$file"
	# A verifier judges what it is shown: it has no processor of its own.
	sed 's/endpoint = /device = "\/dev\/sev-guest"; &/' "$file" >other.conf
	run 1 check ./other.conf
	err_has 'takes no option "device" as verifier'
	granted
	cp ev.json passport.json
	json claims/claims/residency process
	claims
	key=$(json_value public_key)
	in_keyring
	signs
	grep -q 'GRANT' err && wrong 'the log went to stderr unasked'
	# What is bound and what is released is of this agent and fresh.
	granted
	same "$(json_value public_key)" "$key" 'the key of a sealed file'
	cmp -s ev.json passport.json && wrong 'the same evidence twice'
	[ "$(asked vault '' 200)" = 4 ] || wrong 'not one release per key'
	run 0 attest --challenge-id c1 --nonce n1 --output handshake.json \
	    "$file"
}

# Every way in which a released key becomes a seed.
flow_seeds() {
	keystore_options='key = "agent-kek"; seed = "hkdf"; salt = "00ff10";
	    label = "agents";'
	public=$(seed_of hkdf 00ff10 agents <"$sim/vault/agent-kek.json")
	azure_profile '' '' '' "imds = \"$imds\"; public_key = \"$public\";"
	granted
	json public_key "$public"
	claims
	keystore_options='key = "agent-seed"; seed = "oct";'
	public=$(seed_of oct <"$sim/vault/agent-seed.json")
	azure_profile '' '' '' "imds = \"$imds\"; public_key = \"$public\";"
	granted
	json public_key "$public"
	claims
	signs

	# A key of another kind, and a public key that is not the released one's.
	keystore_options='key = "agent-ec"; seed = "oct";'
	azure_profile '' '' '' "imds = \"$imds\"; public_key = \"$public\";"
	refused 1 keystore released_key 'oct'
	keystore_options='key = "agent-seed"; seed = "oct";'
	azure_profile '' '' '' "imds = \"$imds\"; public_key = \"$key\";"
	refused 1 keystore public_key 'not that of the announced public key'
	keystore_options='key = "nobody"; seed = "oct";'
	azure_profile '' '' '' "imds = \"$imds\"; public_key = \"$key\";"
	refused 1 keystore vault_key 'no such key'
	unset keystore_options
}

# The vault answers in what it was asked for: SHA-1 where somebody wrote so.
flow_enc() {
	for enc in RSA_AES_KEY_WRAP_256 RSA_AES_KEY_WRAP_384 \
	    CKM_RSA_AES_KEY_WRAP; do
		azure_profile '' '' '' "enc = \"$enc\";"
		granted
	done
	azure_profile '' '' '' 'enc = "RSA_OAEP";'
	run 1 check "$file"
	err_has 'RSA_AES_KEY_WRAP_256.*CKM_RSA_AES_KEY_WRAP'
}

flow_workload() {
	read -r tenant <"$cloud/tenant"
	read -r client <"$cloud/client"
	keystore_options="key = \"agent-kek\"; sealed = \"$tmp/agent.sealed\";
	    identity = \"workload\"; tenant_id = \"$tenant\";
	    client_id = \"$client\"; authority = \"$authority\";
	    federated_token_file = \"$cloud/federated-token\";"
	azure_profile
	forget_requests
	granted
	claims
	same "$(asked authority "POST /$tenant/oauth2/v2.0/token" 200)" 1 \
	    'tokens of the authority'
	same "$(asked imds '.*identity.*')" 0 'tokens of IMDS'
	unset keystore_options
}

# Two agents of one machine: their keys live side by side, and neither gets
# the other's.
flow_two() {
	azure_profile
	one=$file
	number_one=$number
	mine=$did
	did=did:mesh:azure-other
	seal agent-kek "$tmp/other.sealed"
	keystore_options="key = \"agent-kek\"; sealed = \"$tmp/other.sealed\";"
	azure_profile '' '' '' "imds = \"$imds\";"
	what='two agents at once'
	"$build/tests/collector_renew" "$one" sign=ok \
	    "sh='$build/tests/collector_renew' '$file' sign=ok 'sh=
		grep -q \" tee:skr:$name-$number_one:$mine:\" /proc/keys &&
		grep -q \" tee:skr:$name-$number:$did:\" /proc/keys'" \
	    sign=ok >out 2>err || wrong 'not as expected'
	keystore_options="key = \"agent-kek\"; sealed = \"$tmp/agent.sealed\";"
	azure_profile '' '' '' "imds = \"$imds\";"
	refused 1 keystore sealed_did 'sealed for another DID'
	did=$mine
	unset keystore_options
}

# peer_profile_of FILE VERIFIER-OPTIONS ROOT...: appraises, asks nobody.
peer_profile_of() {
	peer=$1
	verifier=$2
	shift 2
	roots=
	for each in "$@"; do
		roots="$roots${roots:+, }\"$each\""
	done
	cat >"$peer" <<-END
	assurance = "tee";
	require   = { confidential_level = "$level";
	    roots = [$roots]; allow_simulated = true; };
	verifier  = ( { control = "required"; module = "snp_azure";
	    timeout = "1s"; options = { $verifier }; } );
	END
}

# SHA-256 of the public key of MAA's key NUMBER in jwks.json.
signer() {
	json_value "keys/$1/x5c/0" jwks.json | base64 -d |
	    openssl x509 -inform DER -noout -pubkey |
	    openssl pkey -pubin -outform DER | openssl dgst -sha256 -r |
	    cut -d ' ' -f 1
}

# Away from the machine and from every service.  ITEM...: what a passport of
# this shape needs beside the token.
flow_peers() {
	items="$build/tests/azure_items"
	"$items" show maa.jwks <passport.json >jwks.json || exit 99
	machine_ends
	peer_profile_of ./offline.conf "$platform" "$root"
	run 0 appraise --json ./offline.conf passport.json --unsolicited
	json verdict ok
	json claims/confidential_level "$level"
	json claims/claims/simulated true
	run 0 appraise --json ./offline.conf handshake.json --challenge-id c1 \
	    --nonce n1
	json checks/name=binding/result pass
	run 1 appraise --json ./offline.conf handshake.json --challenge-id c1 \
	    --nonce n2
	json verdict deny
	run 1 appraise ./offline.conf passport.json --unsolicited \
	    --did did:mesh:another
	run 1 appraise ./offline.conf passport.json --unsolicited \
	    --refuse-simulated

	"$items" keep maa.token maa.jwks "$@" <passport.json >token.json ||
	    exit 99
	first=$(signer 0)
	second=$(signer 1)
	maa_line="endpoint = \"$maa\"; $token_options"
	peer_profile_of ./maa.conf \
	    "$maa_line signers = \"$first,$second\";" "$first" "$second"
	run 0 appraise --json ./maa.conf token.json --unsolicited
	json verdict ok
	json claims/confidential_level "$level"
	json claims/claims/simulated true
	json checks/name=token.signature/result pass
	json checks/name=token.binding/result pass
	run 1 appraise ./maa.conf token.json --unsolicited --did did:mesh:x
	# Keys that come along vouch for nobody, and another issuer is another.
	peer_profile_of ./maa.conf "$maa_line signers = \"$root\";" "$root"
	run 1 appraise --json ./maa.conf token.json --unsolicited
	json checks/name=token.key/result fail
	peer_profile_of ./maa.conf "endpoint = \"https://127.0.0.1:1\";
	    $token_options signers = \"$first,$second\";" "$first" "$second"
	run 1 appraise --json ./maa.conf token.json --unsolicited
	json checks/name=token.issuer/result fail
	json verdict deny
	# Nor without anybody to ask for keys.
	peer_profile_of ./maa.conf "$maa_line ca_file = \"$cloud/ca.pem\";" \
	    "$pin" "$root"
	run 3 appraise --json ./maa.conf token.json --unsolicited
	json verdict unavailable
}
