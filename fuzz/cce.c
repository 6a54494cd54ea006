/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cce: any bytes as a policy of containers.  Blanks and other lines around a
 * rule that allows everything do not hide it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/cce.h"

const char fuzz_target[] = "cce";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char before[] = "package policy\n\t ";
	static const char after[] = "\n\ncreate_container := data.rule\n";
	size_t head = sizeof(before) - 1, tail = sizeof(after) - 1;
	uint8_t *more = malloc(head + size + tail);

	fuzz_must(more != NULL, "there is memory");
	memcpy(more, before, head);
	if (size > 0)
		memcpy(more + head, data, size);
	memcpy(more + head + size, after, tail);
	fuzz_accepted = tee_azure_cce_allows_all(data, size);
	fuzz_must(tee_azure_cce_allows_all(more, head + size + tail) ==
		fuzz_accepted,
	    "lines around it change nothing");
	free(more);
	return 0;
}
