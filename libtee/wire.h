/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: what agents and teed say to each other, teed_protocol(7).  One packet
 * of a SOCK_SEQPACKET socket is one message; numbers are big-endian.
 *
 *	0  version 1
 *	1  verb; an answer's is the request's | 0x80
 *	2  flags: in an answer 1 where more packets of it follow
 *	3  status: in an answer TEE_WIRE_OK or a TEE_E_* code; else 0
 *	4  id, four bytes: chosen by the client, repeated by the answer
 *	8  payload
 *
 *	verb    request                           answer
 *	SIGN    form (1), message                 signature (64)
 *	KEY     -                                 key
 *	ATTEST  id size (2), id, nonce size (2),  AttestationEvidence, JSON;
 *	        nonce; or nothing                 nothing: of the last grant
 *	STATUS  -                                 JSON
 *	RENEW   -                                 key, once it was renewed
 *	REVOKE  -                                 -; operators alone
 *	EVENT   sent by teed alone, id 0: event (1), text
 *
 *	key: generation (4), kernel serial (4), expires (8, seconds since 1970),
 *	public key (32), DID (the rest)
 *
 * The payload of a refusal is one line of text: word, detail, what to try.
 * There is no verb that gives a private key.
 */
#ifndef LIBTEE_WIRE_H
#define LIBTEE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tee/tee.h>

#define TEE_WIRE_VERSION 1
#define TEE_WIRE_HEADER 8
#define TEE_WIRE_PACKET 16384 /* no packet is larger */
#define TEE_WIRE_PAYLOAD (TEE_WIRE_PACKET - TEE_WIRE_HEADER)
#define TEE_WIRE_ANSWER (4u << 20) /* no answer is larger, all packets */
#define TEE_WIRE_MESSAGE (TEE_WIRE_PAYLOAD - 1) /* the longest to be signed */
#define TEE_WIRE_OK 0x59
#define TEE_WIRE_ANSWERS 0x80
#define TEE_WIRE_MORE 1
/* In the run directory: teed's own socket, which answers STATUS alone. */
#define TEE_WIRE_DESK "teed.status"

enum tee_wire_verb {
	TEE_WIRE_SIGN = 1,
	TEE_WIRE_KEY,
	TEE_WIRE_ATTEST,
	TEE_WIRE_STATUS,
	TEE_WIRE_RENEW,
	TEE_WIRE_REVOKE,
	TEE_WIRE_EVENT = 0x40
};

enum tee_wire_form {
	TEE_WIRE_MESSAGE_FORM = 1, /* these bytes are signed */
	TEE_WIRE_LAYER2 /* AgentMesh's second layer: its SHA-256 is signed */
};

enum tee_wire_event {
	TEE_WIRE_GENERATION = 1, /* a new lease; ask KEY */
	TEE_WIRE_DENIED,         /* a renewal was denied: the key is gone */
	TEE_WIRE_REVOKED,
	TEE_WIRE_EXPIRED
};

struct tee_wire {
	uint8_t verb;
	uint8_t flags;
	uint8_t status;
	uint32_t id;
	const uint8_t *payload; /* into the packet */
	size_t size;
};

struct tee_wire_key {
	uint32_t generation;
	int32_t serial;
	uint64_t expires;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	const char *did; /* into the payload */
	size_t did_size;
};

/* False: not a packet of this protocol; *out is then zeroed. */
bool tee_wire_read(const uint8_t *packet, size_t size,
    struct tee_wire *out) TEE_MUST_USE;
/* Writes the header and copies the payload; the packet's size, 0: no room. */
size_t tee_wire_write(const struct tee_wire *, uint8_t *packet, size_t room);

bool tee_wire_read_key(const uint8_t *payload, size_t size,
    struct tee_wire_key *out) TEE_MUST_USE;
size_t tee_wire_write_key(const struct tee_wire_key *, uint8_t *payload,
    size_t room);
/* Both 1 to 65535 bytes, or an empty payload: *out is then all zero. */
bool tee_wire_read_challenge(const uint8_t *payload, size_t size,
    struct tee_challenge *out) TEE_MUST_USE;
size_t tee_wire_write_challenge(const struct tee_challenge *, uint8_t *payload,
    size_t room);

#endif
