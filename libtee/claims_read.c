/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claims_read: what tee_claims_to_json wrote, read again: claims that teed
 * established come to the agent this way.  Whatever is missing, of another
 * type or no word of ours refuses the whole.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "libtee/claims_read.h"
#include "libtee/error.h"
#include "libtee/text.h"

struct reading {
	struct tee_claims *claims;
	bool bad;
};

static const char *
text_of(struct reading *r, const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	if (s == NULL)
		r->bad = true;
	return s != NULL ? s : "";
}

static bool
bool_of(struct reading *r, const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	if (!json_is_boolean(v))
		r->bad = true;
	return json_is_true(v);
}

/* null: 0. */
static tee_instant
instant_of(struct reading *r, const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);
	tee_instant at = 0;

	if (!json_is_null(v) &&
	    (!json_is_string(v) ||
		!tee_instant_parse(json_string_value(v), json_string_length(v),
		    &at)))
		r->bad = true;
	return at;
}

static void
read_verdict(struct reading *r, const json_t *root)
{
	static const enum tee_verdict verdicts[] = { TEE_OK, TEE_DENY,
		TEE_UNAVAILABLE };
	const char *word = text_of(r, root, "verdict");

	r->claims->incomplete = strcmp(word, "incomplete") == 0;
	for (size_t i = 0; i < 3 && !r->claims->incomplete; i++) {
		if (strcmp(word, tee_verdict_word(verdicts[i])) == 0) {
			r->claims->verdict = verdicts[i];
			return;
		}
	}
	if (!r->claims->incomplete)
		r->bad = true;
}

static void
read_check(struct reading *r, const json_t *check)
{
	static const enum tee_check_result results[] = { TEE_CHECK_PASS,
		TEE_CHECK_FAIL, TEE_CHECK_NOT_DONE };
	const char *word = text_of(r, check, "result");
	const char *name = text_of(r, check, "name");
	const char *detail = text_of(r, check, "detail");

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(word, tee_check_word(results[i])) == 0) {
			tee_claims_check(r->claims, name, results[i], detail);
			return;
		}
	}
	r->bad = true;
}

static void
read_checks(struct reading *r, const json_t *root)
{
	const json_t *list = json_object_get(root, "checks");
	size_t i, n = json_array_size(list);

	if (!json_is_array(list) || n > TEE_CHECKS_MAX)
		r->bad = true;
	for (i = 0; i < n && !r->bad; i++)
		read_check(r, json_array_get(list, i));
}

static void
read_words(struct reading *r, const json_t *claims)
{
	struct tee_claims *c = r->claims;

	if (!tee_level_parse(text_of(r, claims, "confidential_level"),
		&c->level) ||
	    !tee_origin_parse(text_of(r, claims, "key_origin"),
		&c->key_origin) ||
	    !tee_tcb_parse(text_of(r, claims, "tcb_status"), &c->tcb_status))
		r->bad = true;
	c->binding_match = bool_of(r, claims, "report_data_match");
	c->binding_seen = c->binding_match;
	c->verified_at = instant_of(r, claims, "verified_at");
	c->expires = (time_t)(instant_of(r, claims, "expires_at") / TEE_SECOND);
	c->asserted =
	    TEE_ASSERTED_LEVEL | TEE_ASSERTED_DEBUG | TEE_ASSERTED_TCB_STATUS;
}

static void
read_measurements(struct reading *r, const json_t *claims)
{
	json_t *object = json_object_get(claims, "runtime_measurements");
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		r->bad = true;
	json_object_foreach(object, name, value)
	{
		size_t n = json_string_length(value);
		uint8_t bytes[4096];

		if (!json_is_string(value) || n / 2 > sizeof(bytes) ||
		    !tee_hex_decode(json_string_value(value), n, bytes, n / 2))
			r->bad = true;
		else
			tee_claims_name(r->claims, &r->claims->measurements,
			    name, bytes, n / 2);
	}
}

static bool
read_flag(struct reading *r, const char *value)
{
	if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		r->bad = true;
	return strcmp(value, "false") != 0;
}

/* Some of the texts stand for members of their own. */
static void
read_text(struct reading *r, const char *name, const json_t *value)
{
	struct tee_claims *c = r->claims;
	const char *s = json_string_value(value);

	if (s == NULL) {
		r->bad = true;
	} else if (strcmp(name, "debug") == 0) {
		c->debug_disabled = !read_flag(r, s);
	} else if (strcmp(name, "simulated") == 0) {
		c->simulated = read_flag(r, s);
	} else if (strcmp(name, "residency") == 0) {
		c->residency = strcmp(s, "teed") == 0 ? "teed" :
		    strcmp(s, "process") == 0         ? "process" :
							NULL;
		r->bad = r->bad || c->residency == NULL;
	} else if (strcmp(name, "tcb") == 0) {
		c->asserted |= TEE_ASSERTED_TCB;
		if (!tee_hex_decode(s, strlen(s), c->tcb, sizeof(c->tcb)))
			r->bad = true;
	} else {
		tee_claims_name(c, &c->texts, name, s,
		    json_string_length(value));
	}
}

static void
read_texts(struct reading *r, const json_t *claims)
{
	json_t *object = json_object_get(claims, "claims");
	const char *name;
	json_t *value;

	/* Both are always written: absent must not mean off. */
	if (json_object_get(object, "debug") == NULL ||
	    json_object_get(object, "simulated") == NULL)
		r->bad = true;
	json_object_foreach(object, name, value) read_text(r, name, value);
}

int
tee_claims_from_json(const char *json, size_t size, struct tee_claims **out)
{
	struct reading r = { tee_claims_new(), false };
	json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, NULL);
	const json_t *claims = json_object_get(root, "claims");

	*out = NULL;
	if (r.claims != NULL && json_is_object(claims)) {
		read_verdict(&r, root);
		read_checks(&r, root);
		read_words(&r, claims);
		read_measurements(&r, claims);
		read_texts(&r, claims);
		if (!r.bad && !r.claims->broken) {
			*out = r.claims;
			r.claims = NULL;
		}
	}
	json_decref(root);
	if (*out == NULL && r.claims == NULL)
		return TEE_E_MEMORY;
	tee_claims_free(&r.claims);
	return *out != NULL ? 0 : TEE_E_EVIDENCE;
}
