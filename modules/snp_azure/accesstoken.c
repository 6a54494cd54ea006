/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accesstoken: one, taken out of the JSON it came in.  JSON libraries copy
 * what they parse and do not wipe it, so the token is taken out first and
 * blotted; that the blot is the member access_token, whole and on the top
 * level, is for the parser to confirm.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "modules/common/json.h"
#include "modules/snp_azure/imds.h"

#define BLOT 'x'
#define LIFETIME_MAX (7 * 24 * 60 * 60) /* longer than any in the field */

static size_t
skip_blank(const uint8_t *p, size_t size, size_t at)
{
	while (at < size && strchr(" \t\r\n", p[at]) != NULL && p[at] != '\0')
		at++;
	return at;
}

/* Where the text of "access_token" begins; 0: nowhere. */
static size_t
find(const uint8_t *body, size_t size)
{
	static const char name[] = "\"access_token\"";
	const uint8_t *p = memmem(body, size, name, sizeof(name) - 1);
	size_t at;

	if (p == NULL)
		return 0;
	at = skip_blank(body, size, (size_t)(p - body) + sizeof(name) - 1);
	if (at == size || body[at] != ':')
		return 0;
	at = skip_blank(body, size, at + 1);
	return at < size && body[at] == '"' ? at + 1 : 0;
}

/* b64token of RFC 6750: whatever a header line can carry. */
static bool
is_token(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("-._~+/=", c) != NULL);
}

/* Moves the token out of the body; its length, 0 where there is none. */
static size_t
take(uint8_t *body, size_t size, char *token, size_t room)
{
	size_t at = find(body, size), n = 0;

	if (at == 0)
		return 0;
	while (at + n < size && is_token(body[at + n]))
		n++;
	if (n == 0 || n >= room || at + n == size || body[at + n] != '"')
		return 0;
	memcpy(token, body + at, n);
	token[n] = '\0';
	memset(body + at, BLOT, n);
	return n;
}

static bool
is_blot(const char *text, size_t size)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (n != size)
		return false;
	while (n > 0 && text[n - 1] == BLOT)
		n--;
	return n == 0;
}

/* IMDS says when, an authority says how long. */
static bool
read_expiry(const json_t *root, time_t now, int64_t *expires)
{
	int64_t in;

	if (tee_json_integer(root, "expires_on", expires))
		return *expires > 0 && *expires < (int64_t)now + LIFETIME_MAX;
	if (!tee_json_integer(root, "expires_in", &in) || in < 0 ||
	    in > LIFETIME_MAX)
		return false;
	*expires = (int64_t)now + in;
	return true;
}

bool
tee_azure_access_token_parse(uint8_t *body, size_t size, time_t now,
    char *token, size_t room, int64_t *expires, char why[AZURE_TOKEN_WHY])
{
	size_t taken = take(body, size, token, room);
	tee_auto_json *root = NULL;
	const char *type, *wrong = NULL;

	_Static_assert(AZURE_TOKEN_WHY >= TEE_JSON_WHY, "a reason fits");
	*expires = 0;
	if (taken == 0) {
		snprintf(why, AZURE_TOKEN_WHY, "no access_token");
		return false;
	}
	root = tee_json_object(body, size, why);
	if (root == NULL)
		return false;
	type = tee_json_text(root, "token_type");
	if (!is_blot(tee_json_text(root, "access_token"), taken))
		wrong = "access_token is not where it belongs";
	else if (type == NULL || strcasecmp(type, "Bearer") != 0)
		wrong = "token_type is not Bearer";
	else if (!read_expiry(root, now, expires))
		wrong = "neither expires_on nor expires_in is usable";
	if (wrong != NULL)
		snprintf(why, AZURE_TOKEN_WHY, "%s", wrong);
	return wrong == NULL;
}
