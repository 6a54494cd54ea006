/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_skr: see testlib_skr.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "modules/common/base64.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_skr.h"

#define DAY (24L * 60 * 60)
#define NAMES "DNS:vault.azure.net,DNS:*.vault.azure.net"

EVP_PKEY *skr_root_key, *skr_sub_key, *skr_leaf_key, *skr_other_key;

void
skr_open(void)
{
	skr_root_key = jose_key(2048);
	skr_sub_key = jose_key(2048);
	skr_leaf_key = jose_key(2048);
	skr_other_key = jose_key(2048);
}

void
skr_close(void)
{
	EVP_PKEY_free(skr_root_key);
	EVP_PKEY_free(skr_sub_key);
	EVP_PKEY_free(skr_leaf_key);
	EVP_PKEY_free(skr_other_key);
}

static void
extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(X509_add_ext(cert, e, -1), 1);
	X509_EXTENSION_free(e);
}

static void
set_name(X509_NAME *name, const char *text)
{
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			     (const unsigned char *)text, -1, -1, 0),
	    1);
}

static X509 *
begin(const char *name, const char *issuer, EVP_PKEY *key, long from,
    long until)
{
	static long serial = 1;
	X509 *cert = X509_new();

	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	ASN1_TIME_set(X509_getm_notBefore(cert), SKR_NOW + from);
	ASN1_TIME_set(X509_getm_notAfter(cert), SKR_NOW + until);
	set_name(X509_get_subject_name(cert), name);
	set_name(X509_get_issuer_name(cert), issuer);
	X509_set_pubkey(cert, key);
	return cert;
}

static X509 *
finish(X509 *cert, EVP_PKEY *issuer)
{
	ck_assert_int_gt(X509_sign(cert, issuer, EVP_sha256()), 0);
	return cert;
}

X509 *
skr_leaf(const struct skr_cert *want)
{
	static const struct skr_cert usual = { .names = NAMES };
	const struct skr_cert *w = want != NULL ? want : &usual;
	X509 *cert = begin("vault.azure.net", "Issuing CA",
	    w->key != NULL ? w->key : skr_leaf_key,
	    w->from != 0 ? w->from : -DAY, w->until != 0 ? w->until : DAY);
	const char *names = w->names != NULL ? w->names : NAMES;

	if (names[0] != '\0')
		extension(cert, NID_subject_alt_name, names);
	extension(cert, NID_ext_key_usage,
	    w->usage != NULL ? w->usage : "serverAuth");
	return finish(cert, w->issuer != NULL ? w->issuer : skr_sub_key);
}

static X509 *
authority(const char *name, const char *issuer, EVP_PKEY *key, EVP_PKEY *by)
{
	X509 *cert = begin(name, issuer, key, -90 * DAY, 90 * DAY);

	extension(cert, NID_basic_constraints, "critical,CA:TRUE");
	extension(cert, NID_key_usage, "critical,keyCertSign");
	return finish(cert, by);
}

X509 *
skr_sub(void)
{
	return authority("Issuing CA", "Root CA", skr_sub_key, skr_root_key);
}

X509 *
skr_root(void)
{
	return authority("Root CA", "Root CA", skr_root_key, skr_root_key);
}

char *
skr_pem(X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *text;
	long size;

	ck_assert_int_eq(PEM_write_bio_X509(bio, cert), 1);
	size = BIO_get_mem_data(bio, &data);
	text = strndup(data, (size_t)size);
	BIO_free(bio);
	return text;
}

void
skr_release_chain(struct skr_release *r, STACK_OF(X509) * chain)
{
	json_t *list = json_array();

	for (int i = 0; i < sk_X509_num(chain); i++) {
		unsigned char *der = NULL;
		int size = i2d_X509(sk_X509_value(chain, i), &der);
		char *text =
		    tee_b64_encode(TEE_BASE64_STANDARD, der, (size_t)size);

		json_array_append_new(list, json_string(text));
		free(text);
		OPENSSL_free(der);
	}
	json_object_set_new(r->header, "x5c", list);
	sk_X509_pop_free(chain, X509_free);
}

