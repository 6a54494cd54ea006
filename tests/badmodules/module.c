/* SPDX-License-Identifier: Apache-2.0 */
/*
 * badmodule: one tiny keystore that breaks exactly one rule of the loader,
 * chosen by a -D switch; without a switch it is a good module.
 */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>
#include <tee/module.h>

#ifndef BAD_NAME
#define BAD_NAME "bad_none"
#endif
#ifndef BAD_ABI
#define BAD_ABI TEE_MODULE_ABI
#endif
#ifndef BAD_SIZE_DELTA
#define BAD_SIZE_DELTA 0
#endif
#ifndef BAD_CEILING
#define BAD_CEILING TEE_ORIGIN_LOCAL
#endif

#ifdef BAD_CONSTRUCTOR
/* Runs inside dlopen: what a module from an unsafe place could do. */
__attribute__((constructor)) static void
leave_a_trace(void)
{
	int fd = open("constructor-ran", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
}
#endif

#ifdef BAD_DEPENDENCY
/* Nobody defines it: only RTLD_NOW finds that out before the first call. */
extern int libtee_test_symbol_that_nobody_defines(void);
#endif

static enum tee_verdict
never(struct tee_call *call, void *state)
{
	(void)call;
	(void)state;
#ifdef BAD_DEPENDENCY
	return libtee_test_symbol_that_nobody_defines() ? TEE_DENY :
							  TEE_UNAVAILABLE;
#else
	return TEE_DENY;
#endif
}

#ifndef BAD_NO_OPEN
static enum tee_verdict
open_line(const struct tee_config *config, void **state)
{
	(void)config;
	*state = NULL;
#ifdef BAD_OPEN_GARBAGE
	return (enum tee_verdict)1;
#else
	return TEE_OK;
#endif
}
#endif

#ifndef BAD_NO_CLOSE
static void
close_line(void *state)
{
	(void)state;
}
#endif

#ifndef BAD_NO_OPTIONS
static const struct tee_module_option options[] = { { NULL, 0, NULL } };
#endif

#ifdef BAD_NO_SYMBOL
#define DESCRIPTOR tee_modul
#else
#define DESCRIPTOR tee_module
#endif
extern TEE_EXPORT const struct tee_module DESCRIPTOR;
const struct tee_module DESCRIPTOR = {
	.abi = BAD_ABI,
	.size = sizeof(struct tee_module) + (BAD_SIZE_DELTA),
#ifndef BAD_NO_NAME
	.name = BAD_NAME,
#endif
	.summary = "breaks one rule",
	.ceiling = (enum tee_key_origin)(BAD_CEILING),
#ifndef BAD_NO_OPTIONS
	.options = options,
#endif
#ifndef BAD_NO_OPEN
	.open = open_line,
#endif
#ifndef BAD_NO_CLOSE
	.close = close_line,
#endif
	.prepare = never,
#ifndef BAD_NO_RELEASE
	.release = never,
#endif
};
