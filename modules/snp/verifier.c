/* SPDX-License-Identifier: Apache-2.0 */
/* verifier: see verifier.h. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "modules/common/file.h"
#include "modules/snp/judge.h"
#include "modules/snp/table.h"
#include "modules/snp/verifier.h"

#define FILE_MAX (512 * 1024)

struct snp_verifier *
tee_snp_verifier_new(const struct tee_config *config)
{
	struct snp_verifier *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	tee_snp_store_init(&v->store);
	v->pki = tee_pki_new();
	if (v->pki == NULL || !tee_snp_policy_read(&v->policy, config)) {
		tee_snp_verifier_free(v);
		return NULL;
	}
	return v;
}

void
tee_snp_verifier_free(struct snp_verifier *v)
{
	tee_snp_store_clear(&v->store);
	tee_snp_policy_clear(&v->policy);
	tee_pki_free(&v->pki);
	free(v);
}

static bool
add_table(struct tee_certset *set, const uint8_t *data, size_t size)
{
	struct snp_table table;

	if (!tee_snp_table_parse(&table, data, size)) {
		set->error = table.error;
		return false;
	}
	for (size_t i = 0; i < table.count; i++)
		if (table.entry[i].kind != SNP_TABLE_OTHER &&
		    !tee_certset_add(set, table.entry[i].data,
			table.entry[i].size))
			return false;
	return true;
}

/*
 * Of one byte or more.  The offset of a table's first entry, or its end, has
 * a byte of zero.
 */
static bool
is_no_table(const uint8_t *data, size_t size)
{
	return data[0] == 0x30 ||
	    memchr(data, 0, size < 24 ? size : 24) == NULL;
}

/*
 * PEM or DER in any order, or the table that the host hands to a guest.  What
 * is no table, but begins like DER or text, was meant as such.
 */
static bool
add_certs(struct tee_certset *set, const uint8_t *data, size_t size)
{
	if (tee_certset_looks_like(data, size))
		return tee_certset_add(set, data, size);
	return add_table(set, data, size) ||
	    (is_no_table(data, size) && tee_certset_add(set, data, size));
}

static bool
add_file(struct tee_call *call, struct tee_certset *set, const char *path,
    const char *name)
{
	size_t size;
	uint8_t *data;
	bool ok;

	if (path == NULL)
		return true;
	data = tee_file_read(path, FILE_MAX, &size);
	if (data == NULL) {
		tee_call_check(call, name, TEE_CHECK_NOT_DONE, "%s: %s", path,
		    strerror(errno));
		return true;
	}
	ok = tee_certset_add(set, data, size);
	free(data);
	return ok;
}

static void
gather(struct tee_call *call, struct snp_verifier *v, struct tee_certset *set)
{
	size_t certs_size, crl_size;
	const uint8_t *certs = tee_call_item(call, "snp.certs", &certs_size);
	const uint8_t *crl = tee_call_item(call, "snp.crl", &crl_size);
	bool ok;

	tee_certset_init(set, v->pki, tee_snp_store_find, &v->store);
	ok = add_file(call, set, v->policy.certs_file, "certs_file") &&
	    add_file(call, set, v->policy.crl_file, "crl_file") &&
	    (certs == NULL || certs_size == 0 ||
		add_certs(set, certs, certs_size)) &&
	    (crl == NULL || tee_certset_add(set, crl, crl_size));
	if (!ok)
		tee_call_check(call, "certificates", TEE_CHECK_FAIL, "%s",
		    set->error);
	else if (set->cert_count == 0)
		tee_call_check(call, "certificates", TEE_CHECK_NOT_DONE,
		    "none given (snp.certs, certs_file)");
	else
		tee_call_check(call, "certificates", TEE_CHECK_PASS,
		    "%zu certificates, %zu revocation lists", set->cert_count,
		    set->crl_count);
}

static bool
trusted(void *user, const uint8_t pin[32])
{
	struct snp_case *c = user;

	c->root_trusted = tee_snp_product_pin(pin) != SNP_PRODUCT_UNKNOWN ||
	    tee_call_extra_root(c->call, pin);
	return c->root_trusted;
}

/* A root that was asked for and not taken decides nothing. */
static void
find_chain(struct snp_case *c, struct snp_verifier *v)
{
	tee_snp_chain_find(&c->chain, c->set, &c->report, &v->store, trusted, c,
	    c->now);
	c->root_trusted =
	    c->chain.root != NULL && trusted(c, c->chain.root_pin);
	if (c->chain.leaf != NULL)
		tee_snp_vek_parse(&c->vek, c->chain.leaf->x509);
	c->product = c->chain.product;
	if (c->product == SNP_PRODUCT_UNKNOWN &&
	    tee_snp_report_has_cpuid(&c->report))
		c->product =
		    tee_snp_product_cpuid(c->report.family, c->report.model);
	c->vouched = c->root_trusted && tee_snp_chain_complete(&c->chain);
	if (c->vouched)
		tee_snp_chain_keep(&c->chain, &c->report, &v->store);
}

