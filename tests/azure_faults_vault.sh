#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fault of Key Vault: outages, refusals, and answers that a vault gives
# which lies, is broken, or is not the vault.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure container
release='POST /keys/agent-kek/release'

azure_profile '' '' '' '' 'timeout = "2s";'
while read -r switch reason words; do
	fault "vault-$switch" 3 keystore "$reason" "Key Vault.*$words"
done <<-END
429=forever http_throttled status 429
500=forever http_error status 500
503=forever http_error status 503
drop=forever http_broken
cut=forever http_broken
huge=forever http_too_large more than [0-9]* bytes
redirect=forever http_redirect status 302
delay=5000 http_timeout
slow=5000 http_timeout
END
settle

# Refusals, with what to do about each, and no second question but where the
# service is known to be mistaken.
azure_profile '' '' '' '' 'timeout = "3s";'
turn vault-rbac=forever
forget_requests
refused 1 keystore vault_role 'Crypto Service Release User'
exactly 1 vault "$release"
fault vault-rbac=1 1 keystore vault_role 'ForbiddenByRbac'
fault vault-firewall=forever 1 keystore vault_firewall 'firewall does not let'
turn vault-403=forever
forget_requests
refused 1 keystore vault_policy 'release policy'
exactly 2 vault "$release"
survived vault-403=1
exactly 2 vault "$release"

# Answers that are not taken, each for its own reason.
fault vault-truncate=forever 1 keystore release.format
fault vault-signature=forever 1 keystore release.signature
fault vault-other-signer=forever 1 keystore release.signature
fault vault-expired=forever 1 keystore release.chain expired
fault vault-san=forever 1 keystore release.host
fault vault-request-kid=forever 1 keystore release.kid
fault vault-request-enc=forever 1 keystore release.enc
fault vault-nonce=forever 1 keystore release.nonce
fault vault-no-key-hsm=forever 1 keystore release.key-hsm
fault vault-header-enc=forever 1 keystore release.key-hsm
fault vault-header-kid=forever 1 keystore release.wrapping-key
fault vault-kty=forever 1 keystore release.kty
fault vault-flip=forever 1 keystore release.unwrap
fault vault-trailing-zero=forever 1 keystore release.unwrap
fault vault-other-key=forever 1 keystore unseal 'does not open'

# The first answer that is one will do.
for switch in 429 503 drop; do
	azure_profile '' '' '' '' 'timeout = "20s";'
	survived "vault-$switch=1"
	exactly 1 vault "$release" 200
done
covered 'vault-.*'

# TLS: who the servers are, which is decided when they start.
for what_is in expired other-name other-ca; do
	machine_ends
	serve --set tls=$what_is
	azure_profile '' '' '' '' 'timeout = "3s";'
	refused 3 verifier http_tls 'MAA'
	note "tls=$what_is"
done
covered tls
finish
