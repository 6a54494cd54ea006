/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hcl: the paravisor's attestation report as it lies in vTPM NV 0x01400001.
 * Little-endian; the NV area is padded with zeros, which nobody reads.
 *
 *      0  4     "HCLA"
 *      4  4     version             1 or 2
 *      8  4     report size         not what documents say: ignored
 *     12  4     request type        2, AK certificate
 *     16  4     status
 *     20  12    reserved
 *     32  1184  hardware report     SNP: ATTESTATION_REPORT
 *   1216  4     data size           20 + n
 *   1220  4     version             1
 *   1224  4     report type
 *   1228  4     report data's hash
 *   1232  4     n
 *   1236  n     runtime data: JSON, its exact bytes are hashed
 */
#ifndef TEE_AZURE_HCL_H
#define TEE_AZURE_HCL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AZURE_HCL_HEADER 1236
#define AZURE_HCL_REPORT_AT 32
#define AZURE_HCL_REPORT_SIZE 1184

enum azure_hcl_type {
	AZURE_HCL_INVALID = 0,
	AZURE_HCL_VBS,
	AZURE_HCL_SNP,
	AZURE_HCL_TRUSTED_VM,
	AZURE_HCL_TDX,
	AZURE_HCL_CCA
};

#define AZURE_HCL_SHA256 1 /* the one hash that was ever seen */

/* Pointers look into the bytes that were parsed. */
struct azure_hcl {
	uint32_t version;
	uint32_t request_type;
	uint32_t report_type; /* enum azure_hcl_type, or a number unknown */
	uint32_t hash_type;
	const uint8_t *report; /* AZURE_HCL_REPORT_SIZE */
	const uint8_t *runtime;
	size_t runtime_size;
	const char *error; /* NULL: well-formed */
};

/* The layout alone; which types are good is the judge's to say. */
bool tee_azure_hcl_parse(struct azure_hcl *, const void *data, size_t size);
/* "SNP", "TDX", ...; never NULL. */
const char *tee_azure_hcl_type_name(uint32_t report_type);

#endif
