/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring: one key in a private ring under the process keyring; it can sign
 * and be looked at, and nobody but this process can read it, not even to
 * extend its life.  Payload: seed || public key.
 */
#ifndef LIBTEE_KEYRING_H
#define LIBTEE_KEYRING_H

#include <sys/types.h>
#include <tee/tee.h>

#include "libtee/signer.h"

struct tee_custody;

/*
 * Where keys are worked with: a private stack and an import that holds
 * nothing.  One bench serves any number of keys, one after another: 36 KiB of
 * locked memory once, not per key.  It outlives them.
 */
struct tee_bench;
int tee_bench_new(struct tee_bench **) TEE_MUST_USE;
void tee_bench_free(struct tee_bench **);

struct tee_custody_spec {
	const char *description; /* tee:<origin>:<profile>:<did> */
	const char *profile;
	const uint8_t *seed;
	const uint8_t *public_key;
	unsigned lifetime;       /* seconds; the kernel ends it by itself */
	gid_t operators;         /* (gid_t)-1: nobody beside the user */
	struct tee_bench *bench; /* borrowed; NULL: one of the key's own */
	/*
	 * A renewal extends the lease that is there: it needs no room in the
	 * kernel's quota, and this process can keep the key alive.
	 */
	bool extendable;
};

#define TEE_CUSTODY_DESCRIPTION 1024
/* tee:<origin>:<profile>:<did>, the DID made printable. */
void tee_custody_describe(enum tee_key_origin, const char *profile,
    const char *did, size_t did_size, char out[TEE_CUSTODY_DESCRIPTION]);

/* On any failure nothing is left in any keyring. */
int tee_custody_store(const struct tee_custody_spec *,
    struct tee_custody **) TEE_MUST_USE;
/* Any thread of this process, also one older than the ring; no child. */
int tee_custody_sign(struct tee_custody *, const void *message, size_t size,
    uint8_t signature[TEE_SIGNATURE_SIZE]) TEE_MUST_USE;
#define TEE_SIGN_MANY 16
/*
 * Up to TEE_SIGN_MANY messages in one visit: the key is read and imported
 * once and exists for the time of all of them, below a millisecond.  All are
 * signed, or none is given.
 */
int tee_custody_sign_many(struct tee_custody *, const struct tee_sign_job *,
    size_t count) TEE_MUST_USE;
/*
 * A secret of 32 bytes that follows from the key and says nothing of it; for
 * whoever holds the same key elsewhere.  `out` is secret memory.
 */
int tee_custody_derive(struct tee_custody *, const void *label, size_t size,
    uint8_t out[32]) TEE_MUST_USE;
/*
 * A new lease of `lifetime` seconds under a new serial, and the old one is
 * destroyed; or, where it is extendable, the same one goes on.  On failure the
 * old lease stands as it was.
 */
int tee_custody_renew(struct tee_custody *, unsigned lifetime) TEE_MUST_USE;
/* 0 where the key could sign now. */
int tee_custody_probe(struct tee_custody *) TEE_MUST_USE;
/* Destroys the key at once; a key that is gone already is a success. */
int tee_custody_revoke(struct tee_custody *);
int32_t tee_custody_serial(struct tee_custody *);
/* The key ends; what others watch stays until they have let go of it. */
void tee_custody_free(struct tee_custody **);
/* Another who probes the key from time to time, also when it was freed. */
struct tee_custody *tee_custody_watch(struct tee_custody *);
void tee_custody_unwatch(struct tee_custody **);

#endif
