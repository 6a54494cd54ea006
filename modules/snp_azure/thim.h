/* SPDX-License-Identifier: Apache-2.0 */
/* thim: the inside of struct azure_thim; thim.c's own, and its tests'. */
#ifndef TEE_AZURE_THIM_H
#define TEE_AZURE_THIM_H

#include "modules/snp/kds.h"
#include "modules/snp/supply.h"

struct azure_thim {
	char *base;
	struct snp_kds kds;
	struct snp_supply supply;
};

#endif
