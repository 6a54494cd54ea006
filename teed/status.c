/* SPDX-License-Identifier: Apache-2.0 */
/* status: what STATUS answers, teed_protocol(7). */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "libtee/error.h"
#include "libtee/text.h"
#include "teed/service.h"

static json_t *
instant(time_t at)
{
	char text[TEE_INSTANT_TEXT];

	if (at == 0)
		return json_null();
	tee_instant_format((tee_instant)at * TEE_SECOND, text);
	return json_string(text);
}

static json_t *
peers_json(const struct teed_service *s)
{
	json_t *list = json_array();

	/* clang-format off */
	for (const struct teed_client *c = s->clients; c != NULL; c = c->next)
		json_array_append_new(list, json_pack(
		    "{s:i, s:i, s:o, s:I, s:I, s:b}",
		    "pid", (int)c->pid, "uid", (int)c->peer->uid,
		    "since", instant(c->since),
		    "signatures", (json_int_t)c->signatures,
		    "refused", (json_int_t)c->refused,
		    "ssh", c->ssh != NULL));
	/* clang-format on */
	return list;
}

static json_t *
counters_json(const struct teed_tally *t)
{
	/* clang-format off */
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
	    "signatures", (json_int_t)t->signatures,
	    "refused", (json_int_t)t->refused,
	    "limited", (json_int_t)t->limited,
	    "turned_away", (json_int_t)t->turned_away,
	    "grants", (json_int_t)t->grants,
	    "renewals", (json_int_t)t->renewals,
	    "denies", (json_int_t)t->denies,
	    "unavailable", (json_int_t)t->unavailable);
	/* clang-format on */
}

static const char *
result_word(const struct teed_last *last)
{
	if (last->error == 0)
		return "ok";
	return last->error == TEE_E_DENIED ? "denied" : "unavailable";
}

static json_t *
last_json(const struct teed_last *last)
{
	if (last->at == 0)
		return json_null();
	/* clang-format off */
	return json_pack("{s:o, s:s, s:s, s:s, s:s}",
	    "at", instant(last->at), "result", result_word(last),
	    "error", tee_error_word(last->error),
	    "reason", last->reason, "detail", last->detail);
	/* clang-format on */
}

static json_t *
classes_json(const struct tee_message_rules *rules)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rules->count; i++) {
		const struct tee_message_rule *r = &rules->rule[i];

		json_array_append_new(list,
		    json_sprintf("%s%s%s", tee_message_word(r->class),
			r->word != NULL ? ":" : "",
			r->word != NULL ? r->word : ""));
	}
	return list;
}

static void
add_key(const struct teed_service *s, json_t *root)
{
	const struct teed_key *k = &s->key;
	int64_t left = (s->renewal.ends - teed_loop_now(s->house->loop)) / 1000;
	char hex[2 * TEE_PUBLIC_KEY_SIZE + 1];
	json_t *claims = json_loads(k->claims, 0, NULL);

	tee_hex_encode(k->standing.public_key, TEE_PUBLIC_KEY_SIZE, hex);
	/* clang-format off */
	json_object_update_new(root, json_pack(
	    "{s:o, s:s, s:s, s:i, s:o, s:I, s:i, s:o, s:b, s:s, s:o?}",
	    "did", json_stringn(k->standing.did, k->standing.did_size),
	    "public_key", hex,
	    "origin", tee_origin_word(k->standing.origin),
	    "serial", (int)tee_custody_serial(k->custody),
	    "expires", instant(k->expires),
	    "expires_in", (json_int_t)(left > 0 ? left : 0),
	    "lifetime", (int)k->lifetime, "renewed", instant(k->began),
	    "simulated", k->standing.simulated,
	    "platform", k->standing.platform,
	    "claims_report", claims));
	/* clang-format on */
}

char *
teed_status(const struct teed_service *s)
{
	char digest[65], *text;
	json_t *root;

	tee_hex_encode(s->plan->digest, 32, digest);
	/* clang-format off */
	root = json_pack("{s:s, s:s, s:i, s:s, s:o, s:o, s:o, s:s?, s:o, s:s}",
	    "profile", s->plan->name, "state", teed_state_word(s->state),
	    "generation", (int)s->key.generation, "residency", "teed",
	    "last", last_json(&s->outcome), "peers", peers_json(s),
	    "counters", counters_json(&s->tally),
	    "reload_error", s->reload_error,
	    "sign", classes_json(&s->plan->sign), "digest", digest);
	/* clang-format on */
	if (root != NULL && s->state == TEED_HELD)
		add_key(s, root);
	text = root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;
	json_decref(root);
	return text;
}
