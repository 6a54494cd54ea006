/* SPDX-License-Identifier: Apache-2.0 */
/* judge_chain: from the report's signature up to a root that is pinned. */
#include "config.h"

#include <string.h>

#include "modules/snp/judge.h"

static void
judge_link(struct snp_case *c, const char *name, enum snp_link link,
    const char *what)
{
	switch (link) {
	case SNP_LINK_GOOD:
		tee_call_check(c->call, name, TEE_CHECK_PASS, "%s", what);
		return;
	case SNP_LINK_MISSING:
		tee_call_check(c->call, name, TEE_CHECK_NOT_DONE,
		    "not all of it is at hand: give the missing certificates "
		    "in snp.certs or certs_file");
		return;
	case SNP_LINK_BAD:
		break;
	}
	tee_call_check(c->call, name, TEE_CHECK_FAIL,
	    "the signature does not verify");
}

static void
judge_root(struct snp_case *c)
{
	enum snp_product pinned;

	if (c->chain.root == NULL) {
		tee_call_check(c->call, "chain.root", TEE_CHECK_NOT_DONE,
		    "no root certificate (ARK) among the certificates given");
		return;
	}
	pinned = tee_snp_product_pin(c->chain.root_pin);
	if (pinned != SNP_PRODUCT_UNKNOWN)
		SNP_JUDGE(c, "chain.root", c->root_trusted,
		    "AMD's ARK-%s, by the SHA-256 of its key",
		    tee_snp_product_name(pinned));
	else
		SNP_JUDGE(c, "chain.root", c->root_trusted, "%s",
		    c->root_trusted ?
			"a simulated root that the profile names" :
			"not one of AMD's root keys");
}

/* The attributes that AMD writes beside the common name (AMD 57230). */
static bool
amd_name(const X509_NAME *name)
{
	static const struct {
		int nid;
		const char *value;
	} wanted[] = { { NID_countryName, "US" },
		{ NID_localityName, "Santa Clara" },
		{ NID_stateOrProvinceName, "CA" },
		{ NID_organizationName, "Advanced Micro Devices" },
		{ NID_organizationalUnitName, "Engineering" } };
	const size_t count = sizeof(wanted) / sizeof(wanted[0]);

	if (X509_NAME_entry_count(name) != (int)count + 1)
		return false;
	for (size_t i = 0; i < count; i++) {
		int at = X509_NAME_get_index_by_NID(name, wanted[i].nid, -1);
		const ASN1_STRING *s = at < 0 ?
		    NULL :
		    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));

		if (s == NULL ||
		    ASN1_STRING_length(s) != (int)strlen(wanted[i].value) ||
		    memcmp(ASN1_STRING_get0_data(s), wanted[i].value,
			strlen(wanted[i].value)) != 0)
			return false;
	}
	return true;
}

static bool
leaf_name_fits(const struct snp_case *c)
{
	const char *want =
	    tee_snp_chain_leaf_name(tee_snp_report_signer(&c->report));
	size_t size;
	const char *have =
	    tee_cert_common_name(X509_get_subject_name(c->chain.leaf->x509),
		&size);

	return have != NULL && size == strlen(want) &&
	    memcmp(have, want, size) == 0;
}

/* NULL where the names fit the kind of signer and each other. */
static const char *
name_fault(const struct snp_case *c)
{
	const struct snp_chain *ch = &c->chain;

	if (ch->leaf != NULL && !leaf_name_fits(c))
		return "the leaf is not the kind of key that the report "
		       "names (SEV-VCEK, SEV-VLEK)";
	if (ch->intermediate != NULL && ch->product == SNP_PRODUCT_UNKNOWN)
		return "the intermediate is no SEV-<product> for a VCEK and "
		       "no SEV-VLEK-<product> for a VLEK";
	if (ch->root != NULL &&
	    tee_snp_chain_product(X509_get_subject_name(ch->root->x509),
		"ARK-") == SNP_PRODUCT_UNKNOWN)
		return "the root is no ARK-<product>";
	if ((ch->leaf != NULL &&
		!amd_name(X509_get_subject_name(ch->leaf->x509))) ||
	    (ch->intermediate != NULL &&
		!amd_name(X509_get_subject_name(ch->intermediate->x509))) ||
	    (ch->root != NULL &&
		!amd_name(X509_get_subject_name(ch->root->x509))))
		return "a subject is not AMD's (O, OU, C, L, ST)";
	if (ch->leaf != NULL && ch->intermediate != NULL &&
	    X509_NAME_cmp(X509_get_issuer_name(ch->leaf->x509),
		X509_get_subject_name(ch->intermediate->x509)) != 0)
		return "the leaf names another issuer";
	if (ch->intermediate != NULL && ch->root != NULL &&
	    X509_NAME_cmp(X509_get_issuer_name(ch->intermediate->x509),
		X509_get_subject_name(ch->root->x509)) != 0)
		return "the intermediate names another issuer";
	return NULL;
}

static bool
complete(const struct snp_chain *ch)
{
	return ch->root != NULL && ch->intermediate != NULL && ch->leaf != NULL;
}

