/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vault: one key of one Key Vault or Managed HSM, and the call that releases
 * it.  Refusals are final, but for the one that the service is known to give
 * by mistake, and for an access token that had expired.
 */
#ifndef TEE_AZURE_VAULT_H
#define TEE_AZURE_VAULT_H

#include "modules/common/http.h"
#include "modules/snp_azure/imds.h"
#include "modules/snp_azure/release.h"

#define AZURE_VAULT_URL 1024
#define AZURE_NONCE_TEXT 65

struct azure_vault {
	char *url; /* https://host[:port] */
	char *host;
	char *key_url; /* url/keys/name[/version] */
	bool versioned;
	char *api_version;
	enum azure_enc enc;
	const char *resource; /* that access tokens are for */
	struct tee_http_trust *trust;
	struct tee_http_pool *pool;
	struct azure_identity *identity;
};

/*
 * Options vault, key, key_version, api_version, enc, ca_file and those of the
 * identity.  False: the refusal is logged; clear it either way.
 */
bool tee_azure_vault_read(struct azure_vault *,
    const struct tee_config *) TEE_MUST_USE;
void tee_azure_vault_clear(struct azure_vault *);
/*
 * Asks for the key with this attestation token; the answer is unchecked.
 * Reasons beside those of http.h: vault_policy, vault_role, vault_firewall,
 * vault_token, vault_key.
 */
enum tee_verdict tee_azure_vault_ask(struct tee_call *, struct azure_vault *,
    const char *token, size_t token_size, const char *nonce,
    struct tee_http_response *);

#endif
