/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm_hcl: the paravisor's report, and how to get a new one: write 64 bytes
 * to NV 0x01400002, read NV 0x01400001 from its beginning.  The paravisor
 * makes a report at most every two seconds and otherwise gives the old one
 * without a word, so what came is compared with what was written.
 */
#include "config.h"

#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "modules/common/runtime.h"
#include "modules/snp_azure/hcl.h"
#include "modules/snp_azure/tpm.h"

#define REPORT_DATA 0x50 /* in an ATTESTATION_REPORT */
#define TORN_TRIES 3

/* Before each reading.  The first is free where nobody asked lately. */
static const unsigned waits_ms[] = { 0, 3000, 2000, 2000 };
#define READINGS (sizeof(waits_ms) / sizeof(waits_ms[0]))

/*
 * A report that was renewed while it was read has the head of one and the
 * tail of another.  What is no SNP report is the verifier's to name.
 */
static bool
torn(const struct azure_bytes *bytes)
{
	struct azure_hcl hcl;

	return tee_azure_hcl_parse(&hcl, bytes->data, bytes->size) &&
	    hcl.report_type == AZURE_HCL_SNP &&
	    hcl.hash_type == AZURE_HCL_SHA256 &&
	    !tee_runtime_hashes_to(hcl.runtime, hcl.runtime_size,
		hcl.report + REPORT_DATA);
}

enum tee_verdict
tee_azure_vtpm_hcl(struct azure_vtpm *t, struct azure_bytes *out)
{
	enum tee_verdict verdict = TEE_OK;
	bool found = true;

	for (unsigned i = 0; i < TORN_TRIES; i++) {
		verdict = tee_azure_nv_read(t, AZURE_NV_HCL, &found, out);
		if (verdict != TEE_OK || !found || !torn(out))
			break;
	}
	if (verdict != TEE_OK || found)
		return verdict;
	tee_call_log(t->call, LOG_ERR, "not_a_cvm",
	    "vTPM: no HCL report at NV 0x%x: not an Azure confidential VM",
	    AZURE_NV_HCL);
	return TEE_UNAVAILABLE;
}

/* Also where the report has no user data, or no form that we could read. */
static bool
carries(struct azure_vtpm *t, const struct azure_bytes *bytes,
    const uint8_t user_data[AZURE_USER_DATA_SIZE])
{
	struct tee_runtime runtime;
	struct azure_hcl hcl;
	bool good = true;

	if (!tee_azure_hcl_parse(&hcl, bytes->data, bytes->size)) {
		tee_call_log(t->call, LOG_WARNING, "hcl_format",
		    "vTPM: the HCL report %s", hcl.error);
		return true;
	}
	if (tee_runtime_parse(&runtime, hcl.runtime, hcl.runtime_size) &&
	    runtime.has_user_data)
		good = CRYPTO_memcmp(runtime.user_data, user_data,
			   AZURE_USER_DATA_SIZE) == 0;
	else
		tee_call_log(t->call, LOG_NOTICE, "no_user_data",
		    "vTPM: the HCL report carries no user data: only the "
		    "quote is bound to this transaction");
	tee_runtime_free(&runtime);
	return good;
}

static enum tee_verdict
read_until(struct azure_vtpm *t, const uint8_t user_data[AZURE_USER_DATA_SIZE],
    struct azure_bytes *hcl)
{
	enum tee_verdict verdict;
	unsigned i = 0;

	do {
		verdict = tee_azure_vtpm_hcl(t, hcl);
		if (verdict != TEE_OK || carries(t, hcl, user_data))
			return verdict;
		i++;
	} while (i < READINGS && tee_azure_pause(t->call, waits_ms[i]));
	tee_call_log(t->call, LOG_ERR, "stale_report",
	    "vTPM: after %u readings the HCL report does not carry the user "
	    "data that were written; %s",
	    i,
	    i < READINGS ?
		"the line's timeout leaves no time for more, raise it" :
		"another program writes NV 0x01400002, or the "
		"paravisor makes no new reports: restart the VM");
	return TEE_UNAVAILABLE;
}

enum tee_verdict
tee_azure_vtpm_refresh(struct azure_vtpm *t,
    const uint8_t user_data[AZURE_USER_DATA_SIZE], const char *lock,
    struct azure_bytes *hcl)
{
	enum tee_verdict verdict;
	int fd = tee_azure_lock(t->call, lock);

	hcl->size = 0;
	if (fd < 0)
		return TEE_UNAVAILABLE;
	verdict = tee_azure_nv_user_data(t, user_data);
	if (verdict == TEE_OK)
		verdict = read_until(t, user_data, hcl);
	close(fd);
	return verdict;
}
