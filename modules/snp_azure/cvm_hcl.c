/* SPDX-License-Identifier: Apache-2.0 */
/* cvm_hcl: the paravisor's report, from REPORT_DATA to the AK. */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>

#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/snp_azure/cvm_case.h"

#define HASH_SIZE 32
#define HEX_SIZE (2 * TEE_USER_DATA_SIZE + 1)

/* The bytes as they came: nothing is serialised again. */
static bool
judge_hash(struct azure_cvm_case *c)
{
	uint8_t hash[HASH_SIZE];
	bool known = c->hcl.hash_type == AZURE_HCL_SHA256;
	bool same = known &&
	    EVP_Digest(c->hcl.runtime, c->hcl.runtime_size, hash, NULL,
		EVP_sha256(), NULL) == 1 &&
	    CRYPTO_memcmp(hash, c->report.report_data, sizeof(hash)) == 0;

	if (!known)
		AZURE_JUDGE(c, "hcl.runtime-hash", false,
		    "hash type %u, only SHA-256 (1) is known",
		    c->hcl.hash_type);
	else
		AZURE_JUDGE(c, "hcl.runtime-hash", same, "%s",
		    same ? "REPORT_DATA begins with its SHA-256" :
			   "REPORT_DATA is the hash of something else");
	return same;
}

static bool
judge_upper(struct azure_cvm_case *c)
{
	bool zero = tee_snp_bytes_zero(c->report.report_data + HASH_SIZE,
	    SNP_REPORT_DATA_SIZE - HASH_SIZE);

	AZURE_JUDGE(c, "hcl.report-data-upper", zero, "%s",
	    zero ? "REPORT_DATA ends with zeros" :
		   "REPORT_DATA has bytes behind the hash");
	return zero;
}

/* Above level 0 runs the guest, which is not the paravisor. */
static bool
judge_vmpl(struct azure_cvm_case *c)
{
	AZURE_JUDGE(c, "hcl.vmpl", c->report.vmpl == 0,
	    "%u; the paravisor asks at 0", c->report.vmpl);
	return c->report.vmpl == 0;
}

static bool
judge_runtime(struct azure_cvm_case *c)
{
	bool object;

	(void)tee_runtime_parse(&c->runtime, c->hcl.runtime,
	    c->hcl.runtime_size);
	object = c->runtime.root != NULL;
	AZURE_JUDGE(c, "hcl.runtime-data", object, "%s",
	    object ? "a JSON object" : c->runtime.error);
	return object;
}

/* An AK out of bytes that nobody vouches for would prove nothing. */
static void
judge_ak(struct azure_cvm_case *c)
{
	const json_t *jwk = tee_runtime_key(&c->runtime, "HCLAkPub");
	char why[TEE_JWK_WHY] = "";

	if (!c->runtime_holds) {
		tee_call_check(c->call, "hcl.ak", TEE_CHECK_NOT_DONE,
		    "nothing vouches for these runtime data");
		return;
	}
	if (jwk != NULL)
		c->ak = tee_jwk_rsa(jwk, why);
	AZURE_JUDGE(c, "hcl.ak", c->ak != NULL, "%s",
	    c->ak != NULL   ? "HCLAkPub, RSA" :
		jwk == NULL ? "no HCLAkPub, or more than one" :
			      why);
}

static void
hex(const uint8_t data[TEE_USER_DATA_SIZE], char out[HEX_SIZE])
{
	size_t size;

	if (OPENSSL_buf2hexstr_ex(out, HEX_SIZE, &size, data,
		TEE_USER_DATA_SIZE, '\0') != 1)
		out[0] = '\0';
}

static void
compare_user_data(struct azure_cvm_case *c,
    const uint8_t want[TEE_USER_DATA_SIZE])
{
	const struct tee_runtime *r = &c->runtime;
	bool same = r->has_user_data &&
	    CRYPTO_memcmp(r->user_data, want, TEE_USER_DATA_SIZE) == 0;
	char text[HEX_SIZE];

	hex(r->user_data, text);
	AZURE_JUDGE(c, "hcl.user-data", same, "%s%s",
	    r->has_user_data ? text :
			       "absent: this paravisor does not carry it",
	    same || !r->has_user_data ? "" : " is not what was asked for");
}

static void
compare_binding(struct azure_cvm_case *c)
{
	uint8_t want[TEE_USER_DATA_SIZE] = { 0 };
	size_t size;
	const uint8_t *binding = tee_call_binding(c->call, &size);

	if (binding == NULL || size > sizeof(want)) {
		tee_call_check(c->call, "hcl.user-data", TEE_CHECK_NOT_DONE,
		    "no binding to compare with");
		return;
	}
	memcpy(want, binding, size);
	compare_user_data(c, want);
}

/* Malformed is never "absent": somebody wrote it. */
static void
judge_user_data(struct azure_cvm_case *c)
{
	const struct tee_runtime *r = &c->runtime;
	char text[HEX_SIZE];

	if (r->error != NULL) {
		AZURE_JUDGE(c, "hcl.user-data", false, "%s", r->error);
		return;
	}
	switch (c->policy->user_data) {
	case AZURE_USER_DATA_ANY:
		hex(r->user_data, text);
		tee_call_check(c->call, "hcl.user-data", TEE_CHECK_NOT_ASKED,
		    "%s", r->has_user_data ? text : "absent");
		return;
	case AZURE_USER_DATA_BINDING:
		compare_binding(c);
		return;
	case AZURE_USER_DATA_VALUE:
		compare_user_data(c, c->policy->user_data_value);
		return;
	}
	AZURE_JUDGE(c, "hcl.user-data", false, "no such rule");
}

static void
judge_secure_boot(struct azure_cvm_case *c)
{
	const json_t *value = json_object_get(tee_json_member(c->runtime.root,
						  "vm-configuration"),
	    "secure-boot");
	const char *text = json_is_true(value) ? "on" :
	    json_is_false(value)               ? "off" :
						 "the paravisor does not say";

	if (!c->policy->secure_boot)
		tee_call_check(c->call, "hcl.secure-boot", TEE_CHECK_NOT_ASKED,
		    "%s", text);
	else
		AZURE_JUDGE(c, "hcl.secure-boot", json_is_true(value), "%s",
		    text);
}

void
tee_azure_cvm_judge_hcl(struct azure_cvm_case *c)
{
	bool hash = judge_hash(c);
	bool upper = judge_upper(c);
	bool vmpl = judge_vmpl(c);

	c->runtime_holds = hash && upper && vmpl;
	if (!judge_runtime(c))
		return;
	judge_ak(c);
	judge_user_data(c);
	judge_secure_boot(c);
}
