/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about revocation lists. */
#include "config.h"

#include <check.h>
#include <openssl/x509v3.h>

#include "tests/test_snp_rows.h"

#define ALL "crl.signature crl.validity crl.revocation"

static void
none(struct snp_evidence *e)
{
	tee_sim_blob_free(&e->crl);
}

static void
no_bytes(struct snp_evidence *e)
{
	e->crl.size = 0;
}

static void
in_certs(struct snp_evidence *e)
{
	ck_assert(tee_sim_blob_append(&e->certs, e->crl.data, e->crl.size));
	tee_sim_blob_free(&e->crl);
}

static void
cut(struct snp_evidence *e)
{
	e->crl.size -= 1;
}

static void
garbage(struct snp_evidence *e)
{
	e->crl.data[0] = 0x31;
}

static void
revoke(struct snp_evidence *e, int64_t serial)
{
	e->spec.crl.revoked[0] = 0x7fffffff;
	e->spec.crl.revoked[1] = serial;
	e->spec.crl.revoked_count = 2;
}

static void
revoked_intermediate(struct snp_evidence *e)
{
	revoke(e, e->spec.cert[snp_issuer(e)].serial);
}

static void
revoked_root(struct snp_evidence *e)
{
	revoke(e, e->spec.cert[SIM_ARK].serial);
}

/* Every leaf has serial 0: an entry for it says nothing of this leaf. */
static void
revoked_serial_0(struct snp_evidence *e)
{
	revoke(e, 0);
}

static void
revoked_sibling(struct snp_evidence *e)
{
	revoke(e,
	    e->spec.cert[e->signer == SIM_SIGNER_VLEK ? SIM_ASK : SIM_ASVK]
		.serial);
}

static void
append(struct snp_evidence *e, const struct sim_crl_spec *spec)
{
	X509_CRL *first = e->chain.crl;

	e->chain.crl = tee_sim_crl_mint(spec);
	ck_assert_ptr_nonnull(e->chain.crl);
	ck_assert(tee_sim_chain_crl(&e->chain, &e->crl));
	X509_CRL_free(first);
}

/* Newer than the root's own, by another root. */
static void
foreign_too(struct snp_evidence *e)
{
	struct sim_crl_spec spec = e->spec.crl;

	spec.issuer = tee_sim_name("ARK-Naples");
	spec.this_update = SNP_NOW - 60;
	append(e, &spec);
}

/* Appends a second list that differs from the first in these members. */
static void
add_list(struct snp_evidence *e, time_t this_update, bool revokes)
{
	struct sim_crl_spec spec = e->spec.crl;

	spec.this_update = this_update;
	if (revokes)
		spec.revoked[spec.revoked_count++] =
		    e->spec.cert[snp_issuer(e)].serial;
	append(e, &spec);
}

static void
newer_revokes(struct snp_evidence *e)
{
	add_list(e, SNP_NOW - 60, true);
}

static void
older_revokes(struct snp_evidence *e)
{
	add_list(e, SNP_NOW - 30 * SNP_DAY, true);
}

/* Whoever cannot sign a list can only make the evidence worse. */
static void
forged_newer(struct snp_evidence *e)
{
	e->spec.crl.issuer_key = snp_keys->key[SIM_OTHER_RSA];
	add_list(e, SNP_NOW - 60, false);
}

static void
older_lacks(struct snp_evidence *e)
{
	add_list(e, SNP_NOW - 30 * SNP_DAY, false);
}

static void
older_first(struct snp_evidence *e)
{
	e->spec.crl.this_update = SNP_NOW - 30 * SNP_DAY;
}

#define SPEC(name, statement) \
	static void name(struct snp_evidence *e) \
	{ \
		struct sim_crl_spec *c = &e->spec.crl; \
\
		statement; \
	}

SPEC(corrupt, c->signature.corrupt = true)
SPEC(sha256, c->signature.digest = "SHA256")
SPEC(pkcs1, c->signature.pkcs1 = true)
SPEC(salt, c->signature.salt = 32)
SPEC(other_key, c->issuer_key = snp_keys->key[SIM_OTHER_RSA])
SPEC(by_intermediate, c->issuer_key = snp_keys->key[snp_issuer(e)])
SPEC(other_issuer, c->issuer = tee_sim_name("ARK-Naples"))
SPEC(not_yet, c->this_update = SNP_NOW + 1)
SPEC(expired, c->next_update = SNP_NOW - 1)
SPEC(last_second, c->next_update = SNP_NOW)
SPEC(no_next, c->no_next_update = true)
SPEC(critical, c->unknown_critical = true)
SPEC(delta, c->delta = true)
SPEC(no_number, c->number = -1)

static void
root_signs_no_lists(struct snp_evidence *e)
{
	e->spec.cert[SIM_ARK].key_usage = KU_KEY_CERT_SIGN;
}

#define ROW(...) \
	{ \
		__VA_ARGS__ \
	}

const struct snp_row snp_crl_rows[] = { ROW("no list", .after = none),
	ROW("no list, and one required", NULL, ALL, .after = none,
	    .options = "crl=required"),
	ROW("an empty list file, and one required", NULL, ALL,
	    .after = no_bytes, .options = "crl=required"),
	ROW("a list required", .options = "crl=required"),
	ROW("a list among the certificates", .options = "crl=required",
	    .after = in_certs),
	ROW("cut short", "certificates", .after = cut),
	ROW("not DER", "certificates", .after = garbage),
	ROW("intermediate revoked", "crl.revocation",
	    .before = revoked_intermediate),
	ROW("root revoked", "crl.revocation", .before = revoked_root),
	ROW("serial 0 revoked", .before = revoked_serial_0),
	ROW("the other intermediate revoked", .before = revoked_sibling),
	ROW("signature", "crl.signature", .before = corrupt),
	ROW("SHA-256", "crl.signature", .before = sha256),
	ROW("PKCS#1", "crl.signature", .before = pkcs1),
	ROW("salt of 32", "crl.signature", .before = salt),
	ROW("signed by another", "crl.signature", .before = other_key),
	ROW("signed by the intermediate", "crl.signature",
	    .before = by_intermediate),
	ROW("of another root", .before = other_issuer),
	ROW("of another root, and one required", ALL, .before = other_issuer,
	    .options = "crl=required"),
	ROW("of another root, and a good one", .after = foreign_too,
	    .options = "crl=required"),
	ROW("of another root, and one that revokes", "crl.revocation",
	    .before = revoked_intermediate, .after = foreign_too),
	ROW("of another root, and one expired", "crl.validity",
	    .before = expired, .after = foreign_too),
	ROW("not yet", "crl.validity", .before = not_yet),
	ROW("expired", "crl.validity", .before = expired),
	ROW("last second", .before = last_second),
	ROW("no nextUpdate", "crl.validity", .before = no_next),
	ROW("critical extension", "crl.signature", .before = critical),
	ROW("delta", "crl.signature", .before = delta),
	ROW("no number", .before = no_number),
	ROW("the root may not sign lists", "crl.signature",
	    .before = root_signs_no_lists),
	ROW("the newer of two revokes", "crl.revocation",
	    .after = newer_revokes),
	ROW("the older of two revokes, the newer does not",
	    .after = older_revokes),
	ROW("a newer list that is forged", "crl.signature",
	    .after = forged_newer),
	ROW("a list that revokes, and an older one", "crl.revocation",
	    .before = revoked_intermediate, .after = older_lacks),
	ROW("an older list, then one that revokes", "crl.revocation",
	    .before = older_first, .after = newer_revokes),
	{ .name = NULL } };
