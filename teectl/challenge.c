/* SPDX-License-Identifier: Apache-2.0 */
/* challenge: see challenge.h. */
#include "config.h"

#include <string.h>

#include "teectl/challenge.h"
#include "teectl/command.h"

error_t
challenge_parse(int key, char *arg, struct argp_state *state,
    struct challenge *challenge)
{
	switch (key) {
	case KEY_CHALLENGE_ID:
		command_set(state, "challenge-id", &challenge->id, arg);
		return 0;
	case KEY_NONCE:
		command_set(state, "nonce", &challenge->nonce, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

bool
challenge_given(struct argp_state *state, const struct challenge *challenge)
{
	if ((challenge->id == NULL) != (challenge->nonce == NULL))
		argp_error(state, "--challenge-id and --nonce go together");
	return challenge->id != NULL && challenge->nonce != NULL;
}

struct tee_challenge
challenge_value(const struct challenge *challenge)
{
	return (struct tee_challenge){ challenge->id, strlen(challenge->id),
		challenge->nonce, strlen(challenge->nonce) };
}
