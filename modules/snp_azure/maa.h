/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maa: one verifier line that asks Microsoft Azure Attestation, or judges the
 * token that the evidence brought (a passport).  Its parts, for its own files;
 * others see facility.h.
 */
#ifndef TEE_AZURE_MAA_H
#define TEE_AZURE_MAA_H

#include "modules/common/http.h"
#include "modules/snp_azure/facility.h"
#include "modules/snp_azure/keycache.h"
#include "modules/snp_azure/maapolicy.h"
#include "modules/snp_azure/maatoken.h"

/* Immutable but for cache and pool, which lock themselves. */
struct azure_maa {
	struct azure_maa_policy policy;
	struct tee_http_trust *trust; /* NULL: the system's */
	struct tee_http_pool *pool;
	struct azure_jwks *file_keys; /* of jwks_file; NULL: none given */
	struct azure_keycache *cache; /* of the endpoint's /certs */
};

extern const struct tee_http_hop tee_azure_maa_hop;
#define AZURE_MAA_URL 512

/*
 * Asks for a token about the evidence: checks maa.evidence and maa.attest;
 * *token is malloc'd where it says TEE_OK.  maa_ask.c.
 */
enum tee_verdict tee_azure_maa_ask(struct tee_call *, const struct azure_maa *,
    char **token);
/* By way of AzureGuest, with this machine's TPM: maa_guest.c. */
struct azure_snp_request;
enum tee_verdict tee_azure_maa_ask_guest(struct tee_call *,
    const struct azure_maa *, const struct azure_snp_request *, char **token);
/* One call of MAA: the answer's token, still encrypted or not. */
enum tee_verdict tee_azure_maa_post(struct tee_call *, const struct azure_maa *,
    const char *path, const char *body, char **token);

/* Fetches /certs; of type azure_keys_fetch, `user` is the line: maa_keys.c. */
azure_keys_fetch tee_azure_maa_fetch_keys;
/*
 * token.key and token.signature.  True where a key that this line trusts made
 * the signature; maa.jwks then joins the evidence of a token that was asked
 * for.
 */
bool tee_azure_maa_signed(struct tee_call *, const struct azure_maa *,
    const struct azure_maatoken *, bool passport);

#endif
