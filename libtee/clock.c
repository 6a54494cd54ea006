/* SPDX-License-Identifier: Apache-2.0 */
/* clock: see clock.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "libtee/clock.h"

bool
tee_clock_has(int64_t seconds)
{
	return seconds >= 0 && seconds <= TEE_INSTANT_MAX / TEE_SECOND;
}

tee_instant
tee_clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (tee_instant)ts.tv_sec * TEE_SECOND + ts.tv_nsec / 1000;
}

uint64_t
tee_clock_monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

bool
tee_duration_parse(const char *s, unsigned *seconds)
{
	static const struct {
		char unit;
		unsigned factor;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	const unsigned longest = 366 * 86400;
	uint64_t n = 0;
	size_t i, u;

	for (i = 0; s[i] >= '0' && s[i] <= '9'; i++) {
		if (i == 9)
			return false;
		n = n * 10 + (uint64_t)(s[i] - '0');
	}
	if (i == 0 || n == 0 || s[0] == '0')
		return false;
	for (u = 0; u < sizeof(units) / sizeof(units[0]); u++)
		if (s[i] == units[u].unit && s[i + 1] == '\0')
			break;
	if (u == sizeof(units) / sizeof(units[0]))
		return false;
	n *= units[u].factor;
	if (n > longest)
		return false;
	*seconds = (unsigned)n;
	return true;
}

struct cursor {
	const char *s;
	size_t len;
	size_t at;
};

static bool
number(struct cursor *c, unsigned digits, int *out)
{
	int n = 0;

	while (digits-- > 0) {
		if (c->at >= c->len || c->s[c->at] < '0' || c->s[c->at] > '9')
			return false;
		n = n * 10 + (c->s[c->at++] - '0');
	}
	*out = n;
	return true;
}

static bool
literal(struct cursor *c, const char *any_of)
{
	if (c->at >= c->len || strchr(any_of, c->s[c->at]) == NULL ||
	    c->s[c->at] == '\0')
		return false;
	c->at++;
	return true;
}

static bool
fraction(struct cursor *c, int64_t *micros)
{
	int64_t unit = 100000;
	int digit;

	*micros = 0;
	if (!literal(c, "."))
		return true;
	if (!number(c, 1, &digit))
		return false;
	do {
		if (unit == 0)
			return false;
		*micros += unit * digit;
		unit /= 10;
	} while (number(c, 1, &digit));
	return true;
}

/* Seconds to subtract; a missing zone is UTC, as AgentMesh reads it. */
static bool
zone(struct cursor *c, int64_t *offset)
{
	int hours, minutes = 0, sign;

	*offset = 0;
	if (c->at == c->len || literal(c, "Zz"))
		return true;
	sign = c->s[c->at] == '-' ? -1 : 1;
	if (!literal(c, "+-") || !number(c, 2, &hours))
		return false;
	(void)literal(c, ":");
	if (!number(c, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset = (int64_t)sign * (hours * 3600 + minutes * 60);
	return true;
}

bool
tee_instant_parse(const char *s, size_t len, tee_instant *out)
{
	struct cursor c = { s, len, 0 };
	struct tm tm = { 0 }, back;
	int64_t micros, offset;
	time_t t;

	if (!number(&c, 4, &tm.tm_year) || !literal(&c, "-") ||
	    !number(&c, 2, &tm.tm_mon) || !literal(&c, "-") ||
	    !number(&c, 2, &tm.tm_mday) || !literal(&c, "Tt ") ||
	    !number(&c, 2, &tm.tm_hour) || !literal(&c, ":") ||
	    !number(&c, 2, &tm.tm_min) || !literal(&c, ":") ||
	    !number(&c, 2, &tm.tm_sec) || !fraction(&c, &micros) ||
	    !zone(&c, &offset) || c.at != c.len)
		return false;
	if (tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mon > 12 ||
	    tm.tm_mday < 1 || tm.tm_hour > 23 || tm.tm_min > 59 ||
	    tm.tm_sec > 59)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	back = tm;
	t = timegm(&back);
	/* 30 February comes back as March: not a date. */
	if (back.tm_mday != tm.tm_mday)
		return false;
	*out = ((tee_instant)t - offset) * TEE_SECOND + micros;
	/* An offset may carry it out of the years that can be written. */
	return *out >= 0 && *out <= TEE_INSTANT_MAX;
}

void
tee_instant_format(tee_instant at, char out[TEE_INSTANT_TEXT])
{
	time_t t = (time_t)(at / TEE_SECOND);
	int64_t micros = at % TEE_SECOND;
	struct tm tm;
	size_t n;

	if (gmtime_r(&t, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	n = strftime(out, TEE_INSTANT_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	if (micros != 0)
		snprintf(out + n, TEE_INSTANT_TEXT - n, ".%06" PRId64 "Z",
		    micros);
	else
		snprintf(out + n, TEE_INSTANT_TEXT - n, "Z");
}
