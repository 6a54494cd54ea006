/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_snp: see testlib_snp.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <check.h>

#include "libtee/option.h"
#include "tests/testlib_snp.h"

#define OPTION_TEXT 512

struct sim_keyset *snp_keys;

/* RSA signatures are what costs: certificates as they were are shared. */
static struct {
	bool minted;
	struct sim_chain_spec spec;
	struct sim_chain chain;
} good[SIM_PRODUCTS];

void
snp_keys_open(void)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/tmp",
	    build != NULL ? build : ".");
	mkdir(path, 0700);
	strcat(path, "/simkeys");
	snp_keys = tee_sim_keyset_open(path);
	if (snp_keys == NULL) {
		perror(path);
		exit(1);
	}
}

void
snp_keys_close(void)
{
	for (unsigned i = 0; i < SIM_PRODUCTS; i++)
		if (good[i].minted)
			tee_sim_chain_free(&good[i].chain);
	tee_sim_keyset_free(&snp_keys);
}

enum sim_key
snp_leaf(const struct snp_evidence *e)
{
	return e->signer == SIM_SIGNER_VLEK ? SIM_VLEK : SIM_VCEK;
}

enum sim_key
snp_issuer(const struct snp_evidence *e)
{
	return e->signer == SIM_SIGNER_VLEK ? SIM_ASVK : SIM_ASK;
}

void
snp_evidence_start(struct snp_evidence *e, enum sim_product product,
    enum sim_signer signer, uint32_t version)
{
	memset(e, 0, sizeof(*e));
	e->product = product;
	e->signer = signer;
	e->now = SNP_NOW;
	tee_sim_platform_init(&e->platform, product, snp_keys, SNP_NOW);
	tee_sim_chain_init(&e->spec, &e->platform, snp_keys);
	tee_sim_report_init(e->report, &e->platform, version, signer);
	e->report_size = SIM_REPORT_SIZE;
	e->report_key = snp_keys->key[snp_leaf(e)];
	memset(e->binding, 0xb1, 32);
	e->binding_size = 32;
	tee_sim_report_bytes(e->report, "report_data", e->binding, 64);
}

void
snp_evidence_sign(struct snp_evidence *e)
{
	ck_assert(tee_sim_report_sign(e->report, e->report_key));
}

static void
take_root(struct snp_evidence *e)
{
	char text[SIM_ROOT_TEXT];
	size_t size;

	ck_assert(tee_sim_chain_root(&e->chain, text));
	ck_assert_int_eq(OPENSSL_hexstr2buf_ex(e->root, sizeof(e->root), &size,
			     text, '\0'),
	    1);
}

static void
mint_good(enum sim_product product)
{
	struct sim_platform platform;

	tee_sim_platform_init(&platform, product, snp_keys, SNP_NOW);
	tee_sim_chain_init(&good[product].spec, &platform, snp_keys);
	ck_assert(
	    tee_sim_chain_mint(&good[product].spec, &good[product].chain));
	good[product].minted = true;
}

static void
mint_chain(struct snp_evidence *e)
{
	const struct sim_chain_spec *same = &good[e->product].spec;

	if (!good[e->product].minted)
		mint_good(e->product);
	for (unsigned i = 0; i < SIM_ROLES; i++) {
		if (memcmp(&e->spec.cert[i], &same->cert[i],
			sizeof(same->cert[i])) != 0) {
			e->chain.cert[i] = tee_sim_cert_mint(&e->spec.cert[i]);
		} else {
			e->chain.cert[i] = good[e->product].chain.cert[i];
			X509_up_ref(e->chain.cert[i]);
		}
		ck_assert_ptr_nonnull(e->chain.cert[i]);
	}
	if (memcmp(&e->spec.crl, &same->crl, sizeof(same->crl)) != 0) {
		e->chain.crl = tee_sim_crl_mint(&e->spec.crl);
	} else {
		e->chain.crl = good[e->product].chain.crl;
		X509_CRL_up_ref(e->chain.crl);
	}
	ck_assert_ptr_nonnull(e->chain.crl);
}

void
snp_evidence_mint(struct snp_evidence *e)
{
	snp_evidence_sign(e);
	mint_chain(e);
	ck_assert(tee_sim_chain_pem(&e->chain, e->signer, &e->certs));
	ck_assert(tee_sim_chain_crl(&e->chain, &e->crl));
	take_root(e);
}

void
snp_evidence_free(struct snp_evidence *e)
{
	tee_sim_blob_free(&e->certs);
	tee_sim_blob_free(&e->crl);
	tee_sim_chain_free(&e->chain);
}

void
snp_certs_clear(struct snp_evidence *e)
{
	tee_sim_blob_free(&e->certs);
}

void
snp_certs_pem(struct snp_evidence *e, enum sim_key role)
{
	ck_assert(tee_sim_chain_cert_pem(&e->chain, role, &e->certs));
}

