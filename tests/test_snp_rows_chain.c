/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about roots, signatures, names, constraints and dates. */
#include "config.h"

#include <openssl/x509v3.h>

#include "tests/test_snp_rows.h"

#define NO_CERTS \
	"chain.root chain.root_signature " \
	"chain.intermediate_signature chain.leaf_signature chain.names " \
	"chain.constraints chain.validity chain.product signature " \
	"vek.extensions vek.struct_version vek.product vek.tcb vek.hwid " \
	"vek.csp_id"
#define NO_CRL "crl.signature crl.validity crl.revocation"

static void
untrusted(struct snp_evidence *e)
{
	e->untrusted = true;
}

static void
real_only(struct snp_evidence *e)
{
	e->real_platforms_only = true;
}

static void
other_root(struct snp_evidence *e)
{
	e->root[0] ^= 1;
}

static void
no_certs(struct snp_evidence *e)
{
	snp_certs_clear(e);
}

static void
without(struct snp_evidence *e, enum sim_key missing)
{
	const enum sim_key all[] = { snp_leaf(e), snp_issuer(e), SIM_ARK };

	snp_certs_clear(e);
	for (size_t i = 0; i < 3; i++)
		if (all[i] != missing)
			snp_certs_pem(e, all[i]);
}

static void
no_root(struct snp_evidence *e)
{
	without(e, SIM_ARK);
}

static void
no_issuer(struct snp_evidence *e)
{
	without(e, snp_issuer(e));
}

static void
no_leaf(struct snp_evidence *e)
{
	without(e, snp_leaf(e));
}

/* The key is not AMD's, whatever it calls itself. */
static void
forged_root(struct snp_evidence *e)
{
	e->spec.cert[SIM_ARK].key = snp_keys->key[SIM_OTHER_RSA];
	e->spec.cert[SIM_ARK].issuer_key = snp_keys->key[SIM_OTHER_RSA];
	e->spec.cert[SIM_ASK].issuer_key = snp_keys->key[SIM_OTHER_RSA];
	e->spec.cert[SIM_ASVK].issuer_key = snp_keys->key[SIM_OTHER_RSA];
	e->spec.crl.issuer_key = snp_keys->key[SIM_OTHER_RSA];
}

static void
name_root(struct snp_evidence *e, const char *ark)
{
	e->spec.cert[SIM_ARK].subject = tee_sim_name(ark);
	e->spec.cert[SIM_ARK].issuer = tee_sim_name(ark);
	e->spec.cert[SIM_ASK].issuer = tee_sim_name(ark);
	e->spec.cert[SIM_ASVK].issuer = tee_sim_name(ark);
	e->spec.crl.issuer = tee_sim_name(ark);
}

/* As a subject, as its own issuer, and as everybody's issuer. */
static void
root_without_ou(struct snp_evidence *e)
{
	e->spec.cert[SIM_ARK].subject.ou = NULL;
	e->spec.cert[SIM_ARK].issuer.ou = NULL;
	e->spec.cert[SIM_ASK].issuer.ou = NULL;
	e->spec.cert[SIM_ASVK].issuer.ou = NULL;
	e->spec.crl.issuer.ou = NULL;
}

static void
root_of_another_product(struct snp_evidence *e)
{
	name_root(e, e->product == SIM_MILAN ? "ARK-Genoa" : "ARK-Milan");
}

static void
root_of_no_product(struct snp_evidence *e)
{
	name_root(e, "ARK-Naples");
}

static void
root_of_a_like_name(struct snp_evidence *e)
{
	name_root(e, "ARC-Milan");
}

static void
intermediate_of_another_product(struct snp_evidence *e)
{
	const struct sim_product_info *other =
	    tee_sim_product(e->product == SIM_MILAN ? SIM_GENOA : SIM_MILAN);

	e->spec.cert[SIM_ASK].subject = tee_sim_name(other->ask);
	e->spec.cert[SIM_VCEK].issuer = tee_sim_name(other->ask);
	e->spec.cert[SIM_ASVK].subject = tee_sim_name(other->asvk);
	e->spec.cert[SIM_VLEK].issuer = tee_sim_name(other->asvk);
}

/* As a subject, and as the leaf's issuer. */
static void
intermediate_of_another_company(struct snp_evidence *e)
{
	e->spec.cert[snp_issuer(e)].subject.o = "AMD";
	e->spec.cert[snp_leaf(e)].issuer.o = "AMD";
}