void
skr_release_begin(struct skr_release *r, const void *wrapped, size_t size)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	char *text = tee_b64_encode(TEE_BASE64_URL, wrapped, size);

	r->signer = skr_leaf_key;
	r->header = json_pack("{s:s,s:s}", "alg", "RS256", "typ", "JWT");
	sk_X509_push(chain, skr_leaf(NULL));
	sk_X509_push(chain, skr_sub());
	sk_X509_push(chain, skr_root());
	skr_release_chain(r, chain);
	r->hsm = json_pack("{s:s,s:{s:s,s:s,s:s},s:s}", "schema_version", "1.0",
	    "header", "kid", SKR_KID, "alg", "dir", "enc",
	    "RSA_AES_KEY_WRAP_256", "ciphertext", text);
	/* clang-format off */
	r->payload = json_pack("{s:{s:s,s:s,s:s,s:s},s:{s:{s:{s:s,s:s,s:[s,s],"
	    "s:s,s:s},s:{s:b,s:b}}}}",
	    "request",
		"api-version", "7.4", "enc", "RSA_AES_KEY_WRAP_256",
		"kid", SKR_KEY, "nonce", SKR_NONCE,
	    "response", "key",
		"key", "kid", SKR_KEY "/" SKR_VERSION, "kty", "RSA-HSM",
		"key_ops", "encrypt", "decrypt", "n", "AQAB", "e", "AAEAAQ",
		"attributes", "enabled", 1, "exportable", 1);
	/* clang-format on */
	ck_assert(r->header != NULL && r->payload != NULL && r->hsm != NULL);
	free(text);
}

void
skr_edit(json_t *root, const char *path, const char *value)
{
	char copy[128], *rest, *name;
	json_t *at = root;

	snprintf(copy, sizeof(copy), "%s", path);
	rest = copy;
	name = strsep(&rest, "/");
	for (; rest != NULL; name = strsep(&rest, "/")) {
		at = json_object_get(at, name);
		ck_assert_msg(at != NULL, "%s", path);
	}
	if (value == NULL)
		ck_assert_int_eq(json_object_del(at, name), 0);
	else
		ck_assert_int_eq(json_object_set_new(at, name,
				     json_loads(value, JSON_DECODE_ANY, NULL)),
		    0);
}

static void
put_hsm(struct skr_release *r)
{
	json_t *key =
	    json_object_get(json_object_get(json_object_get(r->payload,
						"response"),
				"key"),
		"key");
	char *text = json_dumps(r->hsm, JSON_COMPACT);
	char *encoded = jose_part(text);

	json_object_set_new(key, "key_hsm", json_string(encoded));
	free(encoded);
	free(text);
}

char *
skr_release_body(struct skr_release *r)
{
	char *header, *payload, *jws, *body;
	json_t *root;

	if (r->hsm != NULL)
		put_hsm(r);
	header = json_dumps(r->header, JSON_COMPACT);
	payload = json_dumps(r->payload, JSON_COMPACT);
	jws = jose_sign(header, payload, r->signer, EVP_sha256());
	root = json_pack("{s:s}", "value", jws);
	body = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	free(jws);
	free(payload);
	free(header);
	return body;
}

void
skr_release_end(struct skr_release *r)
{
	json_decref(r->header);
	json_decref(r->payload);
	json_decref(r->hsm);
}

X509_STORE *
skr_roots(X509 *cert)
{
	X509_STORE *roots = X509_STORE_new();

	ck_assert_ptr_nonnull(roots);
	ck_assert_int_eq(X509_STORE_add_cert(roots, cert), 1);
	return roots;
}

void
skr_expect(struct azure_expected *x, X509_STORE **roots)
{
	X509 *root = skr_root();

	*roots = skr_roots(root);
	X509_free(root);
	memset(x, 0, sizeof(*x));
	x->host = SKR_HOST;
	x->key_url = SKR_KEY;
	x->enc = AZURE_ENC_256;
	x->nonce = SKR_NONCE;
	x->wrapping_kid = SKR_KID;
	x->pki.roots = *roots;
	x->pki.now = SKR_NOW;
}
