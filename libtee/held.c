/* SPDX-License-Identifier: Apache-2.0 */
/* held: see held.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "libtee/claims_read.h"
#include "libtee/held.h"
#include "libtee/text.h"

static bool
hex_of(const json_t *root, const char *name, uint8_t *out, size_t size)
{
	const json_t *value = json_object_get(root, name);
	const char *hex = json_string_value(value);

	return hex != NULL &&
	    tee_hex_decode(hex, json_string_length(value), out, size);
}

static int
read_claims(const json_t *root, struct tee_claims **out)
{
	const json_t *report = json_object_get(root, "claims_report");
	char *text;
	int error;

	if (!json_is_object(report))
		return TEE_E_TEED;
	text = json_dumps(report, JSON_COMPACT);
	if (text == NULL)
		return TEE_E_MEMORY;
	error = tee_claims_from_json(text, strlen(text), out);
	free(text);
	return error == TEE_E_EVIDENCE ? TEE_E_TEED : error;
}

int
tee_held_read(const uint8_t *json, size_t size, struct tee_held *out)
{
	json_t *root =
	    json_loadb((const char *)json, size, JSON_REJECT_DUPLICATES, NULL);
	int error = TEE_E_TEED;

	*out = (struct tee_held){ 0 };
	if (hex_of(root, "digest", out->digest, sizeof(out->digest)) &&
	    hex_of(root, "public_key", out->public_key,
		sizeof(out->public_key)))
		error = read_claims(root, &out->claims);
	json_decref(root);
	return error;
}
