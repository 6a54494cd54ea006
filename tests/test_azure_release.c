/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Key Vault answers to a release: the real one is taken at its date and
 * refused today; of minted ones each check fails alone, by its own name.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "modules/common/roots.h"
#include "modules/common/json.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_skr.h"
#include "tests/testlib_vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY (24L * 60 * 60)
#define REAL "azure/akv-release/akv-premium-7.3-preview.release-response.json"
#define REAL_CHAIN "azure/akv-release/akv-premium-x5c-chain.pem"
#define REAL_TIME 1640125199

static const char wrapped[] = "what stands for a wrapped key";

/* NULL: taken. */
static void
expect(const char *what, const char *body, const struct azure_expected *x,
    const char *reason)
{
	struct azure_release r;
	bool ok = tee_azure_release_read(&r, body, strlen(body), x);

	ck_assert_msg(ok == (reason == NULL), "%s: %s: %s", what,
	    ok ? "taken" : r.reason, r.detail);
	ck_assert_msg(ok == (r.reason == NULL), "%s", what);
	if (!ok) {
		ck_assert_msg(strcmp(r.reason, reason) == 0, "%s: %s: %s", what,
		    r.reason, r.detail);
		ck_assert_msg(r.detail[0] != '\0', "%s: no detail", what);
	} else {
		ck_assert_uint_eq(r.wrapped_size, sizeof(wrapped));
		ck_assert_mem_eq(r.wrapped, wrapped, sizeof(wrapped));
	}
	tee_azure_release_free(&r);
	ck_assert_ptr_null(r.wrapped);
}

/* The usual release with one member of one part changed. */
static void
edited(char part, const char *path, const char *value,
    const struct azure_expected *x, const char *reason)
{
	struct skr_release r;
	char *body, what[256];

	skr_release_begin(&r, wrapped, sizeof(wrapped));
	if (path != NULL)
		skr_edit(part == 'h' ? r.header :
			part == 'k'  ? r.hsm :
				       r.payload,
		    path, value);
	body = skr_release_body(&r);
	snprintf(what, sizeof(what), "%c %s %s", part, path != NULL ? path : "",
	    value != NULL ? value : "(deleted)");
	expect(what, body, x, reason);
	free(body);
	skr_release_end(&r);
}

START_TEST(members)
{
	static const struct {
		char part; /* h: header, p: payload, k: key_hsm */
		const char *path, *value, *reason;
	} rows[] = {
		{ 'p', NULL, NULL, NULL },
		{ 'p', "request/api-version", "\"7.6\"", NULL },
		{ 'p', "response/key/key/kty", "\"RSA\"", NULL },
		{ 'p', "response/key/key/kty", "\"EC-HSM\"", NULL },
		{ 'p', "response/key/key/kty", "\"oct-HSM\"", NULL },
		{ 'h', "alg", "\"none\"", "release.format" },
		{ 'h', "alg", "\"HS256\"", "release.format" },
		{ 'h', "crit", "[\"x\"]", "release.format" },
		{ 'h', "x5c", NULL, "release.signature" },
		{ 'h', "x5c", "[]", "release.signature" },
		{ 'h', "x5c", "[\"AAAA\"]", "release.signature" },
		{ 'h', "x5c", "\"AAAA\"", "release.signature" },
		{ 'p', "request", NULL, "release.kid" },
		{ 'p', "request/kid", NULL, "release.kid" },
		{ 'p', "request/kid", "\"" SKR_KEY "x\"", "release.kid" },
		{ 'p', "request/kid", "\"" SKR_KEY "/\"", "release.kid" },
		{ 'p', "request/kid",
		    "\"https://w.vault.azure.net/keys/agent-kek\"",
		    "release.kid" },
		{ 'p', "response", NULL, "release.kid" },
		{ 'p', "response/key", "[]", "release.kid" },
		{ 'p', "response/key/key/kid", NULL, "release.kid" },
		{ 'p', "response/key/key/kid", "\"" SKR_KEY "\"",
		    "release.kid" },
		{ 'p', "response/key/key/kid", "\"" SKR_KEY "/\"",
		    "release.kid" },
		{ 'p', "response/key/key/kid", "\"" SKR_KEY "2/1\"",
		    "release.kid" },
		{ 'p', "response/key/key/kid", "\"" SKR_KEY "/1/2\"",
		    "release.kid" },
		{ 'p', "response/key/key/kid", "\"" SKR_KEY "22\"",
		    "release.kid" },
		{ 'p', "response/key/key/kid",
		    "\"https://v.vault.azure.net/keys/another-1/1\"",
		    "release.kid" },
		{ 'p', "request/enc", NULL, "release.enc" },
		{ 'p', "request/enc", "\"CKM_RSA_AES_KEY_WRAP\"",
		    "release.enc" },
		{ 'p', "request/nonce", NULL, "release.nonce" },
		{ 'p', "request/nonce", "\"\"", "release.nonce" },
		{ 'p', "request/nonce", "\"" SKR_NONCE "0\"", "release.nonce" },
		{ 'p', "request/nonce", "1", "release.nonce" },
		{ 'k', "schema_version", "\"2.0\"", "release.key-hsm" },
		{ 'k', "schema_version", NULL, "release.key-hsm" },
		{ 'k', "header", NULL, "release.key-hsm" },
		{ 'k', "header/alg", "\"RSA-OAEP\"", "release.key-hsm" },
		{ 'k', "header/enc", NULL, "release.key-hsm" },
		{ 'k', "header/enc", "\"CKM_RSA_AES_KEY_WRAP\"",
		    "release.key-hsm" },
		{ 'k', "header/kid", NULL, "release.key-hsm" },
		{ 'k', "ciphertext", NULL, "release.key-hsm" },
		{ 'k', "ciphertext", "\"\"", "release.key-hsm" },
		{ 'k', "ciphertext", "\"AA==\"", "release.key-hsm" },
		{ 'k', "ciphertext", "\"A+AA\"", "release.key-hsm" },
		{ 'k', "header/kid", "\"another\"", "release.wrapping-key" },
		{ 'k', "header/kid", "\"" SKR_KID " \"",
		    "release.wrapping-key" },
		{ 'p', "response/key/key/kty", NULL, "release.kty" },
		{ 'p', "response/key/key/kty", "\"OKP\"", "release.kty" },
		{ 'p', "response/key/key/kty", "\"rsa-hsm\"", "release.kty" },
	};
	struct azure_expected x;
	X509_STORE *roots;

	skr_expect(&x, &roots);
	for (size_t i = 0; i < COUNT(rows); i++)
		edited(rows[i].part, rows[i].path, rows[i].value, &x,
		    rows[i].reason);
	X509_STORE_free(roots);
}
END_TEST

