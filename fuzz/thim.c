/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thim: any bytes as THIM's JSON.  What is taken is one text that begins as a
 * certificate, and fits the one report that has this TCB.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/imds.h"

#define REPORTED_TCB 0x180

const char fuzz_target[] = "thim";

static void
check(const struct azure_thim_answer *a, size_t size)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	uint8_t report[1184] = { 0 };

	fuzz_must(strncmp(a->pem, begin, strlen(begin)) == 0, "begins as PEM");
	fuzz_must(strstr(a->pem + 1, begin) != NULL, "a chain follows");
	fuzz_must(strlen(a->pem) < size + 1, "no more than what came");
	for (unsigned i = 0; i < 8; i++)
		report[REPORTED_TCB + i] = (uint8_t)(a->tcb >> (8 * i));
	fuzz_must(tee_azure_thim_fits(a, report), "fits its TCB");
	report[REPORTED_TCB + a->tcb % 8] ^= 1;
	fuzz_must(!tee_azure_thim_fits(a, report), "fits no other");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct azure_thim_answer a;
	char why[AZURE_THIM_WHY] = "";

	fuzz_accepted = tee_azure_thim_parse(&a, data, size, why);
	fuzz_must(fuzz_accepted == (a.pem != NULL), "accepted is there");
	fuzz_must(fuzz_accepted || memchr(why, '\0', sizeof(why)) != NULL,
	    "a refusal says why");
	if (fuzz_accepted)
		check(&a, size);
	free(a.pem);
	return 0;
}
