/* SPDX-License-Identifier: Apache-2.0 */
/* test_azure_token_form: who issued a token, when, and in which form. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/common/base64.h"
#include "tests/test_azure_token_rows.h"
#include "tests/testlib_jose.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define UNBOUND "binding"
#define POLICY_HASH \
	"f4d6345674d0f88881ae206995552915b733703684054c2c885600cc7bbf81ca"
#define NEAR_HASH \
	"f4d6345674d0f88881ae206995552915b733703684054c2c885600cc7bbf81cb"
#define OTHER_HASH \
	"1111111111111111111111111111111111111111111111111111111111111111"

static void
header(struct maa_scene *s, const char *alg, const char *more)
{
	snprintf(s->header, sizeof(s->header),
	    "{\"alg\":\"%s\",\"kid\":\"" MAA_KID "\"%s}", alg, more);
}

static void
alg_none(struct maa_scene *s)
{
	header(s, "none", "");
}

static void
alg_none_unsigned(struct maa_scene *s)
{
	header(s, "none", "");
	s->token = maa_token(s);
	strrchr(s->token, '.')[1] = '\0';
}

/* The key's own public text as the secret: the classic. */
static void
alg_hs256(struct maa_scene *s)
{
	header(s, "HS256", "");
}

static void
alg_rs384(struct maa_scene *s)
{
	header(s, "RS384", "");
	s->md = EVP_sha384();
}

static void
alg_absent(struct maa_scene *s)
{
	snprintf(s->header, sizeof(s->header), "{\"kid\":\"" MAA_KID "\"}");
}

static void
crit(struct maa_scene *s)
{
	header(s, "RS256", ",\"crit\":[\"exp\"]");
}

#define TYP(name, value) \
	static void name(struct maa_scene *s) \
	{ \
		header(s, "RS256", ",\"typ\":" value); \
	}

TYP(typ_other, "\"at+jwt\"")
TYP(typ_lower, "\"jwt\"")
TYP(typ_whole, "\"Application/JWT\"")
TYP(typ_of_others, "\"application/at+jwt\"")
TYP(typ_elsewhere, "\"text/jwt\"")
TYP(typ_number, "1")
TYP(typ_longer, "\"jwtx\"")

static void
typ_absent(struct maa_scene *s)
{
	header(s, "RS256", "");
}

static void
two_parts(struct maa_scene *s)
{
	s->token = maa_token(s);
	*strrchr(s->token, '.') = '\0';
}

static void
padded(struct maa_scene *s)
{
	char *token = maa_token(s);

	s->token = malloc(strlen(token) + 3);
	sprintf(s->token, "%s==", token);
	free(token);
}

/* What a file has around the text that is the token. */
static void
around(struct maa_scene *s, const char *before, const char *after)
{
	char *token = maa_token(s);

	s->token = malloc(strlen(token) + 8);
	sprintf(s->token, "%s%s%s", before, token, after);
	free(token);
}

#define AROUND(name, before, after) \
	static void name(struct maa_scene *s) \
	{ \
		around(s, before, after); \
	}

AROUND(newline, "", "\n")
AROUND(newline_dos, "", "\r\n")
AROUND(newline_two, "", "\n\n")
AROUND(newline_turned, "", "\n\r")
AROUND(newline_mac, "", "\r")
AROUND(newline_first, "\n", "")
AROUND(space, "", " ")
AROUND(space_newline, "", " \n")

static void
only_newline(struct maa_scene *s)
{
	s->token = strdup("\n");
}

/* What jansson would not write, so by hand. */
static void
first_claim(struct maa_scene *s, const char *claim)
{
	char *payload = json_dumps(s->payload, JSON_COMPACT);
	char *more = malloc(strlen(payload) + strlen(claim) + 2);

	sprintf(more, "{%s,%s", claim, payload + 1);
	s->token = jose_sign(s->header, more, s->signer, s->md);
	free(payload);
	free(more);
}

static void
duplicate(struct maa_scene *s)
{
	first_claim(s, "\"iss\":\"" MAA_ENDPOINT "\"");
}

/* As Microsoft's sidecar asks for it: a number of 64 bits. */
static void
huge_nonce(struct maa_scene *s)
{
	first_claim(s, "\"nonce\":13202930541250959283");
}

static void
kid(struct maa_scene *s, const char *name)
{
	snprintf(s->header, sizeof(s->header),
	    "{\"alg\":\"RS256\",\"kid\":\"%s\"}", name);
}

