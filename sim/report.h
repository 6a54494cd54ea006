/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: ATTESTATION_REPORT (AMD 56860, table 23) as 1184 bytes with named
 * fields, and the chip's signature over the first 672.
 */
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>

#include "sim/chain.h"
#include "sim/platform.h"

#define SIM_REPORT_SIZE 1184
#define SIM_REPORT_SIGNED 672
#define SIM_REPORT_DATA 64

enum sim_field_kind {
	SIM_NUMBER, /* little-endian, decimal or 0x hex */
	SIM_BYTES,  /* hex, exactly as many bytes */
	SIM_TCB     /* 16 hex digits, or bl=4,snp=24,ucode=219 */
};

struct sim_field {
	const char *name;
	size_t offset;
	size_t size;
	enum sim_field_kind kind;
	const char *what; /* one line for people */
};

/* Every field, ended by a NULL name. */
extern const struct sim_field tee_sim_fields[];
const struct sim_field *tee_sim_field(const char *name);

/* Well-formed, of this version (2 to 5; 0: the product's own), unsigned. */
void tee_sim_report_init(uint8_t report[SIM_REPORT_SIZE],
    const struct sim_platform *, uint32_t version, enum sim_signer);
/* Sets a field from text; false: no such field, or no such value. */
bool tee_sim_report_set(uint8_t report[SIM_REPORT_SIZE], enum sim_product,
    const char *name, const char *value);
/* Sets a number or the first bytes of a field; the name must exist. */
void tee_sim_report_number(uint8_t report[SIM_REPORT_SIZE], const char *name,
    uint64_t value);
void tee_sim_report_bytes(uint8_t report[SIM_REPORT_SIZE], const char *name,
    const void *, size_t size);
uint64_t tee_sim_report_get(const uint8_t report[SIM_REPORT_SIZE],
    const char *name);
/* r and s, 72 bytes each, little-endian. */
bool tee_sim_report_sign(uint8_t report[SIM_REPORT_SIZE], EVP_PKEY *);

#endif
