/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake_verify: a relying party for one response.  Which challenges were
 * answered before is not known from one run to the next: whoever scripts this
 * throws a challenge away after its first use.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/file.h"
#include "teectl/handshake.h"
#include "teectl/policyfile.h"
#include "teectl/session.h"
#include "teectl/text.h"

struct texts {
	char *challenge;
	size_t challenge_size;
	char *response;
	size_t response_size;
	char *context;
	size_t context_size;
};

static bool
read_texts(const struct handshake_arguments *a, struct texts *t)
{
	if (!file_read(a->challenge, FILE_JSON_MAX, &t->challenge,
		&t->challenge_size) ||
	    !file_read(a->response != NULL ? a->response : "-", FILE_JSON_MAX,
		&t->response, &t->response_size))
		return false;
	if (a->context == NULL)
		return true;
	if (!file_read(a->context, FILE_JSON_MAX, &t->context,
		&t->context_size))
		return false;
	/* It is handed over as a string: what stands behind a NUL would not. */
	if (strlen(t->context) == t->context_size)
		return true;
	fprintf(stderr, "teectl: the context holds a NUL byte\n");
	return false;
}

static int
read_policy(const struct handshake_arguments *a, struct tee_policy **out)
{
	char why[TEE_POLICY_WHY] = "";
	int status;

	if (a->policy == NULL)
		return STATUS_DONE;
	status = command_status(tee_policy_new(out));
	if (status == STATUS_DONE)
		status = policyfile_add(*out, a->policy, why);
	if (status == STATUS_REFUSED) {
		fprintf(stderr, "teectl: ");
		text_print(stderr, a->policy);
		fprintf(stderr, ": ");
		text_print(stderr, why);
		fputc('\n', stderr);
	}
	return status;
}

static void
say_why(const struct tee_handshake *h, int error, const char *result)
{
	json_t *root = json_loads(result, 0, NULL);
	const char *detail =
	    json_string_value(json_object_get(root, "rejection_detail"));

	fprintf(stderr, "teectl: handshake: %s: %s\n",
	    error == TEE_E_DENIED ? "refused" : "unavailable",
	    tee_handshake_reason(h));
	if (detail != NULL && detail[0] != '\0') {
		fprintf(stderr, "  detail  ");
		text_print(stderr, detail);
		fputc('\n', stderr);
	}
	json_decref(root);
}

/* The result goes to stdout whatever it is; why not, to stderr as well. */
static int
show(struct handshake_arguments *a, const struct tee_handshake *h, int error)
{
	const char *path = a->output != NULL ? a->output : "-";
	char *text = NULL;
	int failed = tee_handshake_to_json(h, &text);
	bool ok;

	if (failed != 0)
		return handshake_refused(a, a->did, failed);
	ok = file_write(path, text, strlen(text)) &&
	    (strcmp(path, "-") != 0 || putchar('\n') == '\n');
	fflush(stdout);
	if (error != 0)
		say_why(h, error, text);
	free(text);
	return ok ? (int)command_status(error) : STATUS_USAGE;
}

static int
judge(struct handshake_arguments *a, struct tee_trust *trust,
    const struct texts *t)
{
	const struct tee_peer peer = {
		.size = sizeof(peer),
		.did = a->did,
		.did_size = strlen(a->did),
		.public_key = a->public_key != NULL ? a->key : NULL,
		.trust_score = a->trust_score,
		.trust_ceiling = a->trust_ceiling,
		.context = t->context,
		.at = a->when,
	};
	struct tee_handshake *h = NULL;
	int error, status;

	error = tee_handshake_verify(trust, t->challenge, t->challenge_size,
	    t->response, t->response_size, &peer, &h);
	if (h == NULL)
		return handshake_refused(a, a->did, error);
	status = show(a, h, error);
	tee_handshake_free(&h);
	return status;
}

static int
verify(struct handshake_arguments *a, const struct session *s,
    const struct tee_policy *policy)
{
	const struct tee_trust_options o = {
		.size = sizeof(o),
		.did = a->verifier,
		.did_size = strlen(a->verifier),
		.require = a->require,
		.required_score = a->required_score,
		.policy = policy,
		.cache_entries = 1,
		.replay_entries = 1,
	};
	struct tee_trust *trust = NULL;
	struct texts t = { 0 };
	int status = STATUS_USAGE, error = tee_trust_open(s->tee, &o, &trust);

	if (error != 0)
		return handshake_refused(a, s->profile, error);
	if (read_texts(a, &t))
		status = judge(a, trust, &t);
	free(t.challenge);
	free(t.response);
	free(t.context);
	tee_trust_close(&trust);
	return status;
}

int
handshake_verify(const struct command *self, struct handshake_arguments *a)
{
	struct session s = { .common = &a->common, .profile = a->profile };
	struct tee_policy *policy = NULL;
	int status = session_open(&s, self->name);

	if (status == STATUS_DONE)
		status = read_policy(a, &policy);
	if (status == STATUS_DONE)
		status = verify(a, &s, policy);
	tee_policy_free(&policy);
	session_close(&s);
	return status;
}
