/* SPDX-License-Identifier: Apache-2.0 */
/*
 * challenge: AgentMesh's HandshakeChallenge
 *
 *   challenge_id        "challenge_" and 16 hex digits
 *   nonce               64 hex digits
 *   freshness_nonce     null or 32 hex digits
 *   timestamp           UTC
 *   expires_in_seconds  30
 *
 * Digits are lower case and nothing else is taken: an agent signs these
 * texts, and must not be led to sign one that means something elsewhere.
 */
#ifndef LIBTEE_TRUST_CHALLENGE_H
#define LIBTEE_TRUST_CHALLENGE_H

#include <stdbool.h>
#include <jansson.h>

#include "libtee/binding.h"
#include "libtee/clock.h"

#define TRUST_CHALLENGE_MAX 4096 /* bytes of JSON */
#define TRUST_ID_SIZE 26
#define TRUST_NONCE 64
#define TRUST_FRESHNESS 32
#define TRUST_CHALLENGE_LIFETIME 30 /* seconds, as AgentMesh gives */
#define TRUST_LIFETIME_MAX 300      /* seconds, as anybody may give */

struct trust_challenge {
	char id[TRUST_ID_SIZE + 1];
	char nonce[TRUST_NONCE + 1];
	char freshness[TRUST_FRESHNESS + 1]; /* "": none */
	tee_instant issued;
	unsigned lifetime; /* seconds */
};

enum trust_time { TRUST_EXPIRED = 0, TRUST_FUTURE, TRUST_VALID = 0x2b };

int trust_challenge_draw(struct trust_challenge *, bool freshness,
    tee_instant now) TEE_MUST_USE;
/* NULL, or what is wrong with it: words for one line. */
const char *trust_challenge_read(const char *json, size_t size,
    struct trust_challenge *) TEE_MUST_USE;
/* free(3) it; NULL where there is no memory. */
char *trust_challenge_write(const struct trust_challenge *);
/*
 * Valid up to and including the last microsecond of its lifetime, `slack`
 * seconds more where clocks of two machines are compared.
 */
enum trust_time trust_challenge_time(const struct trust_challenge *,
    tee_instant now, unsigned slack);
/* The first instant at which it is expired. */
tee_instant trust_challenge_end(const struct trust_challenge *);
/* What ADR 0010 binds evidence to. */
struct tee_challenge trust_challenge_value(const struct trust_challenge *);

/* `bytes` random ones as lower-case hex; out holds 2 * bytes + 1. */
int trust_random_hex(char *out, size_t bytes) TEE_MUST_USE;
/* The string of this key, of exactly so many lower-case hex digits. */
bool trust_hex_read(const json_t *, size_t digits, char *out) TEE_MUST_USE;

#endif
