/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed files: whatever is changed, exchanged or not understood does not
 * open.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "modules/common/base64.h"
#include "modules/common/sealed.h"
#include "tests/testlib_jose.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define KID "https://v.vault.azure.net/keys/agent-kek/0123"
#define DID "did:mesh:agent-1"

static EVP_PKEY *key, *other;
static const uint8_t seed[TEE_SEED_SIZE] = "a seed that is thirty-two bytes";
static const uint8_t public_key[TEE_PUBLIC_KEY_SIZE] = { 7, 8, 9 };

static char *
usual(void)
{
	char *text =
	    tee_sealed_make(key, KID, DID, strlen(DID), public_key, seed);

	ck_assert_ptr_nonnull(text);
	return text;
}

static bool
parses(const char *text, char why[TEE_SEALED_WHY])
{
	struct tee_sealed s;
	bool ok = tee_sealed_parse(&s, text, strlen(text), why);

	tee_sealed_free(&s);
	ck_assert_ptr_null(s.did);
	return ok;
}

/* Parsed and opened, to the same seed. */
static bool
opens(const char *text, EVP_PKEY *with)
{
	static const uint8_t none[TEE_SEED_SIZE];
	char why[TEE_SEALED_WHY];
	uint8_t out[TEE_SEED_SIZE];
	struct tee_sealed s;
	bool ok = tee_sealed_parse(&s, text, strlen(text), why);

	memset(out, 0x5a, sizeof(out));
	ok = ok && tee_sealed_open(&s, with, out);
	if (ok)
		ck_assert_mem_eq(out, seed, sizeof(out));
	else if (s.key != NULL && s.kid != NULL && out[0] != 0x5a)
		ck_assert_mem_eq(out, none, sizeof(out));
	tee_sealed_free(&s);
	return ok;
}

START_TEST(both_ways)
{
	static const unsigned bits[] = { 2048, 3072, 4096 };

	for (size_t i = 0; i < COUNT(bits); i++) {
		EVP_PKEY *k = jose_key(bits[i]);
		char *text =
		    tee_sealed_make(k, KID, DID, strlen(DID), public_key, seed);
		char why[TEE_SEALED_WHY];
		struct tee_sealed s;

		ck_assert(opens(text, k));
		ck_assert(!opens(text, key));
		ck_assert(tee_sealed_parse(&s, text, strlen(text), why));
		ck_assert_str_eq(s.kid, KID);
		ck_assert_uint_eq(s.did_size, strlen(DID));
		ck_assert_mem_eq(s.did, DID, strlen(DID));
		ck_assert_mem_eq(s.public_key, public_key, sizeof(public_key));
		tee_sealed_free(&s);
		free(text);
		EVP_PKEY_free(k);
	}
}
END_TEST

/* Two of the same are two: fresh key and nonce. */
START_TEST(fresh)
{
	char *a = usual(), *b = usual();

	ck_assert_str_ne(strchr(a, '.'), strchr(b, '.'));
	free(a);
	free(b);
}
END_TEST

START_TEST(dids)
{
	static const struct {
		const char *did;
		size_t size;
		bool ok;
	} rows[] = { { "a", 1, true }, { "did:mesh:\xc3\xa4", 11, true },
		{ "did\"\\\n", 6, true }, { "did\0x", 5, true },
		{ "", 0, false }, { "\xff\xfe", 2, false } };
	char longest[TEE_SEALED_DID_MAX + 1], *text, why[TEE_SEALED_WHY];
	struct tee_sealed s;

	for (size_t i = 0; i < COUNT(rows); i++) {
		text = tee_sealed_make(key, KID, rows[i].did, rows[i].size,
		    public_key, seed);
		ck_assert_msg((text != NULL) == rows[i].ok, "row %zu", i);
		if (text == NULL)
			continue;
		ck_assert(tee_sealed_parse(&s, text, strlen(text), why));
		ck_assert_uint_eq(s.did_size, rows[i].size);
		ck_assert_mem_eq(s.did, rows[i].did, rows[i].size);
		tee_sealed_free(&s);
		ck_assert(opens(text, key));
		free(text);
	}
	memset(longest, 'd', sizeof(longest));
	text = tee_sealed_make(key, KID, longest, sizeof(longest) - 1,
	    public_key, seed);
	ck_assert(opens(text, key));
	free(text);
	ck_assert_ptr_null(tee_sealed_make(key, KID, longest, sizeof(longest),
	    public_key, seed));
}
END_TEST

START_TEST(keys)
{
	EVP_PKEY *small = jose_key(1024), *ec = EVP_EC_gen("P-256");
	char *text = usual(), kid[1024];

	ck_assert_ptr_null(
	    tee_sealed_make(small, KID, DID, 3, public_key, seed));
	ck_assert_ptr_null(tee_sealed_make(ec, KID, DID, 3, public_key, seed));
	memset(kid, 'k', sizeof(kid));
	kid[sizeof(kid) - 1] = '\0';
	ck_assert_ptr_null(tee_sealed_make(key, kid, DID, 3, public_key, seed));
	ck_assert(!opens(text, small));
	ck_assert(!opens(text, ec));
	ck_assert(!opens(text, other));
	free(text);
	EVP_PKEY_free(small);
	EVP_PKEY_free(ec);
}
END_TEST

