/* SPDX-License-Identifier: Apache-2.0 */
/* vaultverb: the release verb, with every way in which it can go wrong. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/policy.h"
#include "sim/vault.h"
#include "sim/wrap.h"

static const char unverified[] = "Target environment attestation statement "
				 "cannot be verified.";

static void
forbid(struct sim_web_answer *answer)
{
	tee_sim_answer_error(answer, 403, "Forbidden", unverified,
	    "AccessDenied");
}

static struct sim_release_fault
faults(struct sim_cloud *cloud)
{
	struct sim_release_fault fault = {
		.flip_ciphertext = tee_sim_cloud_due(cloud, SIM_SW_VAULT_FLIP),
		.trailing_zero =
		    tee_sim_cloud_due(cloud, SIM_SW_VAULT_TRAILING_ZERO),
		.header_enc = tee_sim_cloud_due(cloud, SIM_SW_VAULT_HEADER_ENC),
		.header_kid = tee_sim_cloud_due(cloud, SIM_SW_VAULT_HEADER_KID),
		.request_enc =
		    tee_sim_cloud_due(cloud, SIM_SW_VAULT_REQUEST_ENC),
		.request_kid =
		    tee_sim_cloud_due(cloud, SIM_SW_VAULT_REQUEST_KID),
		.nonce = tee_sim_cloud_due(cloud, SIM_SW_VAULT_NONCE),
		.kty = tee_sim_cloud_due(cloud, SIM_SW_VAULT_KTY),
		.signature = tee_sim_cloud_due(cloud, SIM_SW_VAULT_SIGNATURE),
		.other_signer =
		    tee_sim_cloud_due(cloud, SIM_SW_VAULT_OTHER_SIGNER),
		.other_key = tee_sim_cloud_due(cloud, SIM_SW_VAULT_OTHER_KEY),
		.no_key_hsm = tee_sim_cloud_due(cloud, SIM_SW_VAULT_NO_KEY_HSM),
	};

	return fault;
}

/* Leaf, intermediate, root, as the real one sends them. */
static STACK_OF(X509) * chain(struct sim_cloud *cloud)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	X509 *leaf = cloud->tls.cert[SIM_TLS_VAULT];

	if (tee_sim_cloud_due(cloud, SIM_SW_VAULT_SAN))
		leaf = cloud->vault->other_name;
	else if (tee_sim_cloud_due(cloud, SIM_SW_VAULT_EXPIRED))
		leaf = cloud->vault->expired;
	if (list == NULL || sk_X509_push(list, leaf) <= 0 ||
	    sk_X509_push(list, cloud->tls.cert[SIM_TLS_CA]) <= 0 ||
	    sk_X509_push(list, cloud->tls.cert[SIM_TLS_ROOT]) <= 0) {
		sk_X509_free(list);
		return NULL;
	}
	return list;
}

struct ask {
	const char *target, *enc, *nonce;
};

static bool
read_ask(const json_t *body, struct ask *ask, struct sim_web_answer *answer)
{
	const json_t *enc = json_object_get(body, "enc");
	const json_t *nonce = json_object_get(body, "nonce");

	ask->target = json_string_value(json_object_get(body, "target"));
	ask->enc =
	    enc != NULL ? json_string_value(enc) : "CKM_RSA_AES_KEY_WRAP";
	ask->nonce = json_string_value(nonce);
	if (ask->target == NULL || ask->enc == NULL ||
	    tee_sim_wrap_digest(ask->enc) == NULL ||
	    (nonce != NULL && ask->nonce == NULL)) {
		tee_sim_answer_error(answer, 400, "BadParameter",
		    "Property has invalid value (target, enc or nonce).", NULL);
		return false;
	}
	return true;
}

/* What happens to the caller before the token is looked at. */
static bool
admitted(struct sim_cloud *cloud, const struct sim_vault_key *key,
    struct sim_web_answer *answer)
{
	if (tee_sim_cloud_due(cloud, SIM_SW_VAULT_FIREWALL))
		tee_sim_answer_error(answer, 403, "Forbidden",
		    "Client address is not authorized and caller is not a "
		    "trusted service.",
		    "ForbiddenByFirewall");
	else if (tee_sim_cloud_due(cloud, SIM_SW_VAULT_RBAC))
		tee_sim_answer_error(answer, 403, "Forbidden",
		    "Caller is not authorized to perform action on resource."
		    "\r\nAssignment: (not found)",
		    "ForbiddenByRbac");
	else if (!key->exportable || key->policy == NULL)
		tee_sim_answer_error(answer, 403, "Forbidden",
		    "Operation release is not allowed on this key.",
		    "KeyNotExportable");
	else if (tee_sim_cloud_due(cloud, SIM_SW_VAULT_403))
		forbid(answer);
	else
		return true;
	return false;
}

static void
answer_with(struct sim_cloud *cloud, const struct sim_web_request *request,
    const struct sim_vault_key *key, const char *path, const struct ask *ask,
    const json_t *claims, struct sim_web_answer *answer)
{
	STACK_OF(X509) *certs = chain(cloud);
	struct sim_release release = { .key = key,
		.claims = claims,
		.base = cloud->web[SIM_CLOUD_VAULT].url,
		.path = path,
		.api_version = tee_sim_web_arg(request, "api-version"),
		.enc = ask->enc,
		.nonce = ask->nonce,
		.signer = cloud->tls.key[SIM_TLS_VAULT],
		.other = cloud->vault->other,
		.chain = certs,
		.fault = faults(cloud) };
	char *jws = certs != NULL ? tee_sim_release(&release) : NULL;

	if (jws != NULL)
		tee_sim_answer_json(answer, 200,
		    json_pack("{s:s}", "value", jws));
	else
		tee_sim_answer_error(answer, 400, "BadParameter",
		    "The attestation token has no key to wrap to.", NULL);
	free(jws);
	sk_X509_free(certs);
}

void
tee_sim_vault_release(struct sim_cloud *cloud,
    const struct sim_web_request *request, struct sim_vault_key *key,
    const char *path, struct sim_web_answer *answer)
{
	json_t *body = tee_sim_web_object(request), *policy, *claims;
	char name[SIM_VAULT_NAME_MAX + 1], issuer[512];
	struct ask ask;

	if (!read_ask(body, &ask, answer) || !admitted(cloud, key, answer)) {
		json_decref(body);
		return;
	}
	/* The key may be another one when the issuer has answered. */
	snprintf(name, sizeof(name), "%s", key->name);
	policy = json_incref(key->policy);
	claims = tee_sim_vault_target(cloud, ask.target, policy, issuer);
	key = tee_sim_vault_key_find(&cloud->vault->keys, name, NULL);
	if (key != NULL && claims != NULL && key->policy == policy &&
	    tee_sim_policy_met(policy, issuer, claims))
		answer_with(cloud, request, key, path, &ask, claims, answer);
	else
		forbid(answer);
	json_decref(claims);
	json_decref(policy);
	json_decref(body);
}
