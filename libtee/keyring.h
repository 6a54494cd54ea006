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

struct tee_custody;

struct tee_custody_spec {
	const char *description; /* tee:<origin>:<profile>:<did> */
	const char *profile;
	const uint8_t *seed;
	const uint8_t *public_key;
	unsigned lifetime; /* seconds; the kernel ends it by itself */
	gid_t operators;   /* (gid_t)-1: nobody beside the user */
};

/* On any failure nothing is left in any keyring. */
int tee_custody_store(const struct tee_custody_spec *,
    struct tee_custody **) TEE_MUST_USE;
/* Any thread of this process, also one older than the ring; no child. */
int tee_custody_sign(struct tee_custody *, const void *message, size_t size,
    uint8_t signature[TEE_SIGNATURE_SIZE]) TEE_MUST_USE;
/*
 * A new lease of `lifetime` seconds under a new serial; the old one is
 * destroyed.  On failure the old lease stands as it was.
 */
int tee_custody_renew(struct tee_custody *, unsigned lifetime) TEE_MUST_USE;
/* 0 where the key could sign now. */
int tee_custody_probe(struct tee_custody *) TEE_MUST_USE;
/* Destroys the key at once; a key that is gone already is a success. */
int tee_custody_revoke(struct tee_custody *);
int32_t tee_custody_serial(struct tee_custody *);
void tee_custody_free(struct tee_custody **);

#endif
