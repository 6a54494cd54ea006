/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appraise: the relying party's side: a peer's evidence, or the registration
 * document that carries it, judged by a profile's verifiers and floor.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/challenge.h"
#include "teectl/file.h"
#include "teectl/registration.h"
#include "teectl/report.h"
#include "teectl/session.h"
#include "teectl/text.h"

enum { KEY_UNSOLICITED = 0x300, KEY_DID, KEY_PUBLIC, KEY_AT };

struct arguments {
	struct common common;
	const char *profile;
	const char *file;
	const char *did;
	const char *public_key;
	const char *at;
	struct challenge challenge;
	bool challenged;
	bool unsolicited;
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	time_t when;
};

static const struct argp_option options[] = { CHALLENGE_OPTIONS,
	{ "unsolicited", KEY_UNSOLICITED, NULL, 0,
	    "There was no challenge: its age alone makes evidence fresh", 0 },
	{ "did", KEY_DID, "DID", 0, "The DID that the peer must have", 0 },
	{ "public-key", KEY_PUBLIC, "HEX", 0,
	    "The Ed25519 key that the peer must have", 0 },
	{ "at", KEY_AT, "RFC3339", 0, "Appraise as of this time", 0 }, { 0 } };

static void
check_arguments(struct argp_state *state, struct arguments *a)
{
	if (a->profile == NULL || a->file == NULL)
		argp_error(state, "PROFILE and EVIDENCE are needed");
	a->challenged = challenge_given(state, &a->challenge);
	if (a->challenged == a->unsolicited)
		argp_error(state,
		    "give either the challenge that was sent "
		    "(--challenge-id, --nonce) or --unsolicited");
	if (a->public_key != NULL &&
	    !text_unhex(a->public_key, a->key, sizeof(a->key)))
		argp_error(state, "--public-key takes 64 hex digits");
	if (a->at != NULL && !text_parse_time(a->at, &a->when))
		argp_error(state,
		    "--at takes a time such as "
		    "2026-01-31T12:00:00Z");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->profile, &a->file, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_UNSOLICITED:
		a->unsolicited = true;
		return 0;
	case KEY_DID:
		command_set(state, "did", &a->did, arg);
		return 0;
	case KEY_PUBLIC:
		command_set(state, "public-key", &a->public_key, arg);
		return 0;
	case KEY_AT:
		command_set(state, "at", &a->at, arg);
		return 0;
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		check_arguments(state, a);
		return 0;
	default:
		return challenge_parse(key, arg, state, &a->challenge);
	}
}

/* What was found out before and beside the library: more checks. */
struct appraisal {
	const struct arguments *a;
	struct session *s;
	json_t *checks;
	bool failed;
};

static void
add_check(struct appraisal *p, const char *name, bool ok, const char *passed,
    const char *failed)
{
	p->failed = p->failed || !ok;
	/* clang-format off */
	json_array_append_new(p->checks, json_pack("{s:s, s:s, s:s}", "name",
	    name, "result", ok ? "pass" : "fail", "detail",
	    ok ? passed : failed));
	/* clang-format on */
}

/* Ours before the library's; a failed one of ours denies the whole. */
static int
conclude(struct appraisal *p, json_t *root)
{
	int status;

	if (root == NULL)
		return STATUS_UNAVAILABLE;
	json_array_extend(p->checks, json_object_get(root, "checks"));
	json_object_set(root, "checks", p->checks);
	if (p->failed)
		json_object_set_new(root, "verdict", json_string("deny"));
	if (p->s->common->json) {
		status = report_json(root);
	} else {
		report_appraisal(root);
		json_decref(root);
		status = STATUS_DONE;
	}
	return status;
}

static int
judge(struct appraisal *p, const struct tee_evidence *evidence,
    const struct tee_expected *expected)
{
	struct session *s = p->s;
	struct tee_claims *claims = NULL;
	int error = tee_appraise(s->tee, evidence, expected, &claims);
	int status = command_status(error);

	if (claims == NULL)
		return report_error(s->common, "appraise", s->profile, error);
	if (p->failed && error == 0)
		error = TEE_E_DENIED;
	status = conclude(p, report_claims_json(claims));
	tee_claims_free(&claims);
	if (error == 0)
		return status;
	fflush(stdout);
	journal_explain(&s->common->journal, "appraise", p->a->file, error);
	return command_status(error);
}

static int
appraise_document(struct appraisal *p, json_t *root,
    struct tee_expected *expected)
{
	const struct arguments *a = p->a;
	struct registration r;
	const char *why;
	int status;

	if (!registration_read(root, &r, &why)) {
		add_check(p, "registration.document", false, "", why);
		conclude(p,
		    json_pack("{s:s, s:[], s:{}}", "verdict", "deny", "checks",
			"claims"));
		return STATUS_REFUSED;
	}
	add_check(p, "registration.document", true, "its members fit together",
	    "");
	add_check(p, "registration.proof", registration_proves(&r),
	    "the key signed this DID, itself and this evidence",
	    "not signed by this key over this DID and this evidence");
	if (a->did != NULL)
		add_check(p, "registration.did",
		    strlen(a->did) == r.did_size &&
			memcmp(a->did, r.did, r.did_size) == 0,
		    "it is the expected DID's", "it is another DID's");
	if (a->public_key != NULL)
		add_check(p, "registration.public_key",
		    memcmp(a->key, r.public_key, sizeof(a->key)) == 0,
		    "it is the expected key's", "it is another key's");
	expected->did = r.did;
	expected->did_size = r.did_size;
	expected->public_key = r.public_key;
	status = judge(p, r.evidence, expected);
	registration_clear(&r);
	return status;
}

static int
appraise_text(struct appraisal *p, const char *text, size_t size,
    struct tee_expected *expected)
{
	struct session *s = p->s;
	struct tee_evidence *evidence = NULL;
	json_t *root = json_loadb(text, size,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	int error, status;

	if (root == NULL) {
		fprintf(stderr, "teectl: ");
		text_print(stderr, p->a->file);
		fprintf(stderr, ": is no JSON text\n");
		return STATUS_USAGE;
	}
	if (registration_is(root)) {
		status = appraise_document(p, root, expected);
		json_decref(root);
		return status;
	}
	json_decref(root);
	error = tee_evidence_from_json(text, size, &evidence);
	if (error != 0)
		return report_error(s->common, "appraise", p->a->file, error);
	status = judge(p, evidence, expected);
	tee_evidence_free(&evidence);
	return status;
}

static int
appraise(struct appraisal *p)
{
	const struct arguments *a = p->a;
	struct tee_challenge challenge;
	struct tee_expected expected = {
		.unsolicited = a->unsolicited,
		.did = a->did,
		.did_size = a->did != NULL ? strlen(a->did) : 0,
		.public_key = a->public_key != NULL ? a->key : NULL,
		.at = a->when,
	};
	char *text;
	size_t size;
	int status;

	if (a->challenged) {
		challenge = challenge_value(&a->challenge);
		expected.challenge = &challenge;
	}
	if (!file_read(a->file, FILE_JSON_MAX, &text, &size))
		return STATUS_USAGE;
	status = appraise_text(p, text, size, &expected);
	free(text);
	return status;
}

int
command_appraise(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct session s = { .common = &a.common };
	struct appraisal p = { &a, &s, json_array(), false };
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	s.profile = a.profile;
	status = session_open(&s, self->name);
	if (status == STATUS_DONE)
		status = appraise(&p);
	json_decref(p.checks);
	session_close(&s);
	return status;
}
