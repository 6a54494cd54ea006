#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fault of the metadata service as the source of a managed identity's
# tokens, and of these tokens.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure container
limit='timeout = "2s";'
thim='GET /metadata/THIM/amd/certification'

# With the certificates on disk nobody needs THIM, and the keystore is what
# misses its token.
azure_profile "cert_cache = \"$tmp/certs\";" '' '' '' "$limit"
turn
granted_in_time
forget_requests
service_faults imds keystore token_answer 'IMDS (identity)'
fault imds-410=forever 3 keystore http_error 'IMDS (identity).*status 410'
fault identity=none 1 keystore http_refused \
    'status 400 invalid_request.*Identity not found'
fault identity=several 1 keystore http_refused \
    'client_id given where it has several.*Multiple user assigned'
for token in expired audience other-key; do
	fault token=$token 1 keystore vault_token 'check the identity'
done
survived token=short
exactly 0 imds "$thim"

# Named, it is found among several.
read -r client <"$cloud/client"
azure_profile "cert_cache = \"$tmp/certs\";" '' '' \
    "client_id = \"$client\";" "$limit"
survived identity=several

covered 'identity|token'
finish
