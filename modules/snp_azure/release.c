/* SPDX-License-Identifier: Apache-2.0 */
/* release: see release.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>

#include "modules/common/certmemo.h"
#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/snp_azure/release.h"

static bool TEE_PRINTF(3, 4)
    refuse(struct azure_release *r, const char *reason, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->detail, sizeof(r->detail), fmt, ap);
	va_end(ap);
	r->reason = reason;
	return false;
}

static bool
read_format(struct azure_release *r, const void *body, size_t size)
{
	char why[TEE_JSON_WHY];
	tee_auto_json *root = tee_json_object(body, size, why);
	const char *value = tee_json_text(root, "value");

	if (root == NULL)
		return refuse(r, "release.format", "the answer: %s", why);
	if (value == NULL)
		return refuse(r, "release.format", "the answer has no value");
	if (!tee_jws_parse(&r->jws, value, strlen(value), why))
		return refuse(r, "release.format", "%s", why);
	return true;
}

/* All that x5c holds, the leaf first; one that is no certificate is none. */
static bool
read_chain(struct azure_release *r)
{
	size_t size = 0,
	       count = json_array_size(json_object_get(r->jws.header, "x5c"));

	r->chain = sk_X509_new_null();
	for (size_t i = 0; r->chain != NULL && i < count; i++) {
		unsigned char *der = tee_jwk_x5c(r->jws.header, i, &size);
		X509 *cert = der != NULL ? tee_certmemo_parse(der, size) : NULL;

		free(der);
		if (cert == NULL || sk_X509_push(r->chain, cert) <= 0) {
			X509_free(cert);
			return false;
		}
	}
	return r->chain != NULL && count > 0 && count <= TEE_WEBPKI_CERTS;
}

static bool
check_signature(struct azure_release *r)
{
	EVP_PKEY *key;
	bool ok = read_chain(r);

	if (!ok)
		refuse(r, "release.signature",
		    "x5c does not hold 1 to %d certificates", TEE_WEBPKI_CERTS);
	key = ok ? X509_get0_pubkey(sk_X509_value(r->chain, 0)) : NULL;
	ERR_clear_error();
	if (ok && (key == NULL || !tee_jws_verify(&r->jws, key)))
		return refuse(r, "release.signature",
		    "not made by the key of x5c[0]");
	return ok;
}

/* A Managed HSM's certificate may be for the names below its own alone. */
static bool
is_for(X509 *leaf, const char *host)
{
	static const char hsm[] = ".managedhsm.";
	const char *domain = strchr(host, '.');

	return tee_webpki_host(leaf, host) ||
	    (domain != NULL && domain != host &&
		strncmp(domain, hsm, strlen(hsm)) == 0 &&
		tee_webpki_names_below(leaf, host));
}

static bool
check_signer(struct azure_release *r, const struct azure_expected *x)
{
	char why[TEE_WEBPKI_WHY];

	if (!tee_webpki_chain(&x->pki, r->chain, why))
		return refuse(r, "release.chain", "the vault's certificate: %s",
		    why);
	if (!is_for(sk_X509_value(r->chain, 0), x->host))
		return refuse(r, "release.host",
		    "the signer's certificate is not for %s", x->host);
	return true;
}

/* The key's own URL: what was asked for, and a version where none was. */
static bool
same_key(const char *kid, const struct azure_expected *x)
{
	size_t n = strlen(x->key_url);

	if (kid == NULL || strncmp(kid, x->key_url, n) != 0)
		return false;
	if (x->versioned)
		return kid[n] == '\0';
	return kid[n] == '/' && kid[n + 1] != '\0' &&
	    strchr(kid + n + 1, '/') == NULL;
}

