/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fleet's cache believes: every bit of an entry counts, whatever its
 * module says; and where the MAC key comes from.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/hmac.h>

#include "libtee/keyring.h"
#include "libtee/signer.h"
#include "libtee/transaction.h"
#include "libtee/trust/shared.h"
#include "tests/test_redis_kit.h"

#define HEAD 75
#define DAY (86400 * TEE_SECOND)

static const uint8_t mac[32] = "mac key", other[32] = "another";
static const uint8_t key[32] = "key", peer[32] = "peer";
static const uint8_t packed[] = "packed claims";

/* ---- an entry -------------------------------------------------------- */

static bool
opens(const uint8_t mac_key[32], const uint8_t under[32], const uint8_t *entry,
    size_t n, size_t room)
{
	uint8_t got[64], who[32];
	tee_instant end;

	return trust_entry_open(mac_key, under, entry, n, got, &room, who,
	    &end);
}

START_TEST(entry)
{
	uint8_t sealed[TRUST_SHARED_MAX], got[64], who[32];
	size_t size = sizeof(got), n;
	tee_instant end;

	n = trust_entry_seal(mac, key, peer, packed, sizeof(packed), 12345,
	    sealed);
	ck_assert_uint_eq(n, HEAD + sizeof(packed) + 32);
	ck_assert(trust_entry_open(mac, key, sealed, n, got, &size, who, &end));
	ck_assert_uint_eq(size, sizeof(packed));
	ck_assert_mem_eq(got, packed, size);
	ck_assert_mem_eq(who, peer, 32);
	ck_assert_int_eq(end, 12345);
	ck_assert(!opens(other, key, sealed, n, 64));
	ck_assert(!opens(mac, other, sealed, n, 64));
	ck_assert(!opens(mac, key, sealed, n, sizeof(packed) - 1));
	ck_assert(opens(mac, key, sealed, n, sizeof(packed)));
	for (size_t i = 0; i < n; i++)
		ck_assert(!opens(mac, key, sealed, i, 64));
	for (size_t i = 0; i < n * 8; i++) {
		sealed[i / 8] ^= (uint8_t)(1 << i % 8);
		ck_assert_msg(!opens(mac, key, sealed, n, 64), "bit %zu", i);
		sealed[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ck_assert(opens(mac, key, sealed, n, 64));
}
END_TEST

/* What a host of the fleet with other software might write. */
START_TEST(well_maced)
{
	uint8_t sealed[TRUST_SHARED_MAX];
	size_t n =
	    trust_entry_seal(mac, key, peer, packed, sizeof(packed), 1, sealed);
	/* The version, the end's sign, more than there is, one more. */
	static const struct {
		size_t at;
		uint8_t bit;
	} row[] = { { 0, 0x80 }, { 65, 0x80 }, { 73, 0x80 }, { 74, 1 } };

	for (size_t i = 0; i < COUNT(row); i++) {
		sealed[row[i].at] ^= row[i].bit;
		HMAC(EVP_sha256(), mac, 32, sealed, n - 32, sealed + n - 32,
		    NULL);
		ck_assert_msg(!opens(mac, key, sealed, n, 64), "byte %zu",
		    row[i].at);
		sealed[row[i].at] ^= row[i].bit;
	}
	HMAC(EVP_sha256(), mac, 32, sealed, n - 32, sealed + n - 32, NULL);
	ck_assert(opens(mac, key, sealed, n, 64));
}
END_TEST

START_TEST(too_large)
{
	static const uint8_t much[TRUST_SHARED_MAX];
	uint8_t sealed[TRUST_SHARED_MAX];
	size_t most = TRUST_SHARED_MAX - HEAD - 32;

	ck_assert_uint_eq(trust_entry_seal(mac, key, peer, much, most, 1,
			      sealed),
	    TRUST_SHARED_MAX);
	ck_assert_uint_eq(trust_entry_seal(mac, key, peer, much, most + 1, 1,
			      sealed),
	    0);
	ck_assert_uint_eq(trust_entry_seal(mac, key, peer, much, 1, -1, sealed),
	    0);
}
END_TEST

/* ---- with a module that does what the test says ---------------------- */

static uint8_t held[TRUST_SHARED_MAX];
static size_t held_size, said_size;
static unsigned held_for, stored, asked;
static enum tee_verdict verdict;
static const char *reason;

static enum tee_verdict
fake_get(void *state, struct tee_cache_ask *ask, uint8_t *bytes, size_t room,
    size_t *size)
{
	(void)state;
	asked++;
	ck_assert_uint_eq(ask->budget_ms, 200);
	ask->why = reason;
	memcpy(bytes, held, held_size < room ? held_size : room);
	*size = said_size;
	return verdict;
}

static enum tee_verdict
fake_put(void *state, struct tee_cache_ask *ask, const uint8_t *bytes,
    size_t size, unsigned lifetime)
{
	(void)state;
	stored++;
	ask->why = reason;
	memcpy(held, bytes, size);
	held_size = said_size = size;
	held_for = lifetime;
	return verdict;
}

static const struct tee_module fake = { .name = "fake",
	.cache_get = fake_get,
	.cache_put = fake_put };

static struct host host;
static struct tee_line fake_line;
static struct tee fake_tee;

static struct trust_shared *
share(void)
{
	struct trust_shared *s;

	host_open(&host);
	fake_line = host.tee->cache.line[0];
	fake_line.loaded.module = &fake;
	fake_tee = *host.tee;
	fake_tee.cache.line = &fake_line;
	ck_assert_int_eq(trust_shared_new(&fake_tee, host.key, &s), 0);
	verdict = TEE_OK;
	return s;
}

static bool
gets_it(struct trust_shared *s, tee_instant now)
{
	uint8_t got[64], who[32];
	size_t size = sizeof(got);
	tee_instant end;

	return trust_shared_get(s, key, now, got, &size, who, &end);
}

START_TEST(there_and_back)
{
	struct trust_shared *s = share();
	tee_instant now = tee_clock_now();

	trust_shared_put(s, key, peer, packed, sizeof(packed),
	    now + 90 * TEE_SECOND);
	ck_assert_uint_le(held_for, 90);
	ck_assert_uint_ge(held_for, 88);
	ck_assert(gets_it(s, now));
	/* Over. */
	ck_assert(gets_it(s, now + 90 * TEE_SECOND - 1));
	ck_assert(!gets_it(s, now + 90 * TEE_SECOND));
	/* The module's word for what it is no more. */
	verdict = TEE_DENY;
	ck_assert(!gets_it(s, now));
	verdict = TEE_UNAVAILABLE;
	ck_assert(!gets_it(s, now));
	verdict = (enum tee_verdict)1;
	ck_assert(!gets_it(s, now));
	verdict = TEE_OK;
	said_size = TRUST_SHARED_MAX + 1;
	ck_assert(!gets_it(s, now));
	said_size = 0;
	ck_assert(!gets_it(s, now));
	said_size = held_size;
	ck_assert(gets_it(s, now));
	trust_shared_free(&s);
	host_close(&host);
}
END_TEST

START_TEST(lifetimes)
{
	struct trust_shared *s = share();
	tee_instant now = tee_clock_now();

	/* Not worth it. */
	trust_shared_put(s, key, peer, packed, sizeof(packed),
	    now + TEE_SECOND / 2);
	trust_shared_put(s, key, peer, packed, sizeof(packed), now - 1);
	ck_assert_uint_eq(stored, 0);
	/* A day at most, whatever it says. */
	trust_shared_put(s, key, peer, packed, sizeof(packed), now + 40 * DAY);
	ck_assert_uint_eq(stored, 1);
	ck_assert_uint_le(held_for, 86400);
	ck_assert(gets_it(s, tee_clock_now()));
	/* And none that lives longer is believed. */
	ck_assert(!gets_it(s, now - TEE_SECOND));
	trust_shared_free(&s);
	host_close(&host);
}
END_TEST

START_TEST(reports)
{
	struct trust_shared *s = share();
	tee_instant now = tee_clock_now();

	verdict = TEE_UNAVAILABLE;
	ck_assert(!gets_it(s, now));
	ck_assert(!rk_said("reason=")); /* nothing new */
	reason = "the hop that failed";
	for (int i = 0; i < 5; i++)
		ck_assert(!gets_it(s, now));
	ck_assert_uint_eq(rk_times("reason=cache_away"), 1);
	ck_assert(rk_said("the hop that failed"));
	verdict = TEE_DENY;
	for (int i = 0; i < 5; i++)
		ck_assert(!gets_it(s, now));
	ck_assert_uint_eq(rk_times("reason=cache_back"), 1);
	verdict = TEE_OK;
	for (int i = 0; i < 5; i++)
		ck_assert(!gets_it(s, now));
	ck_assert_uint_eq(rk_times("reason=cache_mac"), 1);
	trust_shared_free(&s);
	host_close(&host);
}
END_TEST

/* ---- the MAC key ----------------------------------------------------- */

/* In a child it is wiped; entries under a key of zeros are nobody's. */
START_TEST(child)
{
	static const uint8_t zeros[32];
	struct trust_shared *s = share();
	tee_instant end = tee_clock_now() + 90 * TEE_SECOND;
	int status;

	held_size = said_size = trust_entry_seal(zeros, key, peer, packed,
	    sizeof(packed), end, held);
	fflush(NULL);
	if (fork() == 0) {
		bool believes = gets_it(s, tee_clock_now());

		stored = 0;
		trust_shared_put(s, key, peer, packed, sizeof(packed), end);
		_exit(believes ? 1 : stored > 0 ? 2 : 0);
	}
	ck_assert_int_gt(wait(&status), 0);
	ck_assert_int_eq(status, 0);
	trust_shared_free(&s);
	host_close(&host);
}
END_TEST

/* RFC 5869 by hand: no salt, and one block of output. */
static void
hkdf(const uint8_t seed[32], const void *info, size_t size, uint8_t out[32])
{
	static const uint8_t salt[32];
	uint8_t prk[32], text[256];

	HMAC(EVP_sha256(), salt, 32, seed, 32, prk, NULL);
	memcpy(text, info, size);
	text[size] = 1;
	HMAC(EVP_sha256(), prk, 32, text, size + 1, out, NULL);
}

/* An entry that the test makes from the seed and the profile is believed. */
START_TEST(derived)
{
	static const char label[] = "libtee shared cache v1";
	struct trust_shared *s = share();
	tee_instant end = tee_clock_now() + 90 * TEE_SECOND;
	uint8_t seed[32], info[sizeof(label) + 32], own[32];

	memset(seed, 0x42, sizeof(seed)); /* the mock's */
	memcpy(info, label, sizeof(label));
	memcpy(info + sizeof(label), host.tee->digest, 32);
	hkdf(seed, info, sizeof(info), own);
	held_size = said_size =
	    trust_entry_seal(own, key, peer, packed, sizeof(packed), end, held);
	ck_assert(gets_it(s, tee_clock_now()));
	info[sizeof(info) - 1] ^= 1;
	hkdf(seed, info, sizeof(info), own);
	held_size = said_size =
	    trust_entry_seal(own, key, peer, packed, sizeof(packed), end, held);
	ck_assert(!gets_it(s, tee_clock_now()));
	trust_shared_free(&s);
	host_close(&host);
}
END_TEST

/* Where the key has ended there is nothing to derive from. */
START_TEST(key_gone)
{
	struct trust_shared *s;

	host_open(&host);
	tee_custody_revoke(host.key->custody);
	ck_assert_int_ne(trust_shared_new(host.tee, host.key, &s), 0);
	ck_assert_ptr_null(s);
	host_close(&host);
}
END_TEST

static void
end_by_revocation(struct tee_key *k)
{
	ck_assert_int_eq(tee_key_revoke(k), 0);
}

static void
end_by_time(struct tee_key *k)
{
	while (tee_custody_probe(k->custody) == 0)
		rk_wait(20);
}

/* Whoever opened the trust may be done with the key. */
static void
end_by_freeing(struct tee_key *k)
{
	tee_custody_free(&k->custody);
}

static struct tee_custody *
a_second_long(void)
{
	struct tee_custody_spec spec = { .description = "tee:local:shared:did",
		.profile = "shared",
		.lifetime = 1,
		.operators = (gid_t)-1 };
	uint8_t seed[TEE_SEED_SIZE] = "a verifier's", public[32];
	struct tee_custody *c;

	ck_assert_int_eq(tee_signer_public(seed, public), 0);
	spec.seed = seed;
	spec.public_key = public;
	ck_assert_int_eq(tee_custody_store(&spec, &c), 0);
	return c;
}

/* It was derived, and ends when the key does. */
START_TEST(key_ends)
{
	static const struct {
		void (*end)(struct tee_key *);
		bool soon;
	} way[] = { { end_by_revocation, false }, { end_by_time, true },
		{ end_by_freeing, false } };
	struct trust_shared *s = share();
	tee_instant end = tee_clock_now() + 90 * TEE_SECOND;

	if (way[_i].soon) {
		trust_shared_free(&s);
		tee_custody_free(&host.key->custody);
		host.key->custody = a_second_long();
		ck_assert_int_eq(trust_shared_new(&fake_tee, host.key, &s), 0);
	}
	trust_shared_put(s, key, peer, packed, sizeof(packed), end);
	ck_assert_uint_eq(stored, 1);
	ck_assert(gets_it(s, tee_clock_now()));
	way[_i].end(host.key);
	asked = 0;
	ck_assert(!gets_it(s, tee_clock_now()));
	trust_shared_put(s, key, peer, packed, sizeof(packed), end);
	ck_assert_uint_eq(asked, 0);
	ck_assert_uint_eq(stored, 1);
	ck_assert_uint_eq(rk_times("reason=cache_key"), 1);
	trust_shared_free(&s);
	host_close(&host);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, entry);
	tcase_add_test(tcase, well_maced);
	tcase_add_test(tcase, too_large);
	tcase_add_test(tcase, there_and_back);
	tcase_add_test(tcase, lifetimes);
	tcase_add_test(tcase, reports);
	tcase_add_test(tcase, child);
	tcase_add_test(tcase, derived);
	tcase_add_test(tcase, key_gone);
	tcase_add_loop_test(tcase, key_ends, 0, 3);
}

int
main(void)
{
	return rk_main("shared", false, add);
}
