/* SPDX-License-Identifier: Apache-2.0 */
/* vault, the call: see vault.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <jansson.h>

#include "modules/snp_azure/vault.h"

#define ANSWER_MAX (256 * 1024)

static const unsigned again[] = { 408, 429, 500, 502, 503, 504, 0 };
static const struct tee_http_hop hop = { .name = "Key Vault",
	.advice = "check the vault's name, that this machine may reach it by "
		  "HTTPS, and its firewall",
	.connect_ms = 5000,
	.total_ms = 30000,
	.tries = 4,
	.backoff_ms = 1000,
	.again = again };

/* What its refusals mean, by the service's own codes; the first that fits. */
static const struct {
	unsigned status;
	const char *code;
	const char *reason, *advice;
} refusals[] = {
	{ 401, "", "vault_token",
	    "the access token is not accepted: check the identity, and that "
	    "it may use this vault" },
	{ 403, "ForbiddenByFirewall", "vault_firewall",
	    "the vault's firewall does not let this machine in" },
	{ 403, "ForbiddenByRbac", "vault_role",
	    "give the identity the role 'Key Vault Crypto Service Release "
	    "User'; it takes minutes to be seen" },
	{ 403, "ForbiddenByPolicy", "vault_role",
	    "give the identity the permission 'release' in the vault's access "
	    "policy" },
	{ 403, "", "vault_policy",
	    "compare the key's release policy with the token's claims: "
	    "authority, attestation type, compliance status, host data" },
	{ 404, "", "vault_key", "no such key or version in this vault" },
};

static void
explain(struct tee_call *call, const struct azure_vault *v,
    const struct tee_http_response *r)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (r->status != refusals[i].status ||
		    strstr(r->code, refusals[i].code) == NULL)
			continue;
		tee_call_log(call, LOG_ERR, refusals[i].reason,
		    "Key Vault %u %s for %s (request %s): %s; %s", r->status,
		    r->code, v->key_url, r->request_id, r->message,
		    refusals[i].advice);
		return;
	}
}

/* Known to be given by mistake now and then, and final the second time. */
static bool
maybe_mistaken(const struct tee_http_response *r)
{
	return r->status == 403 &&
	    strstr(r->message, "attestation statement cannot be verified") !=
	    NULL;
}

static enum tee_verdict
ask_once(struct tee_call *call, struct azure_vault *v, const char *body,
    struct tee_http_response *response)
{
	char url[AZURE_VAULT_URL + 64], *bearer = NULL;
	struct tee_http_request request = { .hop = &hop,
		.url = url,
		.content_type = "application/json",
		.body = body,
		.body_size = strlen(body),
		.limit = ANSWER_MAX,
		.trust = v->trust,
		.pool = v->pool };
	enum tee_verdict verdict =
	    tee_azure_identity_bearer(call, v->identity, v->resource, &bearer);

	memset(response, 0, sizeof(*response));
	if (verdict != TEE_OK)
		return verdict;
	snprintf(url, sizeof(url), "%s/release?api-version=%s", v->key_url,
	    v->api_version);
	request.secret_header = bearer;
	verdict = tee_http(call, &request, response);
	tee_azure_bearer_free(&bearer);
	if (response->status == 401)
		tee_azure_identity_forget(call, v->identity);
	return verdict;
}

static char *
make_body(const struct azure_vault *v, const char *token, size_t token_size,
    const char *nonce)
{
	/* clang-format off */
	json_t *root = json_pack("{s:s%, s:s, s:s}",
	    "target", token, token_size,
	    "nonce", nonce,
	    "enc", tee_azure_enc_words[v->enc]);
	/* clang-format on */
	char *body = root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;

	json_decref(root);
	return body;
}

enum tee_verdict
tee_azure_vault_ask(struct tee_call *call, struct azure_vault *v,
    const char *token, size_t token_size, const char *nonce,
    struct tee_http_response *response)
{
	char *body = make_body(v, token, token_size, nonce);
	enum tee_verdict verdict;

	memset(response, 0, sizeof(*response));
	if (body == NULL) {
		tee_call_log(call, LOG_ERR, "maa_token",
		    "the attestation token is no text");
		return TEE_DENY;
	}
	verdict = ask_once(call, v, body, response);
	if (verdict == TEE_DENY &&
	    (maybe_mistaken(response) || response->status == 401)) {
		tee_http_response_free(response);
		verdict = ask_once(call, v, body, response);
	}
	/* A vault that knows no such key was asked, and said no. */
	if (verdict == TEE_UNAVAILABLE && response->status == 404)
		verdict = TEE_DENY;
	if (verdict != TEE_OK)
		explain(call, v, response);
	free(body);
	return verdict;
}
