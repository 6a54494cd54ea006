/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lease: one key with its end in the kernel keyring.
 *
 *   tee:<origin>:<profile>:<did>         the key: others may view it
 *   _tee.ring:<profile>:<key's serial>   its ring, below the process keyring
 *
 * The user and the operators' group may end a lease with KEYCTL_REVOKE on
 * the ring, which destroys the key; write permission on a restricted ring
 * gives nothing else.  Nobody can read or move
 * it, and nobody else can extend it.
 */
#ifndef LIBTEE_LEASE_H
#define LIBTEE_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <tee/types.h>

struct tee_lease {
	int32_t ring;
	int32_t key;
};

struct tee_lease_terms {
	const char *description;
	const char *profile;
	unsigned lifetime; /* seconds; the kernel ends it by itself */
	gid_t operators;   /* may look and end; (gid_t)-1: nobody */
	bool extendable;   /* by whoever possesses it; else by nobody */
};

/* 0, or a TEE_E_* code and nothing left in any keyring. */
int tee_lease_begin(const struct tee_lease_terms *, const uint8_t *payload,
    size_t size, struct tee_lease *) TEE_MUST_USE;
/* So many seconds from now, where it is extendable and has not ended. */
int tee_lease_extend(const struct tee_lease *, unsigned lifetime) TEE_MUST_USE;
/* Destroys at once; 0 also where it had ended already. */
int tee_lease_end(const struct tee_lease *);
/* What became of it, once reading gave TEE_E_KEY_FOREIGN. */
int tee_lease_fate(const struct tee_lease *);

/* errno of add_key(2) or keyctl(2) to TEE_E_*. */
int tee_lease_error(int error);

#endif