static void
kid_absent(struct maa_scene *s)
{
	snprintf(s->header, sizeof(s->header), "{\"alg\":\"RS256\"}");
}

static void
kid_empty(struct maa_scene *s)
{
	kid(s, "");
}

static void
kid_number(struct maa_scene *s)
{
	snprintf(s->header, sizeof(s->header), "{\"alg\":\"RS256\",\"kid\":1}");
}

/* The same bytes in the other alphabet: another text, another kid. */
static void
kid_url(struct maa_scene *s)
{
	char other[] = MAA_KID;

	*strchr(other, '+') = '-';
	*strchr(other, '/') = '_';
	kid(s, other);
}

static void
kid_unpadded(struct maa_scene *s)
{
	char other[] = MAA_KID;

	*strchr(other, '=') = '\0';
	kid(s, other);
}

/* Its key signs, under the kid of another. */
static void
kid_of_other(struct maa_scene *s)
{
	kid(s, "k0+/=");
}

static void
signer_other(struct maa_scene *s)
{
	s->signer = maa_other;
}

static json_t *
second_key(const struct maa_scene *s)
{
	return json_array_get(json_object_get(s->jwks, "keys"), 1);
}

static void
kid_twice(struct maa_scene *s)
{
	json_array_append_new(json_object_get(s->jwks, "keys"),
	    jose_x5c_jwk(maa_other, MAA_KID));
}

static void
kid_twice_same_key(struct maa_scene *s)
{
	json_array_append(json_object_get(s->jwks, "keys"), second_key(s));
}

static void
certificate_of(struct maa_scene *s, size_t extension)
{
	size_t size;
	uint8_t *der =
	    jose_cert_with(maa_key, "https://maa.example", extension, &size);
	char *text = tee_b64_encode(TEE_BASE64_STANDARD, der, size);

	json_object_set_new(second_key(s), "x5c", json_pack("[s]", text));
	OPENSSL_free(der);
	free(text);
}

static void
key_confidential(struct maa_scene *s)
{
	certificate_of(s, 30000);
}

static void
key_too_long(struct maa_scene *s)
{
	certificate_of(s, 80000);
}

static void
other_without_kid(struct maa_scene *s)
{
	json_object_del(json_array_get(json_object_get(s->jwks, "keys"), 0),
	    "kid");
}

static void
other_of_long_kid(struct maa_scene *s)
{
	char long_kid[258] = "";

	memset(long_kid, 'k', 257);
	json_object_set_new(json_array_get(json_object_get(s->jwks, "keys"), 0),
	    "kid", json_string(long_kid));
}

/* Without its kid it is nobody's key, though it made the signature. */
static void
key_without_kid(struct maa_scene *s)
{
	json_object_del(second_key(s), "kid");
}

static void
key_for_encryption(struct maa_scene *s)
{
	json_object_set_new(second_key(s), "use", json_string("enc"));
}

static void
key_of_alg(struct maa_scene *s)
{
	json_object_set_new(second_key(s), "alg", json_string("RS512"));
}

static void
key_disagrees(struct maa_scene *s)
{
	json_object_set_new(second_key(s), "n", json_string("AQAB"));
	json_object_set_new(second_key(s), "e", json_string("AQAB"));
}

static void
key_small(struct maa_scene *s)
{
	EVP_PKEY *small = jose_key(1024);

	json_array_set_new(json_object_get(s->jwks, "keys"), 1,
	    jose_x5c_jwk(small, MAA_KID));
	s->signer = small;
	s->token = maa_token(s);
	s->signer = maa_key;
	EVP_PKEY_free(small);
}

/* One bit of the payload, the signature as it was. */
static void
changed(struct maa_scene *s)
{
	char *token = maa_token(s), *forged;

	maa_set(s, "jti=\"01\"");
	forged = maa_token(s);
	strcpy(strrchr(forged, '.'), strrchr(token, '.'));
	s->token = forged;
	free(token);
}

#define ALG "token.algorithm", UNBOUND, 0
#define FORMAT "token.format", UNBOUND, 0
#define KEY "token.key", UNBOUND, 0