/* ASVK's name on the ASK, and the other way round. */
static void
crossed_intermediates(struct snp_evidence *e)
{
	const struct sim_product_info *info = tee_sim_product(e->product);

	e->spec.cert[SIM_ASK].subject = tee_sim_name(info->asvk);
	e->spec.cert[SIM_VCEK].issuer = tee_sim_name(info->asvk);
	e->spec.cert[SIM_ASVK].subject = tee_sim_name(info->ask);
	e->spec.cert[SIM_VLEK].issuer = tee_sim_name(info->ask);
}

static void
intermediate_as_root(struct snp_evidence *e)
{
	snp_certs_clear(e);
	snp_certs_pem(e, snp_leaf(e));
	snp_certs_pem(e, snp_issuer(e));
	tee_sim_blob_free(&e->crl);
}

static void
rsa_leaf(struct snp_evidence *e)
{
	e->spec.cert[snp_leaf(e)].key = snp_keys->key[SIM_OTHER_RSA];
}

static void
p256_leaf(struct snp_evidence *e)
{
	e->spec.cert[snp_leaf(e)].key = snp_keys->key[SIM_OTHER_P256];
	e->report_key = snp_keys->key[SIM_OTHER_P256];
}

static void
p384_intermediate(struct snp_evidence *e)
{
	struct sim_cert_spec *issuer = &e->spec.cert[snp_issuer(e)];

	issuer->key = snp_keys->key[SIM_OTHER_P384];
	e->spec.cert[snp_leaf(e)].issuer_key = issuer->key;
}

/* A good signature by a key that is not worth it. */
static void
smaller_intermediate(struct snp_evidence *e)
{
	static EVP_PKEY *key; /* lives as long as the program */

	if (key == NULL)
		key = EVP_RSA_gen(2048);
	e->spec.cert[snp_issuer(e)].key = key;
	e->spec.cert[snp_leaf(e)].issuer_key = key;
}

static void
leaf_signed_by_root(struct snp_evidence *e)
{
	e->spec.cert[snp_leaf(e)].issuer_key = snp_keys->key[SIM_ARK];
}

#define CHANGE(name, statement) \
	static void name(struct sim_cert_spec *c) \
	{ \
		statement; \
	}

CHANGE(corrupt, c->signature.corrupt = true)
CHANGE(pkcs1, c->signature.pkcs1 = true)
CHANGE(sha256, c->signature.digest = "SHA256")
CHANGE(sha512, c->signature.digest = "SHA512")
CHANGE(mask_sha256, c->signature.mgf = "SHA256")
CHANGE(salt_32, c->signature.salt = 32)
CHANGE(no_salt, c->signature.salt = SIM_SALT_EMPTY)
CHANGE(other_form, c->signature.short_form = !c->signature.short_form)
CHANGE(other_issuer, c->issuer_key = snp_keys->key[SIM_OTHER_RSA])
CHANGE(version_1, c->version = 1)
CHANGE(version_2, c->version = 2)
CHANGE(not_yet, c->not_before = SNP_NOW + 1)
CHANGE(just_begun, c->not_before = SNP_NOW)
CHANGE(expired, c->not_after = SNP_NOW - 1)
CHANGE(last_second, c->not_after = SNP_NOW)
CHANGE(other_cn, c->subject.cn = "SEV-OTHER")
CHANGE(like_cn, c->subject.cn = "SEV-VCEX")
CHANGE(like_c, c->subject.c = "UK")
CHANGE(email, c->subject.email = "a@b")
CHANGE(no_cn, c->subject.cn = NULL)
CHANGE(two_cns, c->subject.second_cn = c->subject.cn)
CHANGE(no_ou, c->subject.ou = NULL)
CHANGE(other_o, c->subject.o = "Advanced Macro Devices")
CHANGE(other_l, c->subject.l = "Austin")
CHANGE(other_c, c->subject.c = "DE")
CHANGE(other_st, c->subject.st = "TX")
CHANGE(other_issuer_cn, c->issuer.cn = "SEV-Rome")
CHANGE(other_issuer_o, c->issuer.o = "AMD")
CHANGE(no_constraints, c->basic_constraints = false)
CHANGE(no_ca, c->ca = false)
CHANGE(longer_path, c->pathlen = 1)
CHANGE(any_path, c->pathlen = -1)
CHANGE(no_usage, c->key_usage = 0)
CHANGE(signs_no_certs, c->key_usage = KU_CRL_SIGN)
CHANGE(is_ca, c->basic_constraints = true; c->ca = true)
CHANGE(is_no_ca, c->basic_constraints = true)
CHANGE(signs_certs, c->key_usage = KU_KEY_CERT_SIGN)
CHANGE(unknown_critical, tee_sim_cert_ext_add(c, "1.2.3.4", "\5\0", 2);
       tee_sim_cert_ext(c, "1.2.3.4")->critical = true)
