/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of an endpoint: which sets are taken, when they are asked for
 * again, and that one fetch serves all who wait for it while none waits who
 * has what it needs.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "libtee/call.h"
#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/snp_azure/keycache.h"
#include "tests/testlib_jose.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MINUTE 60
#define HOUR (60 * MINUTE)

static EVP_PKEY *key;

/* An endpoint of the test: which kids it has, and how it answers. */
static struct endpoint {
	const char *kid[3];
	atomic_uint asked;
	atomic_bool held; /* a fetch waits for this to end */
	atomic_bool fails;
} endpoint;

static enum tee_verdict
fetch(struct tee_call *call, void *user, struct azure_jwks **set)
{
	struct endpoint *e = user;
	tee_auto_json *root = json_pack("{s:[]}", "keys");
	char why[AZURE_JWKS_WHY], *text;

	(void)call;
	e->asked++;
	while (e->held)
		usleep(1000);
	if (e->fails)
		return TEE_UNAVAILABLE;
	for (size_t i = 0; i < COUNT(e->kid) && e->kid[i] != NULL; i++)
		json_array_append_new(json_object_get(root, "keys"),
		    jose_x5c_jwk(key, e->kid[i]));
	text = json_dumps(root, 0);
	*set = tee_azure_jwks_parse(text, strlen(text), why);
	free(text);
	return *set != NULL ? TEE_OK : TEE_UNAVAILABLE;
}

static struct azure_keycache *
start(const char *kid)
{
	memset(&endpoint, 0, sizeof(endpoint));
	endpoint.kid[0] = kid;
	return tee_azure_keycache_new(fetch, &endpoint);
}

static enum tee_verdict
take_within(struct azure_keycache *cache, const char *kid, uint64_t now,
    unsigned ms)
{
	struct tee_call call = { .transaction = "test",
		.module = "snp_azure",
		.facility = TEE_VERIFIER,
		.deadline = tee_clock_monotonic_ms() + ms };
	const struct azure_jwks *set;
	char why[AZURE_JWKS_WHY];
	enum tee_verdict verdict =
	    tee_azure_keycache_take(&call, cache, kid, now, &set);

	ck_assert((verdict == TEE_OK) == (set != NULL));
	if (set != NULL)
		ck_assert_ptr_nonnull(
		    tee_azure_jwks_key(set, kid, NULL, 0, why));
	tee_azure_keycache_release(cache, &set);
	return verdict;
}

static enum tee_verdict
take(struct azure_keycache *cache, const char *kid, uint64_t now)
{
	return take_within(cache, kid, now, 10000);
}

START_TEST(ages)
{
	struct azure_keycache *cache = start("a");

	ck_assert_int_eq(take(cache, "a", 1000), TEE_OK);
	ck_assert_int_eq(take(cache, "a", 1000 + 24 * HOUR - 1), TEE_OK);
	ck_assert_uint_eq(endpoint.asked, 1);
	ck_assert_int_eq(take(cache, "a", 1000 + 24 * HOUR), TEE_OK);
	ck_assert_uint_eq(endpoint.asked, 2);
	/* Its key is gone there: what was known a day ago does not count. */
	endpoint.kid[0] = "b";
	ck_assert_int_eq(take(cache, "a", 1000 + 49 * HOUR), TEE_DENY);
	ck_assert_uint_eq(endpoint.asked, 3);
	tee_azure_keycache_free(&cache);
}
END_TEST

START_TEST(rotation)
{
	struct azure_keycache *cache = start("a");

	ck_assert_int_eq(take(cache, "a", 1000), TEE_OK);
	endpoint.kid[1] = "b";
	ck_assert_int_eq(take(cache, "b", 1000 + 5 * MINUTE - 1),
	    TEE_UNAVAILABLE);
	ck_assert_uint_eq(endpoint.asked, 1);
	ck_assert_int_eq(take(cache, "b", 1000 + 5 * MINUTE), TEE_OK);
	ck_assert_uint_eq(endpoint.asked, 2);
	ck_assert_int_eq(take(cache, "a", 1000 + 5 * MINUTE), TEE_OK);
	ck_assert_uint_eq(endpoint.asked, 2);
	tee_azure_keycache_free(&cache);
}
END_TEST

