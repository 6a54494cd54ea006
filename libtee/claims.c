/* SPDX-License-Identifier: Apache-2.0 */
/* claims: see claims.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/claims.h"

struct tee_claims *
tee_claims_new(void)
{
	return calloc(1, sizeof(struct tee_claims));
}

static void
named_clear(struct tee_named_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free(list->entry[i].name);
		free(list->entry[i].data);
	}
	list->count = 0;
}

void
tee_claims_free(struct tee_claims **claims)
{
	size_t i;

	if (claims == NULL || *claims == NULL)
		return;
	named_clear(&(*claims)->texts);
	named_clear(&(*claims)->measurements);
	for (i = 0; i < (*claims)->check_count; i++)
		free((*claims)->checks[i].name);
	free(*claims);
	*claims = NULL;
}

/* A check that cannot be kept must not vanish: the set turns broken. */
void
tee_claims_check(struct tee_claims *c, const char *name,
    enum tee_check_result result, const char *detail)
{
	size_t name_size = strlen(name) + 1, detail_size = strlen(detail) + 1;
	struct tee_check *check;

	if (c->check_count == TEE_CHECKS_MAX) {
		c->broken = true;
		return;
	}
	check = &c->checks[c->check_count];
	check->name = malloc(name_size + detail_size);
	if (check->name == NULL) {
		c->broken = true;
		return;
	}
	check->detail = check->name + name_size;
	memcpy(check->name, name, name_size);
	memcpy(check->detail, detail, detail_size);
	check->result = result;
	c->check_count++;
}

enum tee_verdict
tee_claims_checks_verdict(const struct tee_claims *c)
{
	enum tee_verdict verdict = c->broken ? TEE_DENY : TEE_OK;
	size_t i;

	for (i = 0; i < c->check_count; i++) {
		switch (c->checks[i].result) {
		case TEE_CHECK_PASS:
		case TEE_CHECK_NOT_ASKED:
			continue;
		case TEE_CHECK_NOT_DONE:
			if (verdict == TEE_OK)
				verdict = TEE_UNAVAILABLE;
			continue;
		case TEE_CHECK_FAIL:
			break;
		}
		return TEE_DENY;
	}
	return verdict;
}

const struct tee_named *
tee_named_find(const struct tee_named_list *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->entry[i].name, name) == 0)
			return &list->entry[i];
	return NULL;
}

static bool
named_equal(const struct tee_named *a, const struct tee_named *b)
{
	return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

void
tee_claims_name(struct tee_claims *c, struct tee_named_list *list,
    const char *name, const void *data, size_t size)
{
	struct tee_named n = { NULL, NULL, size };
	const struct tee_named *known = tee_named_find(list, name);

	if (size > 4096 || list->count == TEE_NAMED_MAX) {
		c->broken = true;
		return;
	}
	n.name = strdup(name);
	n.data = malloc(size + 1);
	if (n.name == NULL || n.data == NULL) {
		c->broken = true;
	} else {
		memcpy(n.data, data, size);
		n.data[size] = '\0';
		/* One voice that says two things contradicts itself. */
		if (known != NULL && !named_equal(known, &n))
			c->broken = true;
		else if (known == NULL) {
			list->entry[list->count++] = n;
			return;
		}
	}
	free(n.name);
	free(n.data);
}

static bool
all_assert(const struct tee_voice *v, size_t count, unsigned authority,
    unsigned asserted)
{
	bool heard = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!(v[i].authority & authority))
			continue;
		if (!(v[i].claims->asserted & asserted))
			return false;
		heard = true;
	}
	return heard;
}

#define MIN(a, b) ((a) < (b) ? (a) : (b))

static void
meet_tee(const struct tee_voice *v, size_t count, struct tee_claims *out)
{
	bool level =
	    all_assert(v, count, TEE_AUTHORITY_TEE, TEE_ASSERTED_LEVEL);
	bool debug =
	    all_assert(v, count, TEE_AUTHORITY_TEE, TEE_ASSERTED_DEBUG);
	size_t i;

	out->level = level ? TEE_LEVEL_TEE_HARDWARE : TEE_LEVEL_STANDARD;
	out->debug_disabled = debug;
	for (i = 0; i < count; i++) {
		if (!(v[i].authority & TEE_AUTHORITY_TEE))
			continue;
		out->level = MIN(out->level, v[i].claims->level);
		out->debug_disabled =
		    out->debug_disabled && v[i].claims->debug_disabled;
	}
	out->asserted |= (level ? TEE_ASSERTED_LEVEL : 0u) |
	    (debug ? TEE_ASSERTED_DEBUG : 0u);
}

