/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime: runtime data, the JSON whose SHA-256 fills the lower half of
 * REPORT_DATA.  Azure's paravisor writes it on a confidential VM; a collector
 * writes it where a key service needs a wrapping key in the report.  The hash
 * is over the bytes as they came; nothing is ever serialised again.
 */
#ifndef TEE_COMMON_RUNTIME_H
#define TEE_COMMON_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#define TEE_USER_DATA_SIZE 64

struct tee_runtime {
	json_t *root;
	bool has_user_data; /* absent before 2024, or malformed: see error */
	uint8_t user_data[TEE_USER_DATA_SIZE];
	const char *error; /* of parsing; NULL: none */
};

/* False with ->error; free it either way. */
bool tee_runtime_parse(struct tee_runtime *, const void *data, size_t size);
void tee_runtime_free(struct tee_runtime *);
/* Whether REPORT_DATA is SHA-256 of these bytes followed by zeros. */
bool tee_runtime_hashes_to(const void *data, size_t size,
    const uint8_t report_data[64]);
/* The one JWK of that kid, borrowed; NULL where none or several. */
json_t *tee_runtime_key(const struct tee_runtime *, const char *kid);

#endif
