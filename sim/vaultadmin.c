/* SPDX-License-Identifier: Apache-2.0 */
/* vaultadmin: see vaultadmin.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/jose.h"
#include "sim/policy.h"
#include "sim/vaultadmin.h"

/* {"data": base64url of the policy, ...}; a bare policy is AKV.SKR.1004. */
static json_t *
read_policy(const json_t *given, char why[SIM_POLICY_WHY])
{
	struct sim_blob text = { NULL, 0 };
	json_t *policy = NULL;

	if (tee_sim_b64_member(given, "data", &text))
		policy = json_loadb((const char *)text.data, text.size,
		    JSON_REJECT_DUPLICATES, NULL);
	tee_sim_blob_free(&text);
	if (policy != NULL && tee_sim_policy_valid(policy, why))
		return policy;
	if (policy == NULL)
		snprintf(why, SIM_POLICY_WHY,
		    "AKV.SKR.1004: release_policy.data is not base64url of "
		    "JSON");
	json_decref(policy);
	return NULL;
}

/* A sentence, or NULL where such a key may be made. */
static const char *
objection(const char *kty, bool exportable, const json_t *given,
    const struct sim_vault_key *old)
{
	if (kty == NULL)
		return "kty is missing.";
	if (old != NULL && old->immutable)
		return "AKV.SKR.1020: The release policy is immutable.";
	if (exportable && strstr(kty, "-HSM") == NULL)
		return "AKV.SKR.1006: A software key cannot be exportable; "
		       "use an HSM key type.";
	if (exportable && given == NULL)
		return "AKV.SKR.1005: An exportable key needs a release "
		       "policy.";
	if (!exportable && given != NULL)
		return "AKV.SKR.1014: A release policy needs an exportable "
		       "key.";
	return NULL;
}

static struct sim_vault_key *
make(struct sim_cloud *cloud, const char *name, const json_t *body)
{
	const json_t *size = json_object_get(body, "key_size");
	const json_t *ops = json_object_get(body, "key_ops");
	const char *kty = json_string_value(json_object_get(body, "kty"));
	struct sim_vault_key *key =
	    tee_sim_vault_key_make(&cloud->vault->keys, name, kty,
		size != NULL ? (unsigned)json_integer_value(size) :
		    strcmp(kty, "oct-HSM") == 0 ? 256 :
						  2048,
		json_string_value(json_object_get(body, "crv")));

	if (key != NULL)
		key->ops = json_is_array(ops) ?
		    json_deep_copy(ops) :
		    json_pack("[s, s]", "encrypt", "decrypt");
	return key;
}

void
tee_sim_vault_create(struct sim_cloud *cloud,
    const struct sim_web_request *request, const char *name,
    struct sim_web_answer *answer)
{
	json_t *body = tee_sim_web_object(request), *policy = NULL;
	const json_t *given = json_object_get(body, "release_policy");
	const char *kty = json_string_value(json_object_get(body, "kty"));
	bool exportable = json_is_true(
	    json_object_get(json_object_get(body, "attributes"), "exportable"));
	char why[SIM_POLICY_WHY];
	const char *wrong = objection(kty, exportable, given,
	    tee_sim_vault_key_find(&cloud->vault->keys, name, NULL));
	struct sim_vault_key *key = NULL;

	if (wrong == NULL && given != NULL &&
	    (policy = read_policy(given, why)) == NULL)
		wrong = why;
	if (wrong == NULL && (key = make(cloud, name, body)) == NULL)
		wrong = "Key type, size or curve is not supported.";
	if (key != NULL) {
		key->exportable = exportable;
		key->policy = json_incref(policy);
		key->immutable =
		    json_is_true(json_object_get(given, "immutable"));
		if (!tee_sim_vault_key_keep(&cloud->vault->keys, key))
			wrong = "The key cannot be kept.";
	}
	if (wrong != NULL)
		tee_sim_answer_error(answer, 400, "BadParameter", wrong, NULL);
	else
		tee_sim_vault_show(cloud, key, answer);
	json_decref(policy);
	json_decref(body);
}

void
tee_sim_vault_show(struct sim_cloud *cloud, const struct sim_vault_key *key,
    struct sim_web_answer *answer)
{
	char *text =
	    key->policy != NULL ? json_dumps(key->policy, JSON_COMPACT) : NULL;
	char *data = text != NULL ? tee_sim_b64url(text, strlen(text)) : NULL;
	json_t *bundle = json_pack("{s:o, s:{s:b, s:I, s:I, s:b}}", "key",
	    tee_sim_vault_key_jwk(key, cloud->web[SIM_CLOUD_VAULT].url),
	    "attributes", "enabled", 1, "created", (json_int_t)key->created,
	    "updated", (json_int_t)key->created, "exportable", key->exportable);

	if (data != NULL)
		json_object_set_new(bundle, "release_policy",
		    json_pack("{s:s, s:s, s:b}", "contentType",
			"application/json; charset=utf-8", "data", data,
			"immutable", key->immutable));
	tee_sim_answer_json(answer, 200, bundle);
	free(data);
	free(text);
}
