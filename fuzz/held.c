/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held: any bytes as teed's STATUS, of which the library reads a digest, a
 * public key and claims.  Claims or none, and none where it is refused.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/held.h"

const char fuzz_target[] = "held";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tee_held held;
	char *json = NULL;

	fuzz_accepted = tee_held_read(data, size, &held) == 0;
	fuzz_must(fuzz_accepted == (held.claims != NULL), "claims or none");
	if (!fuzz_accepted)
		return 0;
	fuzz_must(tee_claims_to_json(held.claims, &json) == 0 && json != NULL,
	    "what was read can be written");
	fuzz_touch(held.digest, sizeof(held.digest));
	fuzz_touch(held.public_key, sizeof(held.public_key));
	free(json);
	tee_claims_free(&held.claims);
	return 0;
}
