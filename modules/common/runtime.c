/* SPDX-License-Identifier: Apache-2.0 */
/* runtime: see runtime.h. */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "modules/common/json.h"
#include "modules/common/runtime.h"

/* 128 hex digits of either case; anything else is an error, not absence. */
static bool
read_user_data(struct tee_runtime *r)
{
	const json_t *value = json_object_get(r->root, "user-data");
	size_t size = 0;

	if (value == NULL)
		return true;
	if (json_string_length(value) != 2 * TEE_USER_DATA_SIZE ||
	    OPENSSL_hexstr2buf_ex(r->user_data, sizeof(r->user_data), &size,
		json_string_value(value), '\0') != 1 ||
	    size != TEE_USER_DATA_SIZE) {
		r->error = "user-data is not 128 hex digits";
		return false;
	}
	r->has_user_data = true;
	return true;
}

bool
tee_runtime_parse(struct tee_runtime *r, const void *data, size_t size)
{
	memset(r, 0, sizeof(*r));
	r->root = tee_json_object(data, size, NULL);
	if (r->root == NULL) {
		r->error = "not a JSON object, or one with duplicate names";
		return false;
	}
	return read_user_data(r);
}

void
tee_runtime_free(struct tee_runtime *r)
{
	json_decref(r->root);
	r->root = NULL;
}

bool
tee_runtime_hashes_to(const void *data, size_t size,
    const uint8_t report_data[64])
{
	uint8_t expected[64] = { 0 };

	return EVP_Digest(data, size, expected, NULL, EVP_sha256(), NULL) ==
	    1 &&
	    CRYPTO_memcmp(expected, report_data, sizeof(expected)) == 0;
}

json_t *
tee_runtime_key(const struct tee_runtime *r, const char *kid)
{
	json_t *found = NULL, *key;
	size_t i;

	json_array_foreach(json_object_get(r->root, "keys"), i, key)
	{
		if (!tee_json_is(key, "kid", kid))
			continue;
		if (found != NULL)
			return NULL;
		found = key;
	}
	return found;
}
