/* SPDX-License-Identifier: Apache-2.0 */
/* table: see table.h. */
#include "config.h"

#include <string.h>

#include "sim/table.h"

/* In the order of their text, unlike Microsoft's. */
static const uint8_t guids[SIM_GUIDS][SIM_GUID_SIZE] = {
	[SIM_GUID_VCEK] = {	/* 63da758d-e664-4564-adc5-f4b93be8accd */
		0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64,
		0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd },
	[SIM_GUID_VLEK] = {	/* a8074bc2-a25a-483e-aae6-39c045a0b8a1 */
		0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e,
		0xaa, 0xe6, 0x39, 0xc0, 0x45, 0xa0, 0xb8, 0xa1 },
	[SIM_GUID_ASK] = {	/* 4ab7b379-bbac-4fe4-a02f-05aef327c782 */
		0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4,
		0xa0, 0x2f, 0x05, 0xae, 0xf3, 0x27, 0xc7, 0x82 },
	[SIM_GUID_ARK] = {	/* c0b406a4-a803-4952-9743-3fb6014cd0ae */
		0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52,
		0x97, 0x43, 0x3f, 0xb6, 0x01, 0x4c, 0xd0, 0xae },
	[SIM_GUID_CRL] = {	/* 92f81bc3-5811-4d3d-97ff-d19f88dc67ea */
		0x92, 0xf8, 0x1b, 0xc3, 0x58, 0x11, 0x4d, 0x3d,
		0x97, 0xff, 0xd1, 0x9f, 0x88, 0xdc, 0x67, 0xea },
	[SIM_GUID_PLATFORM] = {	/* ecae0c0f-9502-43b1-afa2-0ae2e0d565b6 */
		0xec, 0xae, 0x0c, 0x0f, 0x95, 0x02, 0x43, 0xb1,
		0xaf, 0xa2, 0x0a, 0xe2, 0xe0, 0xd5, 0x65, 0xb6 }
};

const uint8_t *
tee_sim_guid(enum sim_guid guid)
{
	return guids[guid];
}

static void
put32(uint8_t *p, size_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

bool
tee_sim_table_build(const struct sim_table_entry *entries, size_t count,
    struct sim_blob *out)
{
	uint8_t entry[SIM_TABLE_ENTRY];
	size_t offset = (count + 1) * SIM_TABLE_ENTRY;

	for (size_t i = 0; i < count; i++) {
		memcpy(entry, guids[entries[i].guid], SIM_GUID_SIZE);
		put32(entry + 16, offset);
		put32(entry + 20, entries[i].size);
		if (!tee_sim_blob_append(out, entry, sizeof(entry)))
			return false;
		offset += entries[i].size;
	}
	memset(entry, 0, sizeof(entry));
	if (!tee_sim_blob_append(out, entry, sizeof(entry)))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!tee_sim_blob_append(out, entries[i].data, entries[i].size))
			return false;
	return true;
}
