/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_skr_line: see testlib_skr_line.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>
#include <openssl/rsa.h>

#include "modules/common/json.h"
#include "tests/testlib_skr_line.h"

static char root_file[4200], sealed_file[4200];

static const char *
name_file(char out[4200], const char *what)
{
	char here[4096];

	if (out[0] == '\0') {
		ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
		snprintf(out, 4200, "%s/tests/tmp", here);
		mkdir(out, 0700);
		snprintf(out, 4200, "%s/tests/tmp/skr-%ld.%s", here,
		    (long)getpid(), what);
	}
	return out;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

const char *
skr_root_file(void)
{
	X509 *root = skr_root();
	char *pem = skr_pem(root);

	write_file(name_file(root_file, "pem"), pem);
	free(pem);
	X509_free(root);
	return root_file;
}

const char *
skr_sealed_file(void)
{
	return name_file(sealed_file, "sealed");
}

void
skr_files_remove(void)
{
	remove(name_file(root_file, "pem"));
	remove(name_file(sealed_file, "sealed"));
}

void
skr_seal(EVP_PKEY *vault_key, const uint8_t seed[TEE_SEED_SIZE],
    const uint8_t public_key[TEE_PUBLIC_KEY_SIZE])
{
	uint8_t own[TEE_PUBLIC_KEY_SIZE];
	char *text;

	ck_assert_int_eq(tee_call_seed_public(seed, own), 0);
	text = tee_sealed_make(vault_key, SKR_KEY "/" SKR_VERSION, SKR_DID,
	    strlen(SKR_DID), public_key != NULL ? public_key : own, seed);
	ck_assert_ptr_nonnull(text);
	write_file(skr_sealed_file(), text);
	free(text);
}

static void
root_pin(uint8_t out[32])
{
	X509 *root = skr_root();
	unsigned char *der = NULL;
	int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(root), &der);

	ck_assert_int_gt(size, 0);
	ck_assert_int_eq(EVP_Digest(der, (size_t)size, out, NULL, EVP_sha256(),
			     NULL),
	    1);
	OPENSSL_free(der);
	X509_free(root);
}

enum tee_verdict
skr_line_begin(struct skr_line *l, const char *more)
{
	struct tee_config config;
	char options[8192];
	uint8_t pin[32];

	memset(l, 0, sizeof(*l));
	root_pin(pin);
	http_call_begin(&l->c, 20000, pin);
	l->c.call.facility = TEE_KEYSTORE;
	l->c.call.slot = &l->slot;
	l->c.call.now = SKR_NOW;
	l->c.call.did = SKR_DID;
	l->c.call.did_size = strlen(SKR_DID);
	snprintf(options, sizeof(options),
	    "source=guest-device|vault=https://" SKR_HOST
	    "|key=agent-kek|ca_file=%s%s",
	    skr_root_file(), more);
	http_config(&config, TEE_KEYSTORE, options, &l->c);
	l->k = tee_azure_keystore_new(&config);
	tee_config_clear(&config);
	ck_assert_msg(l->k != NULL, "%s", l->c.log);
	return tee_azure_prepare(&l->c.call, l->k);
}

void
skr_line_end(struct skr_line *l)
{
	tee_slot_clear(&l->slot);
	tee_azure_keystore_free(&l->k);
	http_call_end(&l->c);
}

json_t *
skr_line_jwk(struct skr_line *l)
{
	size_t size = 0;
	const uint8_t *text =
	    tee_call_item(&l->c.call, "azure.wrapping-key", &size);

	return text != NULL ? tee_json_object(text, size, NULL) : NULL;
}

static void
oaep(EVP_PKEY *to, const EVP_MD *md, const uint8_t kek[AZURE_KEK_SIZE],
    struct sim_blob *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(to, NULL);
	uint8_t block[AZURE_RSA_MAX];
	size_t size = sizeof(block);

	ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
	EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING);
	EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md);
	EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md);
	ck_assert_int_eq(EVP_PKEY_encrypt(ctx, block, &size, kek,
			     AZURE_KEK_SIZE),
	    1);
	ck_assert(tee_sim_blob_append(out, block, size));
	EVP_PKEY_CTX_free(ctx);
}

void
skr_wrap(EVP_PKEY *to, enum azure_enc enc, const uint8_t kek[AZURE_KEK_SIZE],
    const void *key, size_t size, struct sim_blob *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t *wrapped = malloc(size + 16);
	int n = 0;

	oaep(to,
	    enc == AZURE_ENC_256     ? EVP_sha256() :
		enc == AZURE_ENC_384 ? EVP_sha384() :
				       EVP_sha1(),
	    kek, out);
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ck_assert_int_eq(EVP_EncryptInit_ex(ctx, EVP_aes_256_wrap_pad(), NULL,
			     kek, NULL),
	    1);
	ck_assert_int_eq(EVP_EncryptUpdate(ctx, wrapped, &n, key, (int)size),
	    1);
	ck_assert(tee_sim_blob_append(out, wrapped, (size_t)n));
	EVP_CIPHER_CTX_free(ctx);
	free(wrapped);
}

void
skr_pkcs8(EVP_PKEY *key, struct sim_blob *out)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	uint8_t *der = NULL;
	int n = i2d_PKCS8_PRIV_KEY_INFO(info, &der);

	ck_assert_int_gt(n, 0);
	ck_assert(tee_sim_blob_append(out, der, (size_t)n));
	OPENSSL_clear_free(der, (size_t)n);
	PKCS8_PRIV_KEY_INFO_free(info);
}

static void
set_text(json_t *root, const char *path, const char *text)
{
	char quoted[256];

	snprintf(quoted, sizeof(quoted), "\"%s\"", text);
	skr_edit(root, path, quoted);
}

char *
skr_answer(const json_t *jwk, enum azure_enc enc, const char *kty,
    const struct sim_blob *wrapped)
{
	struct skr_release r;
	char *body;

	skr_release_begin(&r, wrapped->data, wrapped->size);
	set_text(r.hsm, "header/kid", tee_json_text(jwk, "kid"));
	set_text(r.hsm, "header/enc", tee_azure_enc_words[enc]);
	set_text(r.payload, "request/enc", tee_azure_enc_words[enc]);
	set_text(r.payload, "response/key/key/kty", kty);
	body = skr_release_body(&r);
	skr_release_end(&r);
	return body;
}

enum tee_verdict
skr_line_take(struct skr_line *l, const char *body)
{
	struct tee_http_response answer = { .status = 200,
		.body = (uint8_t *)strdup(body),
		.size = strlen(body) };
	enum tee_verdict verdict =
	    tee_azure_release_take(&l->c.call, l->k, SKR_NONCE, &answer);

	tee_http_response_free(&answer);
	return verdict;
}
