/* SPDX-License-Identifier: Apache-2.0 */
/* minted: see minted.h. */
#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <openssl/evp.h>

#include "fuzz/minted.h"

#define BUDGET_MS 60000

struct sim_keyset *
minted_keys(const char *folder)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/tmp", folder);
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/tests/tmp/simkeys", folder);
	return tee_sim_keyset_open(path);
}

static bool
append_chain(struct minted *m, enum sim_signer signer, enum minted_form form)
{
	enum sim_key leaf = signer == SIM_SIGNER_VLEK ? SIM_VLEK : SIM_VCEK;
	enum sim_key middle = signer == SIM_SIGNER_VLEK ? SIM_ASVK : SIM_ASK;

	switch (form) {
	case MINTED_PEM:
		return tee_sim_chain_pem(&m->chain, signer, &m->certs);
	case MINTED_DER:
		return tee_sim_chain_der(&m->chain, leaf, &m->certs) &&
		    tee_sim_chain_der(&m->chain, middle, &m->certs) &&
		    tee_sim_chain_der(&m->chain, SIM_ARK, &m->certs);
	case MINTED_TABLE:
		return tee_sim_chain_table(&m->chain, signer, false, &m->certs);
	case MINTED_FORMS:
		break;
	}
	return false;
}

static bool
root_pin(const struct minted *m, uint8_t out[TEE_SPKI_DIGEST_SIZE])
{
	unsigned char *der = NULL;
	int size =
	    i2d_X509_PUBKEY(X509_get_X509_PUBKEY(m->chain.cert[SIM_ARK]), &der);
	bool ok = size > 0 &&
	    EVP_Digest(der, (size_t)size, out, NULL, EVP_sha256(), NULL) == 1;

	OPENSSL_free(der);
	return ok;
}

static bool
append_revoking(struct minted *m, struct sim_chain_spec *spec)
{
	struct sim_chain chain;
	bool ok;

	spec->crl.revoked[0] = spec->cert[SIM_ASK].serial;
	spec->crl.revoked[1] = spec->cert[SIM_ASVK].serial;
	spec->crl.revoked_count = 2;
	if (!tee_sim_chain_mint(spec, &chain))
		return false;
	ok = tee_sim_chain_crl(&chain, &m->revoking);
	tee_sim_chain_free(&chain);
	return ok;
}

bool
minted_make(struct minted *m, const struct sim_keyset *keys,
    enum sim_product product, enum sim_signer signer, enum minted_form form,
    const uint8_t binding[TEE_BINDING_SIZE])
{
	struct sim_chain_spec spec;

	memset(m, 0, sizeof(*m));
	tee_sim_platform_init(&m->platform, product, keys, MINTED_NOW);
	tee_sim_chain_init(&spec, &m->platform, keys);
	if (!tee_sim_chain_mint(&spec, &m->chain))
		return false;
	tee_sim_report_init(m->report, &m->platform, 0, signer);
	tee_sim_report_bytes(m->report, "report_data", binding,
	    TEE_BINDING_SIZE);
	return tee_sim_report_sign(m->report,
		   keys->key[signer == SIM_SIGNER_VLEK ? SIM_VLEK :
							 SIM_VCEK]) &&
	    append_chain(m, signer, form) &&
	    tee_sim_chain_crl(&m->chain, &m->crl) &&
	    append_revoking(m, &spec) && root_pin(m, m->root);
}

void
minted_free(struct minted *m)
{
	tee_sim_chain_free(&m->chain);
	tee_sim_blob_free(&m->certs);
	tee_sim_blob_free(&m->crl);
	tee_sim_blob_free(&m->revoking);
}

struct snp_verifier *
minted_verifier(const char *const *options)
{
	struct tee_config config = { .facility = TEE_VERIFIER,
		.file = "minted",
		.line = 1 };
	struct snp_verifier *v = NULL;
	int error = 0;

	for (; error == 0 && options[0] != NULL; options += 2)
		error = tee_config_add(&config, options[0], options[1], 1);
	if (error == 0)
		v = tee_snp_verifier_new(&config);
	tee_config_clear(&config);
	return v;
}

static enum tee_verdict
verify(struct tee_call *call, void *state)
{
	return tee_snp_verify(call, state);
}

enum tee_verdict
minted_verify(struct snp_verifier *v, struct tee_evidence *e,
    const uint8_t root[TEE_SPKI_DIGEST_SIZE],
    const uint8_t binding[TEE_BINDING_SIZE], struct tee_claims **claims)
{
	uint8_t roots[1][TEE_SPKI_DIGEST_SIZE];
	struct tee_reference floor = { .allow_simulated = true,
		.roots = roots,
		.root_count = 1 };
	struct tee_call call = {
		.transaction = "minted",
		.module = "snp",
		.facility = TEE_VERIFIER,
		.floor = &floor,
		.evidence = e,
		.binding = binding,
		.binding_size = TEE_BINDING_SIZE,
		.now = MINTED_NOW,
		.deadline = tee_clock_monotonic_ms() + BUDGET_MS,
	};

	memcpy(roots[0], root, sizeof(roots[0]));
	*claims = call.claims = tee_claims_new();
	return call.claims == NULL ? TEE_DENY : tee_call_run(&call, verify, v);
}
