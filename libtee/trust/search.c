/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search: runs a pattern's program over a text, all its ways at once
 * (Thompson): each character costs at most one visit of each step, so that no
 * pattern and no text can make it slow.  Needs no memory but its stack.
 */
#include "config.h"

#include <string.h>

#include "libtee/trust/program.h"

struct set {
	uint64_t has[TEE_STEPS_MAX / 64];
	int step[TEE_STEPS_MAX];
	int count;
};

/* Where a search stands. */
struct place {
	bool start, end, before_last_newline;
	bool word_behind, word_ahead;
};

bool
tee_pattern_word(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (c >= 'a' && c <= 'z');
}

uint32_t
tee_pattern_character(const char *s, size_t size, size_t *at)
{
	uint32_t c = (uint8_t)s[(*at)++];
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

	if (more > 0)
		c &= 0x3fu >> more;
	for (; more > 0 && *at < size; more--)
		c = c << 6 | ((uint8_t)s[(*at)++] & 0x3f);
	return c;
}

bool
tee_pattern_ascii(const struct tee_pattern *p)
{
	return p->ascii;
}

static bool
holds(const struct tee_step *s, const struct place *at)
{
	switch (s->kind) {
	case TEE_STEP_START:
		return at->start;
	case TEE_STEP_END:
		return at->end || at->before_last_newline;
	case TEE_STEP_CLOSE:
		return at->end;
	case TEE_STEP_WORD:
		/* In an empty text Python finds neither \b nor \B. */
		if (at->start && at->end)
			return false;
		return (at->word_behind != at->word_ahead) != s->negated;
	case TEE_STEP_FAIL:
	case TEE_STEP_CHARACTER:
	case TEE_STEP_ANY:
	case TEE_STEP_SET:
	case TEE_STEP_SPLIT:
	case TEE_STEP_JUMP:
	case TEE_STEP_MATCH:
		break;
	}
	return false;
}

/* Puts `first` and all it leads to without a character into the set; true
 * where that is the match. */
static bool
enter(const struct tee_pattern *p, struct set *set, int first,
    const struct place *at)
{
	int stack[TEE_STEPS_MAX + 1], depth = 0;

	stack[depth++] = first;
	while (depth > 0) {
		int i = stack[--depth];
		const struct tee_step *s = &p->step[i];

		if (set->has[i / 64] >> (i % 64) & 1)
			continue;
		set->has[i / 64] |= UINT64_C(1) << (i % 64);
		if (s->kind == TEE_STEP_MATCH)
			return true;
		if (s->kind == TEE_STEP_CHARACTER || s->kind == TEE_STEP_ANY ||
		    s->kind == TEE_STEP_SET)
			set->step[set->count++] = i;
		else if (s->kind == TEE_STEP_SPLIT || s->kind == TEE_STEP_JUMP)
			stack[depth++] = i + s->a;
		else if (holds(s, at))
			stack[depth++] = i + 1;
		if (s->kind == TEE_STEP_SPLIT)
			stack[depth++] = i + s->b;
	}
	return false;
}

static bool
in_set(const struct tee_pattern *p, const struct tee_step *s, uint32_t c)
{
	int i;

	for (i = s->a; i < s->a + s->b; i++)
		if (c >= p->range[i].low && c <= p->range[i].high)
			return !s->negated;
	return s->negated;
}

static bool
takes(const struct tee_pattern *p, const struct tee_step *s, uint32_t c)
{
	if (s->kind == TEE_STEP_CHARACTER)
		return (uint32_t)s->a == c;
	return s->kind == TEE_STEP_ANY || in_set(p, s, c);
}

static struct place
place_of(const char *text, size_t size, size_t at)
{
	return (struct place){ .start = at == 0,
		.end = at == size,
		.before_last_newline = at + 1 == size && text[at] == '\n',
		.word_behind =
		    at > 0 && tee_pattern_word((uint8_t)text[at - 1]),
		.word_ahead =
		    at < size && tee_pattern_word((uint8_t)text[at]) };
}

static void
clear(struct set *set)
{
	memset(set->has, 0, sizeof(set->has));
	set->count = 0;
}

static bool
search(const struct tee_pattern *p, const char *text, size_t size)
{
	struct set sets[2], *now = &sets[0], *next = &sets[1], *swap;
	struct place place = place_of(text, size, 0);
	size_t at = 0;
	uint32_t c;
	int i;

	clear(now);
	if (enter(p, now, 0, &place))
		return true;
	while (at < size) {
		c = tee_pattern_character(text, size, &at);
		place = place_of(text, size, at);
		clear(next);
		for (i = 0; i < now->count; i++)
			if (takes(p, &p->step[now->step[i]], c) &&
			    enter(p, next, now->step[i] + 1, &place))
				return true;
		if (enter(p, next, 0, &place))
			return true;
		/* ^ was not there, and nothing else can begin any more. */
		if (next->count == 0 && p->step[0].kind == TEE_STEP_START)
			return false;
		swap = now;
		now = next;
		next = swap;
	}
	return false;
}

static bool
all_ascii(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if ((uint8_t)text[i] >= 0x80)
			return false;
	return true;
}

enum tee_answer
tee_pattern_search(const struct tee_pattern *p, const char *text, size_t size)
{
	if (size > TEE_PATTERN_TEXT_MAX || (p->ascii && !all_ascii(text, size)))
		return TEE_ANSWER_ERROR;
	return search(p, text, size) ? TEE_ANSWER_YES : TEE_ANSWER_NO;
}
