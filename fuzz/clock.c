/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: instants and durations.  An instant that was read is written and
 * read back as the same one, and its days are those of a calendar that is
 * computed here without libc.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/clock.h"

#define LONGEST (366 * 86400u)
#define DAY (INT64_C(86400) * TEE_SECOND)

const char fuzz_target[] = "clock";

/* Days since 1970 of the proleptic Gregorian calendar, by counting. */
static int64_t
days(int year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334 };
	int64_t y = year - 1;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162 +
	    before[month - 1] + day - 1 + (leap && month > 2);
}

static int
digits(const char *s, size_t n)
{
	int v = 0;

	while (n-- > 0)
		v = v * 10 + (*s++ - '0');
	return v;
}

static void
check_instant(tee_instant at, const char *s, size_t len)
{
	char text[TEE_INSTANT_TEXT];
	tee_instant again = -1, day;

	fuzz_must(at >= 0, "not before 1970");
	day = days(digits(s, 4), digits(s + 5, 2), digits(s + 8, 2)) * DAY;
	fuzz_must(at >= day - DAY && at < day + 2 * DAY, "the day");
	if (memchr(s + 19, '+', len - 19) == NULL &&
	    memchr(s + 19, '-', len - 19) == NULL)
		fuzz_must(at >= day && at < day + DAY, "the day in UTC");
	tee_instant_format(at, text);
	fuzz_must(memchr(text, '\0', sizeof(text)) != NULL, "text ends");
	fuzz_must(tee_instant_parse(text, strlen(text), &again) && again == at,
	    "what was written reads back");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	char *text = fuzz_string(data, size);
	unsigned seconds = 0;
	tee_instant at = -1;
	bool duration = tee_duration_parse(text, &seconds);
	bool instant = tee_instant_parse(bytes, size, &at);

	if (duration)
		fuzz_must(seconds >= 1 && seconds <= LONGEST, "a duration");
	if (instant)
		check_instant(at, bytes, size);
	fuzz_accepted = duration || instant;
	free(text);
	return 0;
}
