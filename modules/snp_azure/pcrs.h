/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcrs: values of platform configuration registers, SHA-256 bank: as evidence
 * carries them ({"0":"<64 hex>",...}) and as a line's reference values name
 * them ("0=<64 hex>,7=<64 hex>").
 */
#ifndef TEE_AZURE_PCRS_H
#define TEE_AZURE_PCRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tee/module.h>

#define AZURE_PCRS 24
#define AZURE_PCR_SIZE 32

struct azure_pcrs {
	uint32_t present; /* a bit per PCR */
	uint8_t value[AZURE_PCRS][AZURE_PCR_SIZE];
	const char *error; /* NULL: well-formed */
};

/* Every member is a PCR 0 to 23, once, with its value; there is one. */
bool tee_azure_pcrs_parse(struct azure_pcrs *, const void *json, size_t size);

/* One PCR may be named several times: any of its values is good. */
struct azure_pcr_reference {
	unsigned index;
	uint8_t value[AZURE_PCR_SIZE];
};

struct azure_pcr_references {
	struct azure_pcr_reference *entry;
	size_t count; /* 0: not asked */
};

/* The option `pcrs`; false after the refusal was logged. */
bool tee_azure_pcr_references_read(struct azure_pcr_references *,
    const struct tee_config *) TEE_MUST_USE;
void tee_azure_pcr_references_clear(struct azure_pcr_references *);
/*
 * -1 where every named PCR is one of `covered` and has a value that is named
 * for it, else the first PCR that has not.
 */
int tee_azure_pcr_references_differ(const struct azure_pcr_references *,
    const struct azure_pcrs *, uint32_t covered);

#endif