static void
claim_number(struct snp_case *c, const char *name, const char *fmt,
    uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text),
	    strcmp(fmt, "hex") == 0 ? "0x%" PRIx64 : "%" PRIu64, value);
	tee_call_claim_text(c->call, name, text);
}

static void
claim_bytes(struct snp_case *c, const char *name, const uint8_t *data,
    size_t size)
{
	if (!tee_snp_bytes_zero(data, size))
		tee_call_claim_measurement(c->call, name, data, size);
}

/* Only what a chain up to a trusted root vouches for is claimed. */
static void
claim(struct snp_case *c)
{
	const struct snp_report *r = &c->report;

	tee_call_claim_platform(c->call, "amd-sev-snp");
	tee_call_claim_level(c->call, TEE_LEVEL_TEE_VM);
	tee_call_claim_measurement(c->call, c->measured, r->measurement, 48);
	claim_bytes(c, "host_data", r->host_data, 32);
	claim_bytes(c, "id_key_digest", r->id_key_digest, 48);
	claim_bytes(c, "author_key_digest", r->author_key_digest, 48);
	claim_bytes(c, "family_id", r->family_id, 16);
	claim_bytes(c, "image_id", r->image_id, 16);
	claim_bytes(c, "chip_id", r->chip_id, SNP_CHIP_ID_SIZE);
	tee_call_claim_text(c->call, "product",
	    tee_snp_product_name(c->product));
	tee_call_claim_debug(c->call, (r->policy >> SNP_POLICY_DEBUG & 1) != 0);
	claim_number(c, "vmpl", "decimal", r->vmpl);
	claim_number(c, "guest_svn", "decimal", r->guest_svn);
	claim_number(c, "policy", "hex", r->policy);
	claim_number(c, "platform_info", "hex", r->platform_info);
	if (c->expires != 0)
		tee_call_claim_expires(c->call, c->expires);
}

static void
judge(struct snp_case *c, struct snp_verifier *v)
{
	find_chain(c, v);
	tee_snp_judge_report(c);
	tee_snp_judge_chain(c);
	tee_snp_judge_vek(c);
	tee_snp_judge_crl(c);
	tee_snp_judge_tcb(c);
	tee_snp_judge_guest(c);
	if (c->vouched)
		claim(c);
}

bool
tee_snp_appraise_vouched(struct tee_call *call, struct snp_verifier *v,
    const struct snp_use *use, const uint8_t *data, size_t size,
    struct snp_report *report, bool *vouched)
{
	struct tee_certset set;
	struct snp_case c = { .call = call,
		.policy = &v->policy,
		.set = &set,
		.measured = use->measured,
		.vmpl = v->policy.vmpl,
		.now = tee_call_now(call) };

	*vouched = false;
	if (use->level_zero && c.vmpl == SNP_VMPL_ANY)
		c.vmpl = 0;
	if (!tee_snp_report_parse(&c.report, data, size)) {
		tee_call_check(call, "report.format", TEE_CHECK_FAIL,
		    "%zu bytes, a report has %d", size, SNP_REPORT_SIZE);
		return false;
	}
	tee_call_check(call, "report.format", TEE_CHECK_PASS, "%d bytes",
	    SNP_REPORT_SIZE);
	c.report.returns =
	    use->returns && tee_pki_sha256(v->pki, data, size, c.report.digest);
	gather(call, v, &set);
	judge(&c, v);
	tee_certset_free(&set);
	*report = c.report;
	*vouched = c.vouched;
	return true;
}

bool
tee_snp_appraise(struct tee_call *call, struct snp_verifier *v,
    const uint8_t *data, size_t size, struct snp_report *report)
{
	static const struct snp_use guest = { .measured = "launch" };
	bool vouched;

	return tee_snp_appraise_vouched(call, v, &guest, data, size, report,
	    &vouched);
}

enum tee_verdict
tee_snp_verify(struct tee_call *call, struct snp_verifier *v)
{
	struct snp_report report;
	size_t size;
	const uint8_t *data = tee_call_item(call, "snp.report", &size);

	if (data == NULL) {
		tee_call_check(call, "report.format", TEE_CHECK_NOT_DONE,
		    "the evidence has no snp.report");
		return TEE_UNAVAILABLE;
	}
	if (!tee_snp_appraise(call, v, data, size, &report))
		return TEE_DENY;
	tee_snp_saw(call, &report);
	return TEE_OK;
}