/* Any one character; what still parses does not open. */
START_TEST(every_character)
{
	char *text = usual(), why[TEE_SEALED_WHY];
	size_t size = strlen(text), parsed = 0;

	for (size_t i = 0; i < size; i++) {
		char kept = text[i];

		text[i] = kept == 'A' ? 'B' : 'A';
		if (parses(text, why)) {
			parsed++;
			ck_assert_msg(!opens(text, key), "at %zu", i);
		}
		text[i] = kept;
	}
	ck_assert_uint_gt(parsed, 300);
	ck_assert(opens(text, key));
	free(text);
}
END_TEST

/* text with part `which` (0 to 4) replaced by another's. */
static char *
exchanged(const char *text, const char *from, unsigned which)
{
	char *out = malloc(2 * TEE_SEALED_MAX), *p = out;
	const char *const source[2] = { text, from };
	const char *at[2] = { source[0], source[1] };

	for (unsigned i = 0; i < 5; i++) {
		size_t n = strcspn(at[i == which], ".");

		memcpy(p, at[i == which], n);
		p += n;
		*p++ = i < 4 ? '.' : '\0';
		for (unsigned s = 0; s < 2; s++)
			at[s] += strcspn(at[s], ".") + (i < 4);
	}
	return out;
}

/* Nothing of one file opens inside another, least of all its header. */
START_TEST(parts_exchanged)
{
	char *mine = usual();
	char *theirs =
	    tee_sealed_make(key, KID, "did:mesh:agent-2", 16, public_key, seed);
	char *text = exchanged(mine, mine, 0);

	ck_assert_str_eq(text, mine);
	free(text);
	for (unsigned i = 0; i < 5; i++) {
		text = exchanged(mine, theirs, i);
		ck_assert_msg(!opens(text, key), "part %u", i);
		free(text);
	}
	free(mine);
	free(theirs);
}
END_TEST

START_TEST(forms)
{
	char *good = usual(), *text = malloc(2 * TEE_SEALED_MAX);
	char why[TEE_SEALED_WHY];
	size_t n = strlen(good);
	static const struct {
		const char *before, *after;
		bool ok;
	} rows[] = { { "", "", true }, { "", "\n", true },
		{ "", " \t\r\n", true }, { " ", "", false }, { "", ".", false },
		{ "", ".AA", false }, { ".", "", false }, { "", "=", false },
		{ "", "\nx", false } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(text, 2 * TEE_SEALED_MAX, "%s%s%s", rows[i].before,
		    good, rows[i].after);
		ck_assert_msg(parses(text, why) == rows[i].ok, "row %zu: %s", i,
		    why);
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(text, good, i);
		text[i] = '\0';
		ck_assert_msg(!parses(text, why), "%zu characters", i);
		ck_assert_uint_gt(strlen(why), 0);
	}
	memset(text, '\n', TEE_SEALED_MAX);
	memcpy(text, good, n);
	text[TEE_SEALED_MAX] = '\0';
	ck_assert(parses(text, why));
	strcat(text, "\n");
	ck_assert(!parses(text, why));
	free(text);
	free(good);
}
END_TEST

/* The usual file under this header. */
static char *
under(const char *header)
{
	char *good = usual(), *part = jose_part(header);
	char *text = malloc(2 * TEE_SEALED_MAX);

	snprintf(text, 2 * TEE_SEALED_MAX, "%s%s", part, strchr(good, '.'));
	free(part);
	free(good);
	return text;
}

#define HEAD(alg, enc, typ, ver, kid, did, pub, more) \
	"{\"alg\":" alg ",\"enc\":" enc ",\"typ\":" typ ",\"ver\":" ver \
	",\"kid\":" kid ",\"did\":" did ",\"pub\":" pub more "}"
#define ALG "\"RSA-OAEP-256\""
#define ENC "\"A256GCM\""
#define TYP "\"tee-sealed\""
#define PUB "\"BwgJAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""

