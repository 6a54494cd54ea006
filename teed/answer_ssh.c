/* SPDX-License-Identifier: Apache-2.0 */
/* answer_ssh: what an ssh-agent's client is answered; see sshagent.h. */
#include "config.h"

#include <string.h>

#include "teed/answer.h"

static bool
is_our_key(const struct teed_service *s, const struct teed_ssh_request *r)
{
	uint8_t blob[TEED_SSH_BLOB];

	teed_ssh_blob(s->key.standing.public_key, blob);
	return r->key_size == sizeof(blob) &&
	    memcmp(r->key, blob, sizeof(blob)) == 0;
}

/* Nothing but what SSH itself signs, even where the profile allows more. */
static bool
may_be_signed_by_ssh(const struct teed_service *s,
    const struct teed_ssh_request *r)
{
	struct tee_message_key key = { s->key.standing.public_key,
		s->key.standing.did, s->key.standing.did_size,
		tee_clock_now() };
	enum tee_message_class class =
	    tee_message_allows(&s->plan->sign, &key, r->data, r->size);

	return class == TEE_MESSAGE_SSH || class == TEE_MESSAGE_SSHSIG;
}

static size_t
sign_for_ssh(struct teed_service *s, struct teed_client *c,
    const struct teed_ssh_request *r, uint8_t out[TEED_SSH_ANSWER])
{
	uint8_t signature[TEE_SIGNATURE_SIZE];
	uint64_t began = teed_nanoseconds();
	int error;

	/* rsa-sha2 flags mean nothing to this key. */
	if (s->state != TEED_HELD || r->flags != 0 || !is_our_key(s, r) ||
	    !may_be_signed_by_ssh(s, r)) {
		s->tally.refused++;
		c->refused++;
		return teed_ssh_failure(out);
	}
	error = tee_custody_sign(s->key.custody, r->data, r->size, signature);
	if (error != 0) {
		teed_answer_lost(s, error);
		return teed_ssh_failure(out);
	}
	c->signatures++;
	teed_tally_signed(&s->tally, 1, teed_nanoseconds() - began);
	return teed_ssh_signature(signature, out);
}

static size_t
answer(struct teed_service *s, struct teed_client *c, enum teed_ssh_kind kind,
    const struct teed_ssh_request *r, uint8_t out[TEED_SSH_ANSWER])
{
	unsigned wait;

	/* A list costs its answer, too. */
	if (!teed_limit_take(&c->peer->limit, teed_loop_now(c->loop), &wait)) {
		s->tally.limited++;
		teed_client_pause(c, wait);
		return teed_ssh_failure(out);
	}
	if (kind == TEED_SSH_SIGN)
		return sign_for_ssh(s, c, r, out);
	if (kind == TEED_SSH_LIST)
		return teed_ssh_list(s->state == TEED_HELD ?
			s->key.standing.public_key :
			NULL,
		    s->key.standing.did, out);
	return teed_ssh_failure(out);
}

ssize_t
teed_answer_ssh(struct teed_client *c, const uint8_t *bytes, size_t size)
{
	size_t left = size;

	for (int i = 0; i < TEED_BATCH && teed_client_reads(c); i++) {
		uint8_t out[TEED_SSH_ANSWER];
		struct teed_ssh_request r;
		enum teed_ssh_kind kind =
		    teed_ssh_take(c->ssh, &bytes, &left, &r);

		if (kind == TEED_SSH_NONSENSE)
			return -1;
		if (kind == TEED_SSH_PART)
			break;
		teed_client_bytes(c, out, answer(c->service, c, kind, &r, out));
	}
	return (ssize_t)(size - left);
}
