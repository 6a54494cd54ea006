/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer: any bytes as the body of a service's error.  Code and message are
 * short, end, and print on one line.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/common/http_try.h"

const char fuzz_target[] = "answer";

static void
check_plain(const char *text, size_t room)
{
	size_t size = strnlen(text, room);

	fuzz_must(size < room, "it ends");
	for (size_t i = 0; i < size; i++)
		fuzz_must(text[i] >= ' ' && text[i] < 0x7f && text[i] != '"',
		    "it prints");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tee_http_response a = { .status = 400, .size = size };

	a.body = malloc(size + 1);
	fuzz_must(a.body != NULL, "there is memory");
	if (size > 0)
		memcpy(a.body, data, size);
	a.body[size] = '\0';
	tee_http_read_error(&a);
	check_plain(a.code, sizeof(a.code));
	check_plain(a.message, sizeof(a.message));
	fuzz_accepted = a.code[0] != '\0';
	free(a.body);
	return 0;
}
