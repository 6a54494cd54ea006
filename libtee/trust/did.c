/* SPDX-License-Identifier: Apache-2.0 */
/* did: see did.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/text.h"
#include "libtee/trust/did.h"

#define WIRE_BYTES 20 /* of SHA-256(key), wire spec 4.1 */
#define BASE58_MAX 28 /* digits of 160 bits */
#define WIRE_PREFIX "did:agentmesh:"

bool
trust_same(struct tee_bytes a, struct tee_bytes b)
{
	return a.data != NULL && b.data != NULL && a.size == b.size &&
	    memcmp(a.data, b.data, a.size) == 0;
}

bool
trust_did_valid(struct tee_bytes did)
{
	size_t method, i;

	if (did.data == NULL || did.size < 7 || did.size > TRUST_DID_MAX ||
	    memcmp(did.data, "did:", 4) != 0 ||
	    !tee_utf8_valid(did.data, did.size))
		return false;
	for (i = 4; i < did.size && did.data[i] != ':'; i++)
		if (!((did.data[i] >= 'a' && did.data[i] <= 'z') ||
			(did.data[i] >= '0' && did.data[i] <= '9')))
			return false;
	method = i - 4;
	for (i++; i < did.size; i++)
		if ((unsigned char)did.data[i] <= ' ' || did.data[i] == 0x7f)
			return false;
	return method > 0 && did.size > 4 + method + 1;
}

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
