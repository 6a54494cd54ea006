/* SPDX-License-Identifier: Apache-2.0 */
/* json: see json.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/common/json.h"

/* Each of fewer is a real of its own; 2^53 is what 2^53 + 1 reads as, too. */
#define REAL_EXACT 9007199254740992.0

/*
 * jansson refuses integers beyond 64 bits.  Reading all as reals costs those
 * beyond 2^53 their exactness, so that is done only after such a refusal.
 */
static json_t *
load(const void *data, size_t size, json_error_t *error)
{
	json_t *root = json_loadb(data, size, JSON_REJECT_DUPLICATES, error);

	if (root == NULL &&
	    json_error_code(error) == json_error_numeric_overflow)
		root = json_loadb(data, size,
		    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, error);
	return root;
}

json_t *
tee_json_object(const void *data, size_t size, char why[TEE_JSON_WHY])
{
	json_error_t error = { 0 };
	json_t *root = NULL;

	if (size > TEE_JSON_MAX)
		snprintf(error.text, sizeof(error.text), "%zu bytes, limit %d",
		    size, TEE_JSON_MAX);
	else
		root = load(data, size, &error);
	if (root != NULL && !json_is_object(root)) {
		json_decref(root);
		root = NULL;
		snprintf(error.text, sizeof(error.text), "not a JSON object");
	}
	if (root == NULL && why != NULL)
		snprintf(why, TEE_JSON_WHY, "%s", error.text);
	return root;
}

const char *
tee_json_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

json_t *
tee_json_member(const json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	return json_is_object(value) ? value : NULL;
}

bool
tee_json_whole(const json_t *value, int64_t *out)
{
	double real = json_real_value(value);

	if (json_is_integer(value)) {
		*out = json_integer_value(value);
		return true;
	}
	if (!json_is_real(value) || real <= -REAL_EXACT || real >= REAL_EXACT ||
	    real != (double)(int64_t)real)
		return false;
	*out = (int64_t)real;
	return true;
}

bool
tee_json_integer(const json_t *object, const char *name, int64_t *out)
{
	const json_t *value = json_object_get(object, name);
	const char *text = json_string_value(value);
	char *end;

	if (tee_json_whole(value, out))
		return true;
	if (text == NULL || text[strspn(text, "0123456789")] != '\0' ||
	    text[0] == '\0')
		return false;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

bool
tee_json_is(const json_t *object, const char *name, const char *text)
{
	const char *value = tee_json_text(object, name);

	return value != NULL && strcmp(value, text) == 0;
}
