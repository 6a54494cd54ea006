/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cloud_jwt: tokens and evidence, see testlib_cloud.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/x509.h>

#include "tests/testlib_cloud.h"

/* By libcrypto, whose alphabet is the standard one with padding. */
static void
decode(const char *text, size_t size, struct sim_blob *out)
{
	char *padded = calloc(1, size + 5);
	uint8_t *bytes = calloc(1, size + 4);
	size_t pad;
	int n;

	memcpy(padded, text, size);
	for (size_t i = 0; i < size; i++)
		padded[i] = padded[i] == '-' ? '+' :
		    padded[i] == '_'         ? '/' :
					       padded[i];
	pad = (4 - size % 4) % 4;
	memset(padded + size, '=', pad);
	n = EVP_DecodeBlock(bytes, (unsigned char *)padded, (int)(size + pad));
	ck_assert_int_ge(n, (int)pad);
	ck_assert(tee_sim_blob_append(out, bytes, (size_t)n - pad));
	ck_assert(tee_sim_blob_append(out, "", 1));
	free(bytes);
	free(padded);
}

char *
jwt_text(const char *token, unsigned part)
{
	struct sim_blob blob = { NULL, 0 };
	char *text;

	for (; part > 0; part--) {
		token = strchr(token, '.');
		ck_assert_ptr_nonnull(token);
		token++;
	}
	decode(token, strcspn(token, "."), &blob);
	text = strdup((char *)blob.data);
	tee_sim_blob_free(&blob);
	return text;
}

json_t *
jwt_part(const char *token, unsigned part, size_t flags)
{
	char *text = jwt_text(token, part);
	json_t *json = json_loads(text, flags, NULL);

	free(text);
	return json;
}

bool
jwt_signed(const char *token, EVP_PKEY *key)
{
	const char *last = strrchr(token, '.');
	struct sim_blob signature = { NULL, 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	if (last[1] != '\0')
		decode(last + 1, strlen(last + 1), &signature);
	ok = signature.size > 0 &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, signature.data, signature.size - 1,
		(const uint8_t *)token, (size_t)(last - token)) == 1;
	EVP_MD_CTX_free(ctx);
	tee_sim_blob_free(&signature);
	return ok;
}

static EVP_PKEY *
certified(const json_t *jwk)
{
	const char *x5c =
	    json_string_value(json_array_get(json_object_get(jwk, "x5c"), 0));
	struct sim_blob der = { NULL, 0 };
	const uint8_t *at;
	EVP_PKEY *key;
	X509 *cert;
	size_t size;

	ck_assert_ptr_nonnull(x5c);
	size = strlen(x5c);
	while (size > 0 && x5c[size - 1] == '=')
		size--;
	decode(x5c, size, &der);
	at = der.data;
	cert = d2i_X509(NULL, &at, (long)der.size);
	ck_assert_ptr_nonnull(cert);
	key = X509_get_pubkey(cert);
	ck_assert_int_eq(X509_verify(cert, key), 1);
	X509_free(cert);
	tee_sim_blob_free(&der);
	return key;
}

EVP_PKEY *
jwks_key(const char *kid)
{
	struct reply reply;
	EVP_PKEY *key = NULL;
	json_t *root, *jwk;
	size_t i, found = 0;

	cloud_get(&reply, "maa", "/certs");
	root = reply_json(&reply);
	json_array_foreach(json_object_get(root, "keys"), i, jwk)
	{
		const char *own =
		    json_string_value(json_object_get(jwk, "kid"));

		if (strcmp(own, kid) != 0)
			continue;
		EVP_PKEY_free(key);
		key = certified(jwk);
		found++;
	}
	json_decref(root);
	reply_free(&reply);
	if (found == 1)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

char *
encode(bool url, const void *data, size_t size)
{
	char *text = calloc(1, 4 * (size / 3 + 1) + 1), *end;

	EVP_EncodeBlock((unsigned char *)text, data, (int)size);
	if (!url)
		return text;
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	end = strchr(text, '=');
	if (end != NULL)
		*end = '\0';
	return text;
}

json_t *
encoded(bool url, const void *data, size_t size)
{
	char *text = encode(url, data, size);
	json_t *json = json_string(text);

	free(text);
	return json;
}

void
machine_report(const uint8_t report_data[64], uint8_t report[SIM_REPORT_SIZE],
    struct sim_blob *pem)
{
	struct snp_report_req request = { .vmpl = 0 };
	char why[SIM_SWITCH_WHY];
	struct sim_asp asp;

	memcpy(request.user_data, report_data, 64);
	ck_assert_msg(tee_sim_asp_open(&asp, cloud_keys, why), "%s", why);
	ck_assert_msg(tee_sim_asp_follow(&asp, why), "%s", why);
	ck_assert(tee_sim_asp_sign(&asp, &request, report));
	ck_assert(tee_sim_chain_pem(&asp.chain, SIM_SIGNER_VCEK, pem));
	tee_sim_asp_close(&asp);
}

void
sha256(const void *data, size_t size, uint8_t out[32])
{
	ck_assert_int_eq(EVP_Digest(data, size, out, NULL, EVP_sha256(), NULL),
	    1);
}
