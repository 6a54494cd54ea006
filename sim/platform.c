/* SPDX-License-Identifier: Apache-2.0 */
/* platform: see platform.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/hmac.h>

#include "sim/platform.h"

#define KDS "https://kdsintf.amd.com/"

static const struct sim_product_info products[SIM_PRODUCTS] = {
	[SIM_MILAN] = { .name = "Milan",
	    .vcek_name = "Milan-B0",
	    .vlek_name = "Milan",
	    .ark = "ARK-Milan",
	    .ask = "SEV-Milan",
	    .asvk = "SEV-VLEK-Milan",
	    .ask_crl = KDS "vcek/v1/Milan/crl",
	    .asvk_crl = KDS "vlek/v1/Milan/crl",
	    .ark_serial = 0x010000,
	    .ask_serial = 0x010001,
	    .asvk_serial = 0x010101,
	    .struct_version = 0,
	    .hwid_size = 64,
	    .report_version = 3,
	    .cpuid = { 0x19, 0x01, 1 },
	    .firmware = { 1, 55, 29 },
	    .tcb = { .bl = 4, .tee = 0, .snp = 24, .ucode = 219 },
	    .platform_info = 0x25,
	    .mitigations = 0x0b },
	[SIM_GENOA] = { .name = "Genoa",
	    .vcek_name = "Genoa",
	    .vlek_name = "Genoa",
	    .ark = "ARK-Genoa",
	    .ask = "SEV-Genoa",
	    .asvk = "SEV-VLEK-Genoa",
	    .ask_crl = KDS "vcek/v1/Genoa/crl",
	    .asvk_crl = KDS "vlek/v1/Genoa/crl",
	    .ark_serial = 0x020000,
	    .ask_serial = 0x020002,
	    .asvk_serial = 0x020101,
	    .struct_version = 0,
	    .hwid_size = 64,
	    .report_version = 3,
	    .cpuid = { 0x19, 0x11, 1 },
	    .firmware = { 1, 55, 40 },
	    .tcb = { .bl = 10, .tee = 0, .snp = 23, .ucode = 84 },
	    .platform_info = 0x25,
	    .mitigations = 0x0b },
	[SIM_TURIN] = { .name = "Turin",
	    .vcek_name = "Turin",
	    .vlek_name = "Turin",
	    .ark = "ARK-Turin",
	    .ask = "SEV-Turin",
	    .asvk = "SEV-VLEK-Turin",
	    .ask_crl = KDS "vcek/v1/Turin/crl",
	    .asvk_crl = KDS "vlek/v1/Turin/crl",
	    .ark_serial = 0x030000,
	    .ask_serial = 0x030001,
	    .asvk_serial = 0x030101,
	    .struct_version = 1,
	    .hwid_size = 8,
	    .report_version = 5,
	    .cpuid = { 0x1a, 0x02, 1 },
	    .firmware = { 1, 58, 2 },
	    .tcb = { .fmc = 1, .bl = 1, .tee = 1, .snp = 4, .ucode = 82 },
	    .platform_info = 0x65,
	    .mitigations = 0x3f }
};

const struct sim_product_info *
tee_sim_product(enum sim_product product)
{
	return &products[product];
}

bool
tee_sim_product_parse(const char *name, enum sim_product *out)
{
	for (unsigned i = 0; i < SIM_PRODUCTS; i++)
		if (strcmp(name, products[i].name) == 0) {
			*out = (enum sim_product)i;
			return true;
		}
	return false;
}

/*
 *   byte           0    1    2     3     4     5     6     7
 *   Milan, Genoa   bl   tee  spl4  spl5  spl6  spl7  snp   ucode
 *   Turin          fmc  bl   tee   snp   spl5  spl6  spl7  ucode
 */
void
tee_sim_tcb_encode(enum sim_product product, const struct sim_tcb *t,
    uint8_t out[SIM_TCB_SIZE])
{
	const uint8_t old[] = { t->bl, t->tee, t->spl4, t->spl5, t->spl6,
		t->spl7, t->snp, t->ucode };
	const uint8_t turin[] = { t->fmc, t->bl, t->tee, t->snp, t->spl5,
		t->spl6, t->spl7, t->ucode };

	memcpy(out, product == SIM_TURIN ? turin : old, SIM_TCB_SIZE);
}

struct sim_tcb
tee_sim_tcb_decode(enum sim_product product, const uint8_t raw[SIM_TCB_SIZE])
{
	if (product == SIM_TURIN)
		return (struct sim_tcb){ .fmc = raw[0],
			.bl = raw[1],
			.tee = raw[2],
			.snp = raw[3],
			.spl5 = raw[4],
			.spl6 = raw[5],
			.spl7 = raw[6],
			.ucode = raw[7] };
	return (struct sim_tcb){ .bl = raw[0],
		.tee = raw[1],
		.spl4 = raw[2],
		.spl5 = raw[3],
		.spl6 = raw[4],
		.spl7 = raw[5],
		.snp = raw[6],
		.ucode = raw[7] };
}

void
tee_sim_platform_init(struct sim_platform *platform, enum sim_product product,
    const struct sim_keyset *keys, time_t now)
{
	static const uint8_t label[] = "chip id";
	uint8_t id[SIM_CHIP_ID_SIZE] = { 0 };

	memset(platform, 0, sizeof(*platform));
	platform->product = product;
	platform->tcb = products[product].tcb;
	platform->now = now;
	snprintf(platform->csp_id, sizeof(platform->csp_id),
	    "CN=teesim.example");
	HMAC(EVP_sha512(), keys->chip, sizeof(keys->chip), label,
	    sizeof(label) - 1, id, NULL);
	memcpy(platform->chip_id, id, products[product].hwid_size);
}
