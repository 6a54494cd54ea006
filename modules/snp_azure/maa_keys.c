/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maa_keys: which keys a token may be signed with.
 *
 *   jwks_file       those, always; nothing is fetched
 *   asked for       the endpoint's /certs over TLS
 *   passport        with signers: item maa.jwks; else the endpoint's /certs
 *
 * Where the line names signers, the key must be one of them in every case; so
 * keys that came with the evidence never vouch for themselves.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "modules/common/json.h"
#include "modules/snp_azure/maa.h"
#include "modules/snp_azure/maarequest.h"

static uint64_t
seconds(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec;
}

enum tee_verdict
tee_azure_maa_fetch_keys(struct tee_call *call, void *user,
    struct azure_jwks **set)
{
	const struct azure_maa *maa = user;
	char url[AZURE_MAA_URL], why[AZURE_JWKS_WHY];
	struct tee_http_request request = { .hop = &tee_azure_maa_hop,
		.url = url,
		.limit = AZURE_JWKS_MAX,
		.trust = maa->trust,
		.pool = maa->pool };
	struct tee_http_response response = { 0 };
	enum tee_verdict verdict;

	snprintf(url, sizeof(url), "%s%s", maa->policy.endpoint,
	    AZURE_PATH_KEYS);
	verdict = tee_http(call, &request, &response);
	if (verdict == TEE_OK) {
		*set = tee_azure_jwks_parse(response.body, response.size, why);
		if (*set == NULL) {
			tee_call_log(call, LOG_WARNING, "maa_keys", "%s: %s",
			    url, why);
			verdict = TEE_UNAVAILABLE;
		}
	}
	tee_http_response_free(&response);
	return verdict;
}

static bool
key_fails(struct tee_call *call, enum tee_check_result result,
    const char *detail)
{
	tee_call_check(call, "token.key", result, "%s", detail);
	return false;
}

/* A key that the profile names among its simulated roots marks the claims. */
static bool
signed_by(struct tee_call *call, const struct azure_maa *maa,
    const struct azure_maatoken *t, const struct azure_jwks *set)
{
	const struct azure_jwk *one;
	char why[AZURE_JWKS_WHY];
	bool ok;

	one = tee_azure_jwks_key(set, tee_json_text(t->jws.header, "kid"),
	    maa->policy.signers, maa->policy.signer_count, why);
	if (one == NULL)
		return key_fails(call, TEE_CHECK_FAIL, why);
	tee_call_check(call, "token.key", TEE_CHECK_PASS, "kid %.100s",
	    one->kid);
	(void)tee_call_extra_root(call, one->spki);
	ok = tee_jws_verify(&t->jws, one->key);
	AZURE_TOKEN_JUDGE(call, "token.signature", ok, "%s",
	    ok ? "RS256" : "not made with that key");
	return ok;
}

static bool
signed_by_item(struct tee_call *call, const struct azure_maa *maa,
    const struct azure_maatoken *t)
{
	char why[AZURE_JWKS_WHY];
	size_t size;
	const uint8_t *text = tee_call_item(call, "maa.jwks", &size);
	struct azure_jwks *set;
	bool ok;

	if (text == NULL)
		return key_fails(call, TEE_CHECK_NOT_DONE,
		    "the evidence has no maa.jwks");
	set = tee_azure_jwks_parse(text, size, why);
	if (set == NULL)
		return key_fails(call, TEE_CHECK_FAIL, why);
	ok = signed_by(call, maa, t, set);
	tee_azure_jwks_free(&set);
	return ok;
}

static void
keep(struct tee_call *call, const struct azure_jwks *set)
{
	if (tee_call_put_item(call, "maa.jwks", set->text, set->size) != 0)
		tee_call_log(call, LOG_NOTICE, "maa_item",
		    "maa.jwks was there already");
}

static bool
signed_by_endpoint(struct tee_call *call, const struct azure_maa *maa,
    const struct azure_maatoken *t, bool passport)
{
	const struct azure_jwks *set;
	bool ok;

	switch (tee_azure_keycache_take(call, maa->cache,
	    tee_json_text(t->jws.header, "kid"), seconds(), &set)) {
	case TEE_OK:
		break;
	case TEE_DENY:
		return key_fails(call, TEE_CHECK_FAIL,
		    "the endpoint has no key of that kid");
	case TEE_UNAVAILABLE:
		return key_fails(call, TEE_CHECK_NOT_DONE,
		    "the endpoint's keys could not be asked for");
	}
	ok = signed_by(call, maa, t, set);
	if (ok && !passport)
		keep(call, set);
	tee_azure_keycache_release(maa->cache, &set);
	return ok;
}

bool
tee_azure_maa_signed(struct tee_call *call, const struct azure_maa *maa,
    const struct azure_maatoken *t, bool passport)
{
	const char *kid = tee_json_text(t->jws.header, "kid");
	bool ok;

	if (kid == NULL || kid[0] == '\0' || strlen(kid) > AZURE_KID_MAX)
		return key_fails(call, TEE_CHECK_FAIL,
		    "the header names no key (kid)");
	if (maa->file_keys == NULL && passport && maa->policy.signer_count > 0)
		return signed_by_item(call, maa, t);
	if (maa->file_keys == NULL)
		return signed_by_endpoint(call, maa, t, passport);
	ok = signed_by(call, maa, t, maa->file_keys);
	if (ok && !passport)
		keep(call, maa->file_keys);
	return ok;
}
