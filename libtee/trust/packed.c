/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packed: see packed.h.
 *
 *   1  version, 1                      8  expires, seconds, 0: no limit
 *   1  what was asserted               8  verified at, microseconds
 *   1  facts, a bit each               1  + n  the folded report
 *   1  level                           1  number of texts, then each:
 *   1  key origin                      1  + n  name; 2 + n  bytes
 *   1  TCB status                      1  number of measurements, likewise
 *   8  TCB
 *
 * Numbers are little-endian; nothing follows.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/trust/packed.h"

#define FORM 1
#define REPORT "cache.report"
#define REPORT_MAX 80

enum fact {
	FACT_DEBUG_DISABLED = 1,
	FACT_SIMULATED = 2,
	FACT_BINDING = 4, /* seen, and it matched */
	FACT_REPORT = 8,  /* every check was done, or not asked for */
	FACT_ALL = 15
};

/* Names and words become C strings and are shown: no byte that hides any. */
static bool
shown(const uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return size > 0;
}

/* ---- packing: nothing that unpacking would not take ---- */

struct writer {
	uint8_t *at;
	size_t left;
	bool ok;
};

static void
put(struct writer *w, const void *data, size_t size)
{
	w->ok = w->ok && size <= w->left;
	if (!w->ok)
		return;
	memcpy(w->at, data, size);
	w->at += size;
	w->left -= size;
}

static void
put_number(struct writer *w, uint64_t n, size_t size)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(n >> 8 * i);
	put(w, bytes, size);
}

static void
put_text(struct writer *w, const char *text)
{
	size_t size = strlen(text);

	w->ok =
	    w->ok && size <= UINT8_MAX && shown((const uint8_t *)text, size);
	put_number(w, size, 1);
	put(w, text, size);
}

static void
put_list(struct writer *w, const struct tee_named_list *list, bool text)
{
	put_number(w, list->count, 1);
	for (size_t i = 0; i < list->count; i++) {
		const struct tee_named *n = &list->entry[i];

		w->ok = w->ok && !(text && memchr(n->data, 0, n->size) != NULL);
		put_text(w, n->name);
		put_number(w, n->size, 2);
		put(w, n->data, n->size);
	}
}

/* Claims that were a hit once bring a report that was folded already. */
static bool
fold(const struct tee_claims *c, char report[REPORT_MAX])
{
	size_t pass = 0, asked = 0;

	for (size_t i = 0; i < c->check_count; i++) {
		pass += c->checks[i].result == TEE_CHECK_PASS;
		asked += c->checks[i].result != TEE_CHECK_NOT_ASKED;
	}
	if (c->check_count == 1 && strcmp(c->checks[0].name, REPORT) == 0)
		snprintf(report, REPORT_MAX, "%s", c->checks[0].detail);
	else
		snprintf(report, REPORT_MAX,
		    "%zu of %zu checks passed when it was verified", pass,
		    asked);
	return pass == asked;
}

static bool
granted(const struct tee_claims *c)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (c->checks[i].result == TEE_CHECK_FAIL)
			return false;
	return c->verdict == TEE_OK && !c->broken && !c->incomplete &&
	    c->residency == NULL && c->binding_seen && c->binding_match &&
	    c->check_count > 0 && tee_clock_has(c->expires) &&
	    c->verified_at >= 0 && c->verified_at <= TEE_INSTANT_MAX;
}

size_t
trust_pack(const struct tee_claims *c, uint8_t out[TRUST_PACKED_MAX])
{
	struct writer w = { out, TRUST_PACKED_MAX, true };
	char report[REPORT_MAX];
	unsigned facts = FACT_BINDING;

	if (!granted(c))
		return 0;
	facts |= c->debug_disabled ? FACT_DEBUG_DISABLED : 0u;
	facts |= c->simulated ? FACT_SIMULATED : 0u;
	facts |= fold(c, report) ? FACT_REPORT : 0u;
	put_number(&w, FORM, 1);
	put_number(&w, c->asserted, 1);
	put_number(&w, facts, 1);
	put_number(&w, c->level, 1);
	put_number(&w, c->key_origin, 1);
	put_number(&w, c->tcb_status, 1);
	put(&w, c->tcb, sizeof(c->tcb));
	put_number(&w, (uint64_t)c->expires, 8);
	put_number(&w, (uint64_t)c->verified_at, 8);
	put_text(&w, report);
	put_list(&w, &c->texts, true);
	put_list(&w, &c->measurements, false);
	return w.ok ? TRUST_PACKED_MAX - w.left : 0;
}

