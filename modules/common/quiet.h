/* SPDX-License-Identifier: Apache-2.0 */
/* quiet: libjose reports to standard error unless told not to; a library
 * never prints. */
#ifndef TEE_COMMON_QUIET_H
#define TEE_COMMON_QUIET_H

#include <jose/cfg.h>

static inline void
tee_quiet_error(void *misc, const char *file, int line, uint64_t error,
    const char *fmt, va_list args)
{
	(void)misc;
	(void)file;
	(void)line;
	(void)error;
	(void)fmt;
	(void)args;
}

/* NULL: no memory.  libjose would print under a NULL configuration. */
static inline jose_cfg_t *
tee_quiet_jose(void)
{
	jose_cfg_t *cfg = jose_cfg();

	if (cfg != NULL)
		jose_cfg_set_err_func(cfg, tee_quiet_error, NULL);
	return cfg;
}

#endif
