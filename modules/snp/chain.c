/* SPDX-License-Identifier: Apache-2.0 */
/* chain: see chain.h. */
#include "config.h"

#include <string.h>

#include "modules/snp/chain.h"

enum role { ROLE_ROOT, ROLE_INTERMEDIATE, ROLE_LEAF };

/* What one search works on. */
struct search {
	struct snp_chain *chain;
	const struct tee_certset *set;
	const struct snp_report *report;
	struct snp_store *store;
	tee_snp_chain_trusted *trusted;
	void *user;
	time_t now;
	/* The leaves whose key signed the report. */
	const struct tee_cert *signer[TEE_CERTSET_CERTS];
	size_t signers;
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
	const char *text =
	    tee_cert_common_name(X509_get_subject_name(cert->x509), &size);

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

static bool
signed_report(const struct search *s, const struct tee_cert *leaf)
{
	const struct snp_report *r = s->report;

	if (leaf->key_kind != TEE_CERT_KEY_P384)
		return false;
	return (r->returns &&
		   tee_snp_store_reported(s->store, r->digest, leaf)) ||
	    tee_snp_report_signed_by(r, leaf->key, s->set->pki->sha384);
}

/*
 * Only keys of the size that AMD's have: OpenSSL takes an exponent as long as
 * the modulus for keys of up to 3072 bits, and a stranger's evidence may ask
 * for as many checks as it has pairs of certificates.
 */
static bool
signed_by(const struct search *s, const struct tee_cert *cert,
    const struct tee_cert *issuer)
{
	return tee_snp_store_signed(s->store, cert, issuer) ||
	    (issuer->key_kind == TEE_CERT_KEY_RSA &&
		EVP_PKEY_get_bits(issuer->key) == SNP_CA_KEY_BITS &&
		tee_cert_signed_by(s->set->pki, cert, issuer));
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

/* The first choice that some certificate fits; NULL where there is none. */
static struct tee_cert *
best(const struct search *s, enum role role, fits_fn *const *choices,
    size_t count)
{
	struct tee_cert *cert = NULL;

	for (size_t i = 0; cert == NULL && i < count; i++)
		cert = first(s, role, choices[i]);
	return cert;
}

#define BEST(s, role, choices) \
	best(s, role, choices, sizeof(choices) / sizeof((choices)[0]))

static bool
issued(const struct tee_cert *cert, const struct tee_cert *issuer)
{
	return X509_NAME_cmp(X509_get_issuer_name(cert->x509),
		   X509_get_subject_name(issuer->x509)) == 0;
}

static bool
leaf_signed(const struct search *s, const struct tee_cert *cert)
{
	for (size_t i = 0; i < s->signers; i++)
		if (s->signer[i] == cert)
			return true;
	return false;
}

static bool
leaf_issued(const struct search *s, const struct tee_cert *cert)
{
	for (size_t i = 0; i < s->set->cert_count; i++) {
		const struct tee_cert *issuer = s->set->certs[i];

		if (role_of(issuer) == ROLE_INTERMEDIATE &&
		    issued(cert, issuer) && signed_by(s, cert, issuer))
			return leaf_signed(s, cert);
	}
	return false;
}

static bool
leaf_named(const struct search *s, const struct tee_cert *cert)
{
	return named(cert,
	    tee_snp_chain_leaf_name(tee_snp_report_signer(s->report)));
}

static void
find_leaf(const struct search *s)
{
	static fits_fn *const choices[] = { leaf_issued, leaf_signed,
		leaf_named, NULL };
	struct snp_chain *c = s->chain;

	c->leaf = BEST(s, ROLE_LEAF, choices);
	if (c->leaf != NULL)
		c->report_link =
		    leaf_signed(s, c->leaf) ? SNP_LINK_GOOD : SNP_LINK_BAD;
}

static bool
intermediate_signed(const struct search *s, const struct tee_cert *cert)
{
	const struct tee_cert *leaf = s->chain->leaf;

	return leaf != NULL && issued(leaf, cert) && signed_by(s, leaf, cert);
}

static bool
intermediate_named(const struct search *s, const struct tee_cert *cert)
{
	return s->chain->leaf != NULL && issued(s->chain->leaf, cert);
}

/* Of the report's product, as far as the report names one. */
static bool
fits_report(const struct search *s, const struct tee_cert *cert,
    const char *prefix)
{
	const struct snp_report *r = s->report;
	enum snp_product named_product =
	    tee_snp_chain_product(X509_get_subject_name(cert->x509), prefix);

	return named_product != SNP_PRODUCT_UNKNOWN &&
	    (!tee_snp_report_has_cpuid(r) ||
		named_product == tee_snp_product_cpuid(r->family, r->model));
}

static bool
intermediate_fits(const struct search *s, const struct tee_cert *cert)
{
	return fits_report(s, cert,
	    tee_snp_chain_prefix(tee_snp_report_signer(s->report)));
}

static void
find_intermediate(const struct search *s)
{
	static fits_fn *const choices[] = { intermediate_signed,
		intermediate_named, intermediate_fits, NULL };
	struct snp_chain *c = s->chain;

	c->intermediate = BEST(s, ROLE_INTERMEDIATE, choices);
	c->leaf_link = link_of(s, c->leaf, c->intermediate);
}

static bool
root_named(const struct search *s, const struct tee_cert *cert)
{
	return s->chain->intermediate != NULL &&
	    issued(s->chain->intermediate, cert);
}

static bool
root_pinned(const struct search *s, const struct tee_cert *cert)
{
	return root_named(s, cert) && s->trusted(s->user, cert->pin);
}

static bool
root_fits(const struct search *s, const struct tee_cert *cert)
{
	return s->chain->intermediate == NULL && fits_report(s, cert, "ARK-");
}

static void
find_root(const struct search *s)
{
	static fits_fn *const choices[] = { root_pinned, root_named, root_fits,
		NULL };
	struct snp_chain *c = s->chain;

	c->root = BEST(s, ROLE_ROOT, choices);
	if (c->root != NULL)
		memcpy(c->root_pin, c->root->pin, sizeof(c->root_pin));
	c->root_link = link_of(s, c->root, c->root);
	c->intermediate_link = link_of(s, c->intermediate, c->root);
}

/*
 * Trust is asked last: a simulator's root that the profile names, and that
 * nothing here leads to, must not mark the claims as simulated.
 */
static struct tee_cert *
trusted_root(const struct search *s, const struct tee_cert *intermediate)
{
	for (size_t i = 0; i < s->set->cert_count; i++) {
		struct tee_cert *root = s->set->certs[i];

		if (role_of(root) == ROLE_ROOT && issued(intermediate, root) &&
		    signed_by(s, intermediate, root) &&
		    s->trusted(s->user, root->pin))
			return root;
	}
	return NULL;
}

/* Every way from this leaf up; true where one ends in a trusted root. */
static bool
climb(const struct search *s, struct tee_cert *leaf)
{
	struct snp_chain *c = s->chain;

	for (size_t i = 0; i < s->set->cert_count; i++) {
		struct tee_cert *middle = s->set->certs[i], *root;

		if (role_of(middle) != ROLE_INTERMEDIATE ||
		    !issued(leaf, middle) || !signed_by(s, leaf, middle))
			continue;
		root = trusted_root(s, middle);
		if (root == NULL)
			continue;
		memcpy(c->root_pin, root->pin, sizeof(c->root_pin));
		c->leaf = leaf;
		c->intermediate = middle;
		c->root = root;
		c->report_link = c->leaf_link = SNP_LINK_GOOD;
		c->intermediate_link = SNP_LINK_GOOD;
		c->root_link = link_of(s, root, root);
		return true;
	}
	return false;
}

/*
 * A key may be certified more than once: AMD writes a new certificate at
 * every request, and anybody may write one, under names of his choice.  Of
 * several leaves that climb, one that is still valid.
 */
static bool
find_trusted(struct search *s)
{
	bool found = false;

	for (size_t i = 0; i < s->set->cert_count; i++) {
		struct tee_cert *leaf = s->set->certs[i];
		bool valid =
		    s->now >= leaf->not_before && s->now <= leaf->not_after;

		if (role_of(leaf) != ROLE_LEAF || (found && !valid) ||
		    !signed_report(s, leaf))
			continue;
		s->signer[s->signers++] = leaf;
		if (climb(s, leaf)) {
			found = true;
			if (valid)
				return true;
		}
	}
	return found;
}

void
tee_snp_chain_find(struct snp_chain *chain, const struct tee_certset *set,
    const struct snp_report *report, struct snp_store *store,
    tee_snp_chain_trusted *trusted, void *user, time_t now)
{
	struct search s = { .chain = chain,
		.set = set,
		.report = report,
		.store = store,
		.trusted = trusted,
		.user = user,
		.now = now };

	memset(chain, 0, sizeof(*chain));
	/* Without a good chain the likeliest one, for what is wrong with it. */
	if (!find_trusted(&s)) {
		find_leaf(&s);
		find_intermediate(&s);
		find_root(&s);
	}
	if (chain->intermediate != NULL)
		chain->product =
		    tee_snp_chain_product(X509_get_subject_name(
					      chain->intermediate->x509),
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
tee_snp_chain_keep(const struct snp_chain *chain,
    const struct snp_report *report, struct snp_store *store)
{
	if (report->returns)
		tee_snp_store_keep_report(store, report->digest, chain->leaf);
	tee_snp_store_keep(store, chain->root, chain->root);
	tee_snp_store_keep(store, chain->intermediate, chain->root);
	tee_snp_store_keep(store, chain->leaf, chain->intermediate);
}
