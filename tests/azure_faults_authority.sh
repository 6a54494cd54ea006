#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Workload identity: every fault of the authority, and of what it is shown.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure container
limit='timeout = "2s";'
read -r tenant <"$cloud/tenant"
read -r client <"$cloud/client"
# workload FILE [CLIENT [LINE]]
workload() {
	keystore_options="key = \"agent-kek\"; sealed = \"$tmp/agent.sealed\";
	    identity = \"workload\"; tenant_id = \"$tenant\";
	    client_id = \"${2:-$client}\"; authority = \"$authority\";
	    federated_token_file = \"$1\";"
	azure_profile '' '' '' '' "${3-}"
}

workload "$cloud/federated-token" '' "$limit"
service_faults authority keystore token_answer 'identity authority'
fault token=expired 3 keystore token_answer 'expires_in'
for token in audience other-key; do
	fault token=$token 1 keystore vault_token 'check the identity'
done
survived token=short
exactly 1 authority '' 200

# A token of another cluster, none, and another client.
sed 's/.$/_/' "$cloud/federated-token" >other-token
workload "$tmp/other-token"
turn
forget_requests
refused 1 keystore http_refused 'federated credential'
exactly 1 authority
workload "$tmp/no-token"
refused 3 keystore federated_token 'projected'
workload "$cloud/federated-token" 00000000-0000-0000-0000-000000000000
refused 1 keystore http_refused 'client_id'

workload "$cloud/federated-token"
for switch in 429 503 drop; do
	survived "authority-$switch=1"
	exactly 1 authority '' 200
	exactly 0 imds '.*identity.*'
done
covered 'authority-.*'
finish
