/* SPDX-License-Identifier: Apache-2.0 */
/* memscan_key: see memscan_key.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/evp.h>

#include "tests/memscan_key.h"

/* FIPS 180-4 section 4.2.3, the first of them. */
static const uint64_t k512[4] = { UINT64_C(0x428a2f98d728ae22),
	UINT64_C(0x7137449123ef65cd), UINT64_C(0xb5c0fbcfec4d3b2f),
	UINT64_C(0xe9b5dba58189dbbc) };

static void
add(struct memscan_key *key, uint64_t window, enum memscan_kind kind)
{
	if (window == 0)
		return;
	if (key->count == MEMSCAN_PATTERNS)
		abort();
	key->pattern[key->count].window = window;
	key->pattern[key->count++].kind = kind;
	key->bloom[window & 0xffff] = 1;
}

/* Every window that lies wholly inside. */
static void
add_bytes(struct memscan_key *key, const uint8_t *p, size_t size,
    enum memscan_kind kind)
{
	uint64_t window;
	size_t i;

	for (i = 0; i + sizeof(window) <= size; i++) {
		memcpy(&window, p + i, sizeof(window));
		add(key, window, kind);
	}
}

/* As SHA-512 loads them, and as its first rounds sum them. */
static void
add_words(struct memscan_key *key, const uint8_t *p, size_t count,
    enum memscan_kind plain, enum memscan_kind schedule)
{
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t w = 0;
		unsigned b;

		for (b = 0; b < 8; b++)
			w = w << 8 | p[8 * i + b];
		add(key, w, plain);
		if (i < 4 && schedule != plain)
			add(key, w + k512[i], schedule);
	}
}

/* Sixty-four digits of -8 to 8, one byte each, as ref10 multiplies. */
static void
add_digits(struct memscan_key *key, const uint8_t scalar[32],
    enum memscan_kind kind)
{
	uint8_t bytes[64];
	int digit[64], carry = 0;
	unsigned i;

	for (i = 0; i < 64; i++)
		digit[i] = scalar[i / 2] >> (i % 2 ? 4 : 0) & 15;
	for (i = 0; i < 63; i++) {
		digit[i] += carry;
		carry = (digit[i] + 8) / 16;
		digit[i] -= carry * 16;
	}
	digit[63] += carry;
	for (i = 0; i < 64; i++)
		bytes[i] = (uint8_t)digit[i];
	for (i = 0; i < 64; i += 8)
		add_bytes(key, bytes + i, 8, kind);
}

static void
sha512(const uint8_t *a, size_t a_size, const void *b, size_t b_size,
    uint8_t out[64])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	if (md == NULL || EVP_DigestInit_ex(md, EVP_sha512(), NULL) != 1 ||
	    EVP_DigestUpdate(md, a, a_size) != 1 ||
	    EVP_DigestUpdate(md, b, b_size) != 1 ||
	    EVP_DigestFinal_ex(md, out, NULL) != 1)
		abort();
	EVP_MD_CTX_free(md);
}

/* Modulo the order of the group, RFC 8032 section 5.1. */
static void
reduce(const uint8_t hash[64], uint8_t out[32])
{
	static const char order[] = "1000000000000000000000000000000014def9de"
				    "a2f79cd65812631a5cf5d3ed";
	BIGNUM *r = BN_lebin2bn(hash, 64, NULL), *l = NULL;
	BN_CTX *ctx = BN_CTX_new();

	if (r == NULL || ctx == NULL || BN_hex2bn(&l, order) == 0 ||
	    BN_mod(r, r, l, ctx) != 1 || BN_bn2lebinpad(r, out, 32) != 32)
		abort();
	BN_free(r);
	BN_free(l);
	BN_CTX_free(ctx);
}

struct memscan_key *
memscan_key_new(const uint8_t seed[32], const void *message, size_t size)
{
	struct memscan_key *key = calloc(1, sizeof(*key));
	uint8_t expanded[64], scalar[32], nonce[64], reduced[32];

	if (key == NULL)
		abort();
	sha512(seed, 32, NULL, 0, expanded);
	memcpy(scalar, expanded, 32);
	scalar[0] &= 248;
	scalar[31] = (uint8_t)((scalar[31] & 63) | 64);
	sha512(expanded + 32, 32, message, size, nonce);
	reduce(nonce, reduced);
	add_bytes(key, seed, 32, MEMSCAN_SEED);
	add_words(key, seed, 4, MEMSCAN_SEED_WORDS, MEMSCAN_SEED_SCHEDULE);
	add_bytes(key, scalar, 32, MEMSCAN_SCALAR);
	add_bytes(key, expanded, 8, MEMSCAN_UNCLAMPED);
	add_bytes(key, expanded + 24, 8, MEMSCAN_UNCLAMPED);
	add_bytes(key, expanded + 32, 32, MEMSCAN_PREFIX);
	add_words(key, expanded, 8, MEMSCAN_EXPANDED_WORDS,
	    MEMSCAN_EXPANDED_WORDS);
	add_words(key, expanded + 32, 4, MEMSCAN_EXPANDED_WORDS,
	    MEMSCAN_PREFIX_SCHEDULE);
	add_bytes(key, nonce, 64, MEMSCAN_NONCE);
	add_words(key, nonce, 8, MEMSCAN_NONCE_WORDS, MEMSCAN_NONCE_WORDS);
	add_bytes(key, reduced, 32, MEMSCAN_NONCE_SCALAR);
	add_digits(key, scalar, MEMSCAN_SCALAR_DIGITS);
	add_digits(key, reduced, MEMSCAN_NONCE_DIGITS);
	return key;
}

void
memscan_key_free(struct memscan_key **key)
{
	free(*key);
	*key = NULL;
}

void
memscan_key_match(const struct memscan_key *key, uint64_t window,
    struct memscan_hits *hits)
{
	size_t i;

	for (i = 0; i < key->count; i++) {
		if (key->pattern[i].window != window)
			continue;
		hits->of[key->pattern[i].kind]++;
		hits->total++;
		return;
	}
}
