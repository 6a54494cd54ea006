/* SPDX-License-Identifier: Apache-2.0 */
/*
 * did:x509 by its own: which names are read, and that a chain is one path from
 * a leaf to the root that is named, in the order given.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/x509v3.h>

#include "modules/common/base64.h"
#include "modules/common/didx509.h"

#define AT 1767225600 /* 2026-01-01 */
#define DAY (24L * 60 * 60)
#define EKU "1.3.6.1.4.1.311.76.59.1.2"
#define ROOT43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

enum { LEAF = 0, LOWER, UPPER, ROOT, CERTS };

static EVP_PKEY *key[CERTS];
static X509 *cert[CERTS];

static void
extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

static void
name(X509_NAME *n, unsigned which)
{
	const unsigned char letter[] = { (unsigned char)('a' + which), '\0' };

	ck_assert(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, letter, -1,
	    -1, 0));
}

static X509 *
issue(unsigned subject, unsigned issuer, const char *usage, bool ca, bool eku)
{
	X509 *x = X509_new();

	ck_assert(X509_set_version(x, X509_VERSION_3) &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), subject + 1) &&
	    ASN1_TIME_set(X509_getm_notBefore(x), AT - DAY) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(x), AT + DAY) != NULL &&
	    X509_set_pubkey(x, key[subject]));
	name(X509_get_subject_name(x), subject);
	name(X509_get_issuer_name(x), issuer);
	extend(x, NID_basic_constraints,
	    ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	extend(x, NID_key_usage, usage);
	if (eku)
		extend(x, NID_ext_key_usage, EKU);
	ck_assert_int_gt(X509_sign(x, key[issuer], EVP_sha256()), 0);
	return x;
}

static void
setup(void)
{
	for (unsigned i = 0; i < CERTS; i++)
		key[i] = EVP_EC_gen("P-256");
	cert[LEAF] =
	    issue(LEAF, LOWER, "critical,digitalSignature", false, true);
	for (unsigned i = LOWER; i < ROOT; i++)
		cert[i] = issue(i, i + 1, "critical,keyCertSign", true, false);
	cert[ROOT] = issue(ROOT, ROOT, "critical,keyCertSign,digitalSignature",
	    true, true);
}

static void
teardown(void)
{
	for (unsigned i = 0; i < CERTS; i++) {
		EVP_PKEY_free(key[i]);
		X509_free(cert[i]);
	}
}

/* The name of the root, or of one whose digest differs in its last bit. */
static void
root_name(struct tee_didx509 *d, bool like_it)
{
	uint8_t digest[32];
	char text[160], *root;

	ck_assert(X509_digest(cert[ROOT], EVP_sha256(), digest, NULL));
	digest[31] ^= like_it;
	root = tee_b64_encode(TEE_BASE64_URL, digest, sizeof(digest));
	snprintf(text, sizeof(text), "did:x509:0:sha256:%s::eku:" EKU, root);
	ck_assert_msg(tee_didx509_parse(d, text), "%s", text);
	free(root);
}

static const struct row {
	const char *what;
	unsigned order[CERTS + 1];
	int count;
	bool like_it;
	const char *why; /* NULL: taken */
} rows[] = {
	{ "in order", { LEAF, LOWER, UPPER, ROOT }, 4, false, NULL },
	{ "two in the other order", { LEAF, UPPER, LOWER, ROOT }, 4, false,
	    "not one path in order" },
	{ "one twice", { LEAF, LOWER, LOWER, UPPER, ROOT }, 5, false,
	    "not one path in order" },
	{ "the leaf behind itself", { LEAF, LEAF, LOWER, UPPER, ROOT }, 5,
	    false, "not one path in order" },
	{ "one is missing", { LEAF, UPPER, ROOT }, 3, false, "issuer" },
	{ "the root alone, which may sign", { ROOT }, 1, false,
	    "no chain of a leaf and a root" },
	{ "none", { 0 }, 0, false, "no chain of a leaf and a root" },
	{ "a root like the one that is named", { LEAF, LOWER, UPPER, ROOT }, 4,
	    true, "not the root" },
	{ "the root is not last", { LEAF, LOWER, ROOT, UPPER }, 4, false,
	    "not the root" },
};

START_TEST(paths)
{
	const struct row *row = &rows[_i];
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct tee_didx509 d;
	const char *why = "";
	bool ok;

	root_name(&d, row->like_it);
	for (int i = 0; i < row->count; i++)
		sk_X509_push(chain, cert[row->order[i]]);
	ok = tee_didx509_judge(&d, chain, AT, &why);
	ck_assert_msg(ok == (row->why == NULL), "%s: %s", row->what, why);
	if (!ok)
		ck_assert_msg(strstr(why, row->why) != NULL, "%s: %s",
		    row->what, why);
	sk_X509_free(chain);
	tee_didx509_free(&d);
}
END_TEST

static bool
reads(const char *text)
{
	struct tee_didx509 d;
	bool ok = tee_didx509_parse(&d, text);

	tee_didx509_free(&d);
	return ok;
}

START_TEST(names)
{
	static const char start[] = "did:x509:0:sha256:" ROOT43 "::eku:" EKU;
	char text[TEE_DIDX509_MAX + 2];
	size_t n = strlen(start);

	ck_assert(reads(start));
	/* OpenSSL would take a blank for a dot. */
	ck_assert(!reads("did:x509:0:sha256:" ROOT43 "::eku:1.3 6"));
	ck_assert(!reads("did:x509:0:sha256:" ROOT43 "::eku:1.3.x"));
	ck_assert(!reads("did:x509:0:sha256:" ROOT43 "A::eku:1.3.6"));
	ck_assert(!reads("DID:x509:0:sha256:" ROOT43 "::eku:1.3.6"));
	/* One more arc, of as many digits as there is room for. */
	memcpy(text, start, n);
	text[n++] = '.';
	memset(text + n, '1', sizeof(text) - n);
	text[TEE_DIDX509_MAX + 1] = '\0';
	ck_assert(!reads(text));
	text[TEE_DIDX509_MAX] = '\0';
	ck_assert(reads(text));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure didx509");
	TCase *tcase = tcase_create("paths");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_unchecked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, paths, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, names);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
