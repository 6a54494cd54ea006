/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: what one verifier line asks of a report beyond what every report
 * must satisfy.  Options are read once, at load; the table of their names is
 * in tee_snp(8).
 */
#ifndef TEE_SNP_POLICY_H
#define TEE_SNP_POLICY_H

#include <tee/module.h>

#include "modules/snp/product.h"
#include "modules/snp/report.h"

/* What a bit of the report must be. */
enum snp_tristate { SNP_ANY = 0, SNP_REQUIRED, SNP_FORBIDDEN };

#define SNP_POLICY_BITS 9
#define SNP_PLATFORM_BITS 8

struct snp_bit {
	const char *name; /* option, and tail of the check's name */
	unsigned bit;
};

extern const struct snp_bit tee_snp_policy_bits[SNP_POLICY_BITS];
extern const struct snp_bit tee_snp_platform_bits[SNP_PLATFORM_BITS];

enum snp_tcb_kind {
	SNP_TCB_REPORTED = 0,
	SNP_TCB_COMMITTED,
	SNP_TCB_CURRENT,
	SNP_TCB_LAUNCH,
	SNP_TCB_KINDS
};

/* Floors per product; one that names no product of the report is not met. */
struct snp_floor {
	bool given;
	bool has[SNP_PRODUCTS];
	struct snp_tcb least[SNP_PRODUCTS];
};

/* An allow-list of equal-sized values; count 0: not asked. */
struct snp_list {
	uint8_t *items;
	size_t count;
	size_t size;
};

enum snp_list_kind {
	SNP_LIST_MEASUREMENT = 0,
	SNP_LIST_HOST_DATA,
	SNP_LIST_FAMILY_ID,
	SNP_LIST_IMAGE_ID,
	SNP_LIST_ID_KEY,
	SNP_LIST_AUTHOR_KEY,
	SNP_LIST_CHIP_ID,
	SNP_LIST_REPORT_ID,
	SNP_LIST_REPORT_ID_MA,
	SNP_LISTS
};

#define SNP_VMPL_ANY UINT64_MAX

struct snp_policy {
	enum snp_tristate policy[SNP_POLICY_BITS];
	enum snp_tristate platform[SNP_PLATFORM_BITS];
	enum snp_tristate id_block;
	bool platform_reserved_forbidden;
	bool provisional_forbidden;
	bool crl_required;
	bool masked_chip_id_allowed;
	unsigned products; /* bit per enum snp_product; 0: any */
	unsigned signers;  /* bit per enum snp_signer; 0: any */
	uint64_t vmpl;     /* SNP_VMPL_ANY: any guest level */
	uint64_t guest_svn;
	uint64_t launch_mitigations;
	uint64_t current_mitigations;
	bool has_abi, has_firmware;
	struct snp_firmware abi; /* major, minor */
	struct snp_firmware firmware;
	struct snp_floor floor[SNP_TCB_KINDS];
	struct snp_floor up_to_date;
	struct snp_list list[SNP_LISTS];
	char *csp_ids;    /* comma-separated; NULL: any */
	char *certs_file; /* beside what the evidence carries */
	char *crl_file;
};

/* Names and sizes of the lists, and which field of a report each holds. */
const char *tee_snp_list_name(enum snp_list_kind);
const char *tee_snp_tcb_kind_name(enum snp_tcb_kind);

/* false after the refusal was logged at its line. */
bool tee_snp_policy_read(struct snp_policy *,
    const struct tee_config *) TEE_MUST_USE;
void tee_snp_policy_clear(struct snp_policy *);

#endif
