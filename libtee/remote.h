/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote: a key that teed holds: libtee's side of the protocol (wire.h).  One
 * connection per key; calls of several threads take turns.  A connection that
 * broke is made anew once per call, and the key there must be the same.
 */
#ifndef LIBTEE_REMOTE_H
#define LIBTEE_REMOTE_H

#include "libtee/profile.h"
#include "libtee/wire.h"

struct tee_remote;
struct tee_key;

/*
 * tee_acquire where custody.residency is "teed": waits for a key under way
 * as long as the profile's lines may take, two minutes at most.
 */
int tee_remote_acquire(const struct tee *, struct tee_key **) TEE_MUST_USE;
int tee_remote_renew(const struct tee *, struct tee_key *) TEE_MUST_USE;

int tee_remote_sign(struct tee_remote *, enum tee_wire_form,
    const void *message, size_t size,
    uint8_t signature[TEE_SIGNATURE_SIZE]) TEE_MUST_USE;
int tee_remote_attest(struct tee_remote *, const struct tee_challenge *,
    struct tee_evidence **) TEE_MUST_USE;
int tee_remote_revoke(struct tee_remote *) TEE_MUST_USE;
/* As teed said last. */
int32_t tee_remote_serial(struct tee_remote *);
time_t tee_remote_expires(struct tee_remote *);
void tee_remote_free(struct tee_remote **);

#endif
