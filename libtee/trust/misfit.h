/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misfit: an argument of a call that does not fit.  The code says no more than
 * that; which one it is, and what it should be, stands in the log.
 */
#ifndef LIBTEE_TRUST_MISFIT_H
#define LIBTEE_TRUST_MISFIT_H

#include "libtee/log.h"

/* Always TEE_E_ARGUMENT.  Neither text holds anything of the caller's. */
int trust_misfit(const struct tee_log *, const char *profile, const char *call,
    const char *argument, const char *why);

#endif
