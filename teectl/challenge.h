/* SPDX-License-Identifier: Apache-2.0 */
/* challenge: the two options with which a peer's challenge is given. */
#ifndef TEECTL_CHALLENGE_H
#define TEECTL_CHALLENGE_H

#include <argp.h>
#include <stdbool.h>
#include <tee/tee.h>

enum { KEY_CHALLENGE_ID = 0x200, KEY_NONCE };

#define CHALLENGE_OPTIONS \
	{ "challenge-id", KEY_CHALLENGE_ID, "ID", 0, \
		"Id of the challenge that the peer sent", 0 }, \
	{ \
		"nonce", KEY_NONCE, "NONCE", 0, \
		    "Nonce of that challenge, as sent", 0 \
	}

struct challenge {
	const char *id;
	const char *nonce;
};

/* ARGP_ERR_UNKNOWN where the key is another option's. */
error_t challenge_parse(int key, char *arg, struct argp_state *,
    struct challenge *);
/* One without the other ends in a usage error; false where both are absent. */
bool challenge_given(struct argp_state *, const struct challenge *);
struct tee_challenge challenge_value(const struct challenge *);

#endif