void
snp_certs_der(struct snp_evidence *e, enum sim_key role)
{
	ck_assert(tee_sim_chain_der(&e->chain, role, &e->certs));
}

void
snp_certs_minted(struct snp_evidence *e, const struct sim_cert_spec *spec)
{
	X509 *kept = e->chain.cert[SIM_VCEK];

	e->chain.cert[SIM_VCEK] = tee_sim_cert_mint(spec);
	ck_assert_ptr_nonnull(e->chain.cert[SIM_VCEK]);
	snp_certs_der(e, SIM_VCEK);
	X509_free(e->chain.cert[SIM_VCEK]);
	e->chain.cert[SIM_VCEK] = kept;
}

/* Calls `set` for every name=value between bars; values may contain "=". */
static void
pairs(const char *text, void (*set)(void *, const char *, const char *),
    void *user)
{
	char copy[OPTION_TEXT], *rest = copy, *one, *value;

	if (text == NULL || text[0] == '\0')
		return;
	ck_assert_uint_lt(strlen(text), sizeof(copy));
	strcpy(copy, text);
	while ((one = strsep(&rest, "|")) != NULL) {
		value = strchr(one, '=');
		ck_assert_msg(value != NULL, "%s: no value", one);
		*value++ = '\0';
		set(user, one, value);
	}
}

static void
set_field(void *user, const char *name, const char *value)
{
	struct snp_evidence *e = user;

	ck_assert_msg(tee_sim_report_set(e->report, e->product, name, value),
	    "%s=%s", name, value);
}

void
snp_evidence_set(struct snp_evidence *e, const char *text)
{
	pairs(text, set_field, e);
}

static void
add_option(void *user, const char *name, const char *value)
{
	ck_assert_int_eq(tee_config_add(user, name, value, 1), 0);
}

struct snp_verifier *
snp_line(const char *options)
{
	struct tee_config config = { .facility = TEE_VERIFIER,
		.file = "test",
		.line = 1 };
	struct snp_verifier *line;

	pairs(options, add_option, &config);
	line = tee_snp_verifier_new(&config);
	tee_config_clear(&config);
	return line;
}

static void
put(struct tee_evidence *evidence, const char *type, const uint8_t *data,
    size_t size)
{
	if (data != NULL)
		ck_assert_int_eq(tee_evidence_put(evidence, type, data, size),
		    0);
}

static enum tee_verdict
verify(struct tee_call *call, void *state)
{
	return tee_snp_verify(call, state);
}

/* As a confidential VM's: its signature may be known. */
static enum tee_verdict
verify_returning(struct tee_call *call, void *line)
{
	static const struct snp_use use = { .measured = "launch",
		.returns = true };
	struct snp_report report;
	size_t size;
	const uint8_t *data = tee_call_item(call, "snp.report", &size);
	bool vouched;

	if (data == NULL ||
	    !tee_snp_appraise_vouched(call, line, &use, data, size, &report,
		&vouched))
		return TEE_DENY;
	tee_snp_saw(call, &report);
	return TEE_OK;
}

/* As inspect.c does it. */
struct tee_claims *
snp_judge_items(const struct snp_evidence *e, struct snp_verifier *line,
    struct tee_evidence *items)
{
	uint8_t root[1][TEE_SPKI_DIGEST_SIZE];
	struct tee_reference floor = { .roots = root,
		.root_count = 1,
		.allow_simulated = !e->real_platforms_only };
	struct tee_call call = {
		.transaction = "test",
		.module = "snp",
		.facility = TEE_VERIFIER,
		.floor = e->untrusted ? NULL : &floor,
		.evidence = items,
		.binding = e->binding_size > 0 ? e->binding : NULL,
		.binding_size = e->binding_size,
		.now = e->now,
		.deadline = tee_clock_monotonic_ms() + 600000,
		.claims = tee_claims_new(),
	};

	memcpy(root[0], e->root, sizeof(root[0]));
	call.claims->verdict =
	    tee_call_run(&call, e->returns ? verify_returning : verify, line);
	return call.claims;
}

struct tee_claims *
snp_judge_with(const struct snp_evidence *e, struct snp_verifier *line)
{
	struct tee_evidence *items = tee_evidence_new();
	struct tee_claims *claims;

	put(items, "snp.report", e->no_report ? NULL : e->report,
	    e->report_size);
	put(items, "snp.certs", e->certs.data, e->certs.size);
	put(items, "snp.crl", e->crl.data, e->crl.size);
	claims = snp_judge_items(e, line, items);
	tee_evidence_free(&items);
	return claims;
}

struct tee_claims *
snp_judge(const struct snp_evidence *e, const char *options)
{
	struct snp_verifier *line = snp_line(options);
	struct tee_claims *claims;

	ck_assert_msg(line != NULL, "%s", options);
	claims = snp_judge_with(e, line);
	tee_snp_verifier_free(line);
	return claims;
}