/* A fault fails; without one, all three must have been looked at. */
static void
judge_fault(struct snp_case *c, const char *name, const char *fault,
    const char *fine)
{
	if (fault != NULL)
		tee_call_check(c->call, name, TEE_CHECK_FAIL, "%s", fault);
	else if (!complete(&c->chain))
		tee_call_check(c->call, name, TEE_CHECK_NOT_DONE,
		    "root, intermediate and leaf are not all at hand");
	else
		tee_call_check(c->call, name, TEE_CHECK_PASS, "%s", fine);
}

static const char *
ca_fault(const struct tee_cert *cert, bool intermediate)
{
	if (X509_get_version(cert->x509) != X509_VERSION_3)
		return "a CA certificate is not X.509 version 3";
	if (cert->key_kind != TEE_CERT_KEY_RSA ||
	    EVP_PKEY_get_bits(cert->key) != SNP_CA_KEY_BITS)
		return "a CA key is not RSA-4096";
	if (!cert->is_ca)
		return "root or intermediate is no CA";
	if (intermediate && cert->path_length != 0)
		return "the intermediate's path length is not 0";
	if (!cert->signs_certs)
		return "a CA key may not sign certificates (keyUsage)";
	if (cert->unknown_critical)
		return "a CA certificate has an unknown critical extension";
	return NULL;
}

static const char *
leaf_fault(const struct tee_cert *cert)
{
	if (X509_get_version(cert->x509) != X509_VERSION_3)
		return "the leaf is not X.509 version 3";
	if (cert->key_kind != TEE_CERT_KEY_P384)
		return "the leaf's key is not on P-384";
	if (cert->is_ca || cert->signs_certs)
		return "the leaf is a CA";
	if (cert->unknown_critical)
		return "the leaf has an unknown critical extension";
	return NULL;
}

static const char *
constraint_fault(const struct snp_chain *ch)
{
	const char *fault = NULL;

	if (ch->root != NULL)
		fault = ca_fault(ch->root, false);
	if (fault == NULL && ch->intermediate != NULL)
		fault = ca_fault(ch->intermediate, true);
	if (fault == NULL && ch->leaf != NULL)
		fault = leaf_fault(ch->leaf);
	return fault;
}

static const char *
dates_fault(struct snp_case *c, const struct tee_cert *cert, const char *early,
    const char *late)
{
	if (cert == NULL)
		return NULL;
	tee_snp_case_expires(c, cert->not_after);
	if (c->now < cert->not_before)
		return early;
	return c->now > cert->not_after ? late : NULL;
}

static void
judge_validity(struct snp_case *c)
{
	const struct snp_chain *ch = &c->chain;
	const char *fault = dates_fault(c, ch->leaf,
	    "the leaf is not valid yet", "the leaf has expired");
	const char *inner = dates_fault(c, ch->intermediate,
	    "the intermediate is not valid yet",
	    "the intermediate has expired");
	const char *outer = dates_fault(c, ch->root,
	    "the root is not valid yet", "the root has expired");

	if (fault == NULL)
		fault = inner != NULL ? inner : outer;
	judge_fault(c, "chain.validity", fault,
	    "all three are valid at the time of appraisal");
}

/* One product all the way, and one that the profile takes. */
static void
judge_product(struct snp_case *c)
{
	const struct snp_chain *ch = &c->chain;
	enum snp_product named, pinned;
	const char *fault = NULL;

	if (ch->root != NULL && ch->intermediate != NULL) {
		named =
		    tee_snp_chain_product(X509_get_subject_name(ch->root->x509),
			"ARK-");
		pinned = tee_snp_product_pin(ch->root_pin);
		if (named != ch->product)
			fault = "root and intermediate are of different "
				"products";
		else if (pinned != SNP_PRODUCT_UNKNOWN && pinned != named)
			fault = "the root's key is that of another product";
	}
	if (fault == NULL && ch->intermediate != NULL &&
	    c->policy->products != 0 &&
	    !(c->policy->products & (1u << ch->product)))
		fault = "not one of the products that the profile names";
	judge_fault(c, "chain.product", fault,
	    tee_snp_product_name(ch->product));
}

void
tee_snp_judge_chain(struct snp_case *c)
{
	const struct snp_chain *ch = &c->chain;

	judge_root(c);
	judge_link(c, "chain.root_signature", ch->root_link,
	    "the root signed itself");
	judge_link(c, "chain.intermediate_signature", ch->intermediate_link,
	    "the root signed the intermediate");
	judge_link(c, "chain.leaf_signature", ch->leaf_link,
	    "the intermediate signed the leaf");
	judge_fault(c, "chain.names", name_fault(c),
	    "AMD's names, each issuer its subject");
	judge_fault(c, "chain.constraints", constraint_fault(ch),
	    "key types, CA flags, key usage and path lengths");
	judge_validity(c);
	judge_product(c);
	judge_link(c, "signature", ch->report_link,
	    "ECDSA P-384 over the report as received");
}
