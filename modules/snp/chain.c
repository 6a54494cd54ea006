/* SPDX-License-Identifier: Apache-2.0 */
/* chain: see chain.h. */
#include "config.h"

#include <string.h>
#include <openssl/ecdsa.h>

#include "modules/snp/chain.h"

#define P384_BYTES 48

enum role {
	ROLE_ROOT,
	ROLE_INTERMEDIATE,
	ROLE_LEAF
};

/* What one search works on. */
struct search {
	struct snp_chain *chain;
	const struct tee_certset *set;
	const struct snp_report *report;
	struct snp_store *store;
	tee_snp_chain_trusted *trusted;
	void *user;
};

const char *
tee_snp_chain_leaf_name(unsigned signer)
{
	return signer == SNP_SIGNER_VLEK ? "SEV-VLEK" : "SEV-VCEK";
}

const char *
tee_snp_chain_prefix(unsigned signer)
{
	return signer == SNP_SIGNER_VLEK ? "SEV-VLEK-" : "SEV-";
}

enum snp_product
tee_snp_chain_product(const X509_NAME *name, const char *prefix)
{
	size_t size, skip = strlen(prefix);
	const char *text = tee_cert_common_name(name, &size);

	if (text == NULL || size <= skip || memcmp(text, prefix, skip) != 0)
		return SNP_PRODUCT_UNKNOWN;
	return tee_snp_product_parse(text + skip, size - skip, false);
}

static bool
named(const struct tee_cert *cert, const char *name)
{
	size_t size;
	const char *text = tee_cert_common_name(
	    X509_get_subject_name(cert->x509), &size);

	return text != NULL && size == strlen(name) &&
	    memcmp(text, name, size) == 0;
}

/*
 * AMD's CA keys are RSA and its leaf keys are not.  A defective certificate
 * still gets the role it was meant for, so that its defect is a failed check
 * rather than a missing certificate.
 */
static enum role
role_of(const struct tee_cert *cert)
{
	if (tee_cert_self_issued(cert))
		return ROLE_ROOT;
	if (cert->key_kind != TEE_CERT_KEY_RSA || named(cert, "SEV-VCEK") ||
	    named(cert, "SEV-VLEK"))
		return ROLE_LEAF;
	return ROLE_INTERMEDIATE;
}

/* r and s are little-endian; OpenSSL refuses what is not in 1..n-1. */
static unsigned char *
signature_der(const struct snp_report *report, int *size)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_lebin2bn(report->r, P384_BYTES, NULL);
	BIGNUM *s = BN_lebin2bn(report->s, P384_BYTES, NULL);
	unsigned char *der = NULL;

	*size = -1;
	if (sig != NULL && r != NULL && s != NULL &&
	    ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL;	/* the signature owns them now */
		*size = i2d_ECDSA_SIG(sig, &der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return der;
}

static bool
signed_report(const struct tee_pki *pki, const struct tee_cert *leaf,
    const struct snp_report *report)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int size;
	unsigned char *der = signature_der(report, &size);
	bool ok = leaf->key_kind == TEE_CERT_KEY_P384 && ctx != NULL &&
	    size > 0 &&
	    EVP_DigestVerifyInit(ctx, NULL, pki->sha384, NULL, leaf->key) ==
	    1 && EVP_DigestVerify(ctx, der, (size_t)size, report->raw,
	    SNP_REPORT_SIGNED) == 1;

	EVP_MD_CTX_free(ctx);
	OPENSSL_free(der);
	return ok;
}

static bool
signed_by(const struct search *s, const struct tee_cert *cert,
    const struct tee_cert *issuer)
{
	return tee_snp_store_signed(s->store, cert, issuer) ||
	    tee_cert_signed_by(s->set->pki, cert, issuer);
}

static enum snp_link
link_of(const struct search *s, const struct tee_cert *cert,
    const struct tee_cert *issuer)
{
	if (cert == NULL || issuer == NULL)
		return SNP_LINK_MISSING;
	return signed_by(s, cert, issuer) ? SNP_LINK_GOOD : SNP_LINK_BAD;
}

/* The first certificate of this role for which `fits` says yes. */
typedef bool fits_fn(const struct search *, const struct tee_cert *);

static struct tee_cert *
first(const struct search *s, enum role role, fits_fn *fits)
{
	for (size_t i = 0; i < s->set->cert_count; i++)
		if (role_of(s->set->certs[i]) == role &&
		    (fits == NULL || fits(s, s->set->certs[i])))
			return s->set->certs[i];
	return NULL;
}

