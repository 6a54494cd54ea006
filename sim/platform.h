/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platform: one pretend machine, by AMD's facts about its product.  Written
 * apart from modules/snp on purpose: an error that the simulator shared with
 * the verifier would hide in both.
 */
#ifndef SIM_PLATFORM_H
#define SIM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "sim/keyset.h"

#define SIM_CHIP_ID_SIZE 64
#define SIM_TCB_SIZE 8

enum sim_product { SIM_MILAN = 0, SIM_GENOA, SIM_TURIN, SIM_PRODUCTS };

/* A part that the product does not have is not encoded. */
struct sim_tcb {
	uint8_t fmc, bl, tee, snp, ucode, spl4, spl5, spl6, spl7;
};

struct sim_cpuid {
	uint8_t family, model, stepping;
};

struct sim_firmware {
	uint8_t major, minor, build;
};

/* What AMD says of a product; strings live as long as the program. */
struct sim_product_info {
	const char *name;               /* "Milan", of profiles and options */
	const char *vcek_name;          /* productName of a VCEK: "Milan-B0" */
	const char *vlek_name;          /* productName of a VLEK: "Milan" */
	const char *ark, *ask, *asvk;   /* common names */
	const char *ask_crl, *asvk_crl; /* CRL distribution points */
	int64_t ark_serial, ask_serial, asvk_serial;
	uint8_t struct_version;
	size_t hwid_size;
	uint32_t report_version;
	struct sim_cpuid cpuid;
	struct sim_firmware firmware;
	struct sim_tcb tcb; /* of a machine in good order */
	uint64_t platform_info;
	uint64_t mitigations;
};

const struct sim_product_info *tee_sim_product(enum sim_product);
bool tee_sim_product_parse(const char *name, enum sim_product *out);

/* TCB_VERSION as the report carries it. */
void tee_sim_tcb_encode(enum sim_product, const struct sim_tcb *,
    uint8_t out[SIM_TCB_SIZE]);
struct sim_tcb tee_sim_tcb_decode(enum sim_product,
    const uint8_t raw[SIM_TCB_SIZE]);

struct sim_platform {
	enum sim_product product;
	uint8_t chip_id[SIM_CHIP_ID_SIZE]; /* Turin: 8 bytes, rest zero */
	struct sim_tcb tcb; /* reported: what the VEK is derived from */
	char csp_id[64];    /* CSP_ID of the VLEK */
	time_t now;         /* validity periods lie around it */
};

/* A machine of this product in good order, with the set's chip in it. */
void tee_sim_platform_init(struct sim_platform *, enum sim_product,
    const struct sim_keyset *, time_t now);

#endif
