/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cloud_maa: requests to MAA about the served machine. */
#ifndef TESTLIB_CLOUD_MAA_H
#define TESTLIB_CLOUD_MAA_H

#include "tests/testlib_cloud.h"

/* Runtime data with a wrapping key, as a confidential container writes it. */
#define MAA_RUNTIME \
	"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"sXch\",\"e\":\"AQAB\"," \
	"\"kid\":\"k\",\"key_ops\":[\"encrypt\"]}],\"user-data\":\"00AB\"}"

struct maa_evidence {
	uint8_t report[SIM_REPORT_SIZE];
	struct sim_blob pem;
};

/* Over SHA-256 of these bytes. */
void maa_evidence(struct maa_evidence *, const void *, size_t size);
/* base64url of {"SnpReport","VcekCertChain"[,"Endorsements"]}. */
json_t *maa_proof(const struct maa_evidence *, const json_t *endorsements);
/* {"report","runtimeData"} of that runtime data. */
json_t *maa_request(const struct maa_evidence *, const void *, size_t size);
/* Asks, expects 200 and gives the token, malloc'd. */
char *maa_token(const char *how, const json_t *body);
/* Of a plain SevSnpVm request: token, claims. */
char *maa_attest(json_t **claims);

#endif
