/* SPDX-License-Identifier: Apache-2.0 */
/* product: see product.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "modules/snp/product.h"

#define NO_PART 8 /* a part the product's TCB_VERSION does not have */

/*
 * TCB_VERSION, byte by byte (AMD 56860 table 3 and AMD 57230):
 *
 *   byte           0    1    2     3     4     5     6    7
 *   Milan, Genoa   bl   tee  spl4  spl5  spl6  spl7  snp  ucode
 *   Turin          fmc  bl   tee   snp   spl5  spl6  spl7 ucode
 */
static const struct {
	const char *name;
	unsigned struct_version;
	size_t hwid_size;
	uint8_t at[SNP_TCB_PARTS];
	uint8_t pin[32];
} products[SNP_PRODUCTS] = { [SNP_MILAN] = { "Milan", 0, 64,
				 { [SNP_TCB_FMC] = NO_PART,
				     [SNP_TCB_BL] = 0,
				     [SNP_TCB_TEE] = 1,
				     [SNP_TCB_SPL4] = 2,
				     [SNP_TCB_SPL5] = 3,
				     [SNP_TCB_SPL6] = 4,
				     [SNP_TCB_SPL7] = 5,
				     [SNP_TCB_SNP] = 6,
				     [SNP_TCB_UCODE] = 7 },
				 { 0x9f, 0x05, 0x6b, 0xee, 0x44, 0x37, 0x7e,
				     0x29, 0x30, 0x8c, 0xb5, 0xff, 0xa8, 0x95,
				     0xbd, 0xfb, 0x62, 0xd1, 0x88, 0x81, 0xfa,
				     0x6b, 0xed, 0x8d, 0x6f, 0x07, 0x5b, 0x02,
				     0x04, 0x08, 0x9c, 0xb9 } },
	[SNP_GENOA] = { "Genoa", 0, 64,
	    { [SNP_TCB_FMC] = NO_PART,
		[SNP_TCB_BL] = 0,
		[SNP_TCB_TEE] = 1,
		[SNP_TCB_SPL4] = 2,
		[SNP_TCB_SPL5] = 3,
		[SNP_TCB_SPL6] = 4,
		[SNP_TCB_SPL7] = 5,
		[SNP_TCB_SNP] = 6,
		[SNP_TCB_UCODE] = 7 },
	    { 0x42, 0x9a, 0x69, 0xc9, 0x42, 0x2a, 0xa2, 0x58, 0xee, 0x4d, 0x8d,
		0xb5, 0xfc, 0xda, 0x9c, 0x64, 0x70, 0xef, 0x15, 0xf8, 0xcd,
		0x5a, 0x9c, 0xeb, 0xd6, 0xcb, 0xc7, 0xd9, 0x0b, 0x86, 0x38,
		0x31 } },
	[SNP_TURIN] = { "Turin", 1, 8,
	    { [SNP_TCB_FMC] = 0,
		[SNP_TCB_BL] = 1,
		[SNP_TCB_TEE] = 2,
		[SNP_TCB_SNP] = 3,
		[SNP_TCB_SPL4] = NO_PART,
		[SNP_TCB_SPL5] = 4,
		[SNP_TCB_SPL6] = 5,
		[SNP_TCB_SPL7] = 6,
		[SNP_TCB_UCODE] = 7 },
	    { 0x4f, 0x12, 0x54, 0x10, 0x56, 0x3a, 0x2a, 0xb9, 0xa5, 0x03, 0x56,
		0xf9, 0x24, 0x3f, 0x6f, 0xe0, 0xb6, 0xf7, 0x3d, 0xe9, 0x86,
		0x03, 0xf5, 0x3f, 0x90, 0x33, 0x9c, 0x70, 0xe9, 0xd7, 0xad,
		0x08 } } };

