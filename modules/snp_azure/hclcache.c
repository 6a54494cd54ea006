/* SPDX-License-Identifier: Apache-2.0 */
/* hclcache: see hclcache.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "modules/snp_azure/hcl.h"
#include "modules/snp_azure/hclcache.h"

#define DEFAULT_AGE 3600
#define MAX_AGE (7 * 24 * 3600)
#define DEFAULT_LOCK "/run/lock/tee-azure-vtpm.lock"
/* In an ATTESTATION_REPORT: what decides which certificates belong to it. */
#define REPORTED_TCB 0x180
#define CHIP_ID 0x1a0

bool
tee_azure_hclcache_read(struct azure_hclcache *c,
    const struct tee_config *config)
{
	const char *lock = DEFAULT_LOCK;

	memset(c, 0, sizeof(*c));
	c->max_age = DEFAULT_AGE;
	if (tee_option_u64(config, "report_max_age", 0, MAX_AGE, &c->max_age) <
		0 ||
	    tee_option_path(config, "lock", &lock) < 0)
		return false;
	c->lock = strdup(lock);
	return c->lock != NULL;
}

void
tee_azure_hclcache_clear(struct azure_hclcache *c)
{
	free(c->certs);
	free(c->lock);
	memset(c, 0, sizeof(*c));
}

/* Seconds that also pass while the machine sleeps. */
static uint64_t
since_boot(void)
{
	struct timespec ts;

	return clock_gettime(CLOCK_BOOTTIME, &ts) == 0 ? (uint64_t)ts.tv_sec :
							 UINT64_MAX;
}

static bool
young(const struct azure_hclcache *c)
{
	uint64_t now = since_boot();

	return c->held && now >= c->made && now - c->made < c->max_age;
}

/* NULL where it is no SNP report; the verifier says so. */
static const uint8_t *
snp_report(const struct azure_bytes *bytes)
{
	struct azure_hcl hcl;

	return tee_azure_hcl_parse(&hcl, bytes->data, bytes->size) &&
		hcl.report_type == AZURE_HCL_SNP ?
	    bytes->data + AZURE_HCL_REPORT_AT :
	    NULL;
}

/* Certificates do not change while the chip and its TCB do not. */
static bool
certs_fit(const struct azure_hclcache *c, const uint8_t *report)
{
	return c->certs != NULL &&
	    memcmp(c->certs_tcb, report + REPORTED_TCB, sizeof(c->certs_tcb)) ==
	    0 &&
	    memcmp(c->certs_chip, report + CHIP_ID, sizeof(c->certs_chip)) == 0;
}

static void
drop_certs(struct azure_hclcache *c)
{
	free(c->certs);
	c->certs = NULL;
}

struct renewal {
	struct tee_call *call;
	struct azure_vtpm *vtpm;
	struct azure_thim *thim;
	const uint8_t *user_data;
};

static enum tee_verdict
ask_certs(struct azure_hclcache *c, const struct renewal *r, bool *stale)
{
	const uint8_t *report = snp_report(&c->hcl);
	enum tee_verdict verdict;

	*stale = false;
	if (report != NULL && certs_fit(c, report))
		return TEE_OK;
	drop_certs(c);
	if (report == NULL)
		return TEE_OK;
	memcpy(c->certs_tcb, report + REPORTED_TCB, sizeof(c->certs_tcb));
	memcpy(c->certs_chip, report + CHIP_ID, sizeof(c->certs_chip));
	verdict =
	    tee_azure_thim_ask(r->call, r->thim, report, &c->certs, stale);
	if (verdict != TEE_OK)
		drop_certs(c);
	return verdict;
}

/*
 * The certificates of the new report.  After a firmware update of the host
 * its report and THIM may speak of different TCBs for a while: one more
 * report, one more question, then the answer stands.
 */
static enum tee_verdict
certify(struct azure_hclcache *c, const struct renewal *r)
{
	enum tee_verdict verdict;
	bool stale;

	verdict = ask_certs(c, r, &stale);
	if (verdict == TEE_OK || !stale)
		return verdict;
	verdict =
	    tee_azure_vtpm_refresh(r->vtpm, r->user_data, c->lock, &c->hcl);
	return verdict == TEE_OK ? ask_certs(c, r, &stale) : verdict;
}

static enum tee_verdict
fill(struct azure_hclcache *c, const struct renewal *r)
{
	enum tee_verdict verdict;

	verdict =
	    tee_azure_vtpm_refresh(r->vtpm, r->user_data, c->lock, &c->hcl);
	if (verdict != TEE_OK)
		return verdict;
	/* A VM without one is attested all the same. */
	if (tee_azure_vtpm_ak_cert(r->vtpm, &c->ak_cert) != TEE_OK)
		c->ak_cert.size = 0;
	return certify(c, r);
}

enum tee_verdict
tee_azure_hclcache_renew(struct azure_hclcache *c, struct tee_call *call,
    struct azure_vtpm *vtpm, struct azure_thim *thim,
    const uint8_t user_data[AZURE_USER_DATA_SIZE])
{
	struct renewal r = { call, vtpm, thim, user_data };
	uint64_t now = since_boot();
	enum tee_verdict verdict;

	if (young(c))
		return TEE_OK;
	c->held = false;
	verdict = fill(c, &r);
	c->made = now;
	c->held = verdict == TEE_OK;
	return verdict;
}
