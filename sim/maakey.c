/* SPDX-License-Identifier: Apache-2.0 */
/* maakey: the attestation service's keys and its signature, see maa.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "sim/jose.h"
#include "sim/maa.h"

#define PAIR 2
#define RSA_BITS 2048
#define HOUR 3600
#define LIFETIME (8 * HOUR)
#define YEAR (365 * 24 * HOUR)

struct signer {
	EVP_PKEY *key;
	X509 *cert; /* self-signed, in the instance's name */
	char *kid;  /* standard base64 */
};

struct sim_maa {
	uint32_t pair; /* which one stands here: maa-rotate */
	bool made;
	struct signer signer[PAIR];
	EVP_PKEY *stranger; /* signs what nobody may accept */
};

static void
drop_pair(struct sim_maa *maa)
{
	for (unsigned i = 0; i < PAIR; i++) {
		EVP_PKEY_free(maa->signer[i].key);
		X509_free(maa->signer[i].cert);
		free(maa->signer[i].kid);
	}
	memset(maa->signer, 0, sizeof(maa->signer));
	maa->made = false;
}

struct sim_maa *
tee_sim_maa_new(struct sim_cloud *cloud)
{
	struct sim_maa *maa = calloc(1, sizeof(*maa));

	if (maa == NULL)
		return NULL;
	maa->stranger =
	    tee_sim_keyset_kept(cloud->asp->dir, "other-jwt", RSA_BITS);
	if (maa->stranger == NULL)
		tee_sim_maa_free(&maa);
	return maa;
}

void
tee_sim_maa_free(struct sim_maa **maa)
{
	if (*maa == NULL)
		return;
	drop_pair(*maa);
	EVP_PKEY_free((*maa)->stranger);
	free(*maa);
	*maa = NULL;
}

static X509 *
self_signed(EVP_PKEY *key, const char *cn)
{
	X509 *cert = X509_new();
	X509_NAME *name = cert != NULL ? X509_get_subject_name(cert) : NULL;

	if (cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1 &&
	    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1 &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)cn, -1, -1, 0) == 1 &&
	    X509_set_issuer_name(cert, name) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -HOUR) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), YEAR) != NULL &&
	    X509_set_pubkey(cert, key) == 1 &&
	    X509_sign(cert, key, EVP_sha256()) != 0)
		return cert;
	X509_free(cert);
	return NULL;
}

/* The first pair is kept, so that tokens outlive a restart. */
static bool
make_signer(struct sim_cloud *cloud, unsigned i)
{
	struct signer *signer = &cloud->maa->signer[i];
	char name[16];
	uint8_t spki[32];

	snprintf(name, sizeof(name), "maa-%u", i);
	signer->key = cloud->maa->pair == 0 ?
	    tee_sim_keyset_kept(cloud->asp->dir, name, RSA_BITS) :
	    EVP_RSA_gen(RSA_BITS);
	if (signer->key != NULL)
		signer->cert =
		    self_signed(signer->key, cloud->web[SIM_CLOUD_MAA].url);
	if (signer->cert != NULL && tee_sim_spki(signer->cert, spki))
		signer->kid = tee_sim_b64(spki, sizeof(spki));
	return signer->kid != NULL;
}

/* The pair that the switch says, now. */
static struct sim_maa *
current(struct sim_cloud *cloud)
{
	struct sim_maa *maa = cloud->maa;
	uint32_t pair = tee_sim_cloud_number(cloud, SIM_SW_MAA_ROTATE);

	if (maa->made && maa->pair == pair)
		return maa;
	drop_pair(maa);
	maa->pair = pair;
	for (unsigned i = 0; i < PAIR; i++)
		if (!make_signer(cloud, i))
			return NULL;
	maa->made = true;
	return maa;
}

/* As the real service: the key inside x5c alone. */
static json_t *
describe(const struct signer *signer, bool bare)
{
	char *x5c = tee_sim_x5c(signer->cert);
	json_t *key = NULL, *public;

	if (x5c != NULL)
		/* clang-format off */
		key = json_pack("{s:s, s:s, s:s, s:s, s:[s]}",
		    "alg", "RS256",
		    "kid", signer->kid,
		    "kty", "RSA",
		    "use", "sig",
		    "x5c", x5c);
	/* clang-format on */
	free(x5c);
	if (!bare || key == NULL)
		return key;
	public = tee_sim_jwk(X509_get0_pubkey(signer->cert));
	json_object_update(key, public);
	json_decref(public);
	return key;
}

void
tee_sim_maa_certs(struct sim_cloud *cloud,
    const struct sim_web_request *request, struct sim_web_answer *answer)
{
	enum sim_maa_keys how =
	    (enum sim_maa_keys)tee_sim_cloud_number(cloud, SIM_SW_MAA_KEYS);
	struct sim_maa *maa = current(cloud);
	unsigned times = how == SIM_MAA_KEYS_NONE ? 0 :
	    how == SIM_MAA_KEYS_TWICE             ? 2 :
						    1;
	json_t *keys = json_array();

	(void)request;
	for (unsigned i = 0; maa != NULL && i < PAIR * times; i++)
		json_array_append_new(keys,
		    describe(&maa->signer[i % PAIR], how == SIM_MAA_KEYS_BARE));
	if (maa == NULL) {
		json_decref(keys);
		return;
	}
	tee_sim_answer_json(answer, 200, json_pack("{s:o}", "keys", keys));
	answer->type = "application/jwk+json";
}

