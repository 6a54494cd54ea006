/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guestanswer: any bytes as AzureGuest's encrypted answer.  The stand-in for
 * the TPM gives the inner key back as it came, so that a seed can be sealed
 * without one.  A token comes out only whole, as text.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/guestanswer.h"

const char fuzz_target[] = "guestanswer";

static enum tee_verdict
unwrap(void *user, const uint8_t *data, size_t size, uint8_t *out,
    size_t *out_size)
{
	unsigned *calls = user;

	(*calls)++;
	fuzz_must(size > 0 && size <= AZURE_INNER_MAX, "a bounded key");
	fuzz_touch(data, size);
	*out_size = size < 256 ? size : 256;
	memcpy(out, data, *out_size);
	return TEE_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[AZURE_ANSWER_WHY] = "", *token = NULL;
	unsigned calls = 0;
	enum tee_verdict verdict = tee_azure_guest_answer((const char *)data,
	    size, unwrap, &calls, &token, why);

	fuzz_must(verdict == TEE_OK || verdict == TEE_DENY, "a verdict");
	fuzz_must((verdict == TEE_OK) == (token != NULL), "a token or none");
	fuzz_must((verdict == TEE_OK) == (why[0] == '\0'), "a reason or none");
	fuzz_must(calls <= 1 && (calls == 1 || token == NULL), "one key");
	if (token != NULL)
		fuzz_must(strlen(token) > 0 && strlen(token) < size,
		    "a token that was in it");
	fuzz_accepted = token != NULL;
	free(token);
	return 0;
}
