/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simcloud: what the simulator's MAA reads of a request in binary.  The first
 * byte says as what: 'q' TPMS_ATTEST, 'p' TPM2B_PUBLIC, 'c' one CBOR item.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "sim/attest.h"
#include "sim/cbor.h"

const char fuzz_target[] = "simcloud";

static bool
read_attest(const struct sim_blob *blob)
{
	struct sim_attest attest;

	if (!tee_sim_attest_read(blob, &attest))
		return false;
	fuzz_must(attest.type == SIM_ATTEST_QUOTE ||
		attest.type == SIM_ATTEST_CERTIFY,
	    "a quote or a certification");
	fuzz_must(attest.extra_size < blob->size, "extra data lies inside");
	fuzz_touch(attest.extra, attest.extra_size);
	if (attest.type == SIM_ATTEST_QUOTE)
		fuzz_touch(attest.digest, 32);
	else
		fuzz_touch(attest.name, 34);
	return true;
}

static bool
read_public(const struct sim_blob *blob)
{
	struct sim_tpm_public area;

	if (!tee_sim_tpm_public(blob, &area))
		return false;
	fuzz_must(area.key != NULL && EVP_PKEY_get_bits(area.key) <= 8 * 65536,
	    "a key came of it");
	fuzz_must(area.name[0] == 0 && area.name[1] == 0x0b, "a SHA-256 name");
	EVP_PKEY_free(area.key);
	return true;
}

/* Taken item by item, the bytes are the same as skipped at once. */
static bool
read_cbor(const struct sim_blob *blob)
{
	struct sim_cbor whole = { blob->data, blob->size, false };
	struct sim_cbor heads = whole;
	struct sim_cbor_item item;

	if (!tee_sim_cbor_skip(&whole) || whole.left != 0)
		return false;
	while (heads.left > 0) {
		fuzz_must(tee_sim_cbor_next(&heads, &item), "heads follow");
		if (item.data != NULL)
			fuzz_touch(item.data, (size_t)item.value);
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_blob blob = { NULL, 0 };

	fuzz_accepted = false;
	if (size < 2)
		return 0;
	/* A copy of its own, so that a byte beyond it is noticed. */
	fuzz_must(tee_sim_blob_append(&blob, data + 1, size - 1), "memory");
	if (data[0] == 'q')
		fuzz_accepted = read_attest(&blob);
	else if (data[0] == 'p')
		fuzz_accepted = read_public(&blob);
	else if (data[0] == 'c')
		fuzz_accepted = read_cbor(&blob);
	tee_sim_blob_free(&blob);
	return 0;
}
