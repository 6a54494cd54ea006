/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: the certificate table that a host hands to its guest (GHCB 56421,
 * 4.1.8.1): 24-byte entries { GUID, u32 offset, u32 length }, a zero entry,
 * then the bytes.
 */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/blob.h"

#define SIM_GUID_SIZE 16
#define SIM_TABLE_ENTRY 24

enum sim_guid {
	SIM_GUID_VCEK = 0,
	SIM_GUID_VLEK,
	SIM_GUID_ASK, /* ASVK too */
	SIM_GUID_ARK,
	SIM_GUID_CRL,
	SIM_GUID_PLATFORM, /* Google's ExtraPlatformInfo */
	SIM_GUIDS
};

struct sim_table_entry {
	enum sim_guid guid;
	const uint8_t *data;
	size_t size;
};

const uint8_t *tee_sim_guid(enum sim_guid);
/* Appends to `out`; any number of entries, duplicates included. */
bool tee_sim_table_build(const struct sim_table_entry *, size_t count,
    struct sim_blob *out);

#endif