CHANGE(unknown_extension, tee_sim_cert_ext_add(c, "1.2.3.4", "\5\0", 2))

#define ROW(...) \
	{ \
		__VA_ARGS__ \
	}

/* One defect of one certificate, and what it may break beside its name. */
#define AT(text, whose, what, fails) \
	{ \
		text, fails, NULL, .who = whose, .change = what, \
				   .where = ON_MILAN | ON_TURIN \
	}

const struct snp_row snp_chain_rows[] = { ROW("no root trusted", "chain.root",
					      .after = untrusted),
	ROW("simulators not allowed", "chain.root", .after = real_only),
	ROW("another root trusted", "chain.root", .after = other_root),
	ROW("a forged chain", "chain.root", .before = forged_root,
	    .after = other_root),
	ROW("no certificates", NULL, "certificates " NO_CERTS " " NO_CRL,
	    .after = no_certs),
	ROW("no certificates, product unknown", NULL,
	    "certificates " NO_CERTS " " NO_CRL " tcb.order", .after = no_certs,
	    .version = 2),
	ROW("no root", NULL,
	    "chain.root chain.root_signature "
	    "chain.intermediate_signature chain.names chain.constraints "
	    "chain.validity chain.product " NO_CRL,
	    .after = no_root),
	ROW("no intermediate", NULL,
	    "chain.intermediate_signature "
	    "chain.leaf_signature chain.names chain.constraints "
	    "chain.validity chain.product",
	    .after = no_issuer),
	ROW("no intermediate, product unknown", NULL,
	    "chain.intermediate_signature chain.leaf_signature chain.names "
	    "chain.constraints chain.validity chain.product "
	    "vek.struct_version vek.product vek.tcb vek.hwid tcb.order",
	    .after = no_issuer, .version = 2, .where = ON_VCEK),
	ROW("no leaf", NULL,
	    "chain.leaf_signature chain.names "
	    "chain.constraints chain.validity chain.product signature "
	    "vek.extensions vek.struct_version vek.product vek.tcb vek.hwid "
	    "vek.csp_id",
	    .after = no_leaf),
	ROW("the intermediate ends the chain", NULL,
	    "chain.root "
	    "chain.root_signature chain.intermediate_signature chain.names "
	    "chain.constraints chain.validity chain.product",
	    .after = intermediate_as_root),
	ROW("root of another product", "chain.product",
	    .before = root_of_another_product),
	ROW("root of no product", "chain.names chain.product",
	    .before = root_of_no_product),
	ROW("root of a like name", "chain.names chain.product",
	    .before = root_of_a_like_name, .where = ON_MILAN),
	ROW("intermediate of another product",
	    "chain.product report.product vek.product",
	    .before = intermediate_of_another_product, .where = ON_OLD),
	ROW("intermediate of another company", "chain.names",
	    .before = intermediate_of_another_company),
	ROW("ASK and ASVK crossed", "chain.names chain.product",
	    .before = crossed_intermediates),
	ROW("RSA leaf", "chain.constraints signature", .before = rsa_leaf),
	ROW("P-256 leaf", "chain.constraints signature", .before = p256_leaf),
	ROW("RSA-2048 intermediate", "chain.constraints chain.leaf_signature",
	    .before = smaller_intermediate, .where = ON_MILAN),
	ROW("leaf signed by the root", "chain.leaf_signature",
	    .before = leaf_signed_by_root),
	AT("root's signature", ROOT, corrupt, "chain.root_signature"),
	AT("root signed by another", ROOT, other_issuer,
	    "chain.root_signature"),
	AT("root not yet", ROOT, not_yet, "chain.validity"),
	AT("root expired", ROOT, expired, "chain.validity"),
	AT("root version 2", ROOT, version_2, "chain.constraints"),
	ROW("root's OU", "chain.names", .before = root_without_ou),
	ROW("root names another issuer", NULL,
	    "chain.root "
	    "chain.root_signature chain.intermediate_signature chain.names "
	    "chain.constraints chain.validity chain.product " NO_CRL,
	    .who = ROOT, .change = other_issuer_cn),
	AT("root is no CA", ROOT, no_ca, "chain.constraints"),
	AT("root without constraints", ROOT, no_constraints,
	    "chain.constraints"),
	AT("root without usage", ROOT, no_usage,
	    "chain.constraints crl.signature"),
	AT("root signs lists only", ROOT, signs_no_certs, "chain.constraints"),
	AT("root's critical extension", ROOT, unknown_critical,
	    "chain.constraints"),
	AT("intermediate's signature", ISSUER, corrupt,
	    "chain.intermediate_signature"),
	AT("intermediate by PKCS#1", ISSUER, pkcs1,
	    "chain.intermediate_signature"),
	AT("intermediate by SHA-256", ISSUER, sha256,
	    "chain.intermediate_signature"),
	AT("intermediate signed by another", ISSUER, other_issuer,
	    "chain.intermediate_signature"),
	AT("intermediate not yet", ISSUER, not_yet, "chain.validity"),
	AT("intermediate expired", ISSUER, expired, "chain.validity"),
	AT("intermediate version 2", ISSUER, version_2, "chain.constraints"),
	AT("intermediate renamed", ISSUER, other_cn,
	    "chain.names chain.product"),
	ROW("intermediate renamed, product unknown",
	    "chain.names chain.product vek.struct_version vek.product vek.tcb "
	    "vek.hwid",
	    "tcb.order", .who = ISSUER, .change = other_cn, .version = 2,
	    .where = ON_VCEK),
	AT("intermediate's O", ISSUER, other_o, "chain.names"),
	AT("intermediate's issuer", ISSUER, other_issuer_cn, "chain.names"),
	AT("intermediate's issuer's O", ISSUER, other_issuer_o, "chain.names"),
	AT("intermediate is no CA", ISSUER, no_ca, "chain.constraints"),
	AT("intermediate without constraints", ISSUER, no_constraints,
	    "chain.constraints"),
	AT("path length 1", ISSUER, longer_path, "chain.constraints"),
	AT("any path length", ISSUER, any_path, "chain.constraints"),
	AT("intermediate without usage", ISSUER, no_usage, "chain.constraints"),
	AT("intermediate signs lists only", ISSUER, signs_no_certs,
	    "chain.constraints"),
	AT("intermediate's critical extension", ISSUER, unknown_critical,
	    "chain.constraints"),
	AT("leaf with an address", LEAF, email, "chain.names"),
	AT("leaf of a like name", LEAF, like_cn, "chain.names"),
	AT("leaf of a like country", LEAF, like_c, "chain.names"),
	AT("leaf's signature", LEAF, corrupt, "chain.leaf_signature"),
	AT("leaf by PKCS#1", LEAF, pkcs1, "chain.leaf_signature"),
	AT("leaf by SHA-256", LEAF, sha256, "chain.leaf_signature"),
	AT("leaf by SHA-512", LEAF, sha512, "chain.leaf_signature"),
	AT("leaf's mask by SHA-256", LEAF, mask_sha256, "chain.leaf_signature"),
	AT("leaf's salt of 32", LEAF, salt_32, "chain.leaf_signature"),
	AT("leaf without salt", LEAF, no_salt, "chain.leaf_signature"),
	AT("leaf's parameters in the other form", LEAF, other_form, NULL),
	AT("leaf signed by another", LEAF, other_issuer,
	    "chain.leaf_signature"),
	AT("leaf not yet", LEAF, not_yet, "chain.validity"),
	AT("leaf just begun", LEAF, just_begun, NULL),
	AT("leaf expired", LEAF, expired, "chain.validity"),
	AT("leaf's last second", LEAF, last_second, NULL),
	AT("leaf version 1", LEAF, version_1, "chain.constraints"),
	AT("leaf version 2", LEAF, version_2, "chain.constraints"),
	AT("leaf renamed", LEAF, other_cn, "chain.names"),
	AT("leaf without name", LEAF, no_cn, "chain.names"),
	AT("leaf with two names", LEAF, two_cns, "chain.names"),
	AT("leaf's OU", LEAF, no_ou, "chain.names"),
	AT("leaf's O", LEAF, other_o, "chain.names"),
	AT("leaf's L", LEAF, other_l, "chain.names"),
	AT("leaf's C", LEAF, other_c, "chain.names"),
	AT("leaf's ST", LEAF, other_st, "chain.names"),
	AT("leaf's issuer", LEAF, other_issuer_cn, "chain.names"),
	AT("leaf is a CA", LEAF, is_ca, "chain.constraints"),
	AT("leaf says that it is no CA", LEAF, is_no_ca, NULL),
	AT("leaf signs certificates", LEAF, signs_certs, "chain.constraints"),
	AT("leaf's critical extension", LEAF, unknown_critical,
	    "chain.constraints"),
	AT("leaf's unknown extension", LEAF, unknown_extension, NULL),
	/* What is neither RSA nor self-issued can only be meant as a leaf. */
	ROW("P-384 intermediate", NULL,
	    "chain.intermediate_signature "
	    "chain.leaf_signature chain.names chain.constraints "
	    "chain.validity chain.product",
	    .before = p384_intermediate),
	{ .name = NULL } };
