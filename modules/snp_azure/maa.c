/* SPDX-License-Identifier: Apache-2.0 */
/* maa: see maa.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "modules/common/file.h"
#include "modules/common/json.h"
#include "modules/snp_azure/maa.h"

static bool
read_keys(struct azure_maa *maa, const struct tee_config *config)
{
	char why[AZURE_JWKS_WHY];
	const char *unread;
	size_t size;
	uint8_t *text;

	if (maa->policy.jwks_file == NULL)
		return true;
	text = tee_file_read_own(maa->policy.jwks_file, AZURE_JWKS_MAX, &size,
	    &unread);
	if (text == NULL) {
		tee_option_error(config, "jwks_file", "%s: %s",
		    maa->policy.jwks_file, unread);
		return false;
	}
	maa->file_keys = tee_azure_jwks_parse(text, size, why);
	free(text);
	if (maa->file_keys == NULL)
		tee_option_error(config, "jwks_file", "%s: %s",
		    maa->policy.jwks_file, why);
	return maa->file_keys != NULL;
}

struct azure_maa *
tee_azure_maa_new(const struct tee_config *config)
{
	struct azure_maa *maa = calloc(1, sizeof(*maa));

	if (maa == NULL)
		return NULL;
	maa->cache = tee_azure_keycache_new(tee_azure_maa_fetch_keys, maa);
	maa->pool = tee_http_pool_new();
	if (maa->cache != NULL && maa->pool != NULL &&
	    tee_azure_maa_policy_read(&maa->policy, config) &&
	    tee_http_trust_read(config, "ca_file", &maa->trust) >= 0 &&
	    read_keys(maa, config))
		return maa;
	tee_azure_maa_free(&maa);
	return NULL;
}

void
tee_azure_maa_free(struct azure_maa **maa)
{
	if (*maa == NULL)
		return;
	tee_azure_maa_policy_clear(&(*maa)->policy);
	tee_http_pool_free(&(*maa)->pool);
	tee_http_trust_free(&(*maa)->trust);
	tee_azure_jwks_free(&(*maa)->file_keys);
	tee_azure_keycache_free(&(*maa)->cache);
	free(*maa);
	*maa = NULL;
}

/* Asked even where no connection is made: the endpoint is a simulated one. */
static bool
root_allowed(struct tee_call *call, const struct azure_maa *maa)
{
	bool allowed;

	if (maa->trust == NULL)
		return true;
	allowed = tee_http_trust_allowed(call, maa->trust);
	AZURE_TOKEN_JUDGE(call, "maa.root", allowed, "%s: %s",
	    tee_http_trust_file(maa->trust),
	    allowed ? "a root that the profile allows for simulation" :
		      "not in require.roots, or allow_simulated is not set");
	return allowed;
}

/* For the keystore, which hands it to Key Vault. */
static bool
keep(struct tee_call *call, const struct azure_maatoken *t)
{
	if (tee_call_put_item(call, "maa.token", t->jws.text, t->jws.size) == 0)
		return true;
	tee_call_log(call, LOG_ERR, "maa_item",
	    "the token does not fit into the evidence");
	return false;
}

/* What nobody vouches for is judged, for the operator, but binds nothing. */
static enum tee_verdict
judge(struct tee_call *call, const struct azure_maa *maa, const void *text,
    size_t size, bool passport)
{
	struct azure_maatoken t;
	enum tee_verdict verdict = TEE_DENY;
	bool issued;

	if (tee_azure_maatoken_parse(call, &t, text, size)) {
		issued = tee_azure_maa_signed(call, maa, &t, passport) &&
		    tee_json_is(t.jws.payload, "iss", maa->policy.endpoint);
		tee_azure_maatoken_judge(call, &t, &maa->policy);
		tee_azure_maatoken_judge_machine(call, &t, &maa->policy);
		if (issued) {
			tee_azure_maatoken_bind(call, &t, passport);
			tee_azure_maatoken_claim(call, &t, &maa->policy);
		}
		if (passport || !issued || keep(call, &t))
			verdict = TEE_OK; /* the checks overrule it */
	}
	tee_azure_maatoken_free(&t);
	return verdict;
}

enum tee_verdict
tee_azure_maa_verify(struct tee_call *call, struct azure_maa *maa)
{
	size_t size;
	const char *passport = tee_azure_maatoken_item(call, &size);
	enum tee_verdict verdict;
	char *token = NULL;

	if (!root_allowed(call, maa))
		return TEE_DENY;
	if (passport != NULL)
		return judge(call, maa, passport, size, true);
	verdict = tee_azure_maa_ask(call, maa, &token);
	if (verdict == TEE_OK)
		verdict = judge(call, maa, token, strlen(token), false);
	free(token);
	return verdict;
}
