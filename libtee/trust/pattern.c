/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern: see pattern.h.  Recursive descent over at most 200 characters,
 * so that its depth is bounded, too.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/trust/program.h"

#define NO_CHARACTER 0xffffffffu
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct reader {
	struct tee_pattern *p;
	uint32_t c[TEE_PATTERN_MAX + 1]; /* NO_CHARACTER at the end */
	int at;
	const char *why; /* sticky */
};

static const char nothing_to_repeat[] = "there is nothing to repeat";
static const char bad_escape[] = "this escape is not supported";

/* What AgentMesh looks for in the text of a pattern, to refuse it. */
static const char *const refused_parts[] = { "{", "(+", "(.*)*", "(.+)+" };

/* The ASCII part of Python's classes; \s has the four separators, too. */
static const struct {
	char letter;
	int count;
	struct tee_range range[4];
} classes[] = {
	{ 'd', 1, { { '0', '9' } } },
	{ 'w', 4, { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
	{ 's', 2, { { '\t', '\r' }, { 0x1c, ' ' } } },
};

static void alternatives(struct reader *);

static void
fail(struct reader *r, const char *why)
{
	if (r->why == NULL)
		r->why = why;
}

static uint32_t
peek(const struct reader *r)
{
	return r->why == NULL ? r->c[r->at] : NO_CHARACTER;
}

static bool
take(struct reader *r, uint32_t c)
{
	if (peek(r) != c)
		return false;
	r->at++;
	return true;
}

static int
emit(struct reader *r, enum tee_step_kind kind, int a, int b)
{
	if (r->p->steps == TEE_STEPS_MAX) {
		fail(r, "it is too large");
		return 0;
	}
	r->p->step[r->p->steps] = (struct tee_step){ kind, false, a, b };
	return r->p->steps++;
}

/* Room at `at`; what moves is one piece, whose jumps stay within it. */
static void
insert(struct reader *r, int at, struct tee_step step)
{
	int last = emit(r, TEE_STEP_FAIL, 0, 0);

	if (r->why != NULL)
		return;
	memmove(&r->p->step[at + 1], &r->p->step[at],
	    (size_t)(last - at) * sizeof(step));
	r->p->step[at] = step;
}

static void
add_range(struct reader *r, uint32_t low, uint32_t high)
{
	if (low > high)
		fail(r, "a range runs backwards");
	else if (r->p->ranges == TEE_RANGES_MAX)
		fail(r, "it is too large");
	else
		r->p->range[r->p->ranges++] = (struct tee_range){ low, high };
}

/* \d and the like; the upper case is what lies between. */
static bool
add_class(struct reader *r, uint32_t letter)
{
	size_t i;
	int k;

	for (i = 0; i < COUNT(classes); i++) {
		uint32_t low = 0;
		bool inside = letter == (uint32_t)classes[i].letter;

		if (!inside &&
		    letter + 'a' - 'A' != (uint32_t)classes[i].letter)
			continue;
		for (k = 0; k < classes[i].count; k++) {
			const struct tee_range *range = &classes[i].range[k];

			if (inside)
				add_range(r, range->low, range->high);
			else if (low < range->low)
				add_range(r, low, range->low - 1);
			low = range->high + 1;
		}
		if (!inside)
			add_range(r, low, 0x10ffff);
		r->p->ascii = true;
		return true;
	}
	return false;
}

static bool
is_alphanumeric(uint32_t c)
{
	return tee_pattern_word(c) && c != '_';
}

/* The character that an escape stands for, NO_CHARACTER where there is none. */
static uint32_t
escaped(uint32_t c)
{
	static const char letters[] = "ntrfva", means[] = "\n\t\r\f\v\a";
	const char *p;

	if (!is_alphanumeric(c))
		return c;
	p = strchr(letters, (int)c);
	return p != NULL ? (uint32_t)means[p - letters] : NO_CHARACTER;
}

/* One end of a range, or a class; NO_CHARACTER for the latter. */
static uint32_t
set_member(struct reader *r)
{
	uint32_t c = r->c[r->at++];

	if (c != '\\')
		return c;
	c = r->c[r->at];
	if (c == NO_CHARACTER) {
		fail(r, "a set has no end");
		return NO_CHARACTER;
	}
	r->at++;
	if (add_class(r, c))
		return NO_CHARACTER;
	c = c == 'b' ? '\b' : escaped(c);
	if (c == NO_CHARACTER)
		fail(r, bad_escape);
	return c;
}

static void
set(struct reader *r)
{
	bool negated = take(r, '^');
	int first = r->p->ranges, here = emit(r, TEE_STEP_SET, first, 0);
	bool any = false;

	for (;; any = true) {
		uint32_t low, high;

		if (peek(r) == NO_CHARACTER) {
			fail(r, "a set has no end");
			return;
		}
		if (any && take(r, ']'))
			break;
		low = high = set_member(r);
		if (peek(r) == '-' && r->c[r->at + 1] != ']' &&
		    r->c[r->at + 1] != NO_CHARACTER) {
			r->at++;
			high = set_member(r);
			if (low == NO_CHARACTER || high == NO_CHARACTER)
				fail(r, "a range has no end");
		}
		if (low != NO_CHARACTER)
			add_range(r, low, high);
	}
	r->p->step[here].negated = negated;
	r->p->step[here].b = r->p->ranges - first;
}

/* True where what was read may be repeated. */
static bool
escape(struct reader *r)
{
	uint32_t c = r->c[r->at];
	int first = r->p->ranges, here;

	if (c == NO_CHARACTER) {
		fail(r, "it ends in a backslash");
		return false;
	}
	r->at++;
	if (c == 'A' || c == 'Z' || c == 'b' || c == 'B') {
		here = emit(r,
		    c == 'A'     ? TEE_STEP_START :
			c == 'Z' ? TEE_STEP_CLOSE :
				   TEE_STEP_WORD,
		    0, 0);
		r->p->step[here].negated = c == 'B';
		r->p->ascii = r->p->ascii || c == 'b' || c == 'B';
		return false;
	}
	if (add_class(r, c)) {
		emit(r, TEE_STEP_SET, first, r->p->ranges - first);
		return true;
	}
	c = escaped(c);
	if (c == NO_CHARACTER)
		fail(r, bad_escape);
	emit(r, TEE_STEP_CHARACTER, (int)c, 0);
	return true;
}

/* Who matched what is of no interest, so "(?:" is the same. */
static void
group(struct reader *r)
{
	if (take(r, '?') && !take(r, ':'))
		fail(r, "flags, names, lookaround are not supported");
	alternatives(r);
	if (!take(r, ')'))
		fail(r, "a group has no end");
}

static bool
atom(struct reader *r)
{
	uint32_t c = r->c[r->at++];

	switch (c) {
	case '(':
		group(r);
		return true;
	case '[':
		set(r);
		return true;
	case '\\':
		return escape(r);
	case '.':
		emit(r, TEE_STEP_ANY, 0, 0);
		return true;
	case '^':
		emit(r, TEE_STEP_START, 0, 0);
		return false;
	case '$':
		emit(r, TEE_STEP_END, 0, 0);
		return false;
	case '*':
	case '+':
	case '?':
		fail(r, nothing_to_repeat);
		return false;
	default:
		emit(r, TEE_STEP_CHARACTER, (int)c, 0);
		return true;
	}
}

/* The piece from `from` on becomes its repetition. */
static void
repeat(struct reader *r, int from)
{
	int size = r->p->steps - from;
	bool star = take(r, '*'), plus = !star && take(r, '+');

	if (plus) {
		emit(r, TEE_STEP_SPLIT, -size, 1);
	} else {
		if (!star)
			(void)take(r, '?');
		insert(r, from,
		    (struct tee_step){ TEE_STEP_SPLIT, false, 1,
			size + (star ? 2 : 1) });
		if (star)
			emit(r, TEE_STEP_JUMP, -size - 1, 0);
	}
	/* Lazy or not, the answer is the same; possessive it is not. */
	(void)take(r, '?');
	if (peek(r) == '+' || peek(r) == '*' || peek(r) == '?')
		fail(r, "a repeat is repeated");
}

static bool
at_repeat(const struct reader *r)
{
	uint32_t c = peek(r);

	return c == '*' || c == '+' || c == '?';
}

static void
sequence(struct reader *r)
{
	for (;;) {
		uint32_t c = peek(r);
		int from = r->p->steps;
		bool repeatable;

		if (c == NO_CHARACTER || c == '|' || c == ')')
			return;
		repeatable = atom(r);
		if (!at_repeat(r))
			continue;
		if (repeatable)
			repeat(r, from);
		else
			fail(r, nothing_to_repeat);
	}
}

static void
alternatives(struct reader *r)
{
	int from = r->p->steps, jump;

	sequence(r);
	if (!take(r, '|'))
		return;
	insert(r, from,
	    (struct tee_step){ TEE_STEP_SPLIT, false, 1,
		r->p->steps - from + 2 });
	jump = emit(r, TEE_STEP_JUMP, 0, 0);
	alternatives(r);
	r->p->step[jump].a = r->p->steps - jump;
}

/* jansson and the YAML reader let no other than valid UTF-8 in. */
static bool
read_characters(struct reader *r, const char *s, size_t size)
{
	size_t i = 0, n = 0;

	while (i < size && n < TEE_PATTERN_MAX)
		r->c[n++] = tee_pattern_character(s, size, &i);
	r->c[n] = NO_CHARACTER;
	return i == size;
}

static bool
refused_part(const char *pattern)
{
	size_t i;

	for (i = 0; i < COUNT(refused_parts); i++)
		if (strstr(pattern, refused_parts[i]) != NULL)
			return true;
	return false;
}

struct tee_pattern *
tee_pattern_new(const char *pattern, size_t size, const char **why)
{
	struct reader *r = calloc(1, sizeof(*r));
	struct tee_pattern *p = calloc(1, sizeof(*p));

	*why = NULL;
	if (r == NULL || p == NULL)
		goto out;
	r->p = p;
	if (!read_characters(r, pattern, size))
		fail(r, "it has more than 200 characters");
	if (refused_part(pattern))
		fail(r, "AgentMesh never matches {, (+, (.*)* or (.+)+");
	alternatives(r);
	if (peek(r) == ')')
		fail(r, "a ) has no (");
	emit(r, TEE_STEP_MATCH, 0, 0);
	*why = r->why;
	if (r->why == NULL) {
		free(r);
		return p;
	}
out:
	free(r);
	tee_pattern_free(p);
	return NULL;
}

void
tee_pattern_free(struct tee_pattern *p)
{
	free(p);
}
