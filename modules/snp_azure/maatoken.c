/* SPDX-License-Identifier: Apache-2.0 */
/* maatoken: see maatoken.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <openssl/crypto.h>

#include "modules/common/json.h"
#include "modules/snp_azure/maatoken.h"

#define STATUS "x-ms-compliance-status"

const char *
tee_azure_maatoken_item(struct tee_call *call, size_t *size)
{
	const char *text = (const void *)tee_call_item(call, "maa.token", size);

	if (text != NULL && *size > 0 && text[*size - 1] == '\n')
		*size -= *size > 1 && text[*size - 2] == '\r' ? 2 : 1;
	return text;
}

static void
find_parts(struct azure_maatoken *t)
{
	const json_t *payload = t->jws.payload;

	t->guest = tee_json_is(payload, "x-ms-attestation-type", "azurevm");
	t->tee =
	    t->guest ? tee_json_member(payload, "x-ms-isolation-tee") : payload;
	t->runtime = tee_json_member(t->tee, "x-ms-runtime");
	if (t->guest)
		t->client =
		    tee_json_member(tee_json_member(payload, "x-ms-runtime"),
			"client-payload");
}

/*
 * It may be absent; a media type, so of any case, and its "application/"
 * may be left out (RFC 7515, 4.1.9).
 */
static bool
typ_fits(const struct azure_maatoken *t)
{
	const char *typ = tee_json_text(t->jws.header, "typ");

	return json_object_get(t->jws.header, "typ") == NULL ||
	    (typ != NULL &&
		(strcasecmp(typ, "JWT") == 0 ||
		    strcasecmp(typ, "application/jwt") == 0));
}

bool
tee_azure_maatoken_parse(struct tee_call *call, struct azure_maatoken *t,
    const void *text, size_t size)
{
	char why[TEE_JWS_WHY] = "";
	bool ok;

	memset(t, 0, sizeof(*t));
	ok = tee_jws_parse(&t->jws, text, size, why);
	if (!ok && t->jws.header != NULL &&
	    !tee_json_is(t->jws.header, "alg", "RS256")) {
		tee_call_check(call, "token.algorithm", TEE_CHECK_FAIL, "%s",
		    why);
		return false;
	}
	if (ok && !typ_fits(t)) {
		ok = false;
		snprintf(why, sizeof(why), "header: typ is not JWT");
	}
	AZURE_TOKEN_JUDGE(call, "token.format", ok, "%s",
	    ok ? "a compact JWS" : why);
	if (ok)
		tee_call_check(call, "token.algorithm", TEE_CHECK_PASS,
		    "RS256");
	if (ok)
		find_parts(t);
	return ok;
}

void
tee_azure_maatoken_free(struct azure_maatoken *t)
{
	tee_jws_free(&t->jws);
	memset(t, 0, sizeof(*t));
}

bool
tee_azure_maatoken_is_uvm(const struct azure_maatoken *t)
{
	return tee_json_is(t->tee, STATUS, AZURE_COMPLIANCE_UVM) ||
	    tee_json_is(t->tee, STATUS, "azure-signed-katacc-uvm");
}

/*
 * By MAA's status, which rests on the launch digest.  Where there is none of
 * the known words, by the runtime data, which a container can write as it
 * likes; then `compliance` or `measurement` must say what was launched.
 */
bool
tee_azure_maatoken_is_cvm(const struct azure_maatoken *t)
{
	const json_t *key;
	size_t i;

	if (tee_azure_maatoken_is_uvm(t))
		return false;
	if (t->guest || tee_json_is(t->tee, STATUS, AZURE_COMPLIANCE_CVM))
		return true;
	json_array_foreach(json_object_get(t->runtime, "keys"), i, key)
	{
		if (tee_json_is(key, "kid", "HCLAkPub"))
			return true;
	}
	return false;
}

bool
tee_azure_maatoken_hex(const json_t *object, const char *name, uint8_t *out,
    size_t size)
{
	const json_t *value = json_object_get(object, name);
	size_t got = 0;

	return json_string_length(value) == 2 * size &&
	    OPENSSL_hexstr2buf_ex(out, size, &got, json_string_value(value),
		'\0') == 1 &&
	    got == size;
}

bool
tee_azure_maatoken_number(const json_t *object, const char *name, uint64_t most,
    uint64_t *out)
{
	int64_t value;

	if (!tee_json_whole(json_object_get(object, name), &value) ||
	    value < 0 || (uint64_t)value > most)
		return false;
	*out = (uint64_t)value;
	return true;
}