const struct maa_row maa_rows_form[] = {
	{ "good", NULL, NULL, NULL, NULL, 0, NULL },
	{ "typ absent", NULL, NULL, NULL, NULL, 0, typ_absent },
	{ "typ in lower case", NULL, NULL, NULL, NULL, 0, typ_lower },
	{ "typ a whole media type", NULL, NULL, NULL, NULL, 0, typ_whole },
	{ "a line end", NULL, NULL, NULL, NULL, 0, newline },
	{ "a line end of CR LF", NULL, NULL, NULL, NULL, 0, newline_dos },
	{ "another key without kid", NULL, NULL, NULL, NULL, 0,
	    other_without_kid },
	{ "another key of a long kid", NULL, NULL, NULL, NULL, 0,
	    other_of_long_kid },
	{ "key of confidential MAA", NULL, NULL, NULL, NULL, 0,
	    key_confidential },

	{ "alg none", NULL, NULL, ALG, alg_none },
	{ "alg HS256", NULL, NULL, ALG, alg_hs256 },
	{ "alg RS384", NULL, NULL, ALG, alg_rs384 },
	{ "alg absent", NULL, NULL, ALG, alg_absent },
	/* Its third part is empty, which is no compact JWS at all. */
	{ "unsecured", NULL, NULL, FORMAT, alg_none_unsigned },
	{ "crit", NULL, NULL, FORMAT, crit },
	{ "typ", NULL, NULL, FORMAT, typ_other },
	{ "two parts", NULL, NULL, FORMAT, two_parts },
	{ "padding", NULL, NULL, FORMAT, padded },
	{ "typ of other tokens", NULL, NULL, FORMAT, typ_of_others },
	{ "typ of another tree", NULL, NULL, FORMAT, typ_elsewhere },
	{ "typ longer", NULL, NULL, FORMAT, typ_longer },
	{ "typ a number", NULL, NULL, FORMAT, typ_number },
	{ "two line ends", NULL, NULL, FORMAT, newline_two },
	{ "LF CR", NULL, NULL, FORMAT, newline_turned },
	{ "CR", NULL, NULL, FORMAT, newline_mac },
	{ "a line end before it", NULL, NULL, FORMAT, newline_first },
	{ "a space", NULL, NULL, FORMAT, space },
	{ "a space and a line end", NULL, NULL, FORMAT, space_newline },
	{ "a line end alone", NULL, NULL, FORMAT, only_newline },
	{ "duplicate claim", NULL, NULL, FORMAT, duplicate },

	{ "no kid", NULL, NULL, KEY, kid_absent },
	{ "kid empty", NULL, NULL, KEY, kid_empty },
	{ "kid a number", NULL, NULL, KEY, kid_number },
	{ "kid in base64url", NULL, NULL, KEY, kid_url },
	{ "kid unpadded", NULL, NULL, KEY, kid_unpadded },
	{ "kid twice", NULL, NULL, KEY, kid_twice },
	{ "kid twice, one key", NULL, NULL, KEY, kid_twice_same_key },
	{ "the key without kid", NULL, NULL, KEY, key_without_kid },
	{ "certificate too long", NULL, NULL, KEY, key_too_long },
	{ "key for encryption", NULL, NULL, KEY, key_for_encryption },
	{ "key for RS512", NULL, NULL, KEY, key_of_alg },
	{ "n and x5c disagree", NULL, NULL, KEY, key_disagrees },
	{ "RSA-1024", NULL, NULL, KEY, key_small },
	{ "not a signer", NULL, "signers=" OTHER_HASH, KEY, NULL },

	{ "other signer", NULL, NULL, "token.signature", UNBOUND, 0,
	    signer_other },
	{ "kid of another key", NULL, NULL, "token.signature", UNBOUND, 0,
	    kid_of_other },
	{ "payload changed", NULL, NULL, "token.signature", UNBOUND, 0,
	    changed },

	{ "issuer", "iss=\"https://other.example\"", NULL, "token.issuer",
	    UNBOUND, 0, NULL },
	{ "issuer's slash", "iss=\"https://maa.example/\"", NULL,
	    "token.issuer", UNBOUND, 0, NULL },
	{ "issuer's case", "iss=\"https://MAA.example\"", NULL, "token.issuer",
	    UNBOUND, 0, NULL },
	{ "issuer longer", "iss=\"https://maa.example.evil\"", NULL,
	    "token.issuer", UNBOUND, 0, NULL },
	{ "no issuer", "iss", NULL, "token.issuer", UNBOUND, 0, NULL },
	{ "issuer a list", "iss=[\"https://maa.example\"]", NULL,
	    "token.issuer", UNBOUND, 0, NULL },

	{ "expired", "exp=1767225599", NULL, "token.times", NULL, 0, NULL },
	{ "expires now", "exp=1767225600", NULL, "token.times", NULL, 0, NULL },
	{ "expires next", "exp=1767225601", NULL, NULL, NULL, 0, NULL },
	{ "no exp", "exp", NULL, "token.times token.age", NULL, 0, NULL },
	{ "exp a text", "exp=\"1767254390\"", NULL, "token.times token.age",
	    NULL, 0, NULL },
	{ "exp beyond", "exp=253402300800", NULL, "token.times token.age", NULL,
	    0, NULL },
	{ "exp real", "exp=1767254390.0", NULL, NULL, NULL, 0, NULL },
	{ "exp with a fraction", "exp=1767254390.5", NULL,
	    "token.times token.age", NULL, 0, NULL },
	{ "exp real, expired", "exp=1767225599.0", NULL, "token.times", NULL, 0,
	    NULL },
	{ "iat real, negative", "iat=-1.0", NULL, "token.times token.age", NULL,
	    0, NULL },
	{ "a number of 64 bits", NULL,
	    "guest_svn=2|min_reported_tcb=Milan:bl=3,snp=8,ucode=115", NULL,
	    NULL, 0, huge_nonce },
	{ "a number of 64 bits, expired", "exp=1767225599", NULL, "token.times",
	    NULL, 0, huge_nonce },
	{ "a number of 64 bits, SVN below", NULL,
	    "guest_svn=3|min_reported_tcb=Milan:snp=9",
	    "token.tcb token.guest_svn", NULL, 0, huge_nonce },
	{ "no nbf", "nbf", NULL, "token.times token.age", NULL, 0, NULL },
	{ "no iat", "iat", NULL, "token.times token.age", NULL, 0, NULL },
	{ "iat negative", "iat=-1", NULL, "token.times token.age", NULL, 0,
	    NULL },
	{ "nbf within the skew", "nbf=1767225900", NULL, NULL, NULL, 0, NULL },
	{ "nbf beyond the skew", "nbf=1767225901", NULL, "token.times", NULL, 0,
	    NULL },
	{ "iat within the skew", "iat=1767225900", NULL, NULL, NULL, 0, NULL },
	{ "iat beyond the skew", "iat=1767225901", NULL, "token.times", NULL, 0,
	    NULL },
	{ "ends before iat", "iat=1767225800|exp=1767225700", NULL,
	    "token.times", NULL, 0, NULL },
	{ "ends before nbf", "nbf=1767225800|exp=1767225700", NULL,
	    "token.times", NULL, 0, NULL },

	{ "of the oldest age", "iat=1767225300", NULL, NULL, NULL, 0, NULL },
	{ "too old", "iat=1767225299", NULL, "token.age", NULL, 0, NULL },
	{ "an old passport", "iat=1767225299", "max_token_age=28800", NULL,
	    NULL, 0, NULL },
	{ "too old for it", "iat=1767225298", "max_token_age=301", "token.age",
	    NULL, 0, NULL },

	{ "no version", "x-ms-ver", NULL, "token.version", NULL, 0, NULL },
	{ "version", "x-ms-ver=\"2.0\"", NULL, "token.version", NULL, 0, NULL },
	{ "version a number", "x-ms-ver=1.0", NULL, "token.version", NULL, 0,
	    NULL },
	{ "type", "tee/x-ms-attestation-type=\"tdxvm\"", NULL, "token.type",
	    NULL, 0, NULL },
	{ "no type", "tee/x-ms-attestation-type", NULL, "token.type", NULL, 0,
	    NULL },

	{ "policy hash", NULL, "policy_hash=" POLICY_HASH, NULL, NULL, 0,
	    NULL },
	{ "another policy", NULL, "policy_hash=" OTHER_HASH,
	    "token.policy-hash", NULL, 0, NULL },
	{ "one of two policies", NULL,
	    "policy_hash=" OTHER_HASH "," POLICY_HASH, NULL, NULL, 0, NULL },
	{ "a policy but for a bit", NULL, "policy_hash=" NEAR_HASH,
	    "token.policy-hash", NULL, 0, NULL },
	{ "no policy hash", "x-ms-policy-hash", "policy_hash=" POLICY_HASH,
	    "token.policy-hash", NULL, 0, NULL },
	{ "policy hash longer",
	    "x-ms-policy-hash="
	    "\"9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gcoA\"",
	    "policy_hash=" POLICY_HASH, "token.policy-hash", NULL, 0, NULL },
};
const size_t maa_rows_form_count = COUNT(maa_rows_form);
