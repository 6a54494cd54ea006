/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accesstoken: any bytes as an OAuth token response.  A token that is taken can
 * stand in a header line, and is in the body no longer.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/imds.h"

#define NOW 1767225600

const char fuzz_target[] = "accesstoken";

/* How often the text stands in the bytes. */
static unsigned
times(const uint8_t *data, size_t size, const char *text)
{
	const uint8_t *end = data + size, *at = data;
	unsigned n = 0;

	while (
	    (at = memmem(at, (size_t)(end - at), text, strlen(text))) != NULL) {
		n++;
		at++;
	}
	return n;
}

static void
check(const char *token, int64_t expires, const uint8_t *data,
    const uint8_t *body, size_t size)
{
	size_t length = strlen(token);

	fuzz_must(length > 0 && length < AZURE_TOKEN_MAX, "a token's length");
	for (size_t i = 0; i < length; i++)
		fuzz_must(token[i] > ' ' && token[i] < 0x7f &&
			token[i] != '"' && token[i] != '\\',
		    "what a header can carry");
	fuzz_must(expires > 0 && expires < NOW + 400L * 86400, "an end");
	fuzz_must(strspn(token, "x") == length ||
		times(body, size, token) < times(data, size, token),
	    "gone from the body");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char token[AZURE_TOKEN_MAX], why[AZURE_TOKEN_WHY] = "";
	uint8_t *body = malloc(size > 0 ? size : 1);
	int64_t expires = 0;

	fuzz_must(body != NULL, "there is memory");
	if (size > 0)
		memcpy(body, data, size);
	fuzz_accepted = tee_azure_access_token_parse(body, size, NOW, token,
	    sizeof(token), &expires, why);
	if (fuzz_accepted)
		check(token, expires, data, body, size);
	free(body);
	return 0;
}
