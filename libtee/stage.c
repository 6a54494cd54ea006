/* SPDX-License-Identifier: Apache-2.0 */
/* stage: see stage.h, where the truth table stands. */
#include "config.h"

#include <string.h>

#include "libtee/error.h"
#include "libtee/stage.h"

struct progress {
	bool voted; /* a non-advisory line exists */
	bool failed;
	bool denied;
	bool stop;
	bool group_seen[TEE_STAGE_LINES];
	bool group_ok[TEE_STAGE_LINES];
};

static void
count_oneof(struct progress *p, unsigned group, enum tee_verdict verdict)
{
	if (verdict == TEE_OK)
		p->group_ok[group] = true;
	else if (verdict == TEE_DENY)
		p->denied = p->stop = true;
}

static void
count_must(struct progress *p, bool requisite, enum tee_verdict verdict)
{
	if (verdict == TEE_OK)
		return;
	p->failed = true;
	if (verdict == TEE_DENY)
		p->denied = p->stop = true;
	if (requisite)
		p->stop = true;
}

static void
count_line(struct progress *p, const struct tee_rule *rule,
    enum tee_verdict verdict)
{
	switch (rule->control) {
	case TEE_REQUIRED:
		count_must(p, false, verdict);
		return;
	case TEE_REQUISITE:
		count_must(p, true, verdict);
		return;
	case TEE_ONEOF:
		count_oneof(p, rule->group, verdict);
		return;
	case TEE_ADVISORY:
		return;
	}
	p->denied = p->stop = true;
}

/* Before any line runs: which groups there are, and is there a vote. */
static void
survey(struct progress *p, const struct tee_rule *rules, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (rules[i].control != TEE_ADVISORY)
			p->voted = true;
		if (rules[i].control != TEE_ONEOF)
			continue;
		if (rules[i].group < TEE_STAGE_LINES)
			p->group_seen[rules[i].group] = true;
		else
			p->denied = p->stop = true;
	}
}

static enum tee_verdict
conclude(const struct progress *p)
{
	bool failed = p->failed || !p->voted;
	size_t g;

	if (p->denied || !p->voted)
		return TEE_DENY;
	for (g = 0; g < TEE_STAGE_LINES; g++)
		if (p->group_seen[g] && !p->group_ok[g])
			failed = true;
	return failed ? TEE_UNAVAILABLE : TEE_OK;
}

void
tee_stage_run(const struct tee_rule *rules, size_t count, tee_stage_ask *ask,
    void *ctx, struct tee_outcome *out)
{
	struct progress p = { 0 };
	size_t i;

	memset(out, 0, sizeof(*out));
	if (count > TEE_STAGE_LINES)
		return;
	survey(&p, rules, count);
	for (i = 0; i < count && !p.stop; i++) {
		if (rules[i].control == TEE_ONEOF && p.group_ok[rules[i].group])
			continue;
		out->line[i] = tee_verdict_normal(ask(ctx, i));
		out->answer[i] = TEE_ANSWERED;
		count_line(&p, &rules[i], out->line[i]);
	}
	out->verdict = conclude(&p);
}

bool
tee_stage_spoke(const struct tee_rule *rules, const struct tee_outcome *out,
    size_t index)
{
	return rules[index].control != TEE_ADVISORY &&
	    out->answer[index] == TEE_ANSWERED && out->line[index] == TEE_OK;
}
