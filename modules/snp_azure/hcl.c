/* SPDX-License-Identifier: Apache-2.0 */
/* hcl: see hcl.h. */
#include "config.h"

#include <string.h>

#include "modules/common/reader.h"
#include "modules/snp_azure/hcl.h"

/* "HCLA", read little-endian. */
#define SIGNATURE 0x414c4348u
/* What the runtime data's own header adds to its size. */
#define DATA_HEADER 20u

static const char *
wrong_header(const struct azure_hcl *h, uint32_t signature)
{
	if (signature != SIGNATURE)
		return "does not begin with HCLA";
	if (h->version < 1 || h->version > 2)
		return "a version of the header that is not known";
	return NULL;
}

/* Compared without adding: both numbers came from outside. */
static const char *
wrong_sizes(uint32_t data_size, uint32_t data_version, uint32_t runtime_size,
    size_t left)
{
	if (data_version != 1)
		return "a version of the runtime data that is not known";
	if (data_size < DATA_HEADER || data_size - DATA_HEADER != runtime_size)
		return "the sizes of the runtime data disagree";
	if (runtime_size > left)
		return "the runtime data ends beyond the report";
	return NULL;
}

bool
tee_azure_hcl_parse(struct azure_hcl *h, const void *data, size_t size)
{
	struct tee_reader r;
	uint32_t signature, data_size, data_version, runtime_size;

	memset(h, 0, sizeof(*h));
	tee_reader_init(&r, data, size);
	signature = tee_reader_le32(&r);
	h->version = tee_reader_le32(&r);
	(void)tee_reader_le32(&r); /* report size */
	h->request_type = tee_reader_le32(&r);
	(void)tee_reader_bytes(&r, 4 + 12); /* status, reserved */
	h->report = tee_reader_bytes(&r, AZURE_HCL_REPORT_SIZE);
	data_size = tee_reader_le32(&r);
	data_version = tee_reader_le32(&r);
	h->report_type = tee_reader_le32(&r);
	h->hash_type = tee_reader_le32(&r);
	runtime_size = tee_reader_le32(&r);
	if (r.bad)
		h->error = "shorter than its header";
	if (h->error == NULL)
		h->error = wrong_header(h, signature);
	if (h->error == NULL)
		h->error = wrong_sizes(data_size, data_version, runtime_size,
		    tee_reader_left(&r));
	h->runtime = tee_reader_bytes(&r, runtime_size);
	h->runtime_size = runtime_size;
	return h->error == NULL;
}

const char *
tee_azure_hcl_type_name(uint32_t report_type)
{
	switch (report_type) {
	case AZURE_HCL_INVALID:
		return "none";
	case AZURE_HCL_VBS:
		return "VBS";
	case AZURE_HCL_SNP:
		return "SNP";
	case AZURE_HCL_TRUSTED_VM:
		return "Trusted VM";
	case AZURE_HCL_TDX:
		return "TDX";
	case AZURE_HCL_CCA:
		return "CCA";
	}
	return "unknown";
}