void
tee_sim_maa_configuration(struct sim_cloud *cloud,
    const struct sim_web_request *request, struct sim_web_answer *answer)
{
	const char *url = cloud->web[SIM_CLOUD_MAA].url;
	char jwks[SIM_WEB_URL + 16], revoke[SIM_WEB_URL + 16];

	(void)request;
	snprintf(jwks, sizeof(jwks), "%s/certs", url);
	snprintf(revoke, sizeof(revoke), "%s/revoke", url);
	/* clang-format off */
	tee_sim_answer_json(answer, 200,
	    json_pack("{s:[s, s], s:[s], s:s, s:s, s:s, s:[s, s, s, s, s, s]}",
		"response_types_supported", "token", "none",
		"id_token_signing_alg_values_supported", "RS256",
		"revocation_endpoint", revoke,
		"issuer", url,
		"jwks_uri", jwks,
		"claims_supported", "iss", "exp", "iat", "nbf", "jti",
		    "x-ms-attestation-type"));
	/* clang-format on */
}

/* Who says it, and from when to when. */
static bool
frame(struct sim_cloud *cloud, json_t *claims)
{
	json_int_t now = time(NULL), from = now, until = now + LIFETIME;
	const char *iss = cloud->web[SIM_CLOUD_MAA].url;
	uint8_t id[32];
	char jti[2 * sizeof(id) + 1];

	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_ISS))
		iss = "https://sharedother.attest.example";
	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_EXPIRED)) {
		until = now - HOUR;
		from = until - LIFETIME;
	}
	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_NBF)) {
		from = now + HOUR;
		until = from + LIFETIME;
	}
	if (RAND_bytes(id, sizeof(id)) != 1)
		return false;
	for (unsigned i = 0; i < sizeof(id); i++)
		snprintf(jti + (size_t)2 * i, 3, "%02x", id[i]);
	return json_object_set_new(claims, "exp", json_integer(until)) == 0 &&
	    json_object_set_new(claims, "iat", json_integer(from)) == 0 &&
	    json_object_set_new(claims, "nbf", json_integer(from)) == 0 &&
	    json_object_set_new(claims, "iss", json_string(iss)) == 0 &&
	    json_object_set_new(claims, "jti", json_string(jti)) == 0 &&
	    json_object_set_new(claims, "x-ms-ver", json_string("1.0")) == 0;
}

static char *
header(struct sim_cloud *cloud, const char *alg, const char *kid)
{
	char jku[SIM_WEB_URL + 16], *text;
	json_t *json;

	snprintf(jku, sizeof(jku), "%s/certs", cloud->web[SIM_CLOUD_MAA].url);
	/* clang-format off */
	json = json_pack("{s:s, s:s, s:s, s:s}",
	    "alg", alg,
	    "jku", jku,
	    "kid", kid,
	    "typ", "JWT");
	/* clang-format on */
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

/* The same name a second time, with what the first one says. */
static char *
twice(char *payload)
{
	char *text = NULL;

	if (payload != NULL &&
	    asprintf(&text, "{\"x-ms-ver\":\"1.0\",%s", payload + 1) < 0)
		text = NULL;
	free(payload);
	return text;
}

/* With the certificate, which everybody knows, as the secret. */
static char *
sign_hs256(const char *head, const char *payload, const X509 *cert)
{
	char *unsigned_text = tee_sim_jws(head, payload, NULL), *mac = NULL;
	char *token = NULL;
	uint8_t *der = NULL, digest[32];
	int size = i2d_X509(cert, &der);
	unsigned length = sizeof(digest);

	if (unsigned_text != NULL && size > 0 &&
	    HMAC(EVP_sha256(), der, size, (const uint8_t *)unsigned_text,
		strlen(unsigned_text) - 1, digest, &length) != NULL)
		mac = tee_sim_b64url(digest, sizeof(digest));
	if (mac != NULL && asprintf(&token, "%s%s", unsigned_text, mac) < 0)
		token = NULL;
	OPENSSL_free(der);
	free(unsigned_text);
	free(mac);
	return token;
}

/* One bit of the signature, by another digit in its middle. */
static void
flip(char *token)
{
	char *digit = strrchr(token, '.') + 100;

	*digit = *digit == 'A' ? 'B' : 'A';
}

static char *
sign(struct sim_cloud *cloud, const struct sim_maa *maa, const char *payload,
    bool secured)
{
	static const char unknown[] =
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/=";
	const struct signer *signer = &maa->signer[0];
	bool none = !secured || tee_sim_cloud_due(cloud, SIM_SW_MAA_ALG_NONE);
	bool hs256 = tee_sim_cloud_due(cloud, SIM_SW_MAA_ALG_HS256);
	bool kid = tee_sim_cloud_due(cloud, SIM_SW_MAA_WRONG_KID);
	bool other = tee_sim_cloud_due(cloud, SIM_SW_MAA_OTHER_KEY);
	char *head, *token = NULL;

	head = header(cloud,
	    none      ? "none" :
		hs256 ? "HS256" :
			"RS256",
	    kid ? unknown : signer->kid);
	if (head != NULL && hs256 && !none)
		token = sign_hs256(head, payload, signer->cert);
	else if (head != NULL)
		token = tee_sim_jws(head, payload,
		    none      ? NULL :
			other ? maa->stranger :
				signer->key);
	free(head);
	if (token != NULL && !none && tee_sim_cloud_due(cloud, SIM_SW_MAA_FLIP))
		flip(token);
	return token;
}

char *
tee_sim_maa_sign(struct sim_cloud *cloud, json_t *claims, bool secured)
{
	const struct sim_maa *maa = current(cloud);
	char *payload, *token;

	if (maa == NULL || !frame(cloud, claims))
		return NULL;
	payload = json_dumps(claims, JSON_COMPACT | JSON_SORT_KEYS);
	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_DUPLICATE))
		payload = twice(payload);
	token = payload == NULL ? NULL : sign(cloud, maa, payload, secured);
	free(payload);
	return token;
}
