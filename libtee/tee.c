/* SPDX-License-Identifier: Apache-2.0 */
/* tee: what a handle tells of its plan, and the key handle. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "libtee/text.h"
#include "libtee/transaction.h"

static json_t *
authority_json(unsigned authority)
{
	json_t *a = json_array();

	if (authority & TEE_AUTHORITY_TEE)
		json_array_append_new(a, json_string("tee"));
	if (authority & TEE_AUTHORITY_TCB)
		json_array_append_new(a, json_string("tcb"));
	if (authority & TEE_AUTHORITY_MEASUREMENT)
		json_array_append_new(a, json_string("measurement"));
	return a;
}

static json_t *
line_json(const struct tee_line *line, const struct tee_rule *rule)
{
	json_t *options = json_object(), *root;
	size_t i;

	for (i = 0; i < line->config.count; i++)
		json_object_set_new(options, line->config.entry[i].name,
		    json_string(line->config.entry[i].value));
	/* clang-format off */
	root = json_pack("{s:s, s:s, s:s?, s:i, s:i, s:o}",
	    "module", line->module_name,
	    "control", tee_control_word(rule->control),
	    "ceiling", line->loaded.module != NULL ?
	    tee_origin_word(line->loaded.module->ceiling) : NULL,
	    "timeout", (int)line->timeout, "line", (int)line->source_line,
	    "options", options);
	/* clang-format on */
	if (line->group != NULL)
		json_object_set_new(root, "group", json_string(line->group));
	if (line->facility == TEE_VERIFIER)
		json_object_set_new(root, "authority",
		    authority_json(line->authority));
	return root;
}

/* NULL, which json_pack leaves out, where the profile has none. */
static json_t *
cache_json(const struct tee_stack *stack)
{
	json_t *root;
	char budget[16];

	if (stack->count == 0)
		return NULL;
	root = line_json(&stack->line[0], &stack->rule[0]);
	snprintf(budget, sizeof(budget), "%ums", stack->line[0].budget_ms);
	json_object_set_new(root, "timeout", json_string(budget));
	json_object_del(root, "control");
	json_object_del(root, "ceiling");
	return root;
}

static json_t *
stack_json(const struct tee_stack *stack)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < stack->count; i++)
		json_array_append_new(list,
		    line_json(&stack->line[i], &stack->rule[i]));
	return list;
}

static json_t *
floor_json(const struct tee *tee)
{
	const struct tee_reference *f = &tee->floor;
	json_t *origins = json_array(), *tcbs = json_array();
	json_t *measurements = json_object(), *roots = json_array();
	unsigned k;
	size_t i;

	for (k = 0; k < 3; k++) {
		if (f->origins & (1u << k))
			json_array_append_new(origins,
			    json_string(
				tee_origin_word((enum tee_key_origin)k)));
		if (f->tcb_statuses & (1u << k))
			json_array_append_new(tcbs,
			    json_string(tee_tcb_word((enum tee_tcb_status)k)));
	}
	for (i = 0; i < f->measurement_count; i++) {
		const struct tee_measurement *m = &f->measurements[i];
		json_t *list = json_object_get(measurements, m->name);
		char *hex = malloc(2 * m->size + 1);

		if (list == NULL) {
			list = json_array();
			json_object_set_new(measurements, m->name, list);
		}
		if (hex != NULL) {
			tee_hex_encode(m->data, m->size, hex);
			json_array_append_new(list, json_string(hex));
		}
		free(hex);
	}
	for (i = 0; i < f->root_count; i++) {
		char hex[65];

		tee_hex_encode(f->roots[i], 32, hex);
		json_array_append_new(roots, json_string(hex));
	}
	/* clang-format off */
	return json_pack("{s:s, s:o, s:o, s:b, s:i, s:o, s:o, s:b}",
	    "confidential_level", tee_level_word(f->min_level),
	    "key_origin", origins, "tcb_status", tcbs,
	    "debug", f->debug_allowed, "max_age", (int)f->max_age,
	    "measurements", measurements, "roots", roots,
	    "allow_simulated", f->allow_simulated);
	/* clang-format on */
}

