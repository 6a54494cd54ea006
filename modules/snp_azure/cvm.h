/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvm: judges the evidence of an Azure confidential VM, offline.  The chain
 * has one link more than on a bare guest, because the paravisor owns
 * REPORT_DATA:
 *
 *   quote's extraData <- AK <- runtime data <- REPORT_DATA <- VCEK <- ARK
 *
 * What was measured at launch is the paravisor, which starts whatever system
 * its owner gives it: so that digest is claimed as "paravisor" and not as
 * "launch", on which the core believes what a peer says of itself.
 */
#ifndef TEE_AZURE_CVM_H
#define TEE_AZURE_CVM_H

#include "modules/common/runtime.h"
#include "modules/snp/verifier.h"
#include "modules/snp_azure/pcrs.h"

#define AZURE_CVM_MEASURED "paravisor"

/* What `user-data` of the runtime data must be. */
enum azure_user_data {
	AZURE_USER_DATA_ANY = 0,
	AZURE_USER_DATA_BINDING,
	AZURE_USER_DATA_VALUE
};

struct azure_cvm_policy {
	enum azure_user_data user_data;
	uint8_t user_data_value[TEE_USER_DATA_SIZE];
	struct azure_pcr_references pcrs;
	bool secure_boot; /* required */
};

/* Options user_data, pcrs, secure_boot.  False after the refusal was logged;
 * clear it either way. */
bool tee_azure_cvm_policy_read(struct azure_cvm_policy *,
    const struct tee_config *) TEE_MUST_USE;
void tee_azure_cvm_policy_clear(struct azure_cvm_policy *);

enum tee_verdict tee_azure_cvm_judge(struct tee_call *, struct snp_verifier *,
    const struct azure_cvm_policy *);

#endif
