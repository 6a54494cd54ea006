/* SPDX-License-Identifier: Apache-2.0 */
/* message_jws: RFC 7515's signing input with RFC 8037's EdDSA. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "libtee/message_form.h"
#include "libtee/text.h"

static bool
is_base64url(const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!((p[i] >= 'A' && p[i] <= 'Z') ||
			(p[i] >= 'a' && p[i] <= 'z') ||
			(p[i] >= '0' && p[i] <= '9') || p[i] == '-' ||
			p[i] == '_'))
			return false;
	return size % 4 != 1;
}

/* Standard base64 with padding of it, decoded; free(3) it. */
static uint8_t *
decode(const uint8_t *p, size_t size, size_t *out)
{
	size_t padded = (size + 3) / 4 * 4;
	char *text = malloc(padded + 1);
	uint8_t *bytes;

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < padded; i++)
		text[i] = i >= size ? '=' :
		    p[i] == '-'     ? '+' :
		    p[i] == '_'     ? '/' :
				      (char)p[i];
	bytes = tee_base64_decode(text, padded, out);
	free(text);
	return bytes;
}

static bool
header_is_eddsa(const uint8_t *p, size_t size)
{
	size_t n = 0;
	uint8_t *text = decode(p, size, &n);
	json_t *header = text != NULL ?
	    json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, NULL) :
	    NULL;
	const char *alg = json_string_value(json_object_get(header, "alg"));
	bool ok = alg != NULL && strcmp(alg, "EdDSA") == 0 &&
	    json_object_get(header, "crit") == NULL &&
	    json_object_get(header, "b64") == NULL;

	json_decref(header);
	free(text);
	return ok;
}

bool
tee_form_is_jws(const uint8_t *message, size_t size)
{
	const uint8_t *dot = memchr(message, '.', size);
	size_t head = dot != NULL ? (size_t)(dot - message) : 0;

	return head > 0 && is_base64url(message, head) &&
	    is_base64url(dot + 1, size - head - 1) &&
	    header_is_eddsa(message, head);
}
