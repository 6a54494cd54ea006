/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pretend Key Vault by itself: release policies row by row, and a
 * release that its addressee, and nobody else, can undo.
 */
#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jose/b64.h>
#include <jose/openssl.h>
#include <openssl/rsa.h>

#include "sim/policy.h"
#include "sim/vaultrelease.h"
#include "sim/wrap.h"

#define ISS "https://a.attest.azure.net"
#define CLAIMS \
	"{'t':'sevsnpvm','n':7,'b':true,'a':[1],'o':{'p':{'q':'deep'}}," \
	"'x.y':'dotted'}"

static json_t *
parse(const char *text)
{
	char *copy = strdup(text), *p = copy;
	json_t *root;

	for (; (p = strchr(p, '\'')) != NULL;)
		*p = '"';
	root = json_loads(copy, 0, NULL);
	ck_assert_msg(root != NULL, "%s", copy);
	free(copy);
	return root;
}

#define ONE(condition) \
	"{'version':'1.0.0','anyOf':[{'authority':'" ISS \
	"','allOf':[" condition "]}]}"

START_TEST(policies)
{
	static const struct {
		const char *policy;
		bool valid, met;
	} rows[] = {
		{ ONE("{'claim':'t','equals':'sevsnpvm'}"), true, true },
		{ ONE("{'claim':'t','equals':'tdxvm'}"), true, false },
		{ ONE("{'claim':'absent','equals':'x'}"), true, false },
		{ ONE("{'claim':'n','equals':7}"), true, true },
		{ ONE("{'claim':'n','equals':'7'}"), true, false },
		{ ONE("{'claim':'b','equals':true}"), true, true },
		{ ONE("{'claim':'b','equals':'true'}"), true, true },
		{ ONE("{'claim':'b','equals':'false'}"), true, false },
		{ ONE("{'claim':'o.p.q','equals':'deep'}"), true, true },
		{ ONE("{'claim':'x.y','equals':'dotted'}"), true, true },
		{ ONE("{'claim':'a.0','equals':1}"), true, false },
		{ ONE("{'claim':'t','condition':'equals','value':"
		      "'sevsnpvm'}"),
		    true, true },
		{ ONE("{'claim':'n','greater':1}"), false, false },
		{ ONE("{'claim':'t'}"), false, false },
		{ ONE("{'claim':'t','equals':['sevsnpvm']}"), false, false },
		{ ONE(""), false, false },
		{ ONE("{'anyOf':[{'claim':'t','equals':'tdxvm'},"
		      "{'claim':'t','equals':'sevsnpvm'}]}"),
		    true, true },
		{ ONE("{'claim':'n','equals':7},{'anyOf':[{'claim':'t',"
		      "'equals':'tdxvm'}]}"),
		    true, false },
		{ "{'version':'1.0.0','anyOf':[{'authority':'" ISS "/',"
		  "'anyOf':[{'claim':'t','equals':'sevsnpvm'}]}]}",
		    true, true },
		{ "{'version':'1.0.0','anyOf':[{'authority':"
		  "'https://b.attest.azure.net','allOf':[{'claim':'t',"
		  "'equals':'sevsnpvm'}]}]}",
		    true, false },
		{ "{'version':'1.0.0','allOf':[{'authority':'" ISS "',"
		  "'allOf':[{'claim':'t','equals':'sevsnpvm'}]},"
		  "{'authority':'https://b','allOf':[{'claim':'t','equals':"
		  "'sevsnpvm'}]}]}",
		    true, false },
		{ "{'version':'1.0.0','anyOf':[]}", false, false },
		{ "{'anyOf':[{'authority':'" ISS "','allOf':[{'claim':'t',"
		  "'equals':'sevsnpvm'}]}]}",
		    false, false },
		{ "{'version':'1.0.0','anyOf':[{'allOf':[{'claim':'t',"
		  "'equals':'sevsnpvm'}]}]}",
		    false, false },
		{ "{'version':'1.0.0','anyOf':[{'authority':'" ISS "',"
		  "'anyOf':[{'claim':'t','equals':'sevsnpvm'}],"
		  "'allOf':[{'claim':'t','equals':'sevsnpvm'}]}]}",
		    false, false },
	};
	json_t *claims = parse(CLAIMS);
	char why[SIM_POLICY_WHY];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *policy = parse(rows[i].policy);

		ck_assert_msg(tee_sim_policy_valid(policy, why) ==
			rows[i].valid,
		    "%s", rows[i].policy);
		ck_assert_msg(tee_sim_policy_met(policy, ISS, claims) ==
			rows[i].met,
		    "%s", rows[i].policy);
		json_decref(policy);
	}
	json_decref(claims);
}
END_TEST

