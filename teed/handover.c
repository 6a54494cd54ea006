/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover: see handover.h.  Both documents are a row of fields, numbers
 * big-endian: u32 size, bytes for a text; the order stands in fields_of_*.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/text.h"
#include "teed/handover.h"

/* Writes where there is `out`, reads where there is `in`: one order of fields
 * for both ways.  Once something did not fit, nothing fits any more. */
struct row {
	uint8_t *out;
	const uint8_t *in;
	size_t size, at;
	bool bad;
};

static void
raw(struct row *r, void *bytes, size_t size)
{
	if (r->bad || r->size - r->at < size) {
		r->bad = true;
		return;
	}
	if (r->in != NULL)
		memcpy(bytes, r->in + r->at, size);
	else if (r->out != NULL && size > 0)
		memcpy(r->out + r->at, bytes, size);
	r->at += size;
}

static void
number(struct row *r, uint32_t *value)
{
	uint8_t b[4] = { (uint8_t)(*value >> 24), (uint8_t)(*value >> 16),
		(uint8_t)(*value >> 8), (uint8_t)*value };

	raw(r, b, sizeof(b));
	*value = r->bad ? 0 :
			  (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		(uint32_t)b[2] << 8 | b[3];
}

/* UTF-8, malloc'd where it is read; an absent one is NULL. */
static void
text(struct row *r, char **value, size_t *size)
{
	uint32_t n = 0;

	if (*value != NULL && *size >= TEED_REPORT_MAX)
		r->bad = true;
	else if (*value != NULL)
		n = (uint32_t)*size + 1;
	number(r, &n);
	if (r->in == NULL) {
		if (n > 0)
			raw(r, *value, n - 1);
		return;
	}
	*value = NULL;
	*size = 0;
	if (n == 0 || r->bad)
		return;
	if (r->size - r->at < n - 1 ||
	    !tee_utf8_valid((const char *)r->in + r->at, n - 1) ||
	    (*value = malloc(n)) == NULL) {
		r->bad = true;
		return;
	}
	raw(r, *value, n - 1);
	(*value)[n - 1] = '\0';
	*size = n - 1;
}

/* What a challenge may contain, a path and a document may not: a NUL. */
static void
string(struct row *r, char **value)
{
	size_t size = *value != NULL ? strlen(*value) : 0;

	text(r, value, &size);
	if (*value != NULL && strlen(*value) != size)
		r->bad = true;
}

/* A text of a fixed place. */
static void
word(struct row *r, char *value, size_t room)
{
	char *copy = r->in == NULL ? value : NULL;

	string(r, &copy);
	if (r->in == NULL)
		return;
	if (copy == NULL || strlen(copy) >= room)
		r->bad = true;
	else
		strcpy(value, copy); /* lint: fits, see above */
	free(copy);
}

static void
fields_of_standing(struct row *r, struct tee_standing *s)
{
	uint32_t origin = (uint32_t)s->origin, simulated = s->simulated;

	text(r, &s->did, &s->did_size);
	raw(r, s->public_key, sizeof(s->public_key));
	number(r, &origin);
	string(r, &s->platform);
	number(r, &simulated);
	if (origin > TEE_ORIGIN_GENERATED || simulated > 1)
		r->bad = true;
	s->origin = r->bad ? TEE_ORIGIN_LOCAL : (enum tee_key_origin)origin;
	s->simulated = simulated != 0;
}

static void
fields_of_errand(struct row *r, struct teed_errand *e)
{
	uint32_t kind = (uint32_t)e->kind;

	number(r, &kind);
	if (kind < TEED_ACQUIRE || kind > TEED_ATTEST)
		r->bad = true;
	e->kind = (enum teed_errand_kind)kind;
	string(r, &e->path);
	raw(r, e->digest, sizeof(e->digest));
	fields_of_standing(r, &e->standing);
	text(r, &e->challenge_id, &e->challenge_id_size);
	text(r, &e->nonce, &e->nonce_size);
}

static void
fields_of_report(struct row *r, struct teed_report *report)
{
	uint32_t error = (uint32_t)report->error;
	uint32_t lifetime = report->release.lifetime;

	number(r, &error);
	number(r, &lifetime);
	if (error > TEE_E_TEED || lifetime > INT32_MAX)
		r->bad = true;
	report->error = (int)error;
	report->release.lifetime = lifetime;
	fields_of_standing(r, &report->release.standing);
	string(r, &report->release.claims_json);
	string(r, &report->release.evidence_json);
	word(r, report->release.reason, sizeof(report->release.reason));
	word(r, report->release.detail, sizeof(report->release.detail));
}

/* Twice: how large, then into what was allocated. */
#define WRITE(fields, value, limit, bytes, size) \
	do { \
		struct row r = { .size = (limit) }; \
		fields(&r, (value)); \
		*(bytes) = r.bad ? NULL : malloc(r.at); \
		*(size) = r.at; \
		if (*(bytes) == NULL) \
			return false; \
		r = (struct row){ .out = *(bytes), .size = *(size) }; \
		fields(&r, (value)); \
	} while (0)

bool
teed_errand_write(const struct teed_errand *errand, uint8_t **bytes,
    size_t *size)
{
	struct teed_errand e = *errand;

	WRITE(fields_of_errand, &e, TEED_ERRAND_MAX, bytes, size);
	return true;
}

/* What the kind needs must be there, and nothing may stand behind the row. */
static bool
is_whole(const struct row *r, const struct teed_errand *e)
{
	bool held = e->standing.did != NULL && e->standing.platform != NULL;
	bool asked = e->challenge_id != NULL && e->challenge_id_size > 0 &&
	    e->nonce != NULL && e->nonce_size > 0;

	return !r->bad && r->at == r->size && e->path != NULL &&
	    (e->kind == TEED_ACQUIRE || held) &&
	    (e->kind != TEED_ATTEST || asked);
}

bool
teed_errand_read(const uint8_t *bytes, size_t size, struct teed_errand *out)
{
	struct row r = { .in = bytes, .size = size };

	*out = (struct teed_errand){ 0 };
	if (bytes == NULL || size > TEED_ERRAND_MAX)
		return false;
	fields_of_errand(&r, out);
	if (is_whole(&r, out))
		return true;
	teed_errand_clear(out);
	return false;
}

void
teed_errand_clear(struct teed_errand *e)
{
	free(e->path);
	free(e->standing.did);
	free(e->standing.platform);
	free(e->challenge_id);
	free(e->nonce);
	*e = (struct teed_errand){ 0 };
}

bool
teed_report_write(const struct teed_report *report, uint8_t **bytes,
    size_t *size)
{
	struct teed_report copy = *report;

	WRITE(fields_of_report, &copy, TEED_REPORT_MAX, bytes, size);
	return true;
}

bool
teed_report_read(const uint8_t *bytes, size_t size, struct teed_report *out)
{
	struct row r = { .in = bytes, .size = size };

	*out = (struct teed_report){ .error = TEE_E_SYSTEM };
	if (bytes == NULL || size > TEED_REPORT_MAX)
		return false;
	fields_of_report(&r, out);
	if (!r.bad && r.at == r.size)
		return true;
	teed_report_clear(out);
	out->error = TEE_E_SYSTEM;
	return false;
}

void
teed_report_clear(struct teed_report *report)
{
	struct tee_release *r = &report->release;

	free(r->standing.did);
	free(r->standing.platform);
	free(r->claims_json);
	free(r->evidence_json);
	*report = (struct teed_report){ 0 };
}