static json_t *
custody_json(const struct tee *tee)
{
	bool teed = tee->residency == TEE_RESIDENCY_TEED;
	json_t *root, *sign = json_array();
	size_t i;

	/* clang-format off */
	root = json_pack("{s:s, s:i, s:s?, s:s?}",
	    "residency", teed ? "teed" : "process",
	    "lifetime", (int)tee->lifetime, "users", tee->users,
	    "groups", tee->groups);
	for (i = 0; i < tee->sign.count; i++) {
		const struct tee_message_rule *r = &tee->sign.rule[i];

		json_array_append_new(sign, json_sprintf("%s%s%s",
		    tee_message_word(r->class), r->word != NULL ? ":" : "",
		    r->word != NULL ? r->word : ""));
	}
	if (teed)
		json_object_update_new(root, json_pack(
		    "{s:O, s:i, s:i, s:b, s:s?}", "sign", sign,
		    "rate", (int)tee->rate,
		    "connections", (int)tee->connections,
		    "ssh_agent", tee->ssh_agent, "socket", tee->socket));
	/* clang-format on */
	json_decref(sign);
	return root;
}

int
tee_dump(const struct tee *tee, char **json)
{
	char digest[65];
	json_t *root;

	if (tee == NULL || json == NULL)
		return TEE_E_ARGUMENT;
	tee_hex_encode(tee->digest, 32, digest);
	/* clang-format off */
	root = json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o, s:o, s:o, s:o,"
	    " s:o, s:o*}",
	    "profile", tee->name, "file", tee->file, "sha256", digest,
	    "did", tee->did,
	    "assurance", tee_assurance_word(tee->assurance),
	    "require", floor_json(tee),
	    "collector", stack_json(&tee->collector),
	    "verifier", stack_json(&tee->verifier),
	    "keystore", stack_json(&tee->keystore),
	    "custody", custody_json(tee), "cache", cache_json(&tee->cache));
	/* clang-format on */
	*json = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	return *json != NULL ? 0 : TEE_E_MEMORY;
}

int
tee_sign(const struct tee_key *key, const void *message, size_t size,
    uint8_t signature[TEE_SIGNATURE_SIZE])
{
	if (key == NULL || (message == NULL && size > 0) || signature == NULL)
		return TEE_E_ARGUMENT;
	if (key->remote != NULL)
		return tee_remote_sign(key->remote, TEE_WIRE_MESSAGE_FORM,
		    message, size, signature);
	return tee_custody_sign(key->custody, message, size, signature);
}

int
tee_key_sign_layer2(const struct tee_key *key, const void *preimage,
    size_t size, uint8_t signature[TEE_SIGNATURE_SIZE])
{
	uint8_t digest[32];

	if (key->remote != NULL)
		return tee_remote_sign(key->remote, TEE_WIRE_LAYER2, preimage,
		    size, signature);
	if (EVP_Digest(preimage, size, digest, NULL, EVP_sha256(), NULL) != 1)
		return TEE_E_CRYPTO;
	return tee_custody_sign(key->custody, digest, sizeof(digest),
	    signature);
}

void
tee_key_public(const struct tee_key *key, uint8_t out[TEE_PUBLIC_KEY_SIZE])
{
	memcpy(out, key->standing.public_key, TEE_PUBLIC_KEY_SIZE);
}

const char *
tee_key_did(const struct tee_key *key, size_t *size)
{
	if (size != NULL)
		*size = key->standing.did_size;
	return key->standing.did;
}

int32_t
tee_key_serial(const struct tee_key *key)
{
	return key->remote != NULL ? tee_remote_serial(key->remote) :
				     tee_custody_serial(key->custody);
}

time_t
tee_key_expires(const struct tee_key *key)
{
	return key->remote != NULL ? tee_remote_expires(key->remote) :
				     key->expires;
}

const struct tee_claims *
tee_key_claims(const struct tee_key *key)
{
	return key->claims;
}

const struct tee_evidence *
tee_key_evidence(const struct tee_key *key)
{
	return key->evidence;
}

int
tee_key_revoke(struct tee_key *key)
{
	int error;

	if (key == NULL)
		return TEE_E_ARGUMENT;
	if (key->remote != NULL)
		return tee_remote_revoke(key->remote);
	error = tee_custody_revoke(key->custody);
	tee_log_event(&key->log, TEE_EVENT_REVOKE,
	    "profile=%s key=%d "
	    "result=%s",
	    key->profile, tee_key_serial(key), tee_error_word(error));
	return error;
}

void
tee_key_free(struct tee_key **key)
{
	if (key == NULL || *key == NULL)
		return;
	tee_custody_free(&(*key)->custody);
	tee_remote_free(&(*key)->remote);
	tee_claims_free(&(*key)->claims);
	tee_evidence_free(&(*key)->evidence);
	free((*key)->standing.did);
	free((*key)->profile);
	free((*key)->standing.platform);
	free(*key);
	*key = NULL;
}
