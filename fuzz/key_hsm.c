/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_hsm: any bytes as the part of a release that carries the key.  What is
 * taken names a wrapping key and a way, and has bytes to unwrap.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/release.h"

const char fuzz_target[] = "key_hsm";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct azure_key_hsm k;
	char why[TEE_JWS_WHY] = "";

	fuzz_accepted =
	    tee_azure_key_hsm_parse(&k, (const char *)data, size, why);
	if (fuzz_accepted) {
		fuzz_must(k.kid != NULL && k.enc != NULL, "names both");
		fuzz_must(k.wrapped_size > 0 && k.wrapped_size < size,
		    "no more than what came");
		fuzz_touch(k.wrapped, k.wrapped_size);
	} else {
		fuzz_must(strlen(why) > 0, "a refusal says why");
	}
	tee_azure_key_hsm_free(&k);
	fuzz_must(k.wrapped == NULL && k.root == NULL, "freed");
	return 0;
}
