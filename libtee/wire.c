/* SPDX-License-Identifier: Apache-2.0 */
/* wire: see wire.h. */
#include "config.h"

#include <string.h>

#include "libtee/text.h"
#include "libtee/wire.h"

#define KEY_FIXED (4 + 4 + 8 + TEE_PUBLIC_KEY_SIZE)

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static uint64_t
get64(const uint8_t *p)
{
	return (uint64_t)get32(p) << 32 | get32(p + 4);
}

static uint8_t *
put(uint8_t *p, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		p[i] = (uint8_t)(value >> 8 * (size - 1 - i));
	return p + size;
}

bool
tee_wire_read(const uint8_t *packet, size_t size, struct tee_wire *out)
{
	*out = (struct tee_wire){ 0 };
	if (size < TEE_WIRE_HEADER || size > TEE_WIRE_PACKET ||
	    packet[0] != TEE_WIRE_VERSION || packet[1] == 0)
		return false;
	/* A request has neither; an answer that goes on is no refusal. */
	if (!(packet[1] & TEE_WIRE_ANSWERS) && (packet[2] | packet[3]) != 0)
		return false;
	if (packet[2] & ~TEE_WIRE_MORE ||
	    (packet[2] != 0 && packet[3] != TEE_WIRE_OK))
		return false;
	*out = (struct tee_wire){ .verb = packet[1],
		.flags = packet[2],
		.status = packet[3],
		.id = get32(packet + 4),
		.payload = packet + TEE_WIRE_HEADER,
		.size = size - TEE_WIRE_HEADER };
	return true;
}

size_t
tee_wire_write(const struct tee_wire *w, uint8_t *packet, size_t room)
{
	uint8_t *p = packet;

	if (w->size > TEE_WIRE_PAYLOAD || room < TEE_WIRE_HEADER + w->size)
		return 0;
	*p++ = TEE_WIRE_VERSION;
	*p++ = w->verb;
	*p++ = w->flags;
	*p++ = w->status;
	p = put(p, w->id, 4);
	if (w->size > 0)
		memcpy(p, w->payload, w->size);
	return TEE_WIRE_HEADER + w->size;
}

bool
tee_wire_read_key(const uint8_t *payload, size_t size, struct tee_wire_key *out)
{
	const char *did = (const char *)payload + KEY_FIXED;

	*out = (struct tee_wire_key){ 0 };
	/* A DID is UTF-8 of 1 to 65535 bytes, ADR 0010. */
	if (size <= KEY_FIXED || size > TEE_WIRE_PAYLOAD ||
	    !tee_utf8_valid(did, size - KEY_FIXED))
		return false;
	out->generation = get32(payload);
	out->serial = (int32_t)get32(payload + 4);
	out->expires = get64(payload + 8);
	memcpy(out->public_key, payload + 16, TEE_PUBLIC_KEY_SIZE);
	out->did = did;
	out->did_size = size - KEY_FIXED;
	return true;
}

size_t
tee_wire_write_key(const struct tee_wire_key *key, uint8_t *payload,
    size_t room)
{
	uint8_t *p = payload;

	if (room < KEY_FIXED || room - KEY_FIXED < key->did_size)
		return 0;
	p = put(p, key->generation, 4);
	p = put(p, (uint32_t)key->serial, 4);
	p = put(p, key->expires, 8);
	memcpy(p, key->public_key, TEE_PUBLIC_KEY_SIZE);
	memcpy(p + TEE_PUBLIC_KEY_SIZE, key->did, key->did_size);
	return KEY_FIXED + key->did_size;
}

/* size (2), bytes; false where it is not whole. */
static bool
take_text(const uint8_t **p, size_t *left, const char **text, size_t *size)
{
	if (*left < 2)
		return false;
	*size = get16(*p);
	if (*size == 0 || *left - 2 < *size)
		return false;
	*text = (const char *)*p + 2;
	*p += 2 + *size;
	*left -= 2 + *size;
	return tee_utf8_valid(*text, *size);
}

bool
tee_wire_read_challenge(const uint8_t *payload, size_t size,
    struct tee_challenge *out)
{
	*out = (struct tee_challenge){ 0 };
	if (size == 0)
		return true;
	if (take_text(&payload, &size, &out->id, &out->id_size) &&
	    take_text(&payload, &size, &out->nonce, &out->nonce_size) &&
	    size == 0)
		return true;
	*out = (struct tee_challenge){ 0 };
	return false;
}

size_t
tee_wire_write_challenge(const struct tee_challenge *c, uint8_t *payload,
    size_t room)
{
	uint8_t *p = payload;

	if (c->id_size == 0 || c->id_size > UINT16_MAX || c->nonce_size == 0 ||
	    c->nonce_size > UINT16_MAX || room < 4 + c->id_size + c->nonce_size)
		return 0;
	p = put(p, c->id_size, 2);
	memcpy(p, c->id, c->id_size);
	p = put(p + c->id_size, c->nonce_size, 2);
	memcpy(p, c->nonce, c->nonce_size);
	return 4 + c->id_size + c->nonce_size;
}
