/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kit: a known key in custody, the ring it hangs in, and processes under
 * other names than its owner's.  Every user id is made up from this process's
 * id, so that two runs at once never share a quota.
 */
#ifndef TESTS_KEYRING_KIT_H
#define TESTS_KEYRING_KIT_H

#include <check.h>
#include <keyutils.h>
#include <stdbool.h>
#include <sys/types.h>

#include "libtee/keyring.h"

#define NOBODY ((gid_t)-1)

/* RFC 8032 section 7.1, TEST 2: the message is the byte 0x72. */
extern const uint8_t kit_seed[TEE_SEED_SIZE];
extern const uint8_t kit_public[TEE_PUBLIC_KEY_SIZE];
extern const uint8_t kit_signature[TEE_SIGNATURE_SIZE];
#define KIT_MESSAGE "\x72"
#define KIT_DESCRIPTION "tee:local:kit:did:mesh:kit"

int kit_try_store(unsigned lifetime, gid_t operators, struct tee_custody **);
/* The same, where it must succeed. */
struct tee_custody *kit_store(unsigned lifetime, gid_t operators);
/* TEE_E_* of one signature; a wrong signature fails the test. */
int kit_sign(struct tee_custody *);
/* Waits, at most two seconds, until signing gives `error`. */
bool kit_comes_to(struct tee_custody *, int error);

/* The only ring of libtee's under this thread's process keyring, or -1. */
key_serial_t kit_ring(void);
/* "type;uid;gid;perm;description" into a static buffer; NULL: errno. */
const char *kit_describe(key_serial_t);
/* Waits, at most two seconds, until nobody can find the key any more. */
bool kit_vanishes(key_serial_t);

uid_t kit_uid(unsigned which);
/* Gives up root for good; `also` is the only further group, or NOBODY. */
void kit_become(uid_t, gid_t, gid_t also);
bool kit_is_root(void);
/* Exit status of a forked child that runs fn(arg). */
int kit_child(int (*fn)(void *), void *arg);

/* Runs the suite, or skips it (77) where add_key(2) is blocked. */
int kit_main(Suite *);

#endif
