#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A registration document made on the platform, and the registry's appraisal
# of it, away from the platform.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

machine --device "$device"
profile guest-device
run 0 register "$file" --output reg.json
run 0 register "$file" --output second.json
run 0 attest "$file" --challenge-id c1 --nonce n1 --output ev.json
no_keys
machine_ends

cat >peer.conf <<END
assurance = "tee";
require   = { roots = ["$root"]; allow_simulated = true; };
verifier  = ( { control = "required"; module = "snp"; } );
END
run 0 check ./peer.conf
run 0 appraise --json ./peer.conf reg.json --unsolicited
json verdict ok
json checks/name=registration.proof/result pass
json checks/name=signature/result pass
json checks/name=binding/result pass
run 0 appraise --json ./peer.conf ev.json --challenge-id c1 --nonce n1
json verdict ok
run 1 appraise --json ./peer.conf ev.json --challenge-id c1 --nonce n2
json verdict deny
run 1 appraise ./peer.conf reg.json --unsolicited --refuse-simulated

key=$(json_value public_key reg.json)
did=$(json_value did reg.json)
other_key=$(json_value public_key second.json)
other_did=$(json_value did second.json)
run 0 appraise ./peer.conf reg.json --unsolicited --public-key "$key" \
    --did "$did"
run 1 appraise ./peer.conf reg.json --unsolicited --public-key "$other_key"
run 1 appraise ./peer.conf reg.json --unsolicited --did "$other_did"

# forged CHECK SED: reg.json changed so, and which check must fail.
forged() {
	sed "$2" reg.json >forged.json
	cmp -s reg.json forged.json && wrong "nothing was forged: $2"
	run 1 appraise --json ./peer.conf forged.json --unsolicited
	what="forged by $2"
	json verdict deny
	json "checks/name=$1/result" fail
}
proof=$(json_value proof/signature second.json)
forged registration.proof "s#\"signature\": \".*\"#\"signature\": \"$proof\"#"
forged registration.document "/\"public_key\"/s/$key/$other_key/"
forged registration.document "s/\"did\": \"$did\"/\"did\": \"$other_did\"/"
# Everything that names the DID: then the evidence's own hash does not fit.
forged registration.document "s/$did/$other_did/g"

# Without its root among the profile's, the same document is nobody's.
grep -v '^require' peer.conf >strict.conf
run 1 appraise --json ./strict.conf reg.json --unsolicited
json verdict deny
json checks/name=chain.root/result fail
finish
