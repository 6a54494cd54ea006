/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: ATTESTATION_REPORT of AMD 56860, versions 2 to 5.  Parsing is
 * total over 1184 bytes; what the bytes mean is judged elsewhere.
 */
#ifndef TEE_SNP_REPORT_H
#define TEE_SNP_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/evp.h>

#define SNP_REPORT_SIZE 1184
#define SNP_REPORT_SIGNED 0x2a0 /* the bytes that the chip signs */
#define SNP_REPORT_DATA_SIZE 64
#define SNP_CHIP_ID_SIZE 64
#define SNP_SIGNATURE_PART 72    /* r and s, little-endian */
#define SNP_VMPL_HOST UINT32_MAX /* the host asked, not the guest */

enum snp_signer { SNP_SIGNER_VCEK = 0, SNP_SIGNER_VLEK = 1 };

/* Bits of POLICY. */
#define SNP_POLICY_SMT 16
#define SNP_POLICY_RESERVED_ONE 17
#define SNP_POLICY_MIGRATE_MA 18
#define SNP_POLICY_DEBUG 19
#define SNP_POLICY_LAST 25

struct snp_firmware {
	uint8_t build, minor, major; /* the order of the wire */
};

/* Pointers look into the bytes that were parsed. */
struct snp_report {
	const uint8_t *raw;
	uint32_t version;
	uint32_t guest_svn;
	uint64_t policy;
	const uint8_t *family_id; /* 16 */
	const uint8_t *image_id;  /* 16 */
	uint32_t vmpl;
	uint32_t signature_algo;
	const uint8_t *current_tcb; /* 8 */
	uint64_t platform_info;
	uint32_t signer_info;
	const uint8_t *report_data;       /* 64 */
	const uint8_t *measurement;       /* 48 */
	const uint8_t *host_data;         /* 32 */
	const uint8_t *id_key_digest;     /* 48 */
	const uint8_t *author_key_digest; /* 48 */
	const uint8_t *report_id;         /* 32 */
	const uint8_t *report_id_ma;      /* 32 */
	const uint8_t *reported_tcb;      /* 8 */
	uint8_t family, model, stepping;  /* version 3 and later */
	const uint8_t *chip_id;           /* 64 */
	const uint8_t *committed_tcb;     /* 8 */
	struct snp_firmware current_fw;
	struct snp_firmware committed_fw;
	const uint8_t *launch_tcb;        /* 8 */
	uint64_t launch_mit, current_mit; /* version 5 and later */
	const uint8_t *r, *s;             /* 72 each */
	/* The first reserved field that is not zero; NULL where all are. */
	const char *reserved;
	/* Set by who knows the platform: it comes again, so the store may know
	 * its signature by SHA-256 of all its bytes. */
	bool returns;
	uint8_t digest[32];
};

bool tee_snp_report_parse(struct snp_report *, const uint8_t *, size_t size);
bool tee_snp_report_known_version(const struct snp_report *);
bool tee_snp_report_has_cpuid(const struct snp_report *);
bool tee_snp_report_has_mitigations(const struct snp_report *);
unsigned tee_snp_report_signer(const struct snp_report *);
bool tee_snp_report_author_key(const struct snp_report *);
bool tee_snp_report_masked_key(const struct snp_report *);
/* ECDSA over the bytes as received; the key is on P-384. */
bool tee_snp_report_signed_by(const struct snp_report *, EVP_PKEY *key,
    const EVP_MD *sha384);
bool tee_snp_bytes_zero(const uint8_t *, size_t size);

#endif
