/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certcache: certificates that never change, kept in a directory so that an
 * outage of their service is survived.  Nothing in it is trusted: chains are
 * judged wherever they came from.  A cache that cannot be used costs time,
 * never a verdict; what is wrong with it is in the log.
 */
#ifndef TEE_COMMON_CERTCACHE_H
#define TEE_COMMON_CERTCACHE_H

#include <tee/module.h>

#define TEE_CERTCACHE_FILES 64
#define TEE_CERTCACHE_SIZE (64 * 1024) /* of one entry */
#define TEE_CERTCACHE_KEY 200

/*
 * The directory that the option `name` gives; *out NULL where the line has
 * none.  It is made (0755) when first needed, below a directory that exists.
 * -1: refused.
 */
struct tee_certcache;
int tee_certcache_read(const struct tee_config *, const char *name,
    struct tee_certcache **out) TEE_MUST_USE;
void tee_certcache_free(struct tee_certcache **);

/*
 * key: [a-z0-9-], as the file is named.  malloc'd bytes with a terminator, or
 * NULL: not there, or not as it was written.
 */
char *tee_certcache_get(struct tee_call *, const struct tee_certcache *,
    const char *key, size_t *size);
/* Whole or not at all, whatever kills this process; the oldest make room. */
void tee_certcache_put(struct tee_call *, const struct tee_certcache *,
    const char *key, const void *data, size_t size);

#endif