/* ---- unpacking ---- */

struct reader {
	const uint8_t *at;
	size_t left;
	bool ok;
};

static const uint8_t *
take(struct reader *r, size_t size)
{
	const uint8_t *at = r->at;

	r->ok = r->ok && size <= r->left;
	if (!r->ok)
		return NULL;
	r->at += size;
	r->left -= size;
	return at;
}

static uint64_t
take_number(struct reader *r, size_t size, uint64_t most)
{
	const uint8_t *at = take(r, size);
	uint64_t n = 0;

	for (size_t i = 0; at != NULL && i < size; i++)
		n |= (uint64_t)at[i] << 8 * i;
	r->ok = r->ok && n <= most;
	return r->ok ? n : 0;
}

static void
take_text(struct reader *r, char out[UINT8_MAX + 1])
{
	size_t size = (size_t)take_number(r, 1, UINT8_MAX);
	const uint8_t *at = take(r, size);

	r->ok = r->ok && shown(at, size);
	if (r->ok)
		memcpy(out, at, size);
	out[r->ok ? size : 0] = '\0';
}

static void
take_list(struct reader *r, struct tee_claims *c, struct tee_named_list *list,
    bool text)
{
	size_t count = (size_t)take_number(r, 1, TEE_NAMED_MAX);
	char name[UINT8_MAX + 1];

	for (size_t i = 0; r->ok && i < count; i++) {
		take_text(r, name);
		size_t size = (size_t)take_number(r, 2, TRUST_PACKED_MAX);
		const uint8_t *data = take(r, size);

		r->ok = r->ok && !(text && memchr(data, 0, size) != NULL);
		if (r->ok)
			tee_claims_name(c, list, name, data, size);
	}
	/* A name that came twice was not kept twice. */
	r->ok = r->ok && list->count == count;
}

static void
take_facts(struct reader *r, struct tee_claims *c)
{
	unsigned asserted = TEE_ASSERTED_LEVEL | TEE_ASSERTED_DEBUG |
	    TEE_ASSERTED_TCB_STATUS | TEE_ASSERTED_TCB;
	char report[UINT8_MAX + 1];
	unsigned facts;
	const uint8_t *tcb;

	c->asserted = (unsigned)take_number(r, 1, asserted);
	facts = (unsigned)take_number(r, 1, FACT_ALL);
	r->ok = r->ok && (facts & FACT_BINDING);
	c->binding_seen = c->binding_match = r->ok;
	c->debug_disabled = facts & FACT_DEBUG_DISABLED;
	c->simulated = facts & FACT_SIMULATED;
	c->level = take_number(r, 1, TEE_LEVEL_TEE_HARDWARE);
	c->key_origin = take_number(r, 1, TEE_ORIGIN_GENERATED);
	c->tcb_status = take_number(r, 1, TEE_TCB_UP_TO_DATE);
	tcb = take(r, sizeof(c->tcb));
	if (tcb != NULL)
		memcpy(c->tcb, tcb, sizeof(c->tcb));
	c->expires = (time_t)take_number(r, 8, TEE_INSTANT_MAX / TEE_SECOND);
	c->verified_at = (tee_instant)take_number(r, 8, TEE_INSTANT_MAX);
	take_text(r, report);
	r->ok = r->ok && strlen(report) < REPORT_MAX;
	tee_claims_check(c, REPORT,
	    facts & FACT_REPORT ? TEE_CHECK_PASS : TEE_CHECK_NOT_DONE, report);
}

struct tee_claims *
trust_unpack(struct tee_claims *c, const uint8_t *packed, size_t size)
{
	struct reader r = { packed, size, size <= TRUST_PACKED_MAX };

	if (c == NULL)
		return NULL;
	r.ok = take_number(&r, 1, FORM) == FORM && r.ok;
	take_facts(&r, c);
	take_list(&r, c, &c->texts, true);
	take_list(&r, c, &c->measurements, false);
	if (!r.ok || r.left != 0 || c->broken)
		tee_claims_free(&c);
	else
		c->verdict = TEE_OK;
	return c;
}
