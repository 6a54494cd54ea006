/* SPDX-License-Identifier: Apache-2.0 */
/* endorsement, the certificates: a leaf with the EKU that did:x509 asks for. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/x509v3.h>

#include "sim/endorsement.h"
#include "sim/keyset.h"

#define YEAR (365 * 24 * 60 * 60L)

static const struct {
	const char *key, *cn;
	const char *basic, *usage, *eku;
} roles[3] = { { "uvm-leaf", "teesim utility VM", "critical,CA:FALSE",
		   "critical,digitalSignature", SIM_UVM_EKU },
	{ "uvm-ca", "teesim utility VM CA", "critical,CA:TRUE,pathlen:0",
	    "critical,keyCertSign", NULL },
	{ "uvm-root", "teesim utility VM root", "critical,CA:TRUE",
	    "critical,keyCertSign", NULL } };

static bool
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	bool ok;

	if (value == NULL)
		return true;
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext != NULL && X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

/* The same serial and dates each time would do; the DID tells roots apart. */
static X509 *
mint(const struct sim_signer_chain *chain, unsigned i)
{
	unsigned by = i < 2 ? i + 1 : 2;
	X509 *cert = X509_new();
	X509 *issuer = i == 2 ? cert : chain->cert[by];
	bool ok = cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1 &&
	    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1 + (long)i) == 1 &&
	    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
		MBSTRING_ASC, (const unsigned char *)roles[i].cn, -1, -1,
		0) == 1 &&
	    X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -YEAR) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), YEAR) != NULL &&
	    X509_set_pubkey(cert, chain->key[i]) == 1 &&
	    extend(cert, issuer, NID_basic_constraints, roles[i].basic) &&
	    extend(cert, issuer, NID_key_usage, roles[i].usage) &&
	    extend(cert, issuer, NID_ext_key_usage, roles[i].eku) &&
	    X509_sign(cert, chain->key[by], EVP_sha384()) != 0;

	if (ok)
		return cert;
	X509_free(cert);
	return NULL;
}

bool
tee_sim_signer_open(struct sim_signer_chain *chain, int dir)
{
	bool ok = true;

	memset(chain, 0, sizeof(*chain));
	for (unsigned i = 0; ok && i < 3; i++)
		ok = (chain->key[i] = tee_sim_keyset_kept(dir, roles[i].key,
			  2048)) != NULL;
	for (unsigned i = 3; ok && i-- > 0;)
		ok = (chain->cert[i] = mint(chain, i)) != NULL;
	if (!ok)
		tee_sim_signer_close(chain);
	return ok;
}

void
tee_sim_signer_close(struct sim_signer_chain *chain)
{
	for (unsigned i = 0; i < 3; i++) {
		EVP_PKEY_free(chain->key[i]);
		X509_free(chain->cert[i]);
	}
	memset(chain, 0, sizeof(*chain));
}

bool
tee_sim_signer_did(const struct sim_signer_chain *chain,
    char out[SIM_UVM_DID_MAX])
{
	unsigned char digest[32], text[48];
	unsigned size = sizeof(digest);

	if (X509_digest(chain->cert[2], EVP_sha256(), digest, &size) != 1 ||
	    EVP_EncodeBlock(text, digest, (int)size) != 44)
		return false;
	for (unsigned i = 0; i < 44; i++)
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	snprintf(out, SIM_UVM_DID_MAX, "did:x509:0:sha256:%.43s::eku:%s",
	    (const char *)text, SIM_UVM_EKU);
	return true;
}
