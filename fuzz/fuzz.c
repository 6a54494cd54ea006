/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz: see fuzz.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

bool fuzz_accepted;

void
fuzz_must(bool holds, const char *property)
{
	if (holds)
		return;
	fprintf(stderr, "%s: does not hold: %s\n", fuzz_target, property);
	abort();
}

void
fuzz_touch(const void *data, size_t size)
{
	const uint8_t *p = data;
	volatile uint8_t sink;

	for (size_t i = 0; i < size; i++)
		sink = p[i];
	(void)sink;
}

char *
fuzz_string(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);

	fuzz_must(s != NULL, "there is memory");
	if (size > 0)
		memcpy(s, data, size);
	s[size] = '\0';
	return s;
}
