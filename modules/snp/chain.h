/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: which of the certificates at hand is the root (ARK), the
 * intermediate (ASK or ASVK) and the leaf (VCEK or VLEK), and whether each
 * signed the next.  Whether that root is trusted is for the judge.
 */
#ifndef TEE_SNP_CHAIN_H
#define TEE_SNP_CHAIN_H

#include "modules/common/certset.h"
#include "modules/snp/product.h"
#include "modules/snp/report.h"
#include "modules/snp/store.h"

#define SNP_CA_KEY_BITS 4096 /* RSA; AMD's ARK, ASK and ASVK */

enum snp_link {
	SNP_LINK_MISSING = 0, /* one of the two is not at hand */
	SNP_LINK_BAD,
	SNP_LINK_GOOD
};

/* References of the set that they were found in. */
struct snp_chain {
	struct tee_cert *root;
	struct tee_cert *intermediate;
	struct tee_cert *leaf;
	enum snp_link root_link; /* root signed itself */
	enum snp_link intermediate_link;
	enum snp_link leaf_link;
	enum snp_link report_link; /* leaf signed the report */
	enum snp_product product;  /* by the intermediate's name */
	uint8_t root_pin[32];      /* SHA-256 of SubjectPublicKeyInfo */
};

/* A root that may end a chain; asked once per candidate. */
typedef bool tee_snp_chain_trusted(void *user, const uint8_t pin[32]);

/*
 * Of several candidates the one is taken that signed what it should and leads
 * to a trusted root: evidence may carry more certificates than its own, and
 * forged ones of the same names.  `now` only prefers a valid leaf.
 */
void tee_snp_chain_find(struct snp_chain *, const struct tee_certset *,
    const struct snp_report *, struct snp_store *, tee_snp_chain_trusted *,
    void *user, time_t now);
/* Everything signed what it should, up to this root. */
bool tee_snp_chain_complete(const struct snp_chain *);
/* Remembers the checked links; for chains whose root is trusted only. */
void tee_snp_chain_keep(const struct snp_chain *, const struct snp_report *,
    struct snp_store *);

/* "SEV-VCEK" or "SEV-VLEK"; "SEV-" or "SEV-VLEK-" before a product. */
const char *tee_snp_chain_leaf_name(unsigned signer);
const char *tee_snp_chain_prefix(unsigned signer);
/* The product that a name "<prefix><product>" ends in. */
enum snp_product tee_snp_chain_product(const X509_NAME *, const char *prefix);

#endif
