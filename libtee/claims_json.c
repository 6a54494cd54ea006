/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claims_json: AgentMesh's AttestationClaims, beside it what libtee adds:
 * the verdict and the per-check report.
 */
#include "config.h"

#include <stdlib.h>
#include <jansson.h>

#include "libtee/claims.h"
#include "libtee/text.h"

static json_t *
measurements_json(const struct tee_named_list *list)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct tee_named *n = &list->entry[i];
		char *hex = malloc(2 * n->size + 1);

		if (hex == NULL)
			continue;
		tee_hex_encode(n->data, n->size, hex);
		json_object_set_new(object, n->name, json_string(hex));
		free(hex);
	}
	return object;
}

static json_t *
texts_json(const struct tee_claims *c)
{
	json_t *object = json_object();
	char tcb[17];
	size_t i;

	for (i = 0; i < c->texts.count; i++) {
		const struct tee_named *n = &c->texts.entry[i];

		json_object_set_new(object, n->name,
		    json_stringn((const char *)n->data, n->size));
	}
	if (c->asserted & TEE_ASSERTED_TCB) {
		tee_hex_encode(c->tcb, sizeof(c->tcb), tcb);
		json_object_set_new(object, "tcb", json_string(tcb));
	}
	json_object_set_new(object, "debug",
	    json_string(c->debug_disabled ? "false" : "true"));
	json_object_set_new(object, "simulated",
	    json_string(c->simulated ? "true" : "false"));
	if (c->residency != NULL)
		json_object_set_new(object, "residency",
		    json_string(c->residency));
	return object;
}

static json_t *
checks_json(const struct tee_claims *c)
{
	json_t *array = json_array();
	size_t i;

	/* clang-format off */
	for (i = 0; i < c->check_count; i++)
		json_array_append_new(array, json_pack("{s:s, s:s, s:s}",
		    "name", c->checks[i].name,
		    "result", tee_check_word(c->checks[i].result),
		    "detail", c->checks[i].detail));
	/* clang-format on */
	return array;
}

static json_t *
instant_or_null(tee_instant at)
{
	char text[TEE_INSTANT_TEXT];

	if (at == 0)
		return json_null();
	tee_instant_format(at, text);
	return json_string(text);
}

const char *
tee_claims_verdict(const struct tee_claims *c)
{
	return c->incomplete ? "incomplete" : tee_verdict_word(c->verdict);
}

int
tee_claims_to_json(const struct tee_claims *c, char **json)
{
	const struct tee_named *platform;
	json_t *claims, *root;
	bool bound;

	if (c == NULL || json == NULL)
		return TEE_E_ARGUMENT;
	/* Where nothing was attested a good verdict is of no platform. */
	bound = c->binding_seen && c->binding_match;
	platform = tee_named_find(&c->texts, "platform");
	/* clang-format off */
	claims = json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:s, s:o, s:o,"
	    " s:o, s:o}",
	    "platform", platform != NULL ? (const char *)platform->data :
	    "none",
	    "confidential_level", tee_level_word(c->level),
	    "key_origin", tee_origin_word(c->key_origin),
	    "key_bound_to_tee", tee_claims_key_bound(c),
	    "platform_verified", c->verdict == TEE_OK && bound,
	    "report_data_match", bound,
	    "tcb_status", tee_tcb_word(c->tcb_status),
	    "runtime_measurements", measurements_json(&c->measurements),
	    "verified_at", instant_or_null(c->verified_at),
	    "expires_at", instant_or_null((tee_instant)c->expires *
	    TEE_SECOND),
	    "claims", texts_json(c));
	/* clang-format on */
	root = json_pack("{s:s, s:o, s:o}", "verdict", tee_claims_verdict(c),
	    "checks", checks_json(c), "claims", claims);
	*json = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	return *json != NULL ? 0 : TEE_E_MEMORY;
}
