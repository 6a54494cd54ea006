/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For which names the certificate of a Managed HSM's release may be, and the
 * parts of any release that are broken or too long.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "tests/testlib_skr.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char wrapped[] = "what stands for a wrapped key";

static void
expect(const char *names, const char *body, const struct azure_expected *x,
    bool good)
{
	struct azure_release r;
	bool ok = tee_azure_release_read(&r, body, strlen(body), x);

	ck_assert_msg(ok == good, "%s for %s: %s", names, x->host,
	    ok ? "taken" : r.reason);
	ck_assert_msg(ok || strcmp(r.reason, "release.host") == 0,
	    "%s for %s: %s", names, x->host, r.reason);
	tee_azure_release_free(&r);
}

/* A Managed HSM's certificate may be for the names below its own. */
START_TEST(managed_hsm)
{
	static const char h[] = "h.managedhsm.azure.net";
	static const struct {
		const char *host, *names;
		bool good;
	} rows[] = {
		{ h, "DNS:*.h.managedhsm.azure.net", true },
		{ h, "DNS:*.H.ManagedHSM.azure.net", true },
		{ h, "DNS:h.managedhsm.azure.net", true },
		{ h, "DNS:*.managedhsm.azure.net", true },
		{ h, "DNS:x.azure.net,DNS:*.h.managedhsm.azure.net", true },
		{ "h.managedhsm.azure.cn", "DNS:*.h.managedhsm.azure.cn",
		    true },
		{ h, "DNS:*.g.managedhsm.azure.net", false },
		{ h, "DNS:*.gh.managedhsm.azure.net", false },
		{ h, "DNS:*.h.managedhsm.azure.cn", false },
		{ h, "DNS:a.h.managedhsm.azure.net", false },
		{ h, "DNS:a*.h.managedhsm.azure.net", false },
		{ h, "DNS:*.a.h.managedhsm.azure.net", false },
		{ h, "DNS:*.*.managedhsm.azure.net", false },
		{ h, "DNS:*.vault.azure.net", false },
		{ h, "", false },
		{ SKR_HOST, "DNS:*." SKR_HOST, false },
		{ "h.managedhsm", "DNS:*.h.managedhsm", false },
		{ "managedhsm.azure.net", "DNS:*.managedhsm.azure.net", false },
		{ "a.h.managedhsm.azure.net", "DNS:*.a.h.managedhsm.azure.net",
		    false },
		{ "h.managedhsms.azure.net", "DNS:*.h.managedhsms.azure.net",
		    false },
	};
	struct azure_expected x;
	X509_STORE *roots;

	skr_expect(&x, &roots);
	for (size_t i = 0; i < COUNT(rows); i++) {
		STACK_OF(X509) *chain = sk_X509_new_null();
		struct skr_cert leaf = { .names = rows[i].names };
		struct skr_release r;
		char *body;

		x.host = rows[i].host;
		skr_release_begin(&r, wrapped, sizeof(wrapped));
		sk_X509_push(chain, skr_leaf(&leaf));
		sk_X509_push(chain, skr_sub());
		skr_release_chain(&r, chain);
		body = skr_release_body(&r);
		expect(rows[i].names, body, &x, rows[i].good);
		free(body);
		skr_release_end(&r);
	}
	X509_STORE_free(roots);
}
END_TEST

/* A good leaf does not excuse what stands behind it. */
START_TEST(broken_issuer)
{
	static const char *const rows[] = { "AAAA", "!", "" };
	struct azure_expected x;
	X509_STORE *roots;

	skr_expect(&x, &roots);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct azure_release release;
		struct skr_release r;
		char *body;
		bool ok;

		skr_release_begin(&r, wrapped, sizeof(wrapped));
		json_array_set_new(json_object_get(r.header, "x5c"), 1,
		    json_string(rows[i]));
		body = skr_release_body(&r);
		ok = tee_azure_release_read(&release, body, strlen(body), &x);
		ck_assert_msg(!ok, "%s", rows[i]);
		ck_assert_str_eq(release.reason, "release.signature");
		tee_azure_release_free(&release);
		free(body);
		skr_release_end(&r);
	}
	X509_STORE_free(roots);
}
END_TEST

/* As much as the longest key, wrapped, and the key that wraps it. */
START_TEST(long_ciphertext)
{
	static const uint8_t most[AZURE_RSA_MAX + AZURE_RELEASED_MAX + 1];
	struct azure_expected x;
	X509_STORE *roots;

	skr_expect(&x, &roots);
	for (size_t over = 0; over < 2; over++) {
		struct azure_release release;
		struct skr_release r;
		char *body;
		bool ok;

		skr_release_begin(&r, most, sizeof(most) - 1 + over);
		body = skr_release_body(&r);
		ok = tee_azure_release_read(&release, body, strlen(body), &x);
		ck_assert(ok == (over == 0));
		if (!ok)
			ck_assert_str_eq(release.reason, "release.key-hsm");
		tee_azure_release_free(&release);
		free(body);
		skr_release_end(&r);
	}
	X509_STORE_free(roots);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure_release_hsm");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	skr_open();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, managed_hsm);
	tcase_add_test(tcase, broken_issuer);
	tcase_add_test(tcase, long_ciphertext);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	skr_close();
	return failed > 0;
}
