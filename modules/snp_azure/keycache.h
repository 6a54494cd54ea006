/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keycache: the keys of one endpoint, as it last published them.
 *
 *   have            kid      then
 *   nothing, or 24 h old     fetch
 *   younger         known    answer from memory
 *   younger         unknown  fetch, unless the last attempt is less than
 *                            5 minutes old: then the answer is "not now"
 *
 * One fetch at a time: others who need it wait for its outcome, and those who
 * find their key in memory never wait for the network.
 */
#ifndef TEE_AZURE_KEYCACHE_H
#define TEE_AZURE_KEYCACHE_H

#include <tee/module.h>

#include "modules/snp_azure/jwks.h"

#define AZURE_KEYS_AGE_S (24 * 60 * 60)
#define AZURE_KEYS_REFETCH_S (5 * 60)

struct azure_keycache;

/* Asks the endpoint; free *set with tee_azure_jwks_free.  No lock is held. */
typedef enum tee_verdict azure_keys_fetch(struct tee_call *, void *user,
    struct azure_jwks **set);

struct azure_keycache *tee_azure_keycache_new(azure_keys_fetch *, void *user);
void tee_azure_keycache_free(struct azure_keycache **);
/*
 * A set that has the kid, if the endpoint has one that does; `now` is seconds
 * of a clock that only goes forward.  Give it back with ..._release.
 * TEE_DENY: asked just now, and nobody signs under that kid.
 * TEE_UNAVAILABLE: could not be asked, or not now; logged.
 */
enum tee_verdict tee_azure_keycache_take(struct tee_call *,
    struct azure_keycache *, const char *kid, uint64_t now,
    const struct azure_jwks **set);
void tee_azure_keycache_release(struct azure_keycache *,
    const struct azure_jwks **set);

#endif
