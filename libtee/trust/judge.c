/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge: where a peer whose identity stands is asked for more: the trust
 * score, the environment's part beside it, and the policy.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/evidence_json.h"
#include "libtee/trust/handshake.h"
#include "libtee/trust/policy.h"

bool
trust_context_fits(const char *context)
{
	json_t *root;
	bool fits;

	if (context == NULL)
		return true;
	if (strnlen(context, TEE_CONTEXT_SIZE_MAX + 1) > TEE_CONTEXT_SIZE_MAX)
		return false;
	root = json_loads(context, JSON_REJECT_DUPLICATES, NULL);
	fits = json_is_object(root);
	json_decref(root);
	return fits;
}

static int
base_score(const struct tee_score *s)
{
	return s->base < s->ceiling ? s->base : s->ceiling;
}

static bool
check_score(struct trust_verify *v)
{
	struct tee_handshake *h = v->out;
	char detail[64];

	if (tee_score_environment(&v->trust->rules, h->claims,
		v->peer->trust_score, v->peer->trust_ceiling, &h->score) != 0) {
		v->error = TEE_E_ARGUMENT;
		return false;
	}
	h->scored = true;
	if (h->score.effective >= v->trust->required_score)
		return true;
	snprintf(detail, sizeof(detail), "%d, required %d", h->score.effective,
	    v->trust->required_score);
	return trust_refuse(v, TRUST_SCORE, detail);
}

/*
 * trust_score is AgentMesh's own, so that no bonus moves a threshold that
 * somebody wrote for it; the others can be asked for by name.
 */
static json_t *
context_of(struct trust_verify *v)
{
	const char *text = v->peer->context;
	const struct tee_score *s = &v->out->score;
	json_t *root = text != NULL ?
	    json_loads(text, JSON_REJECT_DUPLICATES, NULL) :
	    json_object();

	if (!json_is_object(root) ||
	    json_object_set_new(root, "trust_score",
		json_integer(base_score(s))) != 0 ||
	    json_object_set_new(root, "environment_score",
		json_integer(s->environment)) != 0 ||
	    json_object_set_new(root, "effective_trust_score",
		json_integer(s->effective)) != 0) {
		json_decref(root);
		return NULL;
	}
	return root;
}

static bool
check_policy(struct trust_verify *v)
{
	struct tee_handshake *h = v->out;
	struct tee_decision d;
	json_t *context;

	if (v->trust->policy == NULL)
		return true;
	context = context_of(v);
	v->error = context == NULL ?
	    TEE_E_ARGUMENT :
	    tee_policy_judge(v->trust->policy, h->claims, context, &d);
	json_decref(context);
	if (v->error != 0)
		return false;
	snprintf(h->rule, sizeof(h->rule), "%s", d.rule);
	snprintf(h->used, sizeof(h->used), "%s", d.used);
	return d.action == TEE_POLICY_ALLOW ||
	    trust_refuse(v, TRUST_POLICY, d.reason);
}

bool
trust_verify_standing(struct trust_verify *v)
{
	return check_score(v) && check_policy(v);
}
