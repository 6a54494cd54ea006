/* SPDX-License-Identifier: Apache-2.0 */
/* message_mesh: what AgentMesh signs, field by field; see message_form.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "libtee/clock.h"
#include "libtee/error.h"
#include "libtee/message_form.h"
#include "libtee/text.h"

static bool
take_hex(struct tee_part *in, size_t digits)
{
	const uint8_t *at = tee_part_take(in, digits);

	for (size_t i = 0; !in->bad && i < digits; i++)
		if (!((at[i] >= '0' && at[i] <= '9') ||
			(at[i] >= 'a' && at[i] <= 'f')))
			in->bad = true;
	return !in->bad;
}

/* {challenge_id}:{nonce}:{response_nonce}:{agent_did}[:{freshness_nonce}] */
bool
tee_form_is_handshake(const struct tee_message_key *key, const uint8_t *message,
    size_t size)
{
	struct tee_part in = { message, size, false };

	tee_part_exactly(&in, "challenge_", 10);
	take_hex(&in, 16);
	tee_part_exactly(&in, ":", 1);
	take_hex(&in, 64);
	tee_part_exactly(&in, ":", 1);
	take_hex(&in, 32);
	tee_part_exactly(&in, ":", 1);
	tee_part_exactly(&in, key->did, key->did_size);
	if (!in.bad && in.left > 0) {
		tee_part_exactly(&in, ":", 1);
		take_hex(&in, 32);
	}
	return !in.bad && in.left == 0;
}

static bool
take_field(struct tee_part *in, const uint8_t **text, size_t *size)
{
	const uint8_t *head = tee_part_take(in, 2);

	*size = head != NULL ? (size_t)(head[0] << 8 | head[1]) : 0;
	*text = tee_part_take(in, *size);
	if (*size == 0 || in->bad ||
	    !tee_utf8_valid((const char *)*text, *size))
		in->bad = true;
	return !in->bad;
}

static bool
field_is(struct tee_part *in, const char *text, size_t size)
{
	const uint8_t *at;
	size_t n;

	if (take_field(in, &at, &n) &&
	    (n != size || memcmp(at, text, size) != 0))
		in->bad = true;
	return !in->bad;
}

/*
 * The public key in base64, url or standard, padded or not; then the time,
 * which is now: who has the agent for a moment gets no proofs for later.
 */
static bool
is_possession(const struct tee_message_key *key, const uint8_t *message,
    size_t size)
{
	char *text = tee_base64_encode(key->public_key, TEE_PUBLIC_KEY_SIZE);
	struct tee_part in = { message, size, false };
	const uint8_t *at = tee_part_take(&in, 43);
	tee_instant instant;

	if (text == NULL)
		return false;
	for (size_t i = 0; at != NULL && i < 43; i++) {
		bool same = at[i] == (uint8_t)text[i] ||
		    (text[i] == '+' && at[i] == '-') ||
		    (text[i] == '/' && at[i] == '_');

		in.bad = in.bad || !same;
	}
	free(text);
	if (in.bad)
		return false;
	if (in.left > 0 && in.p[0] == '=')
		tee_part_take(&in, 1);
	return in.left >= 20 && in.left < TEE_INSTANT_TEXT &&
	    tee_instant_parse((const char *)in.p, in.left, &instant) &&
	    instant >= key->now - TEE_MESSAGE_SKEW &&
	    instant <= key->now + TEE_MESSAGE_SKEW;
}

/* "tee-registration-v1", DID, key, SHA-256 of the evidence: teectl(1). */
static bool
is_document(const struct tee_message_key *key, const uint8_t *message,
    size_t size)
{
	struct tee_part in = { message, size, false };

	tee_part_exactly(&in, "tee-registration-v1", 19);
	field_is(&in, key->did, key->did_size);
	tee_part_exactly(&in, key->public_key, TEE_PUBLIC_KEY_SIZE);
	tee_part_take(&in, 32);
	return !in.bad && in.left == 0;
}

bool
tee_form_is_registration(const struct tee_message_key *key,
    const uint8_t *message, size_t size)
{
	return is_possession(key, message, size) ||
	    is_document(key, message, size);
}

/* PR 3162: all of it is read, and it must speak of this key. */
bool
tee_form_is_layer2(const struct tee_message_key *key, const uint8_t *preimage,
    size_t size)
{
	struct tee_part in = { preimage, size, false };
	uint8_t hash[32];
	const uint8_t *text;
	enum tee_key_origin origin;
	char word[16];
	size_t n;

	if (EVP_Digest(key->public_key, TEE_PUBLIC_KEY_SIZE, hash, NULL,
		EVP_sha256(), NULL) != 1)
		return false;
	tee_part_exactly(&in, "agentmesh-layer2-v1", 19);
	field_is(&in, key->did, key->did_size);
	take_field(&in, &text, &n); /* the verifier's DID */
	take_field(&in, &text, &n); /* challenge id */
	take_field(&in, &text, &n); /* nonce */
	tee_part_take(&in, 32);     /* canonical evidence */
	tee_part_exactly(&in, hash, sizeof(hash));
	if (!take_field(&in, &text, &n) || in.left != 0 || n >= sizeof(word))
		return false;
	memcpy(word, text, n);
	word[n] = '\0';
	return strlen(word) == n && tee_origin_parse(word, &origin);
}
