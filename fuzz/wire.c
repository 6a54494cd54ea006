/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: any bytes as a packet, and as what stands in one.  What is read is
 * written again byte for byte.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/wire.h"

const char fuzz_target[] = "wire";

static void
read_key(const uint8_t *payload, size_t size)
{
	uint8_t copy[TEE_WIRE_PAYLOAD];
	struct tee_wire_key key;

	if (!tee_wire_read_key(payload, size, &key)) {
		fuzz_must(key.did == NULL && key.did_size == 0, "nothing");
		return;
	}
	fuzz_touch(key.did, key.did_size);
	fuzz_must(tee_wire_write_key(&key, copy, sizeof(copy)) == size &&
		memcmp(copy, payload, size) == 0,
	    "a key both ways");
}

static void
read_challenge(const uint8_t *payload, size_t size)
{
	uint8_t copy[TEE_WIRE_PAYLOAD];
	struct tee_challenge c;

	if (!tee_wire_read_challenge(payload, size, &c)) {
		fuzz_must(c.id == NULL && c.nonce == NULL, "nothing");
		return;
	}
	if (size == 0)
		return;
	fuzz_touch(c.id, c.id_size);
	fuzz_touch(c.nonce, c.nonce_size);
	fuzz_must(tee_wire_write_challenge(&c, copy, sizeof(copy)) == size &&
		memcmp(copy, payload, size) == 0,
	    "a challenge both ways");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t copy[TEE_WIRE_PACKET];
	struct tee_wire w;

	fuzz_accepted = tee_wire_read(data, size, &w);
	if (!fuzz_accepted) {
		fuzz_must(w.payload == NULL && w.size == 0, "nothing");
		return 0;
	}
	fuzz_must(w.payload == data + TEE_WIRE_HEADER &&
		w.size == size - TEE_WIRE_HEADER,
	    "the payload");
	fuzz_must(tee_wire_write(&w, copy, sizeof(copy)) == size &&
		memcmp(copy, data, size) == 0,
	    "a packet both ways");
	read_key(w.payload, w.size);
	read_challenge(w.payload, w.size);
	return 0;
}
