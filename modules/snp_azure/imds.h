/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imds: Azure's Instance Metadata Service: the certificates of this host's
 * processor (THIM), and access tokens of the managed identity.
 */
#ifndef TEE_AZURE_IMDS_H
#define TEE_AZURE_IMDS_H

#include <tee/module.h>

#define AZURE_IMDS_BASE "http://169.254.169.254"

/*
 * The option imds: http://host or https://host without path, by default
 * AZURE_IMDS_BASE.  malloc'd; NULL after the refusal was logged.
 */
char *tee_azure_imds_base(const struct tee_config *);

struct azure_thim; /* one line's THIM client: URLs, on-disk cache */

/*
 * Options imds, kds ("off", "amd", https://...; by default AMD's, asked where
 * THIM fails), cert_cache.  NULL after the refusal was logged.
 */
struct azure_thim *tee_azure_thim_new(const struct tee_config *);
void tee_azure_thim_free(struct azure_thim **);
/*
 * The PEM chain (VCEK, ASK, ARK) of the chip and TCB of this 1184-byte SNP
 * report: cache, then THIM, twice where its first answer is of another TCB,
 * then AMD KDS.  malloc'd.  *stale is set where all that THIM has is of
 * another TCB than the report: one made anew may fit, so a collector tries
 * once more with it.
 */
enum tee_verdict tee_azure_thim_ask(struct tee_call *, struct azure_thim *,
    const uint8_t *report, char **pem, bool *stale);

/*
 * THIM's JSON, from IMDS or from a container's security context
 * (host-amd-cert-base64).  False with a sentence in `why`.
 */
#define AZURE_THIM_WHY 160
struct azure_thim_answer {
	char *pem;    /* malloc'd: VCEK, ASK, ARK */
	uint64_t tcb; /* tcbm */
};
bool tee_azure_thim_parse(struct azure_thim_answer *, const void *data,
    size_t size, char why[AZURE_THIM_WHY]);
/* Whether tcbm is REPORTED_TCB, which the report has least byte first. */
bool tee_azure_thim_fits(const struct azure_thim_answer *,
    const uint8_t *report);

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
/*
 * A service refused the token (401): the next bearer is a new one.  Where the
 * budget ends before others are done with it, there is no next one.
 */
void tee_azure_identity_forget(struct tee_call *, struct azure_identity *);

/*
 * An OAuth 2.0 token response (RFC 6749, 5.1), as IMDS or an authority gives
 * it.  The token goes to `token`, which has `room` bytes, and is overwritten
 * in the body before that is parsed, so that no parser copies it.  False with
 * a sentence in `why`.
 */
#define AZURE_TOKEN_MAX 16384
#define AZURE_TOKEN_WHY 160
bool tee_azure_access_token_parse(uint8_t *body, size_t size, time_t now,
    char *token, size_t room, int64_t *expires, char why[AZURE_TOKEN_WHY]);

#endif
