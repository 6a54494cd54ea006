/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ahead: the wrapping key of the next transaction, made by a thread of the
 * line's own while nobody waits.  Each is still one transaction's: who takes
 * it takes it away.  Until then it lies in memory that is locked, not dumped
 * and wiped in a forked child, and not for long.
 */
#ifndef TEE_AZURE_AHEAD_H
#define TEE_AZURE_AHEAD_H

#include <tee/module.h>

#include "modules/snp_azure/rsakey.h"

#define AZURE_AHEAD_AGE_MS (10 * 60 * 1000)

struct azure_ahead;

/* Begins with the first one.  NULL: no thread, or no memory to be locked. */
struct azure_ahead *tee_azure_ahead_new(unsigned max_age_ms);
/* Ends the thread, whatever it does, and wipes. */
void tee_azure_ahead_free(struct azure_ahead **);
/*
 * The one that is ready, or that is being made and gets ready within the
 * budget.  False: make one yourself.
 */
bool tee_azure_ahead_take(struct tee_call *, struct azure_ahead *,
    struct azure_rsa *);
/* The next one, which begins when its user no longer needs the processor. */
void tee_azure_ahead_begin(struct azure_ahead *);

#endif
