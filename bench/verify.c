/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: a whole offline appraisal of one SNP report, against the bare sum
 * of the OpenSSL checks that it cannot do without, on parsed keys and
 * finished digests.  "cached" verifies leaves that were not seen before under
 * an intermediate that was; "cold" remembers nothing; "appraise" is
 * tee_appraise around a cached verification, with its evidence, floor and
 * claims.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <tee/tee.h>

#include "bench/bench.h"
#include "fuzz/minted.h"

#define LEAVES (3 * SNP_STORE_SIZE) /* none is remembered when it returns */
#define DIGEST 48
#define DID "did:mesh:bench"

static const struct tee_challenge challenge = { "challenge_1", 11, "nonce", 5 };
static const uint8_t public_key[TEE_PUBLIC_KEY_SIZE] = { 1 };

/* What one bare EVP_PKEY_verify takes. */
struct check {
	EVP_PKEY *key;
	uint8_t digest[DIGEST];
	uint8_t signature[1024];
	size_t size;
};

struct scene {
	struct minted minted;
	struct snp_verifier *verifier;
	struct tee *tee;
	struct tee_evidence *evidence[LEAVES];
	struct check leaf[LEAVES];
	struct check intermediate, root, report;
	uint8_t binding[TEE_BINDING_SIZE];
	unsigned ours, theirs;
};

static void
bare(const struct check *c)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, c->key, NULL);
	bool rsa = EVP_PKEY_is_a(c->key, "RSA");

	bench_must(ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
		EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha384()) == 1 &&
		(!rsa ||
		    (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) ==
			    1 &&
			EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, DIGEST) == 1)) &&
		EVP_PKEY_verify(ctx, c->signature, c->size, c->digest,
		    DIGEST) == 1,
	    "EVP_PKEY_verify");
	EVP_PKEY_CTX_free(ctx);
}

static void
check_of(struct check *c, X509 *cert, X509 *issuer)
{
	const ASN1_BIT_STRING *signature;
	unsigned char *tbs = NULL;
	int size = i2d_re_X509_tbs(cert, &tbs);

	X509_get0_signature(&signature, NULL, cert);
	c->key = X509_get_pubkey(issuer);
	c->size = (size_t)ASN1_STRING_length(signature);
	bench_must(size > 0 && c->key != NULL &&
		c->size <= sizeof(c->signature) &&
		EVP_Digest(tbs, (size_t)size, c->digest, NULL, EVP_sha384(),
		    NULL) == 1,
	    "digest");
	memcpy(c->signature, ASN1_STRING_get0_data(signature), c->size);
	OPENSSL_free(tbs);
}

static void
check_of_report(struct check *c, const uint8_t *report, X509 *leaf)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	unsigned char *p = c->signature;
	int size;

	bench_must(sig != NULL &&
		ECDSA_SIG_set0(sig,
		    BN_lebin2bn(report + SIM_REPORT_SIGNED, DIGEST, NULL),
		    BN_lebin2bn(report + SIM_REPORT_SIGNED + SNP_SIGNATURE_PART,
			DIGEST, NULL)) == 1,
	    "ECDSA_SIG");
	size = i2d_ECDSA_SIG(sig, &p);
	ECDSA_SIG_free(sig);
	c->key = X509_get_pubkey(leaf);
	c->size = (size_t)size;
	bench_must(size > 0 && c->key != NULL &&
		EVP_Digest(report, SIM_REPORT_SIGNED, c->digest, NULL,
		    EVP_sha384(), NULL) == 1,
	    "digest");
}

static void
bind(struct tee_evidence *e)
{
	struct tee_bytes did = { DID, strlen(DID) };
	uint8_t hash[32];

	bench_must(tee_binding_key_hash(public_key, hash) == 0 &&
		tee_evidence_bind(e, did, &challenge, hash) == 0,
	    "bind");
	e->platform = strdup("amd-sev-snp");
	e->issued = MINTED_NOW * TEE_SECOND;
	e->expires = e->issued + 300 * TEE_SECOND;
}

static struct tee_evidence *
evidence(const struct scene *s, X509 *leaf)
{
	struct tee_evidence *e = tee_evidence_new();
	struct sim_blob certs = { NULL, 0 };
	unsigned char *der = NULL;
	int size = i2d_X509(leaf, &der);

	bench_must(e != NULL && size > 0 &&
		tee_sim_blob_append(&certs, der, (size_t)size) &&
		tee_sim_chain_der(&s->minted.chain, SIM_ASK, &certs) &&
		tee_sim_chain_der(&s->minted.chain, SIM_ARK, &certs) &&
		tee_evidence_put(e, "snp.report", s->minted.report,
		    SIM_REPORT_SIZE) == 0 &&
		tee_evidence_put(e, "snp.certs", certs.data, certs.size) == 0,
	    "evidence");
	bind(e);
	OPENSSL_free(der);
	tee_sim_blob_free(&certs);
	return e;
}

