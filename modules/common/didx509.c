/* SPDX-License-Identifier: Apache-2.0 */
/* didx509: see didx509.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "modules/common/base64.h"
#include "modules/common/didx509.h"

#define METHOD "did:x509:0:sha256:"
#define POLICY "::eku:"
#define SECURITY_LEVEL 2 /* 112 bits: no SHA-1, no RSA below 2048 */

static bool
read_root(struct tee_didx509 *d, const char *text, size_t length)
{
	size_t size = 0;
	uint8_t *bytes = tee_b64_decode(TEE_BASE64_URL, text, length, &size);
	bool ok = bytes != NULL && size == sizeof(d->root);

	if (ok)
		memcpy(d->root, bytes, size);
	free(bytes);
	return ok;
}

bool
tee_didx509_parse(struct tee_didx509 *d, const char *did)
{
	const char *root, *policy, *oid;

	memset(d, 0, sizeof(*d));
	if (strlen(did) > TEE_DIDX509_MAX ||
	    strncmp(did, METHOD, strlen(METHOD)) != 0)
		return false;
	root = did + strlen(METHOD);
	policy = strstr(root, POLICY);
	if (policy == NULL || !read_root(d, root, (size_t)(policy - root)))
		return false;
	oid = policy + strlen(POLICY);
	/* Digits and dots: a second policy would stand behind "::". */
	if (oid[strspn(oid, "0123456789.")] != '\0')
		return false;
	ERR_set_mark();
	d->eku = OBJ_txt2obj(oid, 1);
	ERR_pop_to_mark();
	return d->eku != NULL;
}

void
tee_didx509_free(struct tee_didx509 *d)
{
	ASN1_OBJECT_free(d->eku);
	memset(d, 0, sizeof(*d));
}

static bool
is_root(const struct tee_didx509 *d, const X509 *cert)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned size;

	return X509_digest(cert, EVP_sha256(), digest, &size) == 1 &&
	    size == sizeof(d->root) && memcmp(digest, d->root, size) == 0;
}

static bool
has_eku(const struct tee_didx509 *d, X509 *leaf)
{
	EXTENDED_KEY_USAGE *uses =
	    X509_get_ext_d2i(leaf, NID_ext_key_usage, NULL, NULL);
	bool found = false;

	for (int i = 0; i < sk_ASN1_OBJECT_num(uses); i++)
		if (OBJ_cmp(sk_ASN1_OBJECT_value(uses, i), d->eku) == 0)
			found = true;
	sk_ASN1_OBJECT_pop_free(uses, ASN1_OBJECT_free);
	return found;
}

/* Every certificate that was given is a link, in the order given. */
static bool
same_path(X509_STORE_CTX *ctx, const STACK_OF(X509) * chain)
{
	const STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);

	if (sk_X509_num(path) != sk_X509_num(chain))
		return false;
	for (int i = 0; i < sk_X509_num(chain); i++)
		if (X509_cmp(sk_X509_value(path, i), sk_X509_value(chain, i)) !=
		    0)
			return false;
	return true;
}

static bool
run(X509_STORE_CTX *ctx, STACK_OF(X509) * chain, time_t at, const char **why)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_time(param, at);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	*why = "its certificates cannot be verified";
	if (X509_verify_cert(ctx) != 1) {
		int error = X509_STORE_CTX_get_error(ctx);

		if (error != X509_V_OK)
			*why = X509_verify_cert_error_string(error);
		return false;
	}
	*why = "its certificates are not one path in order";
	return same_path(ctx, chain);
}

/* Signatures, names, dates, constraints, up to the one root that is named. */
static bool
verify(STACK_OF(X509) * chain, time_t at, const char **why)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509 *root = sk_X509_value(chain, sk_X509_num(chain) - 1);
	bool ok;

	*why = "out of memory";
	ERR_set_mark();
	ok = store != NULL && ctx != NULL &&
	    X509_STORE_add_cert(store, root) == 1 &&
	    X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain) ==
		1 &&
	    run(ctx, chain, at, why);
	ERR_pop_to_mark();
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return ok;
}

bool
tee_didx509_judge(const struct tee_didx509 *d, STACK_OF(X509) * chain,
    time_t at, const char **why)
{
	X509 *leaf;

	*why = "no chain of a leaf and a root";
	if (chain == NULL || sk_X509_num(chain) < 2)
		return false;
	leaf = sk_X509_value(chain, 0);
	*why = "its last certificate is not the root that the issuer names";
	if (!is_root(d, sk_X509_value(chain, sk_X509_num(chain) - 1)))
		return false;
	*why = "the leaf lacks the extended key usage that the issuer names";
	if (!has_eku(d, leaf))
		return false;
	*why = "the leaf may not sign (keyUsage)";
	if ((X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) == 0)
		return false;
	return verify(chain, at, why);
}
