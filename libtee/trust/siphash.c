/* SPDX-License-Identifier: Apache-2.0 */
/* siphash: see siphash.h. */
#include "config.h"

#include <endian.h>
#include <string.h>
#include <sys/random.h>
#include <tee/tee.h>

#include "libtee/trust/siphash.h"

int
trust_salt_draw(struct trust_salt *salt)
{
	return getrandom(salt, sizeof(*salt), 0) == (ssize_t)sizeof(*salt) ?
	    0 :
	    TEE_E_SYSTEM;
}

static inline uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void
round_of(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static inline void
absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	round_of(v);
	round_of(v);
	v[0] ^= word;
}

static inline uint64_t
hash(const struct trust_salt *salt, const uint8_t *data, size_t size)
{
	uint64_t v[4] = { salt->k[0] ^ UINT64_C(0x736f6d6570736575),
		salt->k[1] ^ UINT64_C(0x646f72616e646f6d),
		salt->k[0] ^ UINT64_C(0x6c7967656e657261),
		salt->k[1] ^ UINT64_C(0x7465646279746573) };
	uint64_t word;
	size_t at;

	for (at = 0; size - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, data + at, sizeof(word));
		absorb(v, le64toh(word));
	}
	word = 0;
	memcpy(&word, data + at, size - at);
	absorb(v, le64toh(word) | (uint64_t)size << 56);
	v[2] ^= 0xff;
	for (unsigned i = 0; i < 4; i++)
		round_of(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
trust_siphash(const struct trust_salt *salt, const uint8_t id[32])
{
	return hash(salt, id, 32);
}

uint64_t
trust_siphash_bytes(const struct trust_salt *salt, const void *data,
    size_t size)
{
	return hash(salt, data, size);
}
