/* SPDX-License-Identifier: Apache-2.0 */
/* did_key: DIDs that are made from a key and can be no other's; see did.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/text.h"
#include "libtee/trust/did.h"

#define WIRE_BYTES 20 /* of SHA-256(key), wire spec 4.1 */
#define BASE58_MAX 28 /* digits of 160 bits */
#define WIRE_PREFIX "did:agentmesh:"

int
trust_did_derive(const uint8_t key[TEE_PUBLIC_KEY_SIZE],
    char out[TRUST_DID_REGISTRY])
{
	uint8_t key_hash[32];
	char hex[65];
	int error = tee_binding_key_hash(key, key_hash);

	if (error != 0)
		return error;
	tee_hex_encode(key_hash, sizeof(key_hash), hex);
	snprintf(out, TRUST_DID_REGISTRY, "did:mesh:%.32s", hex);
	return 0;
}

/* Bitcoin's alphabet: without 0, O, I and l. */
static void
base58(const uint8_t number[WIRE_BYTES], char out[BASE58_MAX + 1])
{
	static const char alphabet[] =
	    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	uint8_t left[WIRE_BYTES];
	char digits[BASE58_MAX];
	size_t zeros = 0, count = 0, i;

	memcpy(left, number, sizeof(left));
	while (zeros < sizeof(left) && left[zeros] == 0)
		zeros++;
	for (size_t from = zeros; from < sizeof(left);) {
		unsigned rest = 0;

		for (i = from; i < sizeof(left); i++) {
			rest = rest * 256 + left[i];
			left[i] = (uint8_t)(rest / 58);
			rest %= 58;
		}
		digits[count++] = alphabet[rest];
		while (from < sizeof(left) && left[from] == 0)
			from++;
	}
	for (i = 0; i < zeros; i++)
		out[i] = alphabet[0];
	while (count > 0)
		out[i++] = digits[--count];
	out[i] = '\0';
}

bool
trust_did_certifies(struct tee_bytes did,
    const uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	char registry[TRUST_DID_REGISTRY];
	char wire[sizeof(WIRE_PREFIX) + BASE58_MAX] = WIRE_PREFIX;
	uint8_t key_hash[32];

	if (trust_did_derive(key, registry) != 0 ||
	    tee_binding_key_hash(key, key_hash) != 0)
		return false;
	base58(key_hash, wire + sizeof(WIRE_PREFIX) - 1);
	return trust_same(did,
		   (struct tee_bytes){ registry, strlen(registry) }) ||
	    trust_same(did, (struct tee_bytes){ wire, strlen(wire) });
}
