/* SPDX-License-Identifier: Apache-2.0 */
/*
 * product: which EPYC line a report or chain belongs to, how that line lays
 * out its TCB_VERSION, and the pins of AMD's three root keys.
 */
#ifndef TEE_SNP_PRODUCT_H
#define TEE_SNP_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum snp_product {
	SNP_PRODUCT_UNKNOWN = 0,
	SNP_MILAN,
	SNP_GENOA, /* with Bergamo and Siena */
	SNP_TURIN,
	SNP_PRODUCTS
};

/*
 * TCB_VERSION in one order for every product; a part that a product does not
 * have is zero.  The first eight, in this order, are the claimed TCB.
 */
enum snp_tcb_part {
	SNP_TCB_FMC = 0,
	SNP_TCB_BL,
	SNP_TCB_TEE,
	SNP_TCB_SNP,
	SNP_TCB_UCODE,
	SNP_TCB_SPL5,
	SNP_TCB_SPL6,
	SNP_TCB_SPL7,
	SNP_TCB_SPL4,
	SNP_TCB_PARTS
};

struct snp_tcb {
	uint8_t part[SNP_TCB_PARTS];
};

const char *tee_snp_product_name(enum snp_product); /* "Milan" */
/* Exact, "Milan"; a stepping suffix ("Milan-B0") only where allowed. */
enum snp_product tee_snp_product_parse(const char *name, size_t size,
    bool stepping);
/* From CPUID family and model, as the report combines them. */
enum snp_product tee_snp_product_cpuid(uint8_t family, uint8_t model);
/* The product whose root key has this SHA-256 of SubjectPublicKeyInfo. */
enum snp_product tee_snp_product_pin(const uint8_t spki[32]);
unsigned tee_snp_product_struct_version(enum snp_product);
size_t tee_snp_product_hwid_size(enum snp_product);

const char *tee_snp_tcb_name(enum snp_tcb_part); /* "ucode" */
bool tee_snp_tcb_has(enum snp_product, enum snp_tcb_part);
struct snp_tcb tee_snp_tcb_split(enum snp_product, const uint8_t raw[8]);
/* Every part of a at most that of b. */
bool tee_snp_tcb_at_most(const struct snp_tcb *a, const struct snp_tcb *b);
/* "bl=4 tee=0 snp=24 ucode=219" */
#define SNP_TCB_TEXT 96
void tee_snp_tcb_format(enum snp_product, const struct snp_tcb *,
    char out[SNP_TCB_TEXT]);

#endif
