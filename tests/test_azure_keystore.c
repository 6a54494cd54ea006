/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keystore of a confidential container, from the key that it announces to
 * the seed that it delivers, and everything on the way that it refuses.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_skr_line.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static EVP_PKEY *vault_key;
static const uint8_t kek[AZURE_KEK_SIZE] = "thirty-two bytes that wrap a key";
static uint8_t seed[TEE_SEED_SIZE], public_key[TEE_PUBLIC_KEY_SIZE];

static void
set_up(void)
{
	for (unsigned i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)(0xa0 + i);
	ck_assert_int_eq(tee_call_seed_public(seed, public_key), 0);
	skr_seal(vault_key, seed, NULL);
}

static void
tear_down(void)
{
	skr_files_remove();
}

static const char *
sealed_options(const char *more)
{
	static char text[4500];

	snprintf(text, sizeof(text), "|sealed=%s%s", skr_sealed_file(), more);
	return text;
}

static const char *
key_options(const char *way, const uint8_t key[TEE_PUBLIC_KEY_SIZE])
{
	static char text[256];
	int n = snprintf(text, sizeof(text), "|seed=%s|public_key=", way);

	for (unsigned i = 0; i < TEE_PUBLIC_KEY_SIZE; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%02x",
		    key[i]);
	return text;
}

static EVP_PKEY *
wrapping_key(struct skr_line *l)
{
	tee_auto_json *jwk = skr_line_jwk(l);
	char why[TEE_JWK_WHY];
	EVP_PKEY *key = tee_jwk_rsa(jwk, why);

	ck_assert_msg(key != NULL, "%s", why);
	return key;
}

/* What a good vault would answer; `change` may spoil the wrapped key. */
static char *
answer(struct skr_line *l, enum azure_enc enc, const char *kty,
    const struct sim_blob *key, void (*change)(struct sim_blob *))
{
	tee_auto_json *jwk = skr_line_jwk(l);
	EVP_PKEY *to = wrapping_key(l);
	struct sim_blob wrapped = { 0 };
	char *body;

	skr_wrap(to, enc, kek, key->data, key->size, &wrapped);
	if (change != NULL)
		change(&wrapped);
	body = skr_answer(jwk, enc, kty, &wrapped);
	tee_sim_blob_free(&wrapped);
	EVP_PKEY_free(to);
	return body;
}

static void
delivered(const struct skr_line *l, enum tee_verdict verdict)
{
	ck_assert_msg(verdict == TEE_OK, "%s", l->c.log);
	ck_assert(l->slot.delivered);
	ck_assert_mem_eq(l->slot.seed.data, seed, sizeof(seed));
	ck_assert_mem_eq(l->slot.public_key, public_key, sizeof(public_key));
}

START_TEST(encs)
{
	for (unsigned enc = AZURE_ENC_256; enc <= AZURE_ENC_SHA1; enc++) {
		struct sim_blob key = { 0 };
		struct skr_line l;
		char more[64], *body;

		skr_pkcs8(vault_key, &key);
		snprintf(more, sizeof(more), "|enc=%s",
		    tee_azure_enc_words[enc]);
		ck_assert_int_eq(skr_line_begin(&l, sealed_options(more)),
		    TEE_OK);
		ck_assert(l.slot.has_public_key);
		body = answer(&l, enc, "RSA-HSM", &key, NULL);
		delivered(&l, skr_line_take(&l, body));
		free(body);
		skr_line_end(&l);
		tee_sim_blob_free(&key);
	}
}
END_TEST

/* What goes into the evidence is the public half, new each time. */
START_TEST(wrapping_keys)
{
	static const char *const private[] = { "d", "p", "q", "dp", "dq", "qi",
		"oth" };
	struct skr_line a, b;
	tee_auto_json *jwk = NULL;
	EVP_PKEY *first, *second;

	ck_assert_int_eq(skr_line_begin(&a, sealed_options("")), TEE_OK);
	ck_assert_int_eq(skr_line_begin(&b, sealed_options("")), TEE_OK);
	jwk = skr_line_jwk(&a);
	for (size_t i = 0; i < COUNT(private); i++)
		ck_assert_ptr_null(json_object_get(jwk, private[i]));
	first = wrapping_key(&a);
	second = wrapping_key(&b);
	ck_assert_int_eq(EVP_PKEY_get_bits(first), 2048);
	ck_assert_int_ne(EVP_PKEY_eq(first, second), 1);
	EVP_PKEY_free(first);
	EVP_PKEY_free(second);
	/* A second line of the same transaction finds its place taken. */
	ck_assert_int_eq(tee_azure_prepare(&a.c.call, b.k), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&a.c, "wrapping_key", "another"));
	skr_line_end(&a);
	skr_line_end(&b);
}
END_TEST

START_TEST(symmetric)
{
	struct sim_blob key = { 0 };
	struct skr_line l;
	char *body;

	ck_assert(tee_sim_blob_append(&key, seed, sizeof(seed)));
	ck_assert_int_eq(skr_line_begin(&l, key_options("oct", public_key)),
	    TEE_OK);
	body = answer(&l, AZURE_ENC_256, "oct-HSM", &key, NULL);
	delivered(&l, skr_line_take(&l, body));
	free(body);
	skr_line_end(&l);
	tee_sim_blob_free(&key);
}
END_TEST

