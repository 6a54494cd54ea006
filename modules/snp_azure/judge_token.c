/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_token: who issued a token, when, for how long, and in which form.
 * MAA's providers may share signing keys while their policies differ, so a
 * right signature says nothing about the issuer; and a token lives for eight
 * hours, which is no proof of freshness, so its age has a rule of its own.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/snp_azure/maatoken.h"

static void
judge_issuer(struct tee_call *call, const struct azure_maatoken *t,
    const struct azure_maa_policy *p)
{
	const char *iss = tee_json_text(t->jws.payload, "iss");

	AZURE_TOKEN_JUDGE(call, "token.issuer",
	    iss != NULL && strcmp(iss, p->endpoint) == 0,
	    "iss is %.100s, the endpoint is %.100s",
	    iss != NULL ? iss : "absent", p->endpoint);
}

/* Sooner than `most` seconds after `then`, in numbers that cannot wrap. */
static bool
within(uint64_t then, uint64_t now, uint64_t most)
{
	return now <= then || now - then <= most;
}

static void
judge_times(struct tee_call *call, const struct azure_maatoken *t,
    const struct azure_maa_policy *p)
{
	const json_t *payload = t->jws.payload;
	uint64_t exp = 0, nbf = 0, iat = 0, now = (uint64_t)tee_call_now(call);
	bool there =
	    tee_azure_maatoken_number(payload, "exp", AZURE_TIME_MAX, &exp) &&
	    tee_azure_maatoken_number(payload, "nbf", AZURE_TIME_MAX, &nbf) &&
	    tee_azure_maatoken_number(payload, "iat", AZURE_TIME_MAX, &iat);
	bool begun = within(now, nbf, AZURE_TOKEN_SKEW_S) &&
	    within(now, iat, AZURE_TOKEN_SKEW_S);

	AZURE_TOKEN_JUDGE(call, "token.times",
	    there && begun && now < exp && iat <= exp && nbf <= exp, "%s",
	    !there     ? "exp, nbf and iat are not all there as numbers" :
		!begun ? "not valid yet: nbf or iat lie ahead of our clock" :
		now >= exp             ? "expired" :
		iat > exp || nbf > exp ? "ends before it begins" :
					 "valid now");
	AZURE_TOKEN_JUDGE(call, "token.age",
	    there && within(iat, now, p->max_age),
	    "issued %llu s ago, max_token_age %llu s",
	    (unsigned long long)(there && now > iat ? now - iat : 0),
	    (unsigned long long)p->max_age);
}

static void
judge_form(struct tee_call *call, const struct azure_maatoken *t)
{
	const char *type =
	    tee_json_text(t->jws.payload, "x-ms-attestation-type");
	const char *inner = tee_json_text(t->tee, "x-ms-attestation-type");
	const char *version = tee_json_text(t->jws.payload, "x-ms-ver");

	AZURE_TOKEN_JUDGE(call, "token.version",
	    version != NULL && strcmp(version, "1.0") == 0,
	    "x-ms-ver is %.20s, known is 1.0",
	    version != NULL ? version : "absent");
	AZURE_TOKEN_JUDGE(call, "token.type",
	    inner != NULL && strcmp(inner, "sevsnpvm") == 0,
	    "x-ms-attestation-type is %.20s%s%.20s",
	    type != NULL ? type : "absent", t->guest ? ", isolation " : "",
	    !t->guest         ? "" :
		inner != NULL ? inner :
				"absent");
}

static bool
hash_listed(const struct azure_maa_policy *p, const char *text)
{
	size_t size = 0;
	bool listed = false;
	uint8_t *hash = text != NULL ?
	    tee_b64_decode(TEE_BASE64_URL, text, strlen(text), &size) :
	    NULL;

	for (size_t i = 0; hash != NULL && i < p->policy_hash_count; i++)
		listed = listed ||
		    (size == 32 &&
			memcmp(hash, p->policy_hash + i * 32, 32) == 0);
	free(hash);
	return listed;
}

/* Which policy the provider applied: its administrator may change it. */
static void
judge_policy(struct tee_call *call, const struct azure_maatoken *t,
    const struct azure_maa_policy *p)
{
	const char *text = tee_json_text(t->jws.payload, "x-ms-policy-hash");
	bool listed = hash_listed(p, text);

	if (p->policy_hash_count == 0)
		tee_call_check(call, "token.policy-hash", TEE_CHECK_NOT_ASKED,
		    "%.60s", text != NULL ? text : "absent");
	else
		AZURE_TOKEN_JUDGE(call, "token.policy-hash", listed, "%.60s%s",
		    text != NULL ? text : "absent",
		    listed ? "" : " is not listed");
}

void
tee_azure_maatoken_judge(struct tee_call *call, const struct azure_maatoken *t,
    const struct azure_maa_policy *p)
{
	judge_issuer(call, t, p);
	judge_times(call, t, p);
	judge_form(call, t);
	judge_policy(call, t, p);
}