/* Combined CPUID values; exact models would refuse Bergamo and Siena. */
static const struct {
	uint8_t family, first, last;
	enum snp_product product;
} models[] = { { 0x19, 0x00, 0x0f, SNP_MILAN }, { 0x19, 0x10, 0x1f, SNP_GENOA },
	{ 0x19, 0xa0, 0xaf, SNP_GENOA }, { 0x1a, 0x00, 0x1f, SNP_TURIN } };

static const char *const part_names[SNP_TCB_PARTS] = { [SNP_TCB_FMC] = "fmc",
	[SNP_TCB_BL] = "bl",
	[SNP_TCB_TEE] = "tee",
	[SNP_TCB_SNP] = "snp",
	[SNP_TCB_UCODE] = "ucode",
	[SNP_TCB_SPL4] = "spl4",
	[SNP_TCB_SPL5] = "spl5",
	[SNP_TCB_SPL6] = "spl6",
	[SNP_TCB_SPL7] = "spl7" };

const char *
tee_snp_product_name(enum snp_product product)
{
	return product > SNP_PRODUCT_UNKNOWN && product < SNP_PRODUCTS ?
	    products[product].name :
	    "unknown";
}

enum snp_product
tee_snp_product_parse(const char *name, size_t size, bool stepping)
{
	const char *dash = stepping ? memchr(name, '-', size) : NULL;
	size_t length = dash != NULL ? (size_t)(dash - name) : size;

	for (unsigned p = SNP_MILAN; p < SNP_PRODUCTS; p++)
		if (length == strlen(products[p].name) &&
		    memcmp(name, products[p].name, length) == 0)
			return (enum snp_product)p;
	return SNP_PRODUCT_UNKNOWN;
}

enum snp_product
tee_snp_product_cpuid(uint8_t family, uint8_t model)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (family == models[i].family && model >= models[i].first &&
		    model <= models[i].last)
			return models[i].product;
	return SNP_PRODUCT_UNKNOWN;
}

enum snp_product
tee_snp_product_pin(const uint8_t spki[32])
{
	for (unsigned p = SNP_MILAN; p < SNP_PRODUCTS; p++)
		if (memcmp(spki, products[p].pin, 32) == 0)
			return (enum snp_product)p;
	return SNP_PRODUCT_UNKNOWN;
}

unsigned
tee_snp_product_struct_version(enum snp_product product)
{
	return products[product].struct_version;
}

size_t
tee_snp_product_hwid_size(enum snp_product product)
{
	return products[product].hwid_size;
}

const char *
tee_snp_tcb_name(enum snp_tcb_part part)
{
	return part_names[part];
}

bool
tee_snp_tcb_has(enum snp_product product, enum snp_tcb_part part)
{
	return product != SNP_PRODUCT_UNKNOWN &&
	    products[product].at[part] != NO_PART;
}

struct snp_tcb
tee_snp_tcb_split(enum snp_product product, const uint8_t raw[8])
{
	struct snp_tcb tcb = { { 0 } };

	for (unsigned i = 0; i < SNP_TCB_PARTS; i++)
		if (tee_snp_tcb_has(product, (enum snp_tcb_part)i))
			tcb.part[i] = raw[products[product].at[i]];
	return tcb;
}

bool
tee_snp_tcb_at_most(const struct snp_tcb *a, const struct snp_tcb *b)
{
	for (unsigned i = 0; i < SNP_TCB_PARTS; i++)
		if (a->part[i] > b->part[i])
			return false;
	return true;
}

/* The reserved spl parts are shown only where they are not zero. */
void
tee_snp_tcb_format(enum snp_product product, const struct snp_tcb *tcb,
    char out[SNP_TCB_TEXT])
{
	size_t used = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < SNP_TCB_PARTS; i++) {
		if (!tee_snp_tcb_has(product, (enum snp_tcb_part)i) ||
		    (i > SNP_TCB_UCODE && tcb->part[i] == 0))
			continue;
		used +=
		    (size_t)snprintf(out + used, SNP_TCB_TEXT - used, "%s%s=%u",
			used == 0 ? "" : " ", part_names[i], tcb->part[i]);
	}
}