static bool
leaf_signed(const struct search *s, const struct tee_cert *cert)
{
	return signed_report(s->set->pki, cert, s->report);
}

static bool
leaf_named(const struct search *s, const struct tee_cert *cert)
{
	return named(cert, tee_snp_chain_leaf_name(
	    tee_snp_report_signer(s->report)));
}

static void
find_leaf(const struct search *s)
{
	struct snp_chain *c = s->chain;

	c->leaf = first(s, ROLE_LEAF, leaf_signed);
	if (c->leaf != NULL) {
		c->report_link = SNP_LINK_GOOD;
		return;
	}
	c->leaf = first(s, ROLE_LEAF, leaf_named);
	if (c->leaf == NULL)
		c->leaf = first(s, ROLE_LEAF, NULL);
	if (c->leaf != NULL)
		c->report_link = SNP_LINK_BAD;
}

static bool
issued(const struct tee_cert *cert, const struct tee_cert *issuer)
{
	return X509_NAME_cmp(X509_get_issuer_name(cert->x509),
	    X509_get_subject_name(issuer->x509)) == 0;
}

static bool
intermediate_signed(const struct search *s, const struct tee_cert *cert)
{
	return issued(s->chain->leaf, cert) &&
	    signed_by(s, s->chain->leaf, cert);
}

static bool
intermediate_named(const struct search *s, const struct tee_cert *cert)
{
	return issued(s->chain->leaf, cert);
}

static void
find_intermediate(const struct search *s)
{
	struct snp_chain *c = s->chain;

	if (c->leaf != NULL) {
		c->intermediate = first(s, ROLE_INTERMEDIATE,
		    intermediate_signed);
		c->leaf_link = SNP_LINK_GOOD;
	}
	if (c->intermediate != NULL)
		return;
	if (c->leaf != NULL)
		c->intermediate = first(s, ROLE_INTERMEDIATE,
		    intermediate_named);
	if (c->intermediate == NULL)
		c->intermediate = first(s, ROLE_INTERMEDIATE, NULL);
	c->leaf_link = c->leaf != NULL && c->intermediate != NULL ?
	    SNP_LINK_BAD : SNP_LINK_MISSING;
}

static bool
root_trusted(const struct search *s, const struct tee_cert *cert)
{
	uint8_t pin[32];

	return tee_cert_spki_sha256(s->set->pki, cert, pin) &&
	    s->trusted(s->user, pin) && (s->chain->intermediate == NULL ||
	    issued(s->chain->intermediate, cert));
}

static bool
root_named(const struct search *s, const struct tee_cert *cert)
{
	return s->chain->intermediate != NULL &&
	    issued(s->chain->intermediate, cert);
}

static void
find_root(const struct search *s)
{
	struct snp_chain *c = s->chain;

	c->root = first(s, ROLE_ROOT, root_trusted);
	if (c->root == NULL)
		c->root = first(s, ROLE_ROOT, root_named);
	if (c->root == NULL)
		c->root = first(s, ROLE_ROOT, NULL);
	if (c->root != NULL &&
	    !tee_cert_spki_sha256(s->set->pki, c->root, c->root_pin))
		c->root = NULL;
	c->root_link = link_of(s, c->root, c->root);
	c->intermediate_link = link_of(s, c->intermediate, c->root);
}

void
tee_snp_chain_find(struct snp_chain *chain, const struct tee_certset *set,
    const struct snp_report *report, struct snp_store *store,
    tee_snp_chain_trusted *trusted, void *user)
{
	struct search s = { chain, set, report, store, trusted, user };

	memset(chain, 0, sizeof(*chain));
	find_leaf(&s);
	find_intermediate(&s);
	find_root(&s);
	if (chain->intermediate != NULL)
		chain->product = tee_snp_chain_product(
		    X509_get_subject_name(chain->intermediate->x509),
		    tee_snp_chain_prefix(tee_snp_report_signer(report)));
}

bool
tee_snp_chain_complete(const struct snp_chain *chain)
{
	return chain->root_link == SNP_LINK_GOOD &&
	    chain->intermediate_link == SNP_LINK_GOOD &&
	    chain->leaf_link == SNP_LINK_GOOD &&
	    chain->report_link == SNP_LINK_GOOD;
}

void
tee_snp_chain_keep(const struct snp_chain *chain, struct snp_store *store)
{
	tee_snp_store_keep(store, chain->root, chain->root);
	tee_snp_store_keep(store, chain->intermediate, chain->root);
	tee_snp_store_keep(store, chain->leaf, chain->intermediate);
}
