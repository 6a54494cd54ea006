/* SPDX-License-Identifier: Apache-2.0 */
/* uvm_judge: whose endorsement of a utility VM counts; see uvm.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/snp_azure/uvm.h"

/* Who builds Azure's utility VMs, and the least of them in production. */
#define ISSUER \
	"did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s" \
	"::eku:1.3.6.1.4.1.311.76.59.1.2"
#define FEED "ContainerPlat-AMD-UVM"
#define LEAST_SVN 100

#define CLOCK_SKEW 300
#define TIME_TEXT 24

static char *
copy_option(const struct tee_config *config, const char *name,
    const char *fallback)
{
	const char *value = tee_option(config, name);

	return strdup(value != NULL ? value : fallback);
}

static bool
read_issuer(struct azure_uvm_policy *p, const struct tee_config *config)
{
	p->issuer = copy_option(config, "uvm_issuer", ISSUER);
	if (p->issuer == NULL)
		return false;
	if (tee_didx509_parse(&p->name, p->issuer))
		return true;
	tee_option_error(config, "uvm_issuer",
	    "expected "
	    "\"did:x509:0:sha256:ROOT::eku:OID\", ROOT being the SHA-256 of "
	    "the root certificate in base64url");
	return false;
}

bool
tee_azure_uvm_policy_read(struct azure_uvm_policy *p,
    const struct tee_config *config)
{
	memset(p, 0, sizeof(*p));
	p->least_svn = LEAST_SVN;
	p->feed = copy_option(config, "uvm_feed", FEED);
	if (p->feed != NULL && read_issuer(p, config) &&
	    tee_option_u64(config, "uvm_min_svn", 0, INT64_MAX,
		&p->least_svn) >= 0)
		return true;
	tee_azure_uvm_policy_clear(p);
	return false;
}

void
tee_azure_uvm_policy_clear(struct azure_uvm_policy *p)
{
	tee_didx509_free(&p->name);
	free(p->issuer);
	free(p->feed);
	memset(p, 0, sizeof(*p));
}

static bool
say(struct tee_call *call, const char *name, bool ok, const char *detail)
{
	tee_call_check(call, name, ok ? TEE_CHECK_PASS : TEE_CHECK_FAIL, "%s",
	    detail);
	return ok;
}

static bool
judge_signature(struct tee_call *call, const struct azure_uvm *u)
{
	EVP_PKEY *key = X509_get0_pubkey(sk_X509_value(u->cose.chain, 0));
	bool ok = tee_cose_verify(&u->cose, key);

	return say(call, "uvm.signature", ok,
	    ok ? "PS384, by the leaf of its chain" :
		 "not signed by the leaf of its chain (PS384, RSA of at least "
		 "2048 bits)");
}

/* A leaf lives for a year, what it signed for longer. */
static bool
judge_chain(struct tee_call *call, const struct azure_uvm_policy *p,
    const struct azure_uvm *u)
{
	char when[TIME_TEXT];
	const char *why;
	struct tm tm;

	if (gmtime_r(&u->signed_at, &tm) == NULL ||
	    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(when, sizeof(when), "?");
	if (u->signed_at > tee_call_now(call) + CLOCK_SKEW) {
		tee_call_check(call, "uvm.chain", TEE_CHECK_FAIL,
		    "signed at %s, which is still to come: check the clock",
		    when);
		return false;
	}
	if (!tee_didx509_judge(&p->name, u->cose.chain, u->signed_at, &why)) {
		tee_call_check(call, "uvm.chain", TEE_CHECK_FAIL,
		    "signed at %s: %s", when, why);
		return false;
	}
	tee_call_check(call, "uvm.chain", TEE_CHECK_PASS,
	    "%d certificates, good when it was signed (%s)",
	    sk_X509_num(u->cose.chain), when);
	return true;
}

static bool
judge_text(struct tee_call *call, const char *name, const char *have,
    const char *want)
{
	if (strcmp(have, want) == 0)
		return say(call, name, true, have);
	tee_call_check(call, name, TEE_CHECK_FAIL, "%s, not %s", have, want);
	return false;
}

static bool
judge_svn(struct tee_call *call, const struct azure_uvm_policy *p,
    const struct azure_uvm *u)
{
	bool ok = u->svn >= p->least_svn;

	tee_call_check(call, "uvm.svn", ok ? TEE_CHECK_PASS : TEE_CHECK_FAIL,
	    "%" PRIu64 ", least %" PRIu64, u->svn, p->least_svn);
	return ok;
}

static bool
judge_measurement(struct tee_call *call, const struct azure_uvm *u,
    const uint8_t *measurement)
{
	bool ok =
	    memcmp(u->measurement, measurement, sizeof(u->measurement)) == 0;

	return say(call, "uvm.measurement", ok,
	    ok ? "the report's launch measurement" :
		 "of another launch than the report's");
}

/* All of them are made, so that an operator sees everything that is wrong. */
static bool
judge(struct tee_call *call, const struct azure_uvm_policy *p,
    const struct azure_uvm *u, const uint8_t *measurement)
{
	const bool holds[] = {
		judge_signature(call, u),
		judge_chain(call, p, u),
		judge_text(call, "uvm.issuer", u->issuer, p->issuer),
		judge_text(call, "uvm.feed", u->feed, p->feed),
		judge_svn(call, p, u),
		judge_measurement(call, u, measurement),
	};

	for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++)
		if (!holds[i])
			return false;
	return true;
}

bool
tee_azure_uvm_judge(struct tee_call *call, const struct azure_uvm_policy *p,
    const void *data, size_t size,
    const uint8_t measurement[AZURE_UVM_MEASUREMENT], uint64_t *svn)
{
	struct azure_uvm u;
	bool ok = tee_azure_uvm_parse(&u, data, size);

	tee_call_check(call, "uvm.format", ok ? TEE_CHECK_PASS : TEE_CHECK_FAIL,
	    "%s", ok ? "a signed endorsement" : u.error);
	if (ok)
		ok = judge(call, p, &u, measurement);
	if (ok)
		*svn = u.svn;
	tee_azure_uvm_free(&u);
	return ok;
}
