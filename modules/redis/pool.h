/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool: a few sessions, made when they are needed and kept.  After a failure
 * nobody asks for a second, then two, up to half a minute; then one does, and
 * the others once that went well.  So a server that is away costs one peer
 * its budget and the others nothing.
 */
#ifndef MODULES_REDIS_POOL_H
#define MODULES_REDIS_POOL_H

#include <tee/module.h>

#include "modules/redis/address.h"
#include "modules/redis/session.h"

struct redis_pool;

/* `address` becomes the pool's; what else is pointed to outlives it. */
struct redis_pool *redis_pool_new(struct redis_address *address, SSL_CTX *tls,
    const char *host, const struct redis_login *);
void redis_pool_free(struct redis_pool **);
/* False: not asked, or no answer; ask->why says what is new of it. */
bool redis_pool_ask(struct redis_pool *, struct tee_cache_ask *, int argc,
    const char **argv, const size_t *sizes, struct redis_answer *);

#endif
