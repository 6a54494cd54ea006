/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_eval: one decision, as a relying party would take it.  Claims come
 * from evidence that a profile's verifiers judge, never from a file.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/file.h"
#include "teectl/policyfile.h"
#include "teectl/report.h"
#include "teectl/session.h"
#include "teectl/text.h"

/* Denied evidence has claims, too; the policy takes them for absent. */
static int
appraise(const struct policy_question *q, struct session *s,
    struct tee_claims **claims)
{
	const struct tee_expected expected = { .challenge = q->challenge,
		.unsolicited = q->challenge == NULL };
	struct tee_evidence *evidence = NULL;
	char *text;
	size_t size;
	int error;

	if (!file_read(q->evidence, FILE_JSON_MAX, &text, &size))
		return STATUS_USAGE;
	error = tee_evidence_from_json(text, size, &evidence);
	free(text);
	if (error != 0)
		return report_error(q->common, "policy", q->evidence, error);
	error = tee_appraise(s->tee, evidence, &expected, claims);
	tee_evidence_free(&evidence);
	if (error != 0)
		journal_explain(&q->common->journal, "policy", q->evidence,
		    error);
	return *claims != NULL ? STATUS_DONE : command_status(error);
}

static int
load(const struct policy_question *q, struct tee_policy *policy)
{
	char why[TEE_POLICY_WHY];
	int i, status = STATUS_DONE;

	for (i = 0; status == STATUS_DONE && i < q->file_count; i++) {
		status = policyfile_add(policy, q->files[i], why);
		if (status != STATUS_REFUSED)
			continue;
		fprintf(stderr, "teectl: ");
		text_print(stderr, q->files[i]);
		fprintf(stderr, ": ");
		text_print(stderr, why);
		fputc('\n', stderr);
	}
	return status;
}

static int
show(const struct policy_question *q, const struct tee_decision *d)
{
	int status =
	    d->action == TEE_POLICY_ALLOW ? STATUS_DONE : STATUS_REFUSED;

	if (q->common->json) {
		/* clang-format off */
		if (report_json(json_pack("{s:s, s:o, s:o, s:o}",
		    "action", tee_policy_action_word(d->action),
		    "rule", text_json(d->rule),
		    "reason", text_json(d->reason),
		    "used", text_json(d->used))) != STATUS_DONE)
			return STATUS_UNAVAILABLE;
		/* clang-format on */
		return status;
	}
	text_field("action", tee_policy_action_word(d->action));
	text_field("rule", d->rule[0] != '\0' ? d->rule : "(none)");
	text_field("reason", d->reason);
	text_field("used", d->used[0] != '\0' ? d->used : "(nothing)");
	return status;
}

static int
decide(const struct policy_question *q, const struct tee_policy *policy,
    const struct tee_claims *claims)
{
	struct tee_decision d;
	char *context = NULL;
	size_t size = 0;
	int error;

	if (q->context != NULL &&
	    !file_read(q->context, FILE_JSON_MAX, &context, &size))
		return STATUS_USAGE;
	error = tee_policy_decide(policy, claims, context, size, &d);
	free(context);
	if (error == 0)
		return show(q, &d);
	return report_error(q->common, "policy",
	    q->context != NULL ? q->context : "policy", error);
}

int
policy_eval(const struct policy_question *q)
{
	struct session s = { .common = q->common, .profile = q->profile };
	struct tee_policy *policy = NULL;
	struct tee_claims *claims = NULL;
	int status = command_status(tee_policy_new(&policy));

	if (status == STATUS_DONE)
		status = load(q, policy);
	if (status == STATUS_DONE && q->profile != NULL)
		status = session_open(&s, "policy");
	if (status == STATUS_DONE && q->profile != NULL)
		status = appraise(q, &s, &claims);
	if (status == STATUS_DONE)
		status = decide(q, policy, claims);
	tee_claims_free(&claims);
	session_close(&s);
	tee_policy_free(&policy);
	return status;
}
