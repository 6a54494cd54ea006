/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claims_again: reads claims in JSON on standard input as the library reads
 * them from teed, and writes what it made of them; 1 where it refuses them.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "libtee/claims_read.h"

int
main(void)
{
	static char text[1u << 20];
	size_t n = fread(text, 1, sizeof(text), stdin);
	struct tee_claims *claims;
	char *json = NULL;
	int error = tee_claims_from_json(text, n, &claims);

	if (error == 0)
		error = tee_claims_to_json(claims, &json);
	if (error == 0)
		puts(json);
	free(json);
	tee_claims_free(&claims);
	return error == 0 ? 0 : 1;
}
