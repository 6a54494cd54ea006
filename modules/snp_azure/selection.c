/* SPDX-License-Identifier: Apache-2.0 */
/* selection: see selection.h. */
#include "config.h"

#include "modules/snp_azure/selection.h"

#define PCRS 24

/* One or two digits at *s, which moves behind them; -1: no PCR. */
static int
number(const char **s)
{
	int n = 0, digits = 0;

	for (; **s >= '0' && **s <= '9' && digits < 2; (*s)++, digits++)
		n = 10 * n + (**s - '0');
	return digits > 0 && n < PCRS ? n : -1;
}

static bool
range(const char **s, uint32_t *mask)
{
	int first = number(s), last = first;

	if (first >= 0 && **s == '-') {
		(*s)++;
		last = number(s);
	}
	if (first < 0 || last < first)
		return false;
	for (int i = first; i <= last; i++)
		*mask |= UINT32_C(1) << i;
	return true;
}

bool
tee_azure_selection_parse(const char *s, uint32_t *mask)
{
	*mask = 0;
	while (range(&s, mask)) {
		if (*s == '\0')
			return true;
		if (*s++ != ',')
			return false;
	}
	return false;
}
