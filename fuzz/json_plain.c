/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_plain: whatever the quick reader takes, jansson takes, too, as the
 * same value with its members in the same order.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/evidence_json.h"
#include "libtee/json_plain.h"

const char fuzz_target[] = "json_plain";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *plain = tee_json_plain((const char *)data, size);
	json_t *right;
	char *a, *b;

	fuzz_accepted = plain != NULL;
	if (plain == NULL)
		return 0;
	right = json_loadb((const char *)data, size, TEE_JSON_OUTSIDE, NULL);
	fuzz_must(json_equal(plain, right), "the same value");
	a = json_dumps(plain, JSON_COMPACT);
	b = json_dumps(right, JSON_COMPACT);
	fuzz_must(a != NULL && b != NULL && strcmp(a, b) == 0,
	    "in the same order");
	free(a);
	free(b);
	json_decref(plain);
	json_decref(right);
	return 0;
}
