/* SPDX-License-Identifier: Apache-2.0 */
/* field: the fields of a report by name, and their values from text. */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>

#include "sim/report.h"

const struct sim_field tee_sim_fields[] = {
	{ "version", 0x000, 4, SIM_NUMBER, "version of the report: 2 to 5" },
	{ "guest_svn", 0x004, 4, SIM_NUMBER, "guest's security version" },
	{ "policy", 0x008, 8, SIM_NUMBER, "guest policy; bit 19 is DEBUG" },
	{ "family_id", 0x010, 16, SIM_BYTES, "family of the ID block" },
	{ "image_id", 0x020, 16, SIM_BYTES, "image of the ID block" },
	{ "vmpl", 0x030, 4, SIM_NUMBER,
	    "VMPL in the report; 0xffffffff: the host asked" },
	{ "signature_algo", 0x034, 4, SIM_NUMBER, "1: ECDSA P-384, SHA-384" },
	{ "current_tcb", 0x038, 8, SIM_TCB, "TCB that runs" },
	{ "platform_info", 0x040, 8, SIM_NUMBER, "bits of the platform" },
	{ "signer_info", 0x048, 4, SIM_NUMBER,
	    "author key bit, masked key bit, signing key (4:2)" },
	{ "reserved_04c", 0x04c, 4, SIM_BYTES, "must be zero" },
	{ "report_data", 0x050, 64, SIM_BYTES, "the guest's own 64 bytes" },
	{ "measurement", 0x090, 48, SIM_BYTES, "launch digest" },
	{ "host_data", 0x0c0, 32, SIM_BYTES, "the host's own 32 bytes" },
	{ "id_key_digest", 0x0e0, 48, SIM_BYTES, "SHA-384 of the ID key" },
	{ "author_key_digest", 0x110, 48, SIM_BYTES,
	    "SHA-384 of the author key" },
	{ "report_id", 0x140, 32, SIM_BYTES, "this guest" },
	{ "report_id_ma", 0x160, 32, SIM_BYTES,
	    "its migration agent; all ff: none" },
	{ "reported_tcb", 0x180, 8, SIM_TCB,
	    "TCB that the signing key is derived from" },
	{ "cpuid_family", 0x188, 1, SIM_NUMBER, "CPUID family (v3)" },
	{ "cpuid_model", 0x189, 1, SIM_NUMBER, "CPUID model (v3)" },
	{ "cpuid_stepping", 0x18a, 1, SIM_NUMBER, "CPUID stepping (v3)" },
	{ "reserved_18b", 0x18b, 21, SIM_BYTES, "must be zero" },
	{ "chip_id", 0x1a0, 64, SIM_BYTES, "the chip; zero: masked" },
	{ "committed_tcb", 0x1e0, 8, SIM_TCB, "TCB that cannot be undone" },
	{ "current_build", 0x1e8, 1, SIM_NUMBER, "firmware that runs" },
	{ "current_minor", 0x1e9, 1, SIM_NUMBER, "" },
	{ "current_major", 0x1ea, 1, SIM_NUMBER, "" },
	{ "reserved_1eb", 0x1eb, 1, SIM_BYTES, "must be zero" },
	{ "committed_build", 0x1ec, 1, SIM_NUMBER, "firmware committed" },
	{ "committed_minor", 0x1ed, 1, SIM_NUMBER, "" },
	{ "committed_major", 0x1ee, 1, SIM_NUMBER, "" },
	{ "reserved_1ef", 0x1ef, 1, SIM_BYTES, "must be zero" },
	{ "launch_tcb", 0x1f0, 8, SIM_TCB, "TCB when the guest was launched" },
	{ "launch_mit_vector", 0x1f8, 8, SIM_NUMBER,
	    "mitigations at launch (v5)" },
	{ "current_mit_vector", 0x200, 8, SIM_NUMBER, "mitigations now (v5)" },
	{ "reserved_208", 0x208, 152, SIM_BYTES, "must be zero" },
	{ NULL, 0, 0, SIM_NUMBER, NULL }
};