/* Strangers' kids: one question in five minutes, whatever they are. */
START_TEST(strangers)
{
	struct azure_keycache *cache = start("a");
	char kid[16];

	ck_assert_int_eq(take(cache, "x", 1000), TEE_DENY);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(kid, sizeof(kid), "x%u", i);
		ck_assert_int_eq(take(cache, kid, 1000 + i), TEE_UNAVAILABLE);
	}
	ck_assert_uint_eq(endpoint.asked, 1);
	ck_assert_int_eq(take(cache, "x", 1300), TEE_DENY);
	ck_assert_uint_eq(endpoint.asked, 2);
	/* A failure counts as an attempt too. */
	endpoint.fails = true;
	ck_assert_int_eq(take(cache, "x", 1600), TEE_UNAVAILABLE);
	ck_assert_int_eq(take(cache, "x", 1601), TEE_UNAVAILABLE);
	ck_assert_uint_eq(endpoint.asked, 3);
	ck_assert_int_eq(take(cache, "a", 1602), TEE_OK);
	tee_azure_keycache_free(&cache);
}
END_TEST

START_TEST(outage)
{
	struct azure_keycache *cache = start("a");

	endpoint.fails = true;
	ck_assert_int_eq(take(cache, "a", 1000), TEE_UNAVAILABLE);
	endpoint.fails = false;
	ck_assert_int_eq(take(cache, "a", 1001), TEE_OK);
	endpoint.fails = true;
	ck_assert_int_eq(take(cache, "a", 1001 + HOUR), TEE_OK);
	ck_assert_int_eq(take(cache, "a", 1001 + 24 * HOUR), TEE_UNAVAILABLE);
	endpoint.fails = false;
	ck_assert_int_eq(take(cache, "a", 1002 + 24 * HOUR), TEE_OK);
	tee_azure_keycache_free(&cache);
}
END_TEST

/* Clocks of two threads may have been read in the other order. */
START_TEST(clock_order)
{
	struct azure_keycache *cache = start("a");

	ck_assert_int_eq(take(cache, "a", 1000), TEE_OK);
	ck_assert_int_eq(take(cache, "a", 999), TEE_OK);
	ck_assert_int_eq(take(cache, "x", 999), TEE_UNAVAILABLE);
	ck_assert_uint_eq(endpoint.asked, 1);
	tee_azure_keycache_free(&cache);
}
END_TEST

struct worker {
	struct azure_keycache *cache;
	const char *kid;
	unsigned ms;
	enum tee_verdict verdict;
	pthread_t thread;
};

static void *
work(void *user)
{
	struct worker *w = user;

	w->verdict = take_within(w->cache, w->kid, 2000, w->ms);
	return NULL;
}

static void
launch(struct worker *w, struct azure_keycache *cache, const char *kid,
    unsigned ms)
{
	*w = (struct worker){ .cache = cache, .kid = kid, .ms = ms };
	ck_assert_int_eq(pthread_create(&w->thread, NULL, work, w), 0);
}

START_TEST(single_flight)
{
	struct azure_keycache *cache = start("a");
	struct worker w[8], impatient;

	ck_assert_int_eq(take(cache, "a", 1000), TEE_OK);
	endpoint.kid[1] = "b";
	endpoint.held = true;
	for (size_t i = 0; i < COUNT(w); i++)
		launch(&w[i], cache, "b", 10000);
	while (endpoint.asked < 2)
		usleep(1000);
	/* A hit does not wait; a short budget ends the wait. */
	ck_assert_int_eq(take(cache, "a", 2000), TEE_OK);
	launch(&impatient, cache, "b", 50);
	pthread_join(impatient.thread, NULL);
	ck_assert_int_eq(impatient.verdict, TEE_UNAVAILABLE);
	endpoint.held = false;
	for (size_t i = 0; i < COUNT(w); i++) {
		pthread_join(w[i].thread, NULL);
		ck_assert_int_eq(w[i].verdict, TEE_OK);
	}
	ck_assert_uint_eq(endpoint.asked, 2);
	tee_azure_keycache_free(&cache);
}
END_TEST