/* The published policies of a real provider are of this grammar. */
START_TEST(real_policies)
{
	static const char *const files[] = { "cvm-skr-policy.json",
		"public_SKR_policy-datadisk.json" };
	const char *vectors = getenv("TEE_VECTORS");
	char path[512], why[SIM_POLICY_WHY];

	for (size_t i = 0; i < 2; i++) {
		json_t *policy;

		snprintf(path, sizeof(path), "%s/azure/skr-policies/%s",
		    vectors != NULL ? vectors : "", files[i]);
		if (access(path, R_OK) != 0) {
			printf("# skipped: %s\n", path);
			continue;
		}
		policy = json_load_file(path, 0, NULL);
		ck_assert_msg(tee_sim_policy_valid(policy, why), "%s: %s",
		    files[i], why);
		json_decref(policy);
	}
}
END_TEST

/* Undone by OpenSSL, apart from both sides of the product. */
static bool
unwrap(EVP_PKEY *rsa, const EVP_MD *md, const struct sim_blob *in,
    struct sim_blob *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(rsa, NULL);
	EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
	size_t head = (size_t)EVP_PKEY_get_size(rsa), n = 512;
	uint8_t kek[512], *plain = malloc(in->size + 16);
	int m = 0;
	bool ok;

	EVP_CIPHER_CTX_set_flags(aes, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = in->size > head && EVP_PKEY_decrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
	    EVP_PKEY_decrypt(ctx, kek, &n, in->data, head) == 1 && n == 32 &&
	    EVP_DecryptInit_ex(aes, EVP_aes_256_wrap_pad(), NULL, kek, NULL) ==
		1 &&
	    EVP_DecryptUpdate(aes, plain, &m, in->data + head,
		(int)(in->size - head)) == 1 &&
	    tee_sim_blob_append(out, plain, (size_t)m);
	free(plain);
	EVP_CIPHER_CTX_free(aes);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

START_TEST(wraps)
{
	static const char *const encs[] = { "CKM_RSA_AES_KEY_WRAP",
		"RSA_AES_KEY_WRAP_256", "RSA_AES_KEY_WRAP_384" };
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *other = EVP_RSA_gen(2048);

	for (size_t i = 0; i < 3; i++) {
		const EVP_MD *md = tee_sim_wrap_digest(encs[i]);
		struct sim_blob in = { NULL, 0 }, out = { NULL, 0 };

		ck_assert(tee_sim_wrap(rsa, md,
		    "thirty-one bytes of key "
		    "follow!",
		    31, &in));
		ck_assert(unwrap(rsa, md, &in, &out));
		ck_assert_uint_eq(out.size, 31);
		ck_assert(!unwrap(other, md, &in, &out));
		in.data[in.size - 1] ^= 1;
		ck_assert(!unwrap(rsa, md, &in, &out));
		tee_sim_blob_free(&in);
		tee_sim_blob_free(&out);
	}
	ck_assert_ptr_null(tee_sim_wrap_digest("RSA_AES_KEY_WRAP_512"));
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(other);
}
END_TEST

/* The first key for encryption, whatever else stands beside it. */
START_TEST(targets)
{
	static const struct {
		const char *claims;
		const char *kid;
	} rows[] = {
		{ "{'x-ms-runtime':{'keys':[{'kid':'s','key_ops':['sign']},"
		  "{'kid':'e','key_ops':['encrypt']},{'kid':'f','use':'enc'}]}}",
		    "e" },
		{ "{'x-ms-runtime':{'keys':[{'kid':'f','key_use':'enc'}]}}",
		    "f" },
		{ "{'x-ms-runtime':{'keys':[{'kid':'s','use':'sig',"
		  "'key_ops':['encrypt']}]}}",
		    "s" },
		{ "{'x-ms-runtime':{'keys':[{'kid':'s','use':'sig'}]}}", NULL },
		{ "{'x-ms-runtime':{}}", NULL },
		{ "{}", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *claims = parse(rows[i].claims);
		const json_t *jwk = tee_sim_release_target(claims);

		if (rows[i].kid == NULL)
			ck_assert_ptr_null(jwk);
		else
			ck_assert_str_eq(json_string_value(
					     json_object_get(jwk, "kid")),
			    rows[i].kid);
		json_decref(claims);
	}
}
END_TEST

/* Kept keys come back with everything they had. */
START_TEST(keys)
{
	static const char *const ktys[] = { "RSA-HSM", "EC-HSM", "oct-HSM" };
	struct sim_vault_keys vault;
	char dir[512];
	int fd;

	snprintf(dir, sizeof(dir), "%s/tests/vault.XXXXXX",
	    getenv("TEE_TEST_BUILDDIR") != NULL ? getenv("TEE_TEST_BUILDDIR") :
						  ".");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	ck_assert(tee_sim_vault_keys_open(&vault, fd));
	for (size_t i = 0; i < 3; i++) {
		struct sim_vault_key *key = tee_sim_vault_key_make(&vault,
		    ktys[i], ktys[i], i == 2 ? 256 : 2048, "P-256");

		ck_assert_ptr_nonnull(key);
		key->ops = json_array();
		key->exportable = i != 1;
		key->policy = i == 0 ? json_object() : NULL;
		ck_assert(tee_sim_vault_key_keep(&vault, key));
	}
	ck_assert_ptr_null(
	    tee_sim_vault_key_make(&vault, "k", "RSA-HSM", 1024, NULL));
	ck_assert_ptr_null(
	    tee_sim_vault_key_make(&vault, "k", "OKP-HSM", 256, "Ed25519"));
	ck_assert_ptr_null(
	    tee_sim_vault_key_make(&vault, "../k", "oct-HSM", 256, NULL));
	for (size_t i = 0; i < 3; i++) {
		struct sim_vault_keys again;
		const struct sim_vault_key *a, *b;
		struct sim_blob x = { NULL, 0 }, y = { NULL, 0 };

		ck_assert(tee_sim_vault_keys_open(&again, fd));
		a = tee_sim_vault_key_find(&vault, ktys[i], NULL);
		b = tee_sim_vault_key_find(&again, ktys[i], a->version);
		ck_assert_ptr_nonnull(b);
		ck_assert(a->exportable == b->exportable &&
		    (a->policy != NULL) == (b->policy != NULL));
		ck_assert(tee_sim_vault_key_export(a, &x) &&
		    tee_sim_vault_key_export(b, &y));
		ck_assert(
		    x.size == y.size && memcmp(x.data, y.data, x.size) == 0);
		tee_sim_blob_free(&x);
		tee_sim_blob_free(&y);
		tee_sim_vault_keys_close(&again);
	}
	for (size_t i = 0; i < 3; i++) {
		char file[64];

		snprintf(file, sizeof(file), "%s.json", ktys[i]);
		unlinkat(fd, file, 0);
	}
	tee_sim_vault_keys_close(&vault);
	close(fd);
	rmdir(dir);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sim_vault");
	TCase *t = tcase_create("sim_vault");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(t, policies);
	tcase_add_test(t, real_policies);
	tcase_add_test(t, wraps);
	tcase_add_test(t, targets);
	tcase_add_test(t, keys);
	tcase_set_timeout(t, 60);
	suite_add_tcase(suite, t);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