/* key_hsm as the vault would have to spell it, and as it must not. */
START_TEST(key_hsm_text)
{
	static const struct {
		const char *value;
	} rows[] = { { NULL }, { "\"\"" }, { "\"e30\"" }, { "\"e30=\"" },
		{ "\"!\"" }, { "{}" }, { "\"W10\"" },
		/* {"schema_version":"1.0","schema_version":"1.0"} */
		{ "\"eyJzY2hlbWFfdmVyc2lvbiI6IjEuMCIsInNjaGVtYV92ZXJzaW9uIjoiM"
		  "S4wIn0\"" } };
	struct azure_expected x;
	X509_STORE *roots;

	skr_expect(&x, &roots);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct skr_release r;
		char *body;

		skr_release_begin(&r, wrapped, sizeof(wrapped));
		json_decref(r.hsm);
		r.hsm = NULL;
		if (rows[i].value != NULL)
			skr_edit(r.payload, "response/key/key/key_hsm",
			    rows[i].value);
		body = skr_release_body(&r);
		expect(rows[i].value != NULL ? rows[i].value : "(none)", body,
		    &x, "release.key-hsm");
		free(body);
		skr_release_end(&r);
	}
	X509_STORE_free(roots);
}
END_TEST

/* What was asked for decides; not what the answer says of itself. */
START_TEST(expectations)
{
	struct azure_expected x;
	X509_STORE *roots;

	skr_expect(&x, &roots);
	x.enc = AZURE_ENC_384;
	edited('p', NULL, NULL, &x, "release.enc");
	x.enc = AZURE_ENC_SHA1;
	edited('p', NULL, NULL, &x, "release.enc");
	x.enc = AZURE_ENC_256;
	x.nonce = NULL;
	edited('p', NULL, NULL, &x, "release.nonce");
	edited('p', "request/nonce", NULL, &x, NULL);
	x.nonce = SKR_NONCE;
	x.versioned = true;
	edited('p', NULL, NULL, &x, "release.kid");
	x.key_url = SKR_KEY "/" SKR_VERSION;
	edited('p', "request/kid", "\"" SKR_KEY "/" SKR_VERSION "\"", &x, NULL);
	edited('p', NULL, NULL, &x, "release.kid");
	X509_STORE_free(roots);
}
END_TEST