/* Those who waited for a fetch that failed do not each try again. */
START_TEST(shared_failure)
{
	struct azure_keycache *cache = start("a");
	struct worker w[8];

	endpoint.held = endpoint.fails = true;
	launch(&w[0], cache, "a", 10000);
	while (endpoint.asked < 1)
		usleep(1000);
	for (size_t i = 1; i < COUNT(w); i++)
		launch(&w[i], cache, "a", 10000);
	usleep(50000);
	endpoint.held = false;
	for (size_t i = 0; i < COUNT(w); i++) {
		pthread_join(w[i].thread, NULL);
		ck_assert_int_eq(w[i].verdict, TEE_UNAVAILABLE);
	}
	ck_assert_uint_eq(endpoint.asked, 1);
	tee_azure_keycache_free(&cache);
}
END_TEST

/* A set stays as long as somebody reads it, though it was replaced. */
START_TEST(replaced_in_use)
{
	struct azure_keycache *cache = start("a");
	struct tee_call call = { .transaction = "test",
		.module = "snp_azure",
		.facility = TEE_VERIFIER,
		.deadline = tee_clock_monotonic_ms() + 10000 };
	const struct azure_jwks *old;

	ck_assert_int_eq(tee_azure_keycache_take(&call, cache, "a", 0, &old),
	    TEE_OK);
	endpoint.kid[0] = "b";
	ck_assert_int_eq(take(cache, "b", HOUR), TEE_OK);
	ck_assert_uint_eq(tee_azure_jwks_has(old, "a"), 1);
	ck_assert_uint_eq(tee_azure_jwks_has(old, "b"), 0);
	tee_azure_keycache_release(cache, &old);
	ck_assert_ptr_null(old);
	tee_azure_keycache_free(&cache);
	ck_assert_ptr_null(cache);
}
END_TEST

START_TEST(sets)
{
	static const struct {
		const char *text;
		const char *why; /* NULL: taken */
	} rows[] = {
		{ "{\"keys\":[{\"kid\":\"a\",\"kty\":\"EC\"}]}", NULL },
		{ "{\"keys\":[{\"kty\":\"RSA\"},{\"kid\":\"a\"}]}", NULL },
		{ "{\"keys\":[{\"kid\":\"a\"},{\"kid\":\"\"}]}", NULL },
		{ "{\"keys\":[{\"kid\":1},\"a\",null,{\"kid\":\"a\"}]}", NULL },
		{ "{\"keys\":[]}", "0 keys" },
		{ "{\"keys\":{}}", "0 keys" },
		{ "{}", "0 keys" },
		{ "[]", "not a JSON object" },
		{ "{\"keys\":[{\"kty\":\"RSA\"}]}", "kid" },
		{ "{\"keys\":[{\"kid\":1}]}", "kid" },
		{ "{\"keys\":[{\"kid\":\"\"},{\"kty\":\"RSA\"}]}", "kid" },
		{ "{\"keys\":[\"a\"]}", "kid" },
		{ "{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}", "duplicate" },
		{ "{\"keys\":[{\"kid\":\"a\"}]}x", "end of file" },
	};
	char why[AZURE_JWKS_WHY];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct azure_jwks *set = tee_azure_jwks_parse(rows[i].text,
		    strlen(rows[i].text), why);

		ck_assert_msg((set != NULL) == (rows[i].why == NULL), "%s: %s",
		    rows[i].text, why);
		if (rows[i].why != NULL)
			ck_assert_msg(strstr(why, rows[i].why) != NULL,
			    "%s: %s", rows[i].text, why);
		else /* the kid is taken, its key is of no use */
			ck_assert_ptr_null(
			    tee_azure_jwks_key(set, "a", NULL, 0, why));
		tee_azure_jwks_free(&set);
	}
}
END_TEST

/* One that no header could name is no key of the set. */
START_TEST(kid_bounds)
{
	for (size_t size = AZURE_KID_MAX; size <= AZURE_KID_MAX + 1; size++) {
		char kid[AZURE_KID_MAX + 2] = "", why[AZURE_JWKS_WHY];
		tee_auto_json *root = NULL;
		struct azure_jwks *set;
		char *text;

		memset(kid, 'k', size);
		root = json_pack("{s:[{s:s}]}", "keys", "kid", kid);
		text = json_dumps(root, 0);
		set = tee_azure_jwks_parse(text, strlen(text), why);
		ck_assert((set != NULL) == (size == AZURE_KID_MAX));
		tee_azure_jwks_free(&set);
		free(text);
	}
}
END_TEST

