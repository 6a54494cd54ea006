/* SPDX-License-Identifier: Apache-2.0 */
/* judge: what the judges share; see judge.h. */
#include "config.h"

#include <stdio.h>

#include "modules/snp/judge.h"

void
tee_snp_case_expires(struct snp_case *c, time_t not_after)
{
	if (c->expires == 0 || not_after < c->expires)
		c->expires = not_after;
}

void
tee_snp_time_text(time_t when, char out[SNP_TIME_TEXT])
{
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL ||
	    strftime(out, SNP_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, SNP_TIME_TEXT, "?");
}
