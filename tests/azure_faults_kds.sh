#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# AMD's key distribution stands in where THIM has no certificates; every fault
# of it, and what is on disk, which needs neither.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

bundle=/etc/ssl/certs/ca-certificates.crt
[ -f "$bundle" ] || skip "no $bundle"
azure container
thim='GET /metadata/THIM/amd/certification'

# THIM is out for good here; tokens come from elsewhere.
read -r tenant <"$cloud/tenant"
read -r client <"$cloud/client"
keystore_options="key = \"agent-kek\"; sealed = \"$tmp/agent.sealed\";
    identity = \"workload\"; tenant_id = \"$tenant\";
    client_id = \"$client\"; authority = \"$authority\";
    federated_token_file = \"$cloud/federated-token\";"
always="$always imds-redirect=forever"
kds_option=$kds
limit='timeout = "2s";'

# The pretend KDS is nobody's to the system.
azure_profile '' '' '' '' "$limit"
turn
refused 3 collector http_tls 'AMD KDS.*certificate'
mount --bind "$cloud/ca.pem" "$bundle" || skip 'no bind mounts'
forget_requests
granted_in_time
exactly 1 imds "$thim"
exactly 2 kds

# Asked again once, and only for what was not answered.
azure_profile
survived kds-503=1
exactly 2 kds '' 200

# What is kept serves while both are out, and is judged as ever.
azure_profile "cert_cache = \"$tmp/certs\";" '' '' '' "$limit"
turn
granted_in_time
turn kds-503=forever imds-503=forever
forget_requests
granted_in_time
exactly 0 imds "$thim"
exactly 0 kds
turn kds-503=forever flip=1200
refused 1 verifier signature

# Of another firmware than what is kept: asked for, and that fails.
turn kds-503=forever reported_tcb=bl=3,tee=0,snp=23,ucode=200
refused 3 collector http_error 'AMD KDS.*status 503'

# Last: what was delayed on purpose ends after the script has gone on.
azure_profile '' '' '' '' "$limit"
service_faults kds collector kds_answer 'AMD KDS'
covered 'kds-.*'
finish
