/* SPDX-License-Identifier: Apache-2.0 */
/* sshagent: see sshagent.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "teed/sshagent.h"

enum {
	AGENT_FAILURE = 5,
	AGENTC_REQUEST_IDENTITIES = 11,
	AGENT_IDENTITIES_ANSWER = 12,
	AGENTC_SIGN_REQUEST = 13,
	AGENT_SIGN_RESPONSE = 14
};

static const char algorithm[] = "ssh-ed25519";

struct teed_ssh {
	uint8_t bytes[4 + TEED_SSH_MESSAGE];
	size_t size;
	bool delivered; /* what is there was given out, and goes */
};

struct teed_ssh *
teed_ssh_new(void)
{
	return calloc(1, sizeof(struct teed_ssh));
}

void
teed_ssh_free(struct teed_ssh **ssh)
{
	free(*ssh);
	*ssh = NULL;
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static uint8_t *
put32(uint8_t *p, size_t value)
{
	p[0] = (uint8_t)(value >> 24);
	p[1] = (uint8_t)(value >> 16);
	p[2] = (uint8_t)(value >> 8);
	p[3] = (uint8_t)value;
	return p + 4;
}

static uint8_t *
put_string(uint8_t *p, const void *bytes, size_t size)
{
	p = put32(p, size);
	memcpy(p, bytes, size);
	return p + size;
}

/* Up to `want` bytes in all; true once they are there. */
static bool
fill(struct teed_ssh *ssh, size_t want, const uint8_t **bytes, size_t *size)
{
	size_t n = want - ssh->size;

	if (n > *size)
		n = *size;
	memcpy(ssh->bytes + ssh->size, *bytes, n);
	ssh->size += n;
	*bytes += n;
	*size -= n;
	return ssh->size == want;
}

static bool
take_string(const uint8_t **p, size_t *left, const uint8_t **out, size_t *size)
{
	if (*left < 4)
		return false;
	*size = get32(*p);
	if (*size > *left - 4)
		return false;
	*out = *p + 4;
	*p += 4 + *size;
	*left -= 4 + *size;
	return true;
}

static enum teed_ssh_kind
read_sign(const uint8_t *p, size_t left, struct teed_ssh_request *out)
{
	if (!take_string(&p, &left, &out->key, &out->key_size) ||
	    !take_string(&p, &left, &out->data, &out->size) || left != 4)
		return TEED_SSH_OTHER;
	out->flags = get32(p);
	return TEED_SSH_SIGN;
}

enum teed_ssh_kind
teed_ssh_take(struct teed_ssh *ssh, const uint8_t **bytes, size_t *size,
    struct teed_ssh_request *out)
{
	uint32_t length;

	*out = (struct teed_ssh_request){ 0 };
	if (ssh->delivered)
		ssh->size = 0;
	ssh->delivered = false;
	if (ssh->size < 4 && !fill(ssh, 4, bytes, size))
		return TEED_SSH_PART;
	length = get32(ssh->bytes);
	if (length < 1 || length > TEED_SSH_MESSAGE)
		return TEED_SSH_NONSENSE;
	if (!fill(ssh, 4 + length, bytes, size))
		return TEED_SSH_PART;
	ssh->delivered = true;
	switch (ssh->bytes[4]) {
	case AGENTC_REQUEST_IDENTITIES:
		return length == 1 ? TEED_SSH_LIST : TEED_SSH_OTHER;
	case AGENTC_SIGN_REQUEST:
		return read_sign(ssh->bytes + 5, length - 1, out);
	default:
		return TEED_SSH_OTHER;
	}
}

void
teed_ssh_blob(const uint8_t public_key[32], uint8_t out[TEED_SSH_BLOB])
{
	uint8_t *p = put_string(out, algorithm, sizeof(algorithm) - 1);

	(void)put_string(p, public_key, 32);
}

/* The length stands in front of what was written. */
static size_t
finish(uint8_t *out, const uint8_t *end)
{
	size_t size = (size_t)(end - out);

	(void)put32(out, size - 4);
	return size;
}

size_t
teed_ssh_list(const uint8_t *public_key, const char *comment,
    uint8_t out[TEED_SSH_ANSWER])
{
	uint8_t blob[TEED_SSH_BLOB], *p = out + 4;

	*p++ = AGENT_IDENTITIES_ANSWER;
	p = put32(p, public_key != NULL ? 1 : 0);
	if (public_key != NULL) {
		teed_ssh_blob(public_key, blob);
		p = put_string(p, blob, sizeof(blob));
		p = put_string(p, comment, strnlen(comment, 1024));
	}
	return finish(out, p);
}

size_t
teed_ssh_signature(const uint8_t signature[64], uint8_t out[TEED_SSH_ANSWER])
{
	uint8_t *p = out + 4, *length;

	*p++ = AGENT_SIGN_RESPONSE;
	length = p;
	p = put_string(p + 4, algorithm, sizeof(algorithm) - 1);
	p = put_string(p, signature, 64);
	(void)put32(length, (size_t)(p - length) - 4);
	return finish(out, p);
}

size_t
teed_ssh_failure(uint8_t out[TEED_SSH_ANSWER])
{
	out[4] = AGENT_FAILURE;
	return finish(out, out + 5);
}
