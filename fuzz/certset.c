/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certset: PEM and DER in any mixture.  Whatever comes, the set stays within
 * its bounds and usable; what was taken is taken again without growing it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/common/certset.h"
#include "modules/snp/vek.h"

const char fuzz_target[] = "certset";

static void
check_cert(const struct tee_pki *pki, const struct tee_cert *cert)
{
	uint8_t digest[32];
	struct snp_vek vek;
	const char *name;
	size_t size = 0;

	fuzz_must(cert->size <= TEE_CERT_MAX, "a certificate's size");
	fuzz_must(cert->tbs > cert->der &&
		cert->tbs + cert->tbs_size <= cert->der + cert->size,
	    "the signed part lies inside");
	fuzz_touch(cert->tbs, cert->tbs_size);
	fuzz_must((cert->key == NULL) == (cert->key_kind == TEE_CERT_KEY_OTHER),
	    "a key and its kind");
	fuzz_must(tee_pki_sha256(pki, cert->der, cert->size, digest) &&
		memcmp(digest, cert->digest, 32) == 0,
	    "digest of the bytes");
	(void)tee_cert_self_issued(cert);
	(void)tee_cert_spki_sha256(pki, cert, digest);
	name = tee_cert_common_name(X509_get_subject_name(cert->x509), &size);
	if (name != NULL)
		fuzz_touch(name, size);
	tee_snp_vek_parse(&vek, cert->x509);
}

/* One signature check is enough for coverage and costs the most. */
static void
check_issuer(const struct tee_pki *pki, const struct tee_certset *set)
{
	const struct tee_cert *last;

	if (set->cert_count < 2)
		return;
	last = set->certs[set->cert_count - 1];
	(void)tee_cert_signed_by(pki, set->certs[0], last);
}

static void
check(const struct tee_pki *pki, struct tee_certset *set, bool ok,
    const uint8_t *data, size_t size)
{
	size_t certs = set->cert_count, crls = set->crl_count;

	fuzz_must(certs <= TEE_CERTSET_CERTS && crls <= TEE_CERTSET_CRLS,
	    "bounded in count");
	fuzz_must(ok || set->error != NULL, "a refusal says why");
	for (size_t i = 0; i < certs; i++) {
		check_cert(pki, set->certs[i]);
		fuzz_must(tee_certset_add(set, set->certs[i]->der,
			      set->certs[i]->size),
		    "its own bytes are taken again");
		fuzz_must(set->cert_count == certs, "and count once");
	}
	check_issuer(pki, set);
	if (!ok || crls > 0)
		return;
	fuzz_must(tee_certset_add(set, data, size) && set->cert_count == certs,
	    "equal certificates count once");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tee_pki *pki;
	struct tee_certset set;
	bool ok;

	if (pki == NULL)
		pki = tee_pki_new();
	fuzz_must(pki != NULL, "OpenSSL is there");
	(void)tee_certset_looks_like(data, size);
	tee_certset_init(&set, pki, NULL, NULL);
	ok = tee_certset_add(&set, data, size);
	check(pki, &set, ok, data, size);
	fuzz_accepted = ok && set.cert_count + set.crl_count > 0;
	tee_certset_free(&set);
	return 0;
}
