/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hclcache: what of a confidential VM's evidence is worth keeping, because a
 * new one costs seconds: the HCL report, the AK's certificate, the chip's
 * certificates.  What is fresh in each transaction is the quote.
 */
#ifndef TEE_AZURE_HCLCACHE_H
#define TEE_AZURE_HCLCACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "modules/snp_azure/imds.h"
#include "modules/snp_azure/vtpm.h"

struct azure_hclcache {
	uint64_t max_age; /* seconds; 0: a new report each time */
	char *lock;
	bool held;
	uint64_t made; /* seconds since boot */
	struct azure_bytes hcl;
	struct azure_bytes ak_cert; /* size 0: not provisioned */
	char *certs;                /* PEM; NULL: no SNP report */
	uint8_t certs_tcb[8];       /* of what they are */
	uint8_t certs_chip[64];
};

/* Options report_max_age, lock; false after the refusal was logged. */
bool tee_azure_hclcache_read(struct azure_hclcache *,
    const struct tee_config *);
void tee_azure_hclcache_clear(struct azure_hclcache *);
/*
 * Fills it anew where it is empty or too old; on anything but TEE_OK it holds
 * no report.  One thread at a time.
 */
enum tee_verdict tee_azure_hclcache_renew(struct azure_hclcache *,
    struct tee_call *, struct azure_vtpm *, struct azure_thim *,
    const uint8_t user_data[AZURE_USER_DATA_SIZE]);

#endif
