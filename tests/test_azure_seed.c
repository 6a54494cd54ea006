/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a seed comes of a released key: which options make a line, what is
 * foretold of the agent's key, and that each way gives its seed and no other.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>

#include "libtee/text.h"
#include "modules/common/json.h"
#include "modules/snp_azure/seed.h"
#include "tests/testlib_http.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEX32 "88a40584fc47396112423d2dc22115fd573ed7219a679b054bf7f8c2ff408e6c"
#define LABEL256 HEX32 HEX32 HEX32 HEX32
#define DID "did:mesh:agent-1"
#define VECTORS "azure/synthetic/skr-wrap-vectors.json"

static EVP_PKEY *key, *other;
static char file[4096];

static bool
reads(const char *options, struct azure_seed *s, struct http_call *log)
{
	struct tee_config config;
	bool ok;

	http_config(&config, TEE_KEYSTORE, options, log);
	ok = tee_azure_seed_read(s, &config);
	tee_config_clear(&config);
	return ok;
}

START_TEST(option_rows)
{
	static const struct {
		const char *options, *why; /* NULL: taken */
	} rows[] = {
		{ "sealed=/a", NULL },
		{ "seed=sealed|sealed=/a|public_key=" HEX32, NULL },
		{ "seed=hkdf|public_key=" HEX32, NULL },
		{ "seed=hkdf|public_key=" HEX32 "|salt=00ff|label=x", NULL },
		{ "seed=oct|public_key=" HEX32, NULL },
		{ "", "is needed" },
		{ "seed=sealed", "is needed" },
		{ "sealed=relative", "" },
		{ "seed=rsa|sealed=/a", "" },
		{ "seed=hkdf", "public_key" },
		{ "seed=oct", "public_key" },
		{ "seed=hkdf|public_key=" HEX32 "|sealed=/a", "only with" },
		{ "seed=oct|public_key=" HEX32 "|sealed=/a", "only with" },
		{ "seed=oct|public_key=" HEX32 "|salt=00", "only with" },
		{ "sealed=/a|label=x", "only with" },
		{ "seed=oct|public_key=" HEX32 "," HEX32, "one key" },
		{ "seed=oct|public_key=00", "" },
		{ "sealed=/a|public_key=00", "" },
		{ "sealed=/a|public_key=" HEX32 "," HEX32, "one key" },
		{ "seed=hkdf|public_key=" HEX32 "|sealed=relative", "" },
		{ "seed=hkdf|public_key=" HEX32 "|label=" LABEL256, NULL },
		{ "seed=hkdf|public_key=" HEX32 "|label=" LABEL256 "x",
		    "256 bytes" },
		{ "seed=hkdf|public_key=" HEX32 "|salt=0", "hex" },
		{ "seed=hkdf|public_key=" HEX32 "|salt=0g", "hex" },
		{ "seed=hkdf|public_key=" HEX32 "|salt=" HEX32 HEX32 "00",
		    "hex" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct http_call log;
		struct azure_seed s;
		bool ok;

		http_call_begin(&log, 1000, NULL);
		ok = reads(rows[i].options, &s, &log);
		ck_assert_msg(ok == (rows[i].why == NULL), "%s: %s",
		    rows[i].options, log.log);
		if (!ok)
			ck_assert_msg(strstr(log.log, rows[i].why) != NULL &&
				log.log[0] != '\0',
			    "%s: %s", rows[i].options, log.log);
		tee_azure_seed_clear(&s);
		http_call_end(&log);
	}
}
END_TEST

static void
write_file(const char *text)
{
	FILE *f = fopen(file, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

/* A file of this DID with the seed 0, 1, 2 ... and its public key. */
static void
seal(const char *did, EVP_PKEY *to, uint8_t public_key[TEE_PUBLIC_KEY_SIZE])
{
	uint8_t seed[TEE_SEED_SIZE];
	char *text;

	for (unsigned i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)i;
	ck_assert_int_eq(tee_call_seed_public(seed, public_key), 0);
	text = tee_sealed_make(to, "kid", did, strlen(did), public_key, seed);
	write_file(text);
	free(text);
}

static enum tee_verdict
foretold(const char *more, const char *did, uint8_t out[TEE_PUBLIC_KEY_SIZE],
    struct http_call *c)
{
	char options[8192];
	struct tee_sealed sealed;
	struct azure_seed s;
	enum tee_verdict verdict;

	http_call_begin(c, 1000, NULL);
	c->call.did = did;
	c->call.did_size = did != NULL ? strlen(did) : 0;
	snprintf(options, sizeof(options), "sealed=%s%s", file, more);
	ck_assert_msg(reads(options, &s, c), "%s", c->log);
	verdict = tee_azure_seed_foretell(&c->call, &s, &sealed, out);
	tee_sealed_free(&sealed);
	tee_azure_seed_clear(&s);
	return verdict;
}

START_TEST(foretelling)
{
	uint8_t made[TEE_PUBLIC_KEY_SIZE], got[TEE_PUBLIC_KEY_SIZE];
	char hex[65], more[128];
	struct http_call c;

	seal(DID, key, made);
	ck_assert_int_eq(foretold("", DID, got, &c), TEE_OK);
	ck_assert_mem_eq(got, made, sizeof(got));
	http_call_end(&c);
	/* "auto": not known before the key is. */
	ck_assert_int_eq(foretold("", NULL, got, &c), TEE_OK);
	http_call_end(&c);
	tee_hex_encode(made, sizeof(made), hex);
	snprintf(more, sizeof(more), "|public_key=%s", hex);
	ck_assert_int_eq(foretold(more, DID, got, &c), TEE_OK);
	http_call_end(&c);
	ck_assert_int_eq(foretold("|public_key=" HEX32, DID, got, &c),
	    TEE_DENY);
	ck_assert(http_call_logged(&c, "sealed_public_key", file));
	http_call_end(&c);
	made[31] ^= 1;
	tee_hex_encode(made, sizeof(made), hex);
	snprintf(more, sizeof(more), "|public_key=%s", hex);
	ck_assert_int_eq(foretold(more, DID, got, &c), TEE_DENY);
	ck_assert(http_call_logged(&c, "sealed_public_key", file));
	http_call_end(&c);
	ck_assert_int_eq(foretold("", DID "0", got, &c), TEE_DENY);
	ck_assert(http_call_logged(&c, "sealed_did", file));
	http_call_end(&c);
	/* Who may write it may put a key of their own into the agent's name. */
	ck_assert_int_eq(chmod(file, 0666), 0);
	ck_assert_int_eq(foretold("", DID, got, &c), TEE_DENY);
	ck_assert(http_call_logged(&c, "sealed_file", "others may write it"));
	http_call_end(&c);
	ck_assert_int_eq(chmod(file, 0644), 0);
	write_file("a.b.c.d.e");
	ck_assert_int_eq(foretold("", DID, got, &c), TEE_DENY);
	ck_assert(http_call_logged(&c, "sealed_format", "teectl seal"));
	http_call_end(&c);
	remove(file);
	ck_assert_int_eq(foretold("", DID, got, &c), TEE_UNAVAILABLE);
	ck_assert(http_call_logged(&c, "sealed_file", "No such file"));
	http_call_end(&c);
}
END_TEST

static uint8_t *
pkcs8(EVP_PKEY *pkey, size_t *size)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	uint8_t *der = NULL;
	int n = i2d_PKCS8_PRIV_KEY_INFO(info, &der);

	ck_assert_int_gt(n, 0);
	*size = (size_t)n;
	PKCS8_PRIV_KEY_INFO_free(info);
	return der;
}

struct taking {
	struct http_call c;
	enum tee_verdict verdict;
	uint8_t seed[TEE_SEED_SIZE];
	bool wiped;
};

static bool
is_zero(const void *data, size_t size)
{
	const uint8_t *p = data;

	while (size > 0 && p[size - 1] == 0)
		size--;
	return size == 0;
}

/* The line `options` with this released key; free with http_call_end. */
static void
take(struct taking *t, const char *options, const char *did,
    enum azure_key_type type, const uint8_t *released, size_t size)
{
	struct azure_rsa *work = calloc(1, sizeof(*work));
	uint8_t announced[TEE_PUBLIC_KEY_SIZE];
	struct tee_sealed sealed;
	struct azure_seed s;

	memset(t, 0, sizeof(*t));
	http_call_begin(&t->c, 1000, NULL);
	ck_assert_msg(reads(options, &s, &t->c), "%s", t->c.log);
	ck_assert_int_eq(tee_azure_seed_foretell(&t->c.call, &s, &sealed,
			     announced),
	    TEE_OK);
	t->c.call.did = did;
	t->c.call.did_size = did != NULL ? strlen(did) : 0;
	t->verdict = tee_azure_seed_take(&t->c.call, &s, &sealed, type,
	    released, size, work, t->seed);
	t->wiped = is_zero(work, sizeof(*work));
	tee_sealed_free(&sealed);
	tee_azure_seed_clear(&s);
	free(work);
}

static void
refuses(const char *options, const char *did, enum azure_key_type type,
    const uint8_t *released, size_t size, const char *reason, const char *words)
{
	struct taking t;

	take(&t, options, did, type, released, size);
	ck_assert_int_eq(t.verdict, TEE_DENY);
	ck_assert(http_call_logged(&t.c, reason, words));
	ck_assert(is_zero(t.seed, sizeof(t.seed)));
	ck_assert_msg(t.wiped, "the released key is still there");
	http_call_end(&t.c);
}

START_TEST(sealed_way)
{
	uint8_t made[TEE_PUBLIC_KEY_SIZE], *mine, *theirs, *ec_der;
	EVP_PKEY *ec = EVP_EC_gen("P-256");
	size_t size, their_size, ec_size;
	char options[8192];
	struct taking t;

	seal(DID, key, made);
	mine = pkcs8(key, &size);
	theirs = pkcs8(other, &their_size);
	ec_der = pkcs8(ec, &ec_size);
	snprintf(options, sizeof(options), "sealed=%s", file);
	take(&t, options, DID, AZURE_KEY_RSA, mine, size);
	ck_assert_int_eq(t.verdict, TEE_OK);
	ck_assert_uint_eq(t.seed[31], 31);
	ck_assert(t.wiped);
	http_call_end(&t.c);
	refuses(options, DID, AZURE_KEY_RSA, theirs, their_size, "unseal",
	    "sealed to another key");
	refuses(options, "did:mesh:agent-2", AZURE_KEY_RSA, mine, size,
	    "sealed_did", file);
	refuses(options, DID, AZURE_KEY_EC, ec_der, ec_size, "released_key",
	    "RSA-HSM");
	refuses(options, DID, AZURE_KEY_RSA, ec_der, ec_size, "released_key",
	    "PKCS #8");
	refuses(options, DID, AZURE_KEY_OCT, mine, 32, "released_key",
	    "RSA-HSM");
	refuses(options, DID, AZURE_KEY_RSA, mine, size - 1, "released_key",
	    "PKCS #8");
	OPENSSL_free(mine);
	OPENSSL_free(theirs);
	OPENSSL_free(ec_der);
	EVP_PKEY_free(ec);
	remove(file);
}
END_TEST

START_TEST(oct_way)
{
	static const char options[] = "seed=oct|public_key=" HEX32;
	static const uint8_t raw[64] = { 1, 2, 3 };
	struct taking t;

	take(&t, options, DID, AZURE_KEY_OCT, raw, 32);
	ck_assert_int_eq(t.verdict, TEE_OK);
	ck_assert_mem_eq(t.seed, raw, 32);
	http_call_end(&t.c);
	for (size_t size = 0; size <= sizeof(raw); size++)
		if (size != 32)
			refuses(options, DID, AZURE_KEY_OCT, raw, size,
			    "released_key", "256 bits");
	refuses(options, DID, AZURE_KEY_RSA, raw, 32, "released_key", "oct");
}
END_TEST

static void
unhex(const json_t *object, const char *name, struct sim_blob *out)
{
	const char *text = tee_json_text(object, name);
	long n = 0;
	uint8_t *bytes;

	ck_assert_msg(text != NULL, "%s", name);
	bytes = OPENSSL_hexstr2buf(text, &n);
	ck_assert(tee_sim_blob_append(out, bytes, (size_t)n));
	OPENSSL_free(bytes);
}

/* RFC 5869 for one block: HMAC(HMAC(salt, d), label || 1). */
static void
derive(const char *salt, const char *label, uint8_t out[32])
{
	struct azure_rsa rsa;
	uint8_t prk[32], *der, info[64];
	size_t size, n = strlen(label);

	der = pkcs8(key, &size);
	ck_assert(tee_azure_rsa_pkcs8(&rsa, der, size));
	OPENSSL_free(der);
	memcpy(info, label, n);
	info[n] = 1;
	ck_assert_ptr_nonnull(HMAC(EVP_sha256(), salt, (int)strlen(salt),
	    rsa.part[AZURE_RSA_D], rsa.size[AZURE_RSA_D], prk, NULL));
	ck_assert_ptr_nonnull(
	    HMAC(EVP_sha256(), prk, sizeof(prk), info, n + 1, out, NULL));
}

START_TEST(hkdf_of_this_key)
{
	static const char options[] =
	    "seed=hkdf|public_key=" HEX32 "|salt=53616c74|label=agent";
	uint8_t want[32], *der;
	struct taking t;
	size_t size;

	derive("Salt", "agent", want);
	der = pkcs8(key, &size);
	take(&t, options, DID, AZURE_KEY_RSA, der, size);
	ck_assert_int_eq(t.verdict, TEE_OK);
	ck_assert_mem_eq(t.seed, want, sizeof(want));
	ck_assert(t.wiped);
	http_call_end(&t.c);
	refuses(options, DID, AZURE_KEY_OCT, der, 32, "released_key",
	    "RSA-HSM");
	refuses(options, DID, AZURE_KEY_RSA, der, size - 1, "released_key",
	    "PKCS #8");
	OPENSSL_free(der);
}
END_TEST

/* The recorded derivation, and that salt, label and key all matter. */
START_TEST(hkdf_way)
{
	struct sim_blob text = { 0 }, released = { 0 }, okm = { 0 };
	const json_t *hkdf;
	char options[512];
	struct taking t;
	json_t *root;

	if (vector_root() == NULL)
		return;
	vector_load(VECTORS, &text);
	root = json_loadb((char *)text.data, text.size, 0, NULL);
	hkdf = json_object_get(root, "hkdf_from_rsa_d");
	unhex(json_object_get(root, "sealed_seed_rsa_oaep_sha256"),
	    "released_rsa_pkcs8_hex", &released);
	unhex(hkdf, "okm_hex", &okm);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(options, sizeof(options),
		    "seed=hkdf|public_key=%s|salt=%s%s|label=%s%s",
		    tee_json_text(hkdf, "ed25519_public_hex"),
		    tee_json_text(hkdf, "salt_hex"), i == 1 ? "01" : "",
		    tee_json_text(hkdf, "info"), i == 2 ? "x" : "");
		take(&t, options, DID, AZURE_KEY_RSA, released.data,
		    released.size);
		ck_assert_int_eq(t.verdict, TEE_OK);
		ck_assert(
		    (memcmp(t.seed, okm.data, TEE_SEED_SIZE) == 0) == (i == 0));
		ck_assert(t.wiped);
		http_call_end(&t.c);
	}
	tee_sim_blob_free(&text);
	tee_sim_blob_free(&released);
	tee_sim_blob_free(&okm);
	json_decref(root);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_seed");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	char here[3000];
	int failed;

	if (getcwd(here, sizeof(here)) == NULL)
		return 99;
	snprintf(file, sizeof(file), "%s/seed-%ld.sealed", here,
	    (long)getpid());
	key = jose_key(2048);
	other = jose_key(2048);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, option_rows);
	tcase_add_test(tcase, foretelling);
	tcase_add_test(tcase, sealed_way);
	tcase_add_test(tcase, oct_way);
	tcase_add_test(tcase, hkdf_of_this_key);
	tcase_add_test(tcase, hkdf_way);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	if (vector_root() == NULL)
		puts("the recorded derivation: skipped (no TEE_VECTORS)");
	return failed > 0;
}
