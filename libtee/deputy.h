/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deputy: a thread that runs errands with the credentials of the thread that
 * engaged it.  Possession of keys is per thread in Linux: a thread older than
 * the process keyring cannot reach what hangs below it, so it asks the deputy.
 */
#ifndef LIBTEE_DEPUTY_H
#define LIBTEE_DEPUTY_H

#include <tee/types.h>

struct tee_deputy;

/* NULL where no thread can be started. */
struct tee_deputy *tee_deputy_engage(void);
/* Runs errand(arg) there, one after another; gives what it returned. */
int tee_deputy_ask(struct tee_deputy *, int (*errand)(void *), void *arg);
/* Waits for the errand under way.  NULL is fine. */
void tee_deputy_dismiss(struct tee_deputy **);
/* For a forked child, where the thread does not exist: frees the memory. */
void tee_deputy_forget(struct tee_deputy **);

#endif