static void
meet_tcb(const struct tee_voice *v, size_t count, struct tee_claims *out)
{
	bool status =
	    all_assert(v, count, TEE_AUTHORITY_TCB, TEE_ASSERTED_TCB_STATUS);
	bool tcb = all_assert(v, count, TEE_AUTHORITY_TCB, TEE_ASSERTED_TCB);
	size_t i, k;

	out->tcb_status = status ? TEE_TCB_UP_TO_DATE : TEE_TCB_UNKNOWN;
	memset(out->tcb, tcb ? 0xff : 0, sizeof(out->tcb));
	for (i = 0; i < count; i++) {
		if (!(v[i].authority & TEE_AUTHORITY_TCB))
			continue;
		out->tcb_status = MIN(out->tcb_status, v[i].claims->tcb_status);
		for (k = 0; k < sizeof(out->tcb); k++)
			out->tcb[k] = MIN(out->tcb[k], v[i].claims->tcb[k]);
	}
	out->asserted |= (status ? TEE_ASSERTED_TCB_STATUS : 0u) |
	    (tcb ? TEE_ASSERTED_TCB : 0u);
}

static const struct tee_named_list *
list_of(const struct tee_claims *c, bool texts)
{
	return texts ? &c->texts : &c->measurements;
}

/* Survives where all with authority say it; two answers are a deny. */
static bool
meet_named(const struct tee_voice *v, size_t count, bool texts,
    struct tee_claims *out)
{
	unsigned authority =
	    texts ? TEE_AUTHORITY_TEE : TEE_AUTHORITY_MEASUREMENT;
	struct tee_named_list *kept = texts ? &out->texts : &out->measurements;
	size_t i, j, k;

	for (i = 0; i < count; i++) {
		const struct tee_named_list *l = list_of(v[i].claims, texts);

		if (!(v[i].authority & authority))
			continue;
		for (k = 0; k < l->count; k++) {
			bool all = true;

			for (j = 0; j < count; j++) {
				const struct tee_named *n;

				if (!(v[j].authority & authority))
					continue;
				n = tee_named_find(list_of(v[j].claims, texts),
				    l->entry[k].name);
				if (n == NULL)
					all = false;
				else if (!named_equal(n, &l->entry[k]))
					return false;
			}
			if (all)
				tee_claims_name(out, kept, l->entry[k].name,
				    l->entry[k].data, l->entry[k].size);
		}
	}
	return true;
}

enum tee_verdict
tee_claims_meet(const struct tee_voice *v, size_t count, struct tee_claims *out,
    const char **why)
{
	size_t i;

	*why = "no verifier spoke";
	if (count == 0)
		return TEE_DENY;
	meet_tee(v, count, out);
	meet_tcb(v, count, out);
	out->binding_seen = out->binding_match = true;
	for (i = 0; i < count; i++) {
		const struct tee_claims *c = v[i].claims;

		out->simulated = out->simulated || c->simulated;
		out->broken = out->broken || c->broken;
		out->binding_seen = out->binding_seen && c->binding_seen;
		out->binding_match = out->binding_match && c->binding_match;
		if (c->expires != 0 &&
		    (out->expires == 0 || c->expires < out->expires))
			out->expires = c->expires;
	}
	*why = "verifiers contradict each other";
	if (!meet_named(v, count, true, out) ||
	    !meet_named(v, count, false, out))
		return TEE_DENY;
	*why = "a claim could not be kept";
	return out->broken ? TEE_DENY : TEE_OK;
}

void
tee_claims_append_checks(struct tee_claims *c, const char *prefix,
    const struct tee_claims *from)
{
	char name[160];
	size_t i;

	for (i = 0; i < from->check_count; i++) {
		snprintf(name, sizeof(name), "%s%s", prefix,
		    from->checks[i].name);
		tee_claims_check(c, name, from->checks[i].result,
		    from->checks[i].detail);
	}
}

static void
copy_named(struct tee_claims *out, struct tee_named_list *to,
    const struct tee_named_list *from)
{
	size_t i;

	for (i = 0; i < from->count; i++)
		tee_claims_name(out, to, from->entry[i].name,
		    from->entry[i].data, from->entry[i].size);
}

struct tee_claims *
tee_claims_copy(const struct tee_claims *from)
{
	struct tee_claims *c = malloc(sizeof(*c));

	if (c == NULL)
		return NULL;
	*c = *from;
	c->texts.count = c->measurements.count = c->check_count = 0;
	copy_named(c, &c->texts, &from->texts);
	copy_named(c, &c->measurements, &from->measurements);
	tee_claims_append_checks(c, "", from);
	return c;
}

enum tee_confidential_level
tee_claims_level(const struct tee_claims *c)
{
	return c->level;
}

enum tee_key_origin
tee_claims_key_origin(const struct tee_claims *c)
{
	return c->key_origin;
}

enum tee_tcb_status
tee_claims_tcb_status(const struct tee_claims *c)
{
	return c->tcb_status;
}

bool
tee_claims_key_bound(const struct tee_claims *c)
{
	return tee_origin_is_tee(c->key_origin);
}

bool
tee_claims_debug(const struct tee_claims *c)
{
	return !c->debug_disabled;
}

bool
tee_claims_simulated(const struct tee_claims *c)
{
	return c->simulated;
}