static void
refused(struct skr_line *l, const char *body, const char *reason,
    const char *words)
{
	ck_assert_int_eq(skr_line_take(l, body), TEE_DENY);
	ck_assert(http_call_logged(&l->c, reason, words));
	ck_assert(!l->slot.delivered);
	skr_line_end(l);
}

static void
flip_last(struct sim_blob *b)
{
	b->data[b->size - 1] ^= 1;
}

static void
flip_first(struct sim_blob *b)
{
	b->data[0] ^= 1;
}

static void
trailing_zero(struct sim_blob *b)
{
	ck_assert(tee_sim_blob_append(b, "", 1));
}

static void
cut(struct sim_blob *b)
{
	b->size -= 8;
}

static void
cut_short(struct sim_blob *b)
{
	b->size = 256;
}

START_TEST(damaged)
{
	static void (*const rows[])(struct sim_blob *) = { flip_last,
		flip_first, trailing_zero, cut, cut_short };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sim_blob key = { 0 };
		struct skr_line l;
		char *body;

		skr_pkcs8(vault_key, &key);
		ck_assert_int_eq(skr_line_begin(&l, sealed_options("")),
		    TEE_OK);
		body = answer(&l, AZURE_ENC_256, "RSA-HSM", &key, rows[i]);
		refused(&l, body, "release.unwrap", "");
		free(body);
		tee_sim_blob_free(&key);
	}
}
END_TEST

/* An answer to another transaction: its wrapping key is not ours. */
START_TEST(another_transaction)
{
	struct sim_blob key = { 0 }, wrapped = { 0 };
	tee_auto_json *jwk = NULL;
	struct skr_line a, b;
	EVP_PKEY *to;
	char *body;

	skr_pkcs8(vault_key, &key);
	ck_assert_int_eq(skr_line_begin(&a, sealed_options("")), TEE_OK);
	ck_assert_int_eq(skr_line_begin(&b, sealed_options("")), TEE_OK);
	body = answer(&a, AZURE_ENC_256, "RSA-HSM", &key, NULL);
	refused(&b, body, "release.wrapping-key", "");
	free(body);
	/* By our key's name, and to another key. */
	jwk = skr_line_jwk(&a);
	to = jose_key(2048);
	skr_wrap(to, AZURE_ENC_256, kek, key.data, key.size, &wrapped);
	body = skr_answer(jwk, AZURE_ENC_256, "RSA-HSM", &wrapped);
	refused(&a, body, "release.unwrap", "");
	free(body);
	EVP_PKEY_free(to);
	tee_sim_blob_free(&wrapped);
	tee_sim_blob_free(&key);
}
END_TEST

/* Whoever can write the sealed file cannot make another agent of it. */
START_TEST(other_seeds)
{
	uint8_t other[TEE_SEED_SIZE] = { 5 }, other_public[32];
	struct sim_blob key = { 0 };
	struct skr_line l;
	char *body;

	ck_assert_int_eq(tee_call_seed_public(other, other_public), 0);
	skr_pkcs8(vault_key, &key);
	skr_seal(vault_key, other, public_key);
	ck_assert_int_eq(skr_line_begin(&l, sealed_options("")), TEE_OK);
	body = answer(&l, AZURE_ENC_256, "RSA-HSM", &key, NULL);
	refused(&l, body, "public_key", "announced");
	free(body);
	/* Swapped between prepare and release: the core compares as well. */
	skr_seal(vault_key, seed, NULL);
	ck_assert_int_eq(skr_line_begin(&l, sealed_options("")), TEE_OK);
	body = answer(&l, AZURE_ENC_256, "RSA-HSM", &key, NULL);
	skr_seal(vault_key, other, NULL);
	if (skr_line_take(&l, body) == TEE_OK)
		ck_assert_mem_eq(l.slot.public_key, public_key, 32);
	skr_line_end(&l);
	free(body);
	tee_sim_blob_free(&key);
	ck_assert(tee_sim_blob_append(&key, seed, sizeof(seed)));
	ck_assert_int_eq(skr_line_begin(&l, key_options("oct", other_public)),
	    TEE_OK);
	body = answer(&l, AZURE_ENC_256, "oct-HSM", &key, NULL);
	refused(&l, body, "public_key", "announced");
	free(body);
	tee_sim_blob_free(&key);
}
END_TEST

/* Before anything is asked of anybody. */
START_TEST(not_asked)
{
	struct skr_line l;

	ck_assert_int_eq(skr_line_begin(&l, sealed_options("")), TEE_OK);
	ck_assert_int_eq(tee_azure_release(&l.c.call, l.k), TEE_DENY);
	ck_assert(http_call_logged(&l.c, "maa_token", "endpoint"));
	l.c.floor.allow_simulated = false;
	ck_assert_int_eq(tee_call_put_item(&l.c.call, "maa.token", "a.b.c", 5),
	    0);
	ck_assert_int_eq(tee_azure_release(&l.c.call, l.k), TEE_DENY);
	ck_assert(http_call_logged(&l.c, "http_trust", "require.roots"));
	skr_line_end(&l);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_keystore");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	skr_open();
	vault_key = jose_key(2048);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, encs);
	tcase_add_test(tcase, wrapping_keys);
	tcase_add_test(tcase, symmetric);
	tcase_add_test(tcase, damaged);
	tcase_add_test(tcase, another_transaction);
	tcase_add_test(tcase, other_seeds);
	tcase_add_test(tcase, not_asked);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(vault_key);
	skr_close();
	return failed > 0;
}
