/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_shape: a look at the bytes before libconfig sees them.  libconfig
 * follows @include without a check, drops "\\x00" out of a string, and takes
 * an unterminated comment for the end of the file.
 */
#include "config.h"

#include <string.h>

#include "libtee/profile_read.h"

struct scan {
	struct tee_source *src;
	const char *p;
	const char *end;
	unsigned line;
};

static bool
refuse(struct scan *s, unsigned line, const char *what)
{
	tee_log_line(s->src->log, LOG_ERR, "%s:%u: %s", s->src->file, line,
	    what);
	return false;
}

static bool
at(const struct scan *s, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(s->end - s->p) >= n && memcmp(s->p, word, n) == 0;
}

static void
step(struct scan *s)
{
	s->line += *s->p++ == '\n';
}

static bool
block_comment(struct scan *s)
{
	unsigned opened = s->line;

	s->p += 2;
	while (s->p < s->end && !at(s, "*/"))
		step(s);
	if (s->p == s->end)
		return refuse(s, opened, "a comment that never ends");
	s->p += 2;
	return true;
}

static void
line_comment(struct scan *s)
{
	while (s->p < s->end && *s->p != '\n')
		step(s);
}

static bool
string(struct scan *s)
{
	step(s);
	while (s->p < s->end && *s->p != '"') {
		if (at(s, "\\x00"))
			return refuse(s, s->line, "a NUL byte in a string");
		if (*s->p == '\\' && s->p + 1 < s->end)
			step(s);
		step(s);
	}
	if (s->p < s->end)
		step(s);
	return true;
}

/* libconfig's own rule: the first word of a line. */
static bool
starts_include(const struct scan *s)
{
	struct scan word = *s;

	while (word.p < word.end && strchr(" \t\r\f\v", *word.p) != NULL)
		word.p++;
	return at(&word, "@include");
}

bool
tee_profile_shape(struct tee_source *src, const char *text, size_t size)
{
	struct scan s = { src, text, text + size, 1 };
	bool fresh = true, ok = true;

	if (memchr(text, '\0', size) != NULL)
		return refuse(&s, 1, "NUL byte in profile");
	while (ok && s.p < s.end) {
		if (fresh && starts_include(&s))
			return refuse(&s, s.line,
			    "@include is refused: a "
			    "profile is one file");
		fresh = *s.p == '\n';
		if (at(&s, "/*"))
			ok = block_comment(&s);
		else if (*s.p == '#' || at(&s, "//"))
			line_comment(&s);
		else if (*s.p == '"')
			ok = string(&s);
		else
			step(&s);
	}
	return ok;
}
