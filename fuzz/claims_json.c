/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claims_json: any bytes as the claims that teed sends.  What is read and
 * written is read and written the same again.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/claims_read.h"

const char fuzz_target[] = "claims_json";

static char *
write_claims(const struct tee_claims *claims)
{
	char *json = NULL;

	fuzz_must(tee_claims_to_json(claims, &json) == 0 && json != NULL,
	    "what was read can be written");
	return json;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tee_claims *claims, *again;
	char *first, *second;

	fuzz_accepted =
	    tee_claims_from_json((const char *)data, size, &claims) == 0;
	fuzz_must(fuzz_accepted == (claims != NULL), "claims or none");
	if (!fuzz_accepted)
		return 0;
	first = write_claims(claims);
	fuzz_must(tee_claims_from_json(first, strlen(first), &again) == 0,
	    "it is read again");
	second = write_claims(again);
	fuzz_must(strcmp(first, second) == 0, "the same again");
	free(first);
	free(second);
	tee_claims_free(&claims);
	tee_claims_free(&again);
	return 0;
}