START_TEST(bodies)
{
	static const char *const rows[] = { "", "{", "[]", "{}",
		"{\"value\":1}", "{\"value\":\"\"}", "{\"value\":\"a.b.c\"}",
		"{\"value\":\"x\",\"value\":\"y\"}",
		"{\"error\":{\"code\":\"Forbidden\"}}" };
	struct azure_expected x;
	X509_STORE *roots;

	skr_expect(&x, &roots);
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i], rows[i], &x, "release.format");
	X509_STORE_free(roots);
}
END_TEST

START_TEST(signatures)
{
	struct azure_expected x;
	struct skr_release r;
	X509_STORE *roots;
	char *body;
	size_t n;

	skr_expect(&x, &roots);
	skr_release_begin(&r, wrapped, sizeof(wrapped));
	r.signer = skr_other_key;
	body = skr_release_body(&r);
	expect("another's signature", body, &x, "release.signature");
	free(body);
	r.signer = skr_leaf_key;
	body = skr_release_body(&r);
	n = strlen(body) - 20;
	body[n] = body[n] == 'A' ? 'B' : 'A';
	expect("a bit of the signature", body, &x, "release.signature");
	free(body);
	skr_release_end(&r);
	X509_STORE_free(roots);
}
END_TEST

/* The vault's certificates: who may have signed, until when, for whom. */
START_TEST(chains)
{
	static const struct {
		const char *what;
		struct skr_cert leaf;
		bool no_sub, other_leaf, other_issuer;
		const char *reason;
	} rows[] = {
		{ "as it should be", { .names = NULL }, 0, 0, 0, NULL },
		{ "with its own name alone", { .names = "DNS:" SKR_HOST }, 0, 0,
		    0, NULL },
		{ "in other letters", { .names = "DNS:V.Vault.AZURE.net" }, 0,
		    0, 0, NULL },
		{ "expired", { .until = -60 }, 0, 0, 0, "release.chain" },
		{ "not yet valid", { .from = 60 }, 0, 0, 0, "release.chain" },
		{ "for clients", { .usage = "clientAuth" }, 0, 0, 0,
		    "release.chain" },
		{ "without its issuer", { .names = NULL }, 1, 0, 0,
		    "release.chain" },
		{ "of another issuer", { .names = NULL }, 0, 0, 1,
		    "release.chain" },
		{ "of another vault", { .names = "DNS:w.vault.azure.net" }, 0,
		    0, 0, "release.host" },
		{ "of another service", { .names = "DNS:*.blob.azure.net" }, 0,
		    0, 0, "release.host" },
		{ "one level short", { .names = "DNS:*.azure.net" }, 0, 0, 0,
		    "release.host" },
		{ "one level more", { .names = "DNS:*.v.vault.azure.net" }, 0,
		    0, 0, "release.host" },
		{ "half a wildcard", { .names = "DNS:*v.vault.azure.net" }, 0,
		    0, 0, "release.host" },
		{ "without names", { .names = "" }, 0, 0, 0, "release.host" },
		{ "first of the chain is another's", { .names = NULL }, 0, 1, 0,
		    "release.signature" },
	};
	struct azure_expected x;
	X509_STORE *roots;

	skr_expect(&x, &roots);
	for (size_t i = 0; i < COUNT(rows); i++) {
		STACK_OF(X509) *chain = sk_X509_new_null();
		struct skr_cert leaf = rows[i].leaf;
		struct skr_release r;
		char *body;

		skr_release_begin(&r, wrapped, sizeof(wrapped));
		if (rows[i].other_leaf)
			leaf.key = skr_other_key;
		if (rows[i].other_issuer)
			leaf.issuer = skr_other_key;
		sk_X509_push(chain, skr_leaf(&leaf));
		if (!rows[i].no_sub)
			sk_X509_push(chain, skr_sub());
		skr_release_chain(&r, chain);
		body = skr_release_body(&r);
		expect(rows[i].what, body, &x, rows[i].reason);
		free(body);
		skr_release_end(&r);
	}
	X509_STORE_free(roots);
}
END_TEST

/* Nine certificates are no chain of a vault. */
START_TEST(long_chain)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct azure_expected x;
	struct skr_release r;
	X509_STORE *roots;
	char *body;

	skr_expect(&x, &roots);
	skr_release_begin(&r, wrapped, sizeof(wrapped));
	sk_X509_push(chain, skr_leaf(NULL));
	for (int i = 0; i < TEE_WEBPKI_CERTS; i++)
		sk_X509_push(chain, skr_sub());
	skr_release_chain(&r, chain);
	body = skr_release_body(&r);
	expect("nine certificates", body, &x, "release.signature");
	free(body);
	skr_release_end(&r);
	X509_STORE_free(roots);
}
END_TEST