START_TEST(set_bounds)
{
	tee_auto_json *root = json_pack("{s:[]}", "keys");
	char why[AZURE_JWKS_WHY], *text;
	struct azure_jwks *set;

	for (unsigned i = 0; i < AZURE_JWKS_KEYS; i++)
		json_array_append_new(json_object_get(root, "keys"),
		    json_pack("{s:o}", "kid", json_sprintf("%u", i)));
	text = json_dumps(root, 0);
	set = tee_azure_jwks_parse(text, strlen(text), why);
	ck_assert_msg(set != NULL, "%s", why);
	ck_assert_uint_eq(set->count, AZURE_JWKS_KEYS);
	tee_azure_jwks_free(&set);
	free(text);
	json_array_append_new(json_object_get(root, "keys"),
	    json_pack("{s:s}", "kid", "more"));
	text = json_dumps(root, 0);
	ck_assert_ptr_null(tee_azure_jwks_parse(text, strlen(text), why));
	ck_assert_ptr_nonnull(strstr(why, "65 keys"));
	text = realloc(text, AZURE_JWKS_MAX + 1);
	memset(text, ' ', AZURE_JWKS_MAX + 1);
	ck_assert_ptr_null(tee_azure_jwks_parse(text, AZURE_JWKS_MAX + 1, why));
	ck_assert_ptr_nonnull(strstr(why, "1 MiB"));
	free(text);
}
END_TEST

static json_t *
confidential(const char *kid, size_t extension)
{
	size_t size;
	uint8_t *der =
	    jose_cert_with(key, "https://maa.example", extension, &size);
	char *text = tee_b64_encode(TEE_BASE64_STANDARD, der, size);
	json_t *jwk = json_pack("{s:s,s:s,s:s,s:s,s:[s]}", "alg", "RS256",
	    "kid", kid, "kty", "RSA", "use", "sig", "x5c", text);

	OPENSSL_free(der);
	free(text);
	return jwk;
}

/* As confidential MAA has them; one that is too long is its own affair. */
START_TEST(long_keys)
{
	tee_auto_json *root = json_pack("{s:[]}", "keys");
	json_t *keys = json_object_get(root, "keys");
	char why[AZURE_JWKS_WHY] = "", *text, kid[] = "0";
	struct azure_jwks *set;

	for (unsigned i = 0; i < 8; i++, kid[0]++)
		json_array_append_new(keys, confidential(kid, 30000));
	json_array_append_new(keys, confidential("long", 100000));
	json_array_append_new(keys,
	    json_pack("{s:s,s:s}", "kid", "enc", "use", "enc"));
	text = json_dumps(root, 0);
	ck_assert_uint_gt(strlen(text), 8 * 40000);
	set = tee_azure_jwks_parse(text, strlen(text), why);
	ck_assert_msg(set != NULL, "%s", why);
	ck_assert_ptr_nonnull(tee_azure_jwks_key(set, "7", NULL, 0, why));
	ck_assert_ptr_null(tee_azure_jwks_key(set, "long", NULL, 0, why));
	ck_assert_str_eq(why, "kid long: x5c[0] has more than 96 KiB of text");
	ck_assert_ptr_null(tee_azure_jwks_key(set, "enc", NULL, 0, why));
	ck_assert_str_eq(why, "kid enc: use or alg is not for RS256");
	ck_assert_ptr_null(tee_azure_jwks_key(set, "none", NULL, 0, why));
	ck_assert_str_eq(why, "kid none: no key has it");
	tee_azure_jwks_free(&set);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_maa_keys");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	key = jose_key(2048);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, ages);
	tcase_add_test(tcase, rotation);
	tcase_add_test(tcase, strangers);
	tcase_add_test(tcase, outage);
	tcase_add_test(tcase, clock_order);
	tcase_add_test(tcase, single_flight);
	tcase_add_test(tcase, shared_failure);
	tcase_add_test(tcase, replaced_in_use);
	tcase_add_test(tcase, sets);
	tcase_add_test(tcase, kid_bounds);
	tcase_add_test(tcase, set_bounds);
	tcase_add_test(tcase, long_keys);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(key);
	return failed > 0;
}
