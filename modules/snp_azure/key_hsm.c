/* SPDX-License-Identifier: Apache-2.0 */
/* release, the part that carries the key: see release.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/snp_azure/release.h"

#define WRAPPED_MAX (AZURE_RSA_MAX + AZURE_RELEASED_MAX)

static bool
say(char why[TEE_JWS_WHY], const char *sentence)
{
	snprintf(why, TEE_JWS_WHY, "%s", sentence);
	return false;
}

static bool
read_ciphertext(struct azure_key_hsm *k)
{
	const char *text = tee_json_text(k->root, "ciphertext");

	if (text == NULL)
		return false;
	k->wrapped = tee_b64_decode(TEE_BASE64_URL, text, strlen(text),
	    &k->wrapped_size);
	return k->wrapped != NULL && k->wrapped_size > 0 &&
	    k->wrapped_size <= WRAPPED_MAX;
}

bool
tee_azure_key_hsm_parse(struct azure_key_hsm *k, const char *text, size_t size,
    char why[TEE_JWS_WHY])
{
	const json_t *header;
	size_t raw_size = 0;
	uint8_t *raw;

	memset(k, 0, sizeof(*k));
	raw = tee_b64_decode(TEE_BASE64_URL, text, size, &raw_size);
	if (raw == NULL)
		return say(why, "key_hsm is not base64url");
	k->root = tee_json_object(raw, raw_size, why);
	free(raw);
	if (k->root == NULL)
		return false;
	header = tee_json_member(k->root, "header");
	k->kid = tee_json_text(header, "kid");
	k->enc = tee_json_text(header, "enc");
	if (!tee_json_is(k->root, "schema_version", "1.0"))
		return say(why, "schema_version is not 1.0");
	if (k->kid == NULL || k->enc == NULL ||
	    !tee_json_is(header, "alg", "dir"))
		return say(why,
		    "its header lacks kid or enc, or alg is not "
		    "dir");
	if (!read_ciphertext(k))
		return say(why,
		    "ciphertext is missing, malformed or too "
		    "long");
	return true;
}

void
tee_azure_key_hsm_free(struct azure_key_hsm *k)
{
	json_decref(k->root);
	free(k->wrapped);
	memset(k, 0, sizeof(*k));
}
