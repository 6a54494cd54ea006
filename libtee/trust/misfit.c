/* SPDX-License-Identifier: Apache-2.0 */
/* misfit: see misfit.h. */
#include "config.h"

#include "libtee/trust/misfit.h"

int
trust_misfit(const struct tee_log *log, const char *profile, const char *call,
    const char *argument, const char *why)
{
	tee_log_line(log, LOG_ERR,
	    "tee profile=%s call=%s reason=argument detail=\"%s: %s\"", profile,
	    call, argument, why);
	return TEE_E_ARGUMENT;
}
