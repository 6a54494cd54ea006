/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_crl: AMD's revocation lists are issued by the ARK and name ARK, ASK
 * and ASVK serials.  Every leaf's serial is 0, so a list says nothing of one
 * leaf, and OpenSSL's own CRL checks, which want a list by the leaf's issuer,
 * can never pass: the rules are spelled out here.
 */
#include "config.h"

#include "modules/snp/judge.h"

static const char *const names[] = { "crl.signature", "crl.validity",
	"crl.revocation" };

static void
all(struct snp_case *c, enum tee_check_result result, const char *why)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		tee_call_check(c->call, names[i], result, "%s", why);
}

/* Of several lists of this root the newest: an older one may lack entries. */
static X509_CRL *
list_of(const struct snp_case *c)
{
	X509_CRL *found = NULL;
	time_t newest = 0, at;

	for (size_t i = 0; i < c->set->crl_count; i++) {
		X509_CRL *crl = c->set->crls[i];

		if (X509_NAME_cmp(X509_CRL_get_issuer(crl),
			X509_get_subject_name(c->chain.root->x509)) != 0)
			continue;
		if (!tee_cert_time(X509_CRL_get0_lastUpdate(crl), &at))
			at = 0;
		if (found == NULL || at > newest) {
			found = crl;
			newest = at;
		}
	}
	return found;
}

static bool
has_critical(const X509_CRL *crl)
{
	for (int i = 0; i < X509_CRL_get_ext_count(crl); i++)
		if (X509_EXTENSION_get_critical(X509_CRL_get_ext(crl, i)) == 1)
			return true;
	return false;
}

/* Steps into the element that begins at *p; *size is that of its content. */
static bool
enter(const uint8_t **p, const uint8_t *end, long *size)
{
	int tag, class;

	return (ASN1_get_object(p, size, &tag, &class, (long)(end - *p)) &
		   0x80) == 0;
}

/* What the signed part begins with, behind its version. */
static X509_ALGOR *
signed_algorithm(const uint8_t *list, size_t size)
{
	const uint8_t *p = list, *end = list + size;
	long inner;

	if (!enter(&p, end, &inner) || !enter(&p, end, &inner))
		return NULL;
	if (p < end && *p == V_ASN1_INTEGER) {
		if (!enter(&p, end, &inner))
			return NULL;
		p += inner;
	}
	return d2i_X509_ALGOR(NULL, &p, (long)(end - p));
}

/*
 * The algorithm that stands beside the signature stands in what is signed,
 * too.  OpenSSL compares them for certificates; for lists, 3.0.20 does not.
 */
static bool
names_one_algorithm(const X509_CRL *crl, const X509_ALGOR *beside)
{
	uint8_t *der = NULL;
	int size = i2d_X509_CRL(crl, &der);
	X509_ALGOR *inside =
	    size > 0 ? signed_algorithm(der, (size_t)size) : NULL;
	bool same = inside != NULL && X509_ALGOR_cmp(inside, beside) == 0;

	X509_ALGOR_free(inside);
	OPENSSL_free(der);
	return same;
}

static void
judge_signature(struct snp_case *c, X509_CRL *crl)
{
	const X509_ALGOR *algor;
	const char *fault = NULL;

	X509_CRL_get0_signature(crl, NULL, &algor);
	if (has_critical(crl))
		fault = "a critical extension (a delta or partial list?)";
	else if (!c->chain.root->signs_lists)
		fault = "the root may not sign lists (keyUsage)";
	else if (c->chain.root->key == NULL || !tee_cert_pss_sha384(algor) ||
	    !names_one_algorithm(crl, algor) ||
	    X509_CRL_verify(crl, c->chain.root->key) != 1)
		fault = "the signature does not verify under the root's key";
	SNP_JUDGE(c, "crl.signature", fault == NULL, "%s",
	    fault != NULL ? fault : "the root signed the list");
}

static void
judge_validity(struct snp_case *c, const X509_CRL *crl)
{
	char since[SNP_TIME_TEXT], until[SNP_TIME_TEXT];
	time_t from, to;

	if (!tee_cert_time(X509_CRL_get0_lastUpdate(crl), &from) ||
	    !tee_cert_time(X509_CRL_get0_nextUpdate(crl), &to)) {
		SNP_JUDGE(c, "crl.validity", false,
		    "thisUpdate or nextUpdate is missing or malformed");
		return;
	}
	tee_snp_case_expires(c, to);
	tee_snp_time_text(from, since);
	tee_snp_time_text(to, until);
	SNP_JUDGE(c, "crl.validity", c->now >= from && c->now <= to,
	    "issued %s, next by %s", since, until);
}

static bool
listed(X509_CRL *crl, const struct tee_cert *cert)
{
	const STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl);
	const ASN1_INTEGER *serial;

	if (cert == NULL)
		return false;
	serial = X509_get0_serialNumber(cert->x509);
	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++)
		if (ASN1_INTEGER_cmp(X509_REVOKED_get0_serialNumber(
					 sk_X509_REVOKED_value(entries, i)),
			serial) == 0)
			return true;
	return false;
}

static void
judge_revocation(struct snp_case *c, X509_CRL *crl)
{
	bool root = listed(crl, c->chain.root);
	bool intermediate = listed(crl, c->chain.intermediate);

	SNP_JUDGE(c, "crl.revocation", !root && !intermediate, "%s",
	    root             ? "the root is revoked" :
		intermediate ? "the intermediate (ASK or ASVK) is revoked" :
			       "neither root nor intermediate is listed");
}

/* Lists of other roots say nothing of this chain: it is as if none came. */
static void
judge_none(struct snp_case *c)
{
	if (c->policy->crl_required)
		all(c, TEE_CHECK_FAIL,
		    "crl is required, and no list of this root is among those "
		    "given");
	else
		all(c, TEE_CHECK_NOT_ASKED,
		    "no list of this root is among those given");
}

void
tee_snp_judge_crl(struct snp_case *c)
{
	X509_CRL *crl = NULL;

	if (c->set->crl_count == 0) {
		all(c,
		    c->policy->crl_required ? TEE_CHECK_NOT_DONE :
					      TEE_CHECK_NOT_ASKED,
		    c->policy->crl_required ?
			"crl is required, and no list is at hand (snp.crl or "
			"crl_file)" :
			"no revocation list was given");
		return;
	}
	if (c->chain.root == NULL) {
		all(c, TEE_CHECK_NOT_DONE, "no root certificate is at hand");
		return;
	}
	crl = list_of(c);
	if (crl == NULL) {
		judge_none(c);
		return;
	}
	judge_signature(c, crl);
	judge_validity(c, crl);
	judge_revocation(c, crl);
}