/* Neither the answer nor the environment brings a root along. */
START_TEST(roots_are_ours)
{
	struct azure_expected x;
	X509_STORE *roots;
	char path[64], *pem;
	X509 *other;
	FILE *file;

	skr_expect(&x, &roots);
	other = skr_root();
	pem = skr_pem(other);
	X509_free(other);
	snprintf(path, sizeof(path), "skr-root-%ld.pem", (long)getpid());
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(pem, file);
	fclose(file);
	x.pki.roots = NULL;
	setenv("SSL_CERT_FILE", path, 1);
	edited('p', NULL, NULL, &x, "release.chain");
	unsetenv("SSL_CERT_FILE");
	remove(path);
	edited('p', NULL, NULL, &x, "release.chain");
	free(pem);
	X509_STORE_free(roots);
	/* A root of that name with another key; a leaf is no root either. */
	other = skr_leaf(NULL);
	roots = skr_roots(other);
	X509_free(other);
	x.pki.roots = roots;
	edited('p', NULL, NULL, &x, "release.chain");
	X509_STORE_free(roots);
	/* None at all. */
	roots = X509_STORE_new();
	x.pki.roots = roots;
	edited('p', NULL, NULL, &x, "release.chain");
	X509_STORE_free(roots);
}
END_TEST

/* An expectation that fits the recorded one, and its 2021 root. */
static void
expect_real(struct azure_expected *x, const json_t *payload,
    struct sim_blob *chain)
{
	const json_t *request = tee_json_member(payload, "request");
	const char *url = tee_json_text(request, "kid");

	memset(x, 0, sizeof(*x));
	x->key_url = url;
	x->host = strndup(url + 8, strcspn(url + 8, "/:"));
	x->enc = AZURE_ENC_SHA1;
	x->wrapping_kid = "fake-release-key";
	vector_load(REAL_CHAIN, chain);
	x->pki.roots = tee_roots_pem((const char *)chain->data, chain->size);
	ck_assert_ptr_nonnull(x->pki.roots);
	x->pki.now = REAL_TIME;
}

static const char *
judge_real(const struct sim_blob *file, const struct azure_expected *x)
{
	static char reason[64];
	struct azure_release r;

	if (tee_azure_release_read(&r, file->data, file->size, x)) {
		/* RSA-HSM of 2048 bits under SHA-1. */
		ck_assert_int_eq(r.type, AZURE_KEY_RSA);
		ck_assert_uint_eq(r.wrapped_size, 1480);
		strcpy(reason, "");
	} else {
		snprintf(reason, sizeof(reason), "%s", r.reason);
	}
	tee_azure_release_free(&r);
	return reason;
}

/* It was asked for without a nonce; we always send one. */
START_TEST(key_vault)
{
	struct sim_blob file = { 0 }, chain = { 0 };
	struct azure_expected x;
	char why[TEE_JWS_WHY];
	const char *text;
	struct tee_jws jws;
	json_t *body;

	if (vector_root() == NULL)
		return;
	vector_load(REAL, &file);
	body = tee_json_object(file.data, file.size, why);
	text = tee_json_text(body, "value");
	ck_assert_msg(tee_jws_parse(&jws, text, strlen(text), why), "%s", why);
	expect_real(&x, jws.payload, &chain);
	ck_assert_str_eq(judge_real(&file, &x), "");
	x.nonce = "a fresh one";
	ck_assert_str_eq(judge_real(&file, &x), "release.nonce");
	x.nonce = NULL;
	x.enc = AZURE_ENC_256;
	ck_assert_str_eq(judge_real(&file, &x), "release.enc");
	x.enc = AZURE_ENC_SHA1;
	x.wrapping_kid = "another";
	ck_assert_str_eq(judge_real(&file, &x), "release.wrapping-key");
	x.pki.now = SKR_NOW;
	ck_assert_str_eq(judge_real(&file, &x), "release.chain");
	X509_STORE_free(x.pki.roots);
	x.pki.roots = NULL; /* the system's */
	ck_assert_str_eq(judge_real(&file, &x), "release.chain");
	free((char *)(uintptr_t)x.host);
	tee_jws_free(&jws);
	json_decref(body);
	tee_sim_blob_free(&file);
	tee_sim_blob_free(&chain);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_release");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	skr_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, members);
	tcase_add_test(tcase, key_hsm_text);
	tcase_add_test(tcase, expectations);
	tcase_add_test(tcase, bodies);
	tcase_add_test(tcase, signatures);
	tcase_add_test(tcase, chains);
	tcase_add_test(tcase, long_chain);
	tcase_add_test(tcase, roots_are_ours);
	tcase_add_test(tcase, key_vault);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	skr_close();
	if (vector_root() == NULL)
		puts("the recorded release: skipped (no TEE_VECTORS)");
	return failed > 0;
}
