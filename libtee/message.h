/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message: what a profile lets be signed, so that a socket is no oracle for
 * other protocols.  A message's own bytes say what it is; the forms exclude
 * one another.
 *
 *	custody.sign      the message
 *	"handshake"       AgentMesh: <challenge id>:<nonce>:<response nonce>:
 *	                  <this key's DID>[:<freshness nonce>], and the second
 *	                  layer's preimage that names this key's DID
 *	"registration"    proof of possession of this public key: AgentMesh's,
 *	                  made now, and the registration document of teectl(1)
 *	"raw:PREFIX"      begins with PREFIX, and is longer, but not 32 bytes
 *	"sshsig:NAMESPACE"  the blob that SSHSIG signs, for that namespace
 *	"jws"             a JWS signing input with alg EdDSA (RFC 7515, 8037)
 *	"ssh"             SSH user authentication by this public key (RFC 4252)
 */
#ifndef LIBTEE_MESSAGE_H
#define LIBTEE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tee/tee.h>

#include "libtee/clock.h"

#define TEE_MESSAGE_CLASSES 32

enum tee_message_class {
	TEE_MESSAGE_NONE = 0, /* none that is allowed */
	TEE_MESSAGE_HANDSHAKE,
	TEE_MESSAGE_REGISTRATION,
	TEE_MESSAGE_RAW,
	TEE_MESSAGE_SSHSIG,
	TEE_MESSAGE_JWS,
	TEE_MESSAGE_SSH
};

struct tee_message_rule {
	enum tee_message_class class;
	char *word; /* PREFIX, NAMESPACE, or NULL */
};

struct tee_message_rules {
	struct tee_message_rule rule[TEE_MESSAGE_CLASSES];
	size_t count;
};

/* AgentMesh's: a proof of possession is of now, give or take so much. */
#define TEE_MESSAGE_SKEW (300 * TEE_SECOND)

/* Whose key it is, and when: some messages must name both. */
struct tee_message_key {
	const uint8_t *public_key;
	const char *did;
	size_t did_size;
	tee_instant now;
};

/* One element of custody.sign; false, with *why a constant, where it is none
 * (unknown, a prefix that is too short or could begin another form). */
bool tee_message_rules_add(struct tee_message_rules *, const char *text,
    const char **why) TEE_MUST_USE;
void tee_message_rules_clear(struct tee_message_rules *);

/* The class under which this may be signed as it is. */
enum tee_message_class tee_message_allows(const struct tee_message_rules *,
    const struct tee_message_key *, const uint8_t *message,
    size_t size) TEE_MUST_USE;
/* Of a preimage of AgentMesh's second layer, whose SHA-256 is signed. */
enum tee_message_class
tee_message_allows_layer2(const struct tee_message_rules *,
    const struct tee_message_key *, const uint8_t *preimage,
    size_t size) TEE_MUST_USE;
const char *tee_message_word(enum tee_message_class);

#endif
