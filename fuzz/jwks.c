/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jwks: any bytes as the keys of an endpoint.  A kid gives a key where it
 * stands exactly once and its key is RSA of at least 2048 bits; nothing else
 * gives one.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/jwks.h"

const char fuzz_target[] = "jwks";

static bool
check_key(const struct azure_jwks *set, const struct azure_jwk *one)
{
	char why[AZURE_JWKS_WHY] = "";
	const struct azure_jwk *got =
	    tee_azure_jwks_key(set, one->kid, NULL, 0, why);
	bool alone = tee_azure_jwks_has(set, one->kid) == 1;
	uint8_t other[32];

	fuzz_must(one->key == NULL ||
		(EVP_PKEY_get_base_id(one->key) == EVP_PKEY_RSA &&
		    EVP_PKEY_get_bits(one->key) >= 2048),
	    "a key for RS256");
	fuzz_must(got == (alone && one->key != NULL ? one : NULL),
	    "exactly one key");
	fuzz_must(got != NULL || why[0] != '\0', "a refusal says why");
	memcpy(other, one->spki, sizeof(other));
	fuzz_must(tee_azure_jwks_key(set, one->kid, other, 1, why) == got,
	    "it is its own signer");
	other[0] ^= 1;
	fuzz_must(tee_azure_jwks_key(set, one->kid, other, 1, why) == NULL,
	    "it is nobody else's");
	return got != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[AZURE_JWKS_WHY] = "";
	struct azure_jwks *set = tee_azure_jwks_parse(data, size, why);

	fuzz_accepted = false;
	if (set == NULL) {
		fuzz_must(why[0] != '\0', "a refusal says why");
		return 0;
	}
	fuzz_must(set->count > 0 && set->count <= AZURE_JWKS_KEYS, "a count");
	fuzz_must(set->size == size && memcmp(set->text, data, size) == 0,
	    "the text as it came");
	for (size_t i = 0; i < set->count; i++)
		if (check_key(set, &set->key[i]))
			fuzz_accepted = true;
	tee_azure_jwks_free(&set);
	fuzz_must(set == NULL, "freed");
	return 0;
}