START_TEST(headers)
{
	static const struct {
		const char *header, *why; /* NULL: taken */
	} rows[] = {
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"d\"", PUB, ""), NULL },
		{ "", "no header" },
		{ "[]", "no header" },
		{ "{}", "typ" },
		{ HEAD("\"RSA-OAEP\"", ENC, TYP, "1", "\"k\"", "\"d\"", PUB,
		      ""),
		    "alg, enc" },
		{ HEAD("\"RSA1_5\"", ENC, TYP, "1", "\"k\"", "\"d\"", PUB, ""),
		    "alg, enc" },
		{ HEAD("\"dir\"", ENC, TYP, "1", "\"k\"", "\"d\"", PUB, ""),
		    "alg, enc" },
		{ HEAD(ALG, "\"A128CBC-HS256\"", TYP, "1", "\"k\"", "\"d\"",
		      PUB, ""),
		    "alg, enc" },
		{ HEAD("\"RSA-OAEP-256\\u0000\"", ENC, TYP, "1", "\"k\"",
		      "\"d\"", PUB, ""),
		    "no header" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\\u0000\"", "\"d\"", PUB, ""),
		    "no header" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"d\\u0000e\"", PUB, ""),
		    NULL },
		{ HEAD(ALG, ENC, "\"JWT\"", "1", "\"k\"", "\"d\"", PUB, ""),
		    "typ" },
		{ HEAD(ALG, ENC, TYP, "2", "\"k\"", "\"d\"", PUB, ""), "ver" },
		{ HEAD(ALG, ENC, TYP, "0", "\"k\"", "\"d\"", PUB, ""), "ver" },
		{ HEAD(ALG, ENC, TYP, "\"1\"", "\"k\"", "\"d\"", PUB, ""),
		    "ver" },
		{ HEAD(ALG, ENC, TYP, "1.0", "\"k\"", "\"d\"", PUB, ""),
		    "ver" },
		{ HEAD(ALG, ENC, TYP, "1", "1", "\"d\"", PUB, ""), "kid" },
		{ HEAD(ALG, ENC, TYP, "1", "null", "\"d\"", PUB, ""), "kid" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"\"", PUB, ""), "did" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "[]", PUB, ""), "did" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"d\"", "\"AAAA\"", ""),
		    "pub" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"d\"",
		      "\"BwgJAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"", ""),
		    "pub" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"d\"", PUB,
		      ",\"zip\":\"DEF\""),
		    "more than" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"d\"", PUB,
		      ",\"crit\":[]"),
		    "more than" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"d\"", PUB,
		      ",\"did\":\"e\""),
		    "no header" },
		{ HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"d\"", PUB, "") "x",
		    "no header" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = under(rows[i].header), why[TEE_SEALED_WHY] = "";

		ck_assert_msg(parses(text, why) == (rows[i].why == NULL),
		    "%s: %s", rows[i].header, why);
		if (rows[i].why != NULL)
			ck_assert_msg(strstr(why, rows[i].why) != NULL,
			    "%s: %s", rows[i].header, why);
		/* Another header than it was sealed under. */
		ck_assert_msg(!opens(text, key), "%s", rows[i].header);
		free(text);
	}
}
END_TEST

/* As long as a header's names may be, and a letter more. */
START_TEST(long_names)
{
	static char names[TEE_SEALED_DID_MAX + 2], header[4096];
	char why[TEE_SEALED_WHY];

	for (int over = 0; over < 2; over++) {
		char *text;

		memset(names, 'd', sizeof(names));
		snprintf(header, sizeof(header),
		    HEAD(ALG, ENC, TYP, "1", "\"k\"", "\"%.*s\"", PUB, ""),
		    TEE_SEALED_DID_MAX + over, names);
		text = under(header);
		ck_assert(parses(text, why) == (over == 0));
		free(text);
		snprintf(header, sizeof(header),
		    HEAD(ALG, ENC, TYP, "1", "\"%.*s\"", "\"d\"", PUB, ""),
		    512 + over, names);
		text = under(header);
		ck_assert(parses(text, why) == (over == 0));
		free(text);
	}
}
END_TEST

/* Each part has the length that its algorithm gives, none a byte less. */
START_TEST(lengths)
{
	static const size_t sizes[] = { 0, 256, 12, TEE_SEED_SIZE, 16 };
	static const uint8_t zeros[257];
	char *good = usual(), why[TEE_SEALED_WHY];

	for (unsigned part = 1; part < 5; part++)
		for (int by = -1; by <= 1; by++) {
			char from[4096], *other_part, *text;

			other_part = tee_b64_encode(TEE_BASE64_URL, zeros,
			    (size_t)((long)sizes[part] + by));
			/* As part `part` of five. */
			snprintf(from, sizeof(from), "%.*s%s%.*s", (int)part,
			    "....", other_part, (int)(4 - part), "....");
			text = exchanged(good, from, part);
			/* A vault's key may have more than 2048 bits. */
			ck_assert_msg(parses(text, why) ==
				(by == 0 || (part == 1 && by > 0)),
			    "part %u, %d", part, by);
			free(text);
			free(other_part);
		}
	free(good);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_sealed");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	key = jose_key(2048);
	other = jose_key(2048);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, both_ways);
	tcase_add_test(tcase, fresh);
	tcase_add_test(tcase, dids);
	tcase_add_test(tcase, keys);
	tcase_add_test(tcase, every_character);
	tcase_add_test(tcase, parts_exchanged);
	tcase_add_test(tcase, forms);
	tcase_add_test(tcase, headers);
	tcase_add_test(tcase, long_names);
	tcase_add_test(tcase, lengths);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	return failed > 0;
}
