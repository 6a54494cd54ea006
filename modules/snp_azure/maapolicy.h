/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maapolicy: what one verifier line asks of MAA's tokens.  Of modules/snp's
 * options those are taken that a token can answer; the others are refused,
 * since a check that nobody makes must not look as if it were made.
 */
#ifndef TEE_AZURE_MAAPOLICY_H
#define TEE_AZURE_MAAPOLICY_H

#include <tee/module.h>

#include "modules/snp/policy.h"

#define AZURE_TOKEN_AGE_S 300       /* of a token asked for just now */
#define AZURE_TOKEN_AGE_MAX_S 28800 /* MAA's tokens live 8 h */
#define AZURE_TOKEN_SKEW_S 300      /* between MAA's clock and ours */
#define AZURE_COMPLIANCE_CVM "azure-compliant-cvm"
#define AZURE_COMPLIANCE_UVM "azure-compliant-uvm"

enum azure_attest_way {
	AZURE_ATTEST_AUTO = 0,
	AZURE_ATTEST_SNP,
	AZURE_ATTEST_GUEST
};

enum azure_secure_boot {
	AZURE_BOOT_DEFAULT = 0, /* as a token of AzureGuest must say */
	AZURE_BOOT_REQUIRED,
	AZURE_BOOT_ANY
};

/* Of which of Azure's two shapes the machine must be; `source` says it. */
enum azure_maa_shape { AZURE_MAA_ANY = 0, AZURE_MAA_VM, AZURE_MAA_CONTAINER };

struct azure_maa_policy {
	char *endpoint; /* https://HOST[:PORT], as `iss` has it */
	enum azure_attest_way attest;
	enum azure_maa_shape shape;
	uint64_t max_age;
	char *compliance; /* words with commas; NULL: by shape */
	bool any_compliance;
	enum azure_secure_boot secure_boot;
	uint8_t *policy_hash; /* 32 bytes each */
	size_t policy_hash_count;
	uint8_t *signers; /* SHA-256 of SPKI, 32 bytes each */
	size_t signer_count;
	char *jwks_file;
	char *tcti;
	struct snp_policy snp;
};

bool tee_azure_maa_policy_read(struct azure_maa_policy *,
    const struct tee_config *) TEE_MUST_USE;
void tee_azure_maa_policy_clear(struct azure_maa_policy *);

#endif