static bool
check_request(struct azure_release *r, const struct azure_expected *x,
    const json_t *key)
{
	const json_t *request = tee_json_member(r->jws.payload, "request");
	const char *kid = tee_json_text(request, "kid");
	const char *enc = tee_json_text(request, "enc");

	if (kid == NULL || strcmp(kid, x->key_url) != 0)
		return refuse(r, "release.kid", "answers for %s, not for %s",
		    kid != NULL ? kid : "no key", x->key_url);
	if (!same_key(tee_json_text(key, "kid"), x))
		return refuse(r, "release.kid",
		    "the released key is not a version of %s", x->key_url);
	if (enc == NULL || strcmp(enc, tee_azure_enc_words[x->enc]) != 0)
		return refuse(r, "release.enc", "answers enc %s, not %s",
		    enc != NULL ? enc : "(none)", tee_azure_enc_words[x->enc]);
	if (x->nonce != NULL ? !tee_json_is(request, "nonce", x->nonce) :
			       json_object_get(request, "nonce") != NULL)
		return refuse(r, "release.nonce",
		    "carries another nonce than was sent, or none");
	return true;
}

static bool
check_key_hsm(struct azure_release *r, const struct azure_expected *x,
    const struct azure_key_hsm *k)
{
	if (strcmp(k->enc, tee_azure_enc_words[x->enc]) != 0)
		return refuse(r, "release.key-hsm", "wrapped by %.40s, not %s",
		    k->enc, tee_azure_enc_words[x->enc]);
	if (strcmp(k->kid, x->wrapping_kid) != 0)
		return refuse(r, "release.wrapping-key",
		    "wrapped to %.64s, not to our key", k->kid);
	return true;
}

static enum azure_key_type
type_of(const char *kty)
{
	static const struct {
		const char *word;
		enum azure_key_type type;
	} types[] = { { "RSA", AZURE_KEY_RSA }, { "RSA-HSM", AZURE_KEY_RSA },
		{ "EC", AZURE_KEY_EC }, { "EC-HSM", AZURE_KEY_EC },
		{ "oct", AZURE_KEY_OCT }, { "oct-HSM", AZURE_KEY_OCT } };

	for (size_t i = 0; kty != NULL && i < sizeof(types) / sizeof(types[0]);
	     i++)
		if (strcmp(kty, types[i].word) == 0)
			return types[i].type;
	return AZURE_KEY_OTHER;
}

static bool
check_payload(struct azure_release *r, const struct azure_expected *x)
{
	const json_t *response = tee_json_member(r->jws.payload, "response");
	const json_t *key =
	    tee_json_member(tee_json_member(response, "key"), "key");
	const json_t *hsm = json_object_get(key, "key_hsm");
	struct azure_key_hsm k;
	char why[TEE_JWS_WHY];
	bool ok;

	if (!check_request(r, x, key))
		return false;
	if (!json_is_string(hsm))
		return refuse(r, "release.key-hsm", "there is none");
	ok = tee_azure_key_hsm_parse(&k, json_string_value(hsm),
	    json_string_length(hsm), why);
	if (!ok)
		refuse(r, "release.key-hsm", "%s", why);
	ok = ok && check_key_hsm(r, x, &k);
	if (ok) {
		r->wrapped = k.wrapped;
		r->wrapped_size = k.wrapped_size;
		k.wrapped = NULL;
		r->type = type_of(tee_json_text(key, "kty"));
	}
	tee_azure_key_hsm_free(&k);
	if (ok && r->type == AZURE_KEY_OTHER)
		return refuse(r, "release.kty", "no key type that is known");
	return ok;
}

bool
tee_azure_release_read(struct azure_release *r, const void *body, size_t size,
    const struct azure_expected *x)
{
	memset(r, 0, sizeof(*r));
	return read_format(r, body, size) && check_signature(r) &&
	    check_signer(r, x) && check_payload(r, x);
}

void
tee_azure_release_free(struct azure_release *r)
{
	tee_jws_free(&r->jws);
	sk_X509_pop_free(r->chain, X509_free);
	free(r->wrapped);
	memset(r, 0, sizeof(*r));
}
