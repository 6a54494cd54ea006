/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vaulttarget: how Key Vault verifies the target of a release: the token's
 * issuer must be an authority of the policy; its openid-configuration names
 * the JWKS; the key of that kid made the signature.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <curl/curl.h>

#include "sim/jose.h"
#include "sim/policy.h"
#include "sim/vault.h"

#define ANSWER_MAX (256 * 1024)

static size_t
take(char *data, size_t one, size_t size, void *user)
{
	struct sim_blob *blob = user;

	(void)one;
	return blob->size + size <= ANSWER_MAX &&
		tee_sim_blob_append(blob, data, size) ?
	    size :
	    0;
}

static json_t *
fetch(const struct sim_cloud *cloud, const char *url)
{
	struct sim_blob ca = { NULL, 0 }, body = { NULL, 0 };
	struct curl_blob pem;
	CURL *curl = curl_easy_init();
	json_t *out = NULL;

	if (curl != NULL && tee_sim_tls_chain(&cloud->tls, SIM_TLS_ROOT, &ca)) {
		pem = (struct curl_blob){ ca.data, ca.size - 1,
			CURL_BLOB_NOCOPY };
		curl_easy_setopt(curl, CURLOPT_URL, url);
		curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
		curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
		curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
		curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
		curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &pem);
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
		curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
		if (curl_easy_perform(curl) == CURLE_OK)
			out = json_loadb((const char *)body.data, body.size,
			    JSON_REJECT_DUPLICATES, NULL);
	}
	curl_easy_cleanup(curl);
	tee_sim_blob_free(&ca);
	tee_sim_blob_free(&body);
	return out;
}

/* A part of the token before anything about it is known to be true. */
static json_t *
peek(const char *token, unsigned part)
{
	struct sim_blob blob = { NULL, 0 };
	const char *end;
	json_t *out = NULL;

	for (; token != NULL && part > 0; part--) {
		token = strchr(token, '.');
		token += token != NULL;
	}
	end = token != NULL ? strchr(token, '.') : NULL;
	if (end != NULL &&
	    tee_sim_b64_read(token, (size_t)(end - token), &blob))
		out = json_loadb((const char *)blob.data, blob.size, 0, NULL);
	tee_sim_blob_free(&blob);
	return out;
}

static EVP_PKEY *
certified_key(const json_t *jwk)
{
	const char *x5c =
	    json_string_value(json_array_get(json_object_get(jwk, "x5c"), 0));
	struct sim_blob der = { NULL, 0 };
	const unsigned char *p;
	X509 *cert = NULL;
	EVP_PKEY *key = NULL;

	if (x5c != NULL && tee_sim_b64_read(x5c, strlen(x5c), &der)) {
		p = der.data;
		cert = d2i_X509(NULL, &p, (long)der.size);
		key = cert != NULL ? X509_get_pubkey(cert) : NULL;
	}
	X509_free(cert);
	tee_sim_blob_free(&der);
	return key;
}

static json_t *
verified(const json_t *jwks, const char *token)
{
	json_t *header = peek(token, 0), *claims = NULL;
	const char *kid = json_string_value(json_object_get(header, "kid"));
	const json_t *jwk;
	size_t i;

	json_array_foreach(json_object_get(jwks, "keys"), i, jwk)
	{
		const char *name =
		    json_string_value(json_object_get(jwk, "kid"));
		EVP_PKEY *key;

		if (claims != NULL || kid == NULL || name == NULL ||
		    strcmp(kid, name) != 0)
			continue;
		key = certified_key(jwk);
		if (key != NULL)
			claims = tee_sim_jws_read(token, key);
		EVP_PKEY_free(key);
	}
	json_decref(header);
	return claims;
}

static bool
good_now(const json_t *claims)
{
	json_int_t now = time(NULL);
	const json_t *exp = json_object_get(claims, "exp");
	const json_t *nbf = json_object_get(claims, "nbf");

	return json_is_integer(exp) && json_is_integer(nbf) &&
	    json_integer_value(exp) > now &&
	    json_integer_value(nbf) <= now + 300;
}

static json_t *
ask_issuer(const struct sim_cloud *cloud, const char *issuer, const char *token)
{
	json_t *oidc, *jwks = NULL, *claims = NULL;
	const char *uri;
	char url[640];

	snprintf(url, sizeof(url), "%s/.well-known/openid-configuration",
	    issuer);
	oidc = fetch(cloud, url);
	uri = json_string_value(json_object_get(oidc, "jwks_uri"));
	if (uri != NULL)
		jwks = fetch(cloud, uri);
	if (jwks != NULL)
		claims = verified(jwks, token);
	json_decref(oidc);
	json_decref(jwks);
	return claims;
}

json_t *
tee_sim_vault_target(struct sim_cloud *cloud, const char *token,
    const json_t *policy, char issuer[512])
{
	json_t *said = peek(token, 1), *claims = NULL;
	const char *iss = json_string_value(json_object_get(said, "iss"));
	bool known = iss != NULL && strlen(iss) < 512 &&
	    tee_sim_policy_names(policy, iss);

	if (known) {
		snprintf(issuer, 512, "%s", iss);
		/* It may be our own MAA, which needs the machine too. */
		tee_sim_cloud_unlock(cloud);
		claims = ask_issuer(cloud, issuer, token);
		tee_sim_cloud_lock(cloud);
	}
	json_decref(said);
	if (claims != NULL && !good_now(claims)) {
		json_decref(claims);
		claims = NULL;
	}
	return claims;
}