const struct sim_field *
tee_sim_field(const char *name)
{
	for (const struct sim_field *f = tee_sim_fields; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static void
put(uint8_t *p, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

static bool
set_number(uint8_t *p, size_t size, const char *text)
{
	char *end;
	unsigned long long value;

	if (text[0] < '0' || text[0] > '9')
		return false;
	value = strtoull(text, &end, 0);
	if (*end != '\0' || (size < 8 && value >> (8 * size) != 0))
		return false;
	put(p, size, value);
	return true;
}

static bool
set_bytes(uint8_t *p, size_t size, const char *text)
{
	size_t length;
	uint8_t bytes[SIM_REPORT_SIZE];

	if (strlen(text) != 2 * size ||
	    OPENSSL_hexstr2buf_ex(bytes, sizeof(bytes), &length, text, '\0') !=
		1 ||
	    length != size)
		return false;
	memcpy(p, bytes, size);
	return true;
}

static uint8_t *
tcb_part(struct sim_tcb *tcb, const char *name, size_t length)
{
	const struct {
		const char *name;
		uint8_t *part;
	} parts[] = { { "fmc", &tcb->fmc }, { "bl", &tcb->bl },
		{ "tee", &tcb->tee }, { "snp", &tcb->snp },
		{ "ucode", &tcb->ucode }, { "spl4", &tcb->spl4 },
		{ "spl5", &tcb->spl5 }, { "spl6", &tcb->spl6 },
		{ "spl7", &tcb->spl7 } };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strlen(parts[i].name) == length &&
		    memcmp(parts[i].name, name, length) == 0)
			return parts[i].part;
	return NULL;
}

/* Parts that are not named stay as they are. */
static bool
set_tcb(uint8_t *p, enum sim_product product, const char *text)
{
	struct sim_tcb tcb = tee_sim_tcb_decode(product, p);
	char copy[96], *rest = copy, *one, *equals;
	uint8_t *part;

	if (strchr(text, '=') == NULL)
		return set_bytes(p, SIM_TCB_SIZE, text);
	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	while ((one = strsep(&rest, ",")) != NULL) {
		equals = strchr(one, '=');
		part = equals == NULL ?
		    NULL :
		    tcb_part(&tcb, one, (size_t)(equals - one));
		if (part == NULL || !set_number(part, 1, equals + 1))
			return false;
	}
	tee_sim_tcb_encode(product, &tcb, p);
	return true;
}

bool
tee_sim_report_set(uint8_t report[SIM_REPORT_SIZE], enum sim_product product,
    const char *name, const char *value)
{
	const struct sim_field *f = tee_sim_field(name);

	if (f == NULL)
		return false;
	switch (f->kind) {
	case SIM_NUMBER:
		return set_number(report + f->offset, f->size, value);
	case SIM_BYTES:
		return set_bytes(report + f->offset, f->size, value);
	case SIM_TCB:
		return set_tcb(report + f->offset, product, value);
	}
	return false;
}

void
tee_sim_report_number(uint8_t report[SIM_REPORT_SIZE], const char *name,
    uint64_t value)
{
	const struct sim_field *f = tee_sim_field(name);

	assert(f != NULL && f->size <= 8);
	put(report + f->offset, f->size, value);
}

void
tee_sim_report_bytes(uint8_t report[SIM_REPORT_SIZE], const char *name,
    const void *data, size_t size)
{
	const struct sim_field *f = tee_sim_field(name);

	assert(f != NULL && size <= f->size);
	memcpy(report + f->offset, data, size);
}

uint64_t
tee_sim_report_get(const uint8_t report[SIM_REPORT_SIZE], const char *name)
{
	const struct sim_field *f = tee_sim_field(name);
	uint64_t value = 0;

	assert(f != NULL && f->size <= 8);
	for (size_t i = f->size; i > 0; i--)
		value = value << 8 | report[f->offset + i - 1];
	return value;
}
