/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imds: Azure's Instance Metadata Service: the certificates of this host's
 * processor (THIM), and access tokens of the managed identity.
 */
#ifndef TEE_AZURE_IMDS_H
#define TEE_AZURE_IMDS_H

#include <tee/module.h>

#define AZURE_IMDS_BASE "http://169.254.169.254"

struct azure_thim; /* one line's THIM client: URLs, on-disk cache */

/* Options imds, kds, cert_cache.  NULL after the refusal was logged. */
struct azure_thim *tee_azure_thim_new(const struct tee_config *);
void tee_azure_thim_free(struct azure_thim **);
/*
 * The PEM chain (VCEK, ASK, ARK) of the chip and TCB of this 1184-byte SNP
 * report: cache, then THIM, then AMD KDS.  malloc'd.
 */
enum tee_verdict tee_azure_thim_certs(struct tee_call *, struct azure_thim *,
    const uint8_t *report, char **pem);

struct azure_identity; /* one line's managed or workload identity */

/* Options identity, client_id, tenant_id, federated_token_file, authority,
 * imds, ca_file (which the caller read).  NULL after the refusal was logged. */
struct tee_http_trust;
struct azure_identity *tee_azure_identity_new(const struct tee_config *,
    const struct tee_http_trust *);
void tee_azure_identity_free(struct azure_identity **);
/*
 * "Authorization: Bearer ..." for that resource ("https://vault.azure.net"),
 * from the cache while it is good.  Free with tee_azure_bearer_free (wipes).
 */
enum tee_verdict tee_azure_identity_bearer(struct tee_call *,
    struct azure_identity *, const char *resource, char **header);
void tee_azure_bearer_free(char **);

#endif
