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
#define MINUTE (60 * TEE_SECOND)
#define LIFETIME_MAX 86400 /* seconds; no entry is believed for longer */

/*
 * Secret memory.  A child of this process finds it wiped (MADV_WIPEONFORK),
 * and a MAC key of zeros is one that everybody knows: `here` says that the
 * key is there.
 */
struct mac_key {
	uint8_t key[32];
	uint8_t here;
};

struct trust_shared {
	const struct tee_module *module;
	void *state; /* the profile line's */
	unsigned budget_ms;
	struct tee_log log;
	struct tee_secret secret;
	struct tee_custody *key;  /* the MAC key is worth as much as this one */
	_Atomic bool over;        /* which has ended */
	_Atomic tee_instant said; /* when a foreign entry was last reported */
	_Atomic tee_instant missed; /* and when that it cannot be asked */
	_Atomic bool away;
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

/*
 * NULL: there is none here, or its key was revoked or its lease is over.  The
 * kernel is asked each time, which is little beside the journey that follows.
 */
static const uint8_t *
mac_key(struct trust_shared *s)
{
	const struct mac_key *k = (const void *)s->secret.data;
	int error;

	if (k->here != 1)
		return NULL;
	error = tee_custody_probe(s->key);
	if (error == 0)
		return k->key;
	if (!atomic_exchange(&s->over, true))
		tee_log_line(&s->log, LOG_WARNING,
		    "tee module=%s reason=cache_key detail=\"the verifier's "
		    "key: %s; peers are verified here\"",
		    s->module->name, tee_strerror(error));
	return NULL;
}

/* Once a minute at most, whoever asks how often. */
static bool
is_time(_Atomic tee_instant *said)
{
	tee_instant now = tee_clock_now(), old = *said;

	return (now < old || now - old >= MINUTE) &&
	    atomic_compare_exchange_strong(said, &old, now);
}

static void
report_foreign(struct trust_shared *s)
{
	if (is_time(&s->said))
		tee_log_line(&s->log, LOG_WARNING,
		    "tee module=%s reason=cache_mac detail=\"an entry that "
		    "no verifier of this fleet wrote; verified here\"",
		    s->module->name);
}

/* Where it was asked and could not be, and where it can be again. */
static void
report(struct trust_shared *s, enum tee_verdict verdict, const char *why)
{
	if (verdict != TEE_UNAVAILABLE) {
		if (s->away && atomic_exchange(&s->away, false))
			tee_log_line(&s->log, LOG_INFO,
			    "tee module=%s reason=cache_back", s->module->name);
		return;
	}
	if (why == NULL || !is_time(&s->missed))
		return;
	s->away = true;
	tee_log_line(&s->log, LOG_WARNING,
	    "tee module=%s reason=cache_away detail=\"%s; peers are verified "
	    "here meanwhile\"",
	    s->module->name, why);
}

bool
trust_shared_get(struct trust_shared *s, const uint8_t key[32], tee_instant now,
    uint8_t *packed, size_t *size, uint8_t peer[32], tee_instant *expires)
{
	struct tee_cache_ask ask = { .key = key, .budget_ms = s->budget_ms };
	const uint8_t *mac = mac_key(s);
	uint8_t entry[TRUST_SHARED_MAX];
	enum tee_verdict verdict;
	size_t n = 0;

	if (mac == NULL)
		return false;
	verdict =
	    s->module->cache_get(s->state, &ask, entry, sizeof(entry), &n);
	report(s, verdict, ask.why);
	if (verdict != TEE_OK || n > sizeof(entry))
		return false;
	if (!trust_entry_open(mac, key, entry, n, packed, size, peer,
		expires)) {
		report_foreign(s);
		return false;
	}
	return *expires > now && *expires - now <= LIFETIME_MAX * TEE_SECOND;
}

void
trust_shared_put(struct trust_shared *s, const uint8_t key[32],
    const uint8_t peer[32], const uint8_t *packed, size_t size,
    tee_instant expires)
{
	struct tee_cache_ask ask = { .key = key, .budget_ms = s->budget_ms };
	tee_instant left = expires - tee_clock_now();
	const uint8_t *mac = mac_key(s);
	uint8_t entry[TRUST_SHARED_MAX];
	enum tee_verdict verdict;
	size_t n;

	if (left > LIFETIME_MAX * TEE_SECOND) {
		expires += LIFETIME_MAX * TEE_SECOND - left;
		left = LIFETIME_MAX * TEE_SECOND;
	}
	/* Less than a second is not worth a journey. */
	if (mac == NULL || left < TEE_SECOND)
		return;
	n = trust_entry_seal(mac, key, peer, packed, size, expires, entry);
	if (n == 0)
		return;
	verdict = s->module->cache_put(s->state, &ask, entry, n,
	    (unsigned)(left / TEE_SECOND));
	report(s, verdict, ask.why);
}

/* Verifiers of another profile have another key, and another fleet. */
static int
derive(struct trust_shared *s, const struct tee *tee, const struct tee_key *key)
{
	static const char label[] = "libtee shared cache v1";
	struct mac_key *mac = (void *)s->secret.data;
	uint8_t info[sizeof(label) + sizeof(tee->digest)];
	int error;

	memcpy(info, label, sizeof(label));
	memcpy(info + sizeof(label), tee->digest, sizeof(tee->digest));
	s->key = tee_custody_watch(key->custody);
	error = tee_custody_derive(s->key, info, sizeof(info), mac->key);
	mac->here = error == 0;
	return error;
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
	s->budget_ms = line->budget_ms;
	s->log = tee->log;
	error = tee_secret_alloc(&s->secret, sizeof(struct mac_key));
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
	tee_custody_unwatch(&(*shared)->key);
	tee_secret_free(&(*shared)->secret);
	free(*shared);
	*shared = NULL;
}
