/* SPDX-License-Identifier: Apache-2.0 */
/* chain: see chain.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/pem.h>

#include "sim/chain.h"
#include "sim/table.h"

void
tee_sim_chain_init(struct sim_chain_spec *spec,
    const struct sim_platform *platform, const struct sim_keyset *keys)
{
	for (unsigned role = 0; role < SIM_ROLES; role++)
		tee_sim_cert_init(&spec->cert[role], (enum sim_key)role,
		    platform, keys);
	tee_sim_crl_init(&spec->crl, platform, keys);
}

bool
tee_sim_chain_mint(const struct sim_chain_spec *spec, struct sim_chain *chain)
{
	bool ok = true;

	memset(chain, 0, sizeof(*chain));
	for (unsigned role = 0; ok && role < SIM_ROLES; role++) {
		chain->cert[role] = tee_sim_cert_mint(&spec->cert[role]);
		ok = chain->cert[role] != NULL;
	}
	if (ok)
		chain->crl = tee_sim_crl_mint(&spec->crl);
	if (!ok || chain->crl == NULL) {
		tee_sim_chain_free(chain);
		return false;
	}
	return true;
}

void
tee_sim_chain_free(struct sim_chain *chain)
{
	for (unsigned role = 0; role < SIM_ROLES; role++)
		X509_free(chain->cert[role]);
	X509_CRL_free(chain->crl);
	memset(chain, 0, sizeof(*chain));
}

static bool
take(struct sim_blob *out, unsigned char *der, int size)
{
	bool ok = size > 0 && tee_sim_blob_append(out, der, (size_t)size);

	OPENSSL_free(der);
	return ok;
}

bool
tee_sim_chain_der(const struct sim_chain *chain, enum sim_key role,
    struct sim_blob *out)
{
	unsigned char *der = NULL;
	int size = i2d_X509(chain->cert[role], &der);

	return take(out, der, size);
}

bool
tee_sim_chain_crl(const struct sim_chain *chain, struct sim_blob *out)
{
	unsigned char *der = NULL;
	int size = i2d_X509_CRL(chain->crl, &der);

	return take(out, der, size);
}

bool
tee_sim_chain_cert_pem(const struct sim_chain *chain, enum sim_key role,
    struct sim_blob *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	long size;
	bool ok =
	    bio != NULL && PEM_write_bio_X509(bio, chain->cert[role]) == 1;

	if (ok) {
		size = BIO_get_mem_data(bio, &pem);
		ok = size > 0 && tee_sim_blob_append(out, pem, (size_t)size);
	}
	BIO_free(bio);
	return ok;
}

static enum sim_key
leaf(enum sim_signer signer)
{
	return signer == SIM_SIGNER_VLEK ? SIM_VLEK : SIM_VCEK;
}

static enum sim_key
intermediate(enum sim_signer signer)
{
	return signer == SIM_SIGNER_VLEK ? SIM_ASVK : SIM_ASK;
}

bool
tee_sim_chain_pem(const struct sim_chain *chain, enum sim_signer signer,
    struct sim_blob *out)
{
	return tee_sim_chain_cert_pem(chain, leaf(signer), out) &&
	    tee_sim_chain_cert_pem(chain, intermediate(signer), out) &&
	    tee_sim_chain_cert_pem(chain, SIM_ARK, out);
}

bool
tee_sim_chain_table(const struct sim_chain *chain, enum sim_signer signer,
    bool with_crl, struct sim_blob *out)
{
	enum { LEAF, ISSUER, ROOT, CRL, PARTS };
	struct sim_blob part[PARTS] = { { NULL, 0 } };
	struct sim_table_entry entry[PARTS] = {
		{ .guid = signer == SIM_SIGNER_VLEK ? SIM_GUID_VLEK :
						      SIM_GUID_VCEK },
		{ .guid = SIM_GUID_ASK }, { .guid = SIM_GUID_ARK },
		{ .guid = SIM_GUID_CRL }
	};
	bool ok = tee_sim_chain_der(chain, leaf(signer), &part[LEAF]) &&
	    tee_sim_chain_der(chain, intermediate(signer), &part[ISSUER]) &&
	    tee_sim_chain_der(chain, SIM_ARK, &part[ROOT]) &&
	    (!with_crl || tee_sim_chain_crl(chain, &part[CRL]));

	for (unsigned i = 0; i < PARTS; i++) {
		entry[i].data = part[i].data;
		entry[i].size = part[i].size;
	}
	ok = ok && tee_sim_table_build(entry, with_crl ? PARTS : CRL, out);
	for (unsigned i = 0; i < PARTS; i++)
		tee_sim_blob_free(&part[i]);
	return ok;
}

bool
tee_sim_chain_root(const struct sim_chain *chain, char out[SIM_ROOT_TEXT])
{
	unsigned char *der = NULL, digest[32];
	int size =
	    i2d_X509_PUBKEY(X509_get_X509_PUBKEY(chain->cert[SIM_ARK]), &der);
	bool ok = size > 0 &&
	    EVP_Digest(der, (size_t)size, digest, NULL, EVP_sha256(), NULL) ==
		1;

	OPENSSL_free(der);
	for (size_t i = 0; ok && i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return ok;
}
