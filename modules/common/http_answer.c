/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_answer: what a service says beside its status.  Azure's services have
 * several ways to write an error; all become one code and one message.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "modules/common/http_try.h"
#include "modules/common/json.h"

#define INNER_ERRORS 4 /* one is usual */

/* What came from outside is shown on one line of one alphabet. */
static void
copy_plain(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0' && i + 1 < size; i++)
		out[i] = text[i] < 0x20 || text[i] > 0x7e || text[i] == '"' ?
		    ' ' :
		    text[i];
	out[i] = '\0';
}

static const char *
either(const json_t *object, const char *name, const char *capitalised)
{
	const char *text = tee_json_text(object, name);

	return text != NULL ? text : tee_json_text(object, capitalised);
}

static const json_t *
member(const json_t *object, const char *name, const char *capitalised)
{
	const json_t *value = tee_json_member(object, name);

	return value != NULL ? value : tee_json_member(object, capitalised);
}

/* "Forbidden/ForbiddenByRbac": each inner error says it more exactly. */
static void
add_code(struct tee_http_response *a, const char *code)
{
	size_t have = strlen(a->code);

	if (code == NULL || code[0] == '\0')
		return;
	if (have > 0 && have + 1 < sizeof(a->code))
		a->code[have++] = '/';
	copy_plain(a->code + have, sizeof(a->code) - have, code);
}

static void
read_error(struct tee_http_response *a, const json_t *error)
{
	const char *message = either(error, "message", "Message");

	for (unsigned i = 0; error != NULL && i < INNER_ERRORS; i++) {
		add_code(a, either(error, "code", "Code"));
		error = member(error, "innererror", "InnerError");
	}
	if (message != NULL)
		copy_plain(a->message, sizeof(a->message), message);
}

/*
 *   {"error":{"code","message","innererror":{"code"}}}    Key Vault, MAA
 *   {"Error":{"Code","Message"}}, {"Code","Message"}      older ones
 *   {"error":"word","error_description":"sentence"}       identity
 */
void
tee_http_read_error(struct tee_http_response *a)
{
	tee_auto_json *root =
	    a->size == 0 ? NULL : tee_json_object(a->body, a->size, NULL);
	const json_t *error = member(root, "error", "Error");
	const char *message = tee_json_text(root, "error_description");

	if (root == NULL)
		return;
	read_error(a, error != NULL ? error : root);
	if (error == NULL)
		add_code(a, either(root, "error", "Error"));
	if (message != NULL)
		copy_plain(a->message, sizeof(a->message), message);
}

static const char *
header(CURL *curl, const char *name)
{
	struct curl_header *h;

	return curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &h) ==
		CURLHE_OK ?
	    h->value :
	    NULL;
}

static void
read_id(struct tee_http_response *a, CURL *curl)
{
	static const char *const names[] = { "x-ms-request-id",
		"x-ms-client-request-id", "x-ms-correlation-request-id",
		"request-id", "x-request-id" };
	const char *value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = header(curl, names[i]);
		if (value != NULL && value[0] != '\0') {
			copy_plain(a->request_id, sizeof(a->request_id), value);
			return;
		}
	}
}

static void
read_retry_after(struct http_try *t, CURL *curl)
{
	curl_off_t seconds = 0;

	if (header(curl, "Retry-After") == NULL ||
	    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK)
		return;
	/* A day is beyond every budget. */
	if (seconds < 0)
		seconds = 0;
	if (seconds > 86400)
		seconds = 86400;
	t->retry_after_ms = (int64_t)seconds * 1000;
}

void
tee_http_read_answer(struct http_try *t, CURL *curl)
{
	struct tee_http_response *a = t->response;
	const char *code;
	long status = 0;

	if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) !=
		CURLE_OK ||
	    status < 0)
		status = 0;
	read_id(a, curl);
	if (t->code != CURLE_OK)
		return;
	a->status = (unsigned)status;
	if (status >= 200 && status < 300)
		return;
	read_retry_after(t, curl);
	tee_http_read_error(a);
	code = header(curl, "x-ms-error-code");
	if (a->code[0] == '\0' && code != NULL)
		copy_plain(a->code, sizeof(a->code), code);
}
