/* SPDX-License-Identifier: Apache-2.0 */
/* shared: see shared.h. */
#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "libtee/secret.h"
#include "libtee/transaction.h"
#include "libtee/trust/shared.h"

#define ENTRY_VERSION 1
#define HEAD (1 + 32 + 32 + 8 + 2)
#define MAC 32
#define BUDGET 20 /* ms that somebody waits for a peer's verdict */
#define MINUTE (60 * TEE_SECOND)
#define LIFETIME_MAX 86400 /* seconds; no entry is believed for longer */

struct trust_shared {
	const struct tee_module *module;
	void *state; /* the profile line's */
	struct tee_log log;
	struct tee_secret mac_key;
	_Atomic tee_instant said; /* when a foreign entry was last reported */
};

static uint8_t *
put(uint8_t *p, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		p[i] = (uint8_t)(value >> 8 * (size - 1 - i));
	return p + size;
}

static uint64_t
get(const uint8_t *p, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | p[i];
	return value;
}

static bool
mac_of(const uint8_t mac_key[32], const uint8_t *bytes, size_t size,
    uint8_t out[MAC])
{
	unsigned n = MAC;

	return HMAC(EVP_sha256(), mac_key, 32, bytes, size, out, &n) != NULL &&
	    n == MAC;
}

size_t
trust_entry_seal(const uint8_t mac_key[32], const uint8_t key[32],
    const uint8_t peer[32], const uint8_t *packed, size_t size,
    tee_instant expires, uint8_t out[TRUST_SHARED_MAX])
{
	uint8_t *p = out;

	if (size > TRUST_SHARED_MAX - HEAD - MAC || expires < 0)
		return 0;
	*p++ = ENTRY_VERSION;
	memcpy(p, key, 32);
	memcpy(p + 32, peer, 32);
	p = put(p + 64, (uint64_t)expires, 8);
	p = put(p, size, 2);
	memcpy(p, packed, size);
	return mac_of(mac_key, out, HEAD + size, out + HEAD + size) ?
	    HEAD + size + MAC :
	    0;
}

/* The MAC first: nothing else of it is looked at before. */
bool
trust_entry_open(const uint8_t mac_key[32], const uint8_t key[32],
    const uint8_t *entry, size_t entry_size, uint8_t *packed, size_t *size,
    uint8_t peer[32], tee_instant *expires)
{
	uint8_t mac[MAC];
	uint64_t end;
	size_t n;

	if (entry_size < HEAD + MAC || entry_size > TRUST_SHARED_MAX ||
	    !mac_of(mac_key, entry, entry_size - MAC, mac) ||
	    CRYPTO_memcmp(mac, entry + entry_size - MAC, MAC) != 0)
		return false;
	n = (size_t)get(entry + 73, 2);
	end = get(entry + 65, 8);
	/* A good entry that was copied under another key is none of it. */
	if (entry[0] != ENTRY_VERSION || memcmp(entry + 1, key, 32) != 0 ||
	    n != entry_size - HEAD - MAC || n > *size || end > INT64_MAX)
		return false;
	memcpy(peer, entry + 33, 32);
	memcpy(packed, entry + HEAD, n);
	*size = n;
	*expires = (tee_instant)end;
	return true;
}

static void
report(struct trust_shared *s, tee_instant now)
{
	tee_instant said = s->said;

	if (now - said < MINUTE ||
	    !atomic_compare_exchange_strong(&s->said, &said, now))
		return;
	tee_log_line(&s->log, LOG_WARNING,
	    "tee module=%s reason=cache_mac detail=\"an entry that no "
	    "verifier of this fleet wrote; verified here\"",
	    s->module->name);
}

bool
trust_shared_get(struct trust_shared *s, const uint8_t key[32], tee_instant now,
    uint8_t *packed, size_t *size, uint8_t peer[32], tee_instant *expires)
{
	uint8_t entry[TRUST_SHARED_MAX];
	size_t n = 0;

	if (s->module->cache_get(s->state, key, entry, sizeof(entry), &n,
		BUDGET) != TEE_OK ||
	    n > sizeof(entry))
		return false;
	if (!trust_entry_open(s->mac_key.data, key, entry, n, packed, size,
		peer, expires)) {
		report(s, now);
		return false;
	}
	return *expires > now && *expires - now <= LIFETIME_MAX * TEE_SECOND;
}

void
trust_shared_put(struct trust_shared *s, const uint8_t key[32],
    const uint8_t peer[32], const uint8_t *packed, size_t size,
    tee_instant expires)
{
	tee_instant left = expires - tee_clock_now();
	uint8_t entry[TRUST_SHARED_MAX];
	size_t n;

	if (left > LIFETIME_MAX * TEE_SECOND) {
		expires += LIFETIME_MAX * TEE_SECOND - left;
		left = LIFETIME_MAX * TEE_SECOND;
	}
	/* Less than a second is not worth a journey. */
	if (left < TEE_SECOND)
		return;
	n = trust_entry_seal(s->mac_key.data, key, peer, packed, size, expires,
	    entry);
	if (n > 0)
		(void)s->module->cache_put(s->state, key, entry, n,
		    (unsigned)(left / TEE_SECOND), BUDGET);
}

/* Verifiers of another profile have another key, and another fleet. */
static int
derive(struct trust_shared *s, const struct tee *tee, const struct tee_key *key)
{
	static const char label[] = "libtee shared cache v1";
	uint8_t info[sizeof(label) + sizeof(tee->digest)];

	memcpy(info, label, sizeof(label));
	memcpy(info + sizeof(label), tee->digest, sizeof(tee->digest));
	return tee_custody_derive(key->custody, info, sizeof(info),
	    s->mac_key.data);
}

int
trust_shared_new(const struct tee *tee, const struct tee_key *key,
    struct trust_shared **out)
{
	const struct tee_line *line = &tee->cache.line[0];
	struct trust_shared *s;
	int error;

	*out = NULL;
	/* teed gives nothing that could be derived: it gives signatures. */
	if (key == NULL || key->custody == NULL) {
		tee_log_line(&tee->log, LOG_ERR,
		    "%s:%u: cache needs the verifier's own key, in this "
		    "process (custody.residency = \"process\")",
		    tee->file, line->source_line);
		return TEE_E_ARGUMENT;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return TEE_E_MEMORY;
	s->module = line->loaded.module;
	s->state = line->state;
	s->log = tee->log;
	error = tee_secret_alloc(&s->mac_key, 32);
	if (error == 0)
		error = derive(s, tee, key);
	if (error != 0)
		trust_shared_free(&s);
	*out = s;
	return error;
}

void
trust_shared_free(struct trust_shared **shared)
{
	if (*shared == NULL)
		return;
	tee_secret_free(&(*shared)->mac_key);
	free(*shared);
	*shared = NULL;
}
