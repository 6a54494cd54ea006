/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device: evidence of a confidential container, which asks the processor
 * itself.  REPORT_DATA is the binding, or the hash of runtime data that hold
 * the binding and the key that a key service shall wrap to.
 */
#ifndef TEE_AZURE_DEVICE_H
#define TEE_AZURE_DEVICE_H

#include "modules/snp_azure/imds.h"
#include "modules/snp_azure/place.h"

/*
 * Puts snp.report, snp.certs and, where they are there, azure.cce-policy,
 * azure.uvm-endorsement; and snp.runtime-data where a keystore left an
 * azure.wrapping-key.
 */
enum tee_verdict tee_azure_device_collect(struct tee_call *,
    const struct azure_place *, struct azure_thim *,
    const char *security_context);

#endif
