/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hcl: any bytes as the paravisor's report.  What is taken lies inside the
 * bytes, at the offsets of the layout (written here a second time), and its
 * sizes agree.
 */
#include "config.h"

#include "fuzz/fuzz.h"
#include "modules/snp_azure/hcl.h"

const char fuzz_target[] = "hcl";

static uint64_t
little32(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	    (uint64_t)p[3] << 24;
}

static void
check(const struct azure_hcl *h, const uint8_t *data, size_t size)
{
	fuzz_must(size >= 1236 && data[0] == 'H' && data[1] == 'C' &&
		data[2] == 'L' && data[3] == 'A',
	    "a whole header");
	fuzz_must(h->version == little32(data + 4) && h->version >= 1 &&
		h->version <= 2 && little32(data + 1220) == 1,
	    "versions");
	fuzz_must(h->request_type == little32(data + 12) &&
		h->report_type == little32(data + 1224) &&
		h->hash_type == little32(data + 1228),
	    "numbers");
	fuzz_must(h->report == data + 32 && h->runtime == data + 1236,
	    "offsets");
	fuzz_must(h->runtime_size == little32(data + 1232) &&
		little32(data + 1216) == 20 + little32(data + 1232),
	    "sizes agree");
	fuzz_must(1236 + (uint64_t)h->runtime_size <= size, "inside");
	fuzz_touch(h->report, AZURE_HCL_REPORT_SIZE);
	fuzz_touch(h->runtime, h->runtime_size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct azure_hcl h;
	bool ok = tee_azure_hcl_parse(&h, data, size);

	fuzz_must(ok == (h.error == NULL), "a refusal says why");
	fuzz_touch(tee_azure_hcl_type_name(h.report_type), 3);
	fuzz_accepted = ok;
	if (ok)
		check(&h, data, size);
	return 0;
}
