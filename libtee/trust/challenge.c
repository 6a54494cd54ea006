/* SPDX-License-Identifier: Apache-2.0 */
/* challenge: see challenge.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "libtee/evidence_json.h"
#include "libtee/json_plain.h"
#include "libtee/reference.h"
#include "libtee/text.h"
#include "libtee/trust/challenge.h"

#define ID_PREFIX "challenge_"
#define ID_DIGITS 16

int
trust_random_hex(char *out, size_t bytes)
{
	uint8_t raw[32];

	if (bytes > sizeof(raw) || getrandom(raw, bytes, 0) != (ssize_t)bytes)
		return TEE_E_SYSTEM;
	tee_hex_encode(raw, bytes, out);
	return 0;
}

static bool
lower_hex(const char *s, size_t size, size_t digits)
{
	return size == digits && strspn(s, "0123456789abcdef") == digits;
}

bool
trust_hex_read(const json_t *v, size_t digits, char *out)
{
	if (!json_is_string(v) ||
	    !lower_hex(json_string_value(v), json_string_length(v), digits))
		return false;
	memcpy(out, json_string_value(v), digits + 1);
	return true;
}

int
trust_challenge_draw(struct trust_challenge *c, bool freshness, tee_instant now)
{
	char id[ID_DIGITS + 1];
	int error = trust_random_hex(id, ID_DIGITS / 2);

	memset(c, 0, sizeof(*c));
	if (error == 0)
		error = trust_random_hex(c->nonce, TRUST_NONCE / 2);
	if (error == 0 && freshness)
		error = trust_random_hex(c->freshness, TRUST_FRESHNESS / 2);
	if (error != 0)
		return error;
	snprintf(c->id, sizeof(c->id), ID_PREFIX "%s", id);
	c->issued = now;
	c->lifetime = TRUST_CHALLENGE_LIFETIME;
	return 0;
}

static bool
read_id(const json_t *v, char out[TRUST_ID_SIZE + 1])
{
	const size_t head = sizeof(ID_PREFIX) - 1;
	const char *s = json_string_value(v);

	if (s == NULL || json_string_length(v) != TRUST_ID_SIZE ||
	    memcmp(s, ID_PREFIX, head) != 0 ||
	    !lower_hex(s + head, TRUST_ID_SIZE - head, ID_DIGITS))
		return false;
	memcpy(out, s, TRUST_ID_SIZE + 1);
	return true;
}

static bool
read_lifetime(const json_t *v, unsigned *out)
{
	if (!json_is_integer(v) || json_integer_value(v) < 1 ||
	    json_integer_value(v) > TRUST_LIFETIME_MAX)
		return false;
	*out = (unsigned)json_integer_value(v);
	return true;
}

static const char *
read_members(const json_t *root, struct trust_challenge *c)
{
	const json_t *freshness = json_object_get(root, "freshness_nonce");
	const json_t *issued = json_object_get(root, "timestamp");

	if (!json_is_object(root))
		return "it is no JSON object";
	if (!read_id(json_object_get(root, "challenge_id"), c->id))
		return "challenge_id is not challenge_ and 16 lower-case hex "
		       "digits";
	if (!trust_hex_read(json_object_get(root, "nonce"), TRUST_NONCE,
		c->nonce))
		return "nonce is not 64 lower-case hex digits";
	if (freshness != NULL && !json_is_null(freshness) &&
	    !trust_hex_read(freshness, TRUST_FRESHNESS, c->freshness))
		return "freshness_nonce is neither null nor 32 lower-case hex "
		       "digits";
	if (!json_is_string(issued) ||
	    !tee_instant_parse(json_string_value(issued),
		json_string_length(issued), &c->issued))
		return "timestamp is no time such as 2026-01-31T12:00:00Z";
	if (!read_lifetime(json_object_get(root, "expires_in_seconds"),
		&c->lifetime))
		return "expires_in_seconds is not a number from 1 to 300";
	return NULL;
}

const char *
trust_challenge_read(const char *json, size_t size, struct trust_challenge *c)
{
	const char *wrong;
	json_t *root;

	memset(c, 0, sizeof(*c));
	if (size > TRUST_CHALLENGE_MAX)
		return "it has more than 4096 bytes";
	root = tee_json_read(json, size, TEE_JSON_OUTSIDE);
	wrong = read_members(root, c);
	json_decref(root);
	return wrong;
}

char *
trust_challenge_write(const struct trust_challenge *c)
{
	char at[TEE_INSTANT_TEXT], *text;
	json_t *root;

	tee_instant_format(c->issued, at);
	/* clang-format off */
	root = json_pack("{s:s, s:s, s:s?, s:s, s:i}",
	    "challenge_id", c->id,
	    "nonce", c->nonce,
	    "freshness_nonce", c->freshness[0] != '\0' ? c->freshness : NULL,
	    "timestamp", at,
	    "expires_in_seconds", (int)c->lifetime);
	/* clang-format on */
	text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	return text;
}

tee_instant
trust_challenge_end(const struct trust_challenge *c)
{
	return c->issued + (tee_instant)c->lifetime * TEE_SECOND + 1;
}

enum trust_time
trust_challenge_time(const struct trust_challenge *c, tee_instant now,
    unsigned slack)
{
	const tee_instant more = (tee_instant)slack * TEE_SECOND;

	if (now >= trust_challenge_end(c) + more)
		return TRUST_EXPIRED;
	if (c->issued - now > (tee_instant)TEE_CLOCK_SKEW * TEE_SECOND)
		return TRUST_FUTURE;
	return TRUST_VALID;
}

struct tee_challenge
trust_challenge_value(const struct trust_challenge *c)
{
	return (struct tee_challenge){ c->id, strlen(c->id), c->nonce,
		strlen(c->nonce) };
}