/* Many leaves under one intermediate: PSS salts make each another file. */
static void
mint_leaves(struct scene *s, const struct sim_keyset *keys)
{
	struct sim_chain_spec spec;
	X509 *leaf;

	tee_sim_chain_init(&spec, &s->minted.platform, keys);
	for (unsigned i = 0; i < LEAVES; i++) {
		leaf = tee_sim_cert_mint(&spec.cert[SIM_VCEK]);
		bench_must(leaf != NULL, "leaf");
		check_of(&s->leaf[i], leaf, s->minted.chain.cert[SIM_ASK]);
		s->evidence[i] = evidence(s, leaf);
		X509_free(leaf);
	}
}

static void
open_profile(struct scene *s)
{
	char text[512], root[SIM_ROOT_TEXT];

	bench_must(tee_sim_chain_root(&s->minted.chain, root), "root");
	snprintf(text, sizeof(text),
	    "assurance = \"tee\";\n"
	    "require = { allow_simulated = true; roots = [\"%s\"]; };\n"
	    "verifier = ({ control = \"required\"; module = \"snp\"; });\n",
	    root);
	bench_write("tests/profiles.d", "bench.conf", text);
	bench_must(tee_open("bench", NULL, &s->tee) == 0, "tee_open");
}

static void
prepare(struct scene *s)
{
	static const char *const options[] = { NULL };
	struct sim_keyset *keys = minted_keys(".");
	X509 **cert = s->minted.chain.cert;

	bench_must(tee_binding(DID, strlen(DID), &challenge, public_key,
		       s->binding) == 0,
	    "tee_binding");
	bench_must(keys != NULL &&
		minted_make(&s->minted, keys, SIM_MILAN, SIM_SIGNER_VCEK,
		    MINTED_DER, s->binding),
	    "mint");
	mint_leaves(s, keys);
	check_of(&s->intermediate, cert[SIM_ASK], cert[SIM_ARK]);
	check_of(&s->root, cert[SIM_ARK], cert[SIM_ARK]);
	check_of_report(&s->report, s->minted.report, cert[SIM_VCEK]);
	s->verifier = minted_verifier(options);
	bench_must(s->verifier != NULL, "verifier");
	open_profile(s);
	tee_sim_keyset_free(&keys);
}

static void
verify(struct scene *s, unsigned i)
{
	struct tee_claims *claims;

	bench_must(minted_verify(s->verifier, s->evidence[i], s->minted.root,
		       s->binding, &claims) == TEE_OK,
	    "verify");
	tee_claims_free(&claims);
}

static void
cached_ours(void *data)
{
	struct scene *s = data;

	verify(s, s->ours++ % LEAVES);
}

static void
appraise_ours(void *data)
{
	struct scene *s = data;
	struct tee_expected expected = { .challenge = &challenge,
		.at = MINTED_NOW + 1 };
	struct tee_claims *claims;

	bench_must(tee_appraise(s->tee, s->evidence[s->ours++ % LEAVES],
		       &expected, &claims) == 0,
	    "tee_appraise");
	tee_claims_free(&claims);
}

static void
cached_theirs(void *data)
{
	struct scene *s = data;

	bare(&s->leaf[s->theirs++ % LEAVES]);
	bare(&s->report);
}

static void
cold_ours(void *data)
{
	struct scene *s = data;

	tee_snp_store_clear(&s->verifier->store);
	tee_snp_store_init(&s->verifier->store);
	verify(s, s->ours++ % LEAVES);
}

static void
cold_theirs(void *data)
{
	struct scene *s = data;

	bare(&s->root);
	bare(&s->intermediate);
	cached_theirs(data);
}

/* The chip that was appraised a moment ago: the report's signature alone. */
static void
same_ours(void *data)
{
	verify(data, 0);
}

static void
same_theirs(void *data)
{
	struct scene *s = data;

	bare(&s->report);
}

int
main(void)
{
	static struct scene s;
	const struct bench list[] = {
		{ "snp_verify_cached", 1.10, 1000, 1, cached_ours,
		    cached_theirs, &s },
		{ "snp_verify_cold", 1.25, 1000, 1, cold_ours, cold_theirs,
		    &s },
		{ "snp_appraise_cached", 0, 1000, 1, appraise_ours,
		    cached_theirs, &s },
		{ "snp_verify_same_leaf", 0, 1000, 1, same_ours, same_theirs,
		    &s },
	};

	bench_pin();
	prepare(&s);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		bench_run(&list[i]);
	return 0;
}
