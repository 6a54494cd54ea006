/* SPDX-License-Identifier: Apache-2.0 */
/* report: see report.h.  Offsets of AMD 56860, table 23 and its successor. */
#include "config.h"

#include <string.h>
#include <openssl/ecdsa.h>

#include "modules/common/reader.h"
#include "modules/snp/report.h"

#define P384_BYTES 48
#define SIGNER_AUTHOR_KEY (UINT32_C(1) << 0)
#define SIGNER_MASK_CHIP_KEY (UINT32_C(1) << 1)
#define SIGNER_KEY_SHIFT 2
#define SIGNER_KEY_MASK 7
#define SIGNER_RESERVED_SHIFT 5

bool
tee_snp_bytes_zero(const uint8_t *data, size_t size)
{
	uint8_t any = 0;

	for (size_t i = 0; i < size; i++)
		any |= data[i];
	return any == 0;
}

static void
must_be_zero(struct snp_report *report, struct tee_reader *r, size_t size,
    const char *where)
{
	if (!tee_reader_zeros(r, size) && report->reserved == NULL)
		report->reserved = where;
}

static struct snp_firmware
firmware(struct tee_reader *r)
{
	struct snp_firmware fw;

	fw.build = tee_reader_u8(r);
	fw.minor = tee_reader_u8(r);
	fw.major = tee_reader_u8(r);
	return fw;
}

/* 0x000 to 0x17f: what the guest and its owner said. */
static void
parse_guest(struct snp_report *report, struct tee_reader *r)
{
	report->version = tee_reader_le32(r);
	report->guest_svn = tee_reader_le32(r);
	report->policy = tee_reader_le64(r);
	report->family_id = tee_reader_bytes(r, 16);
	report->image_id = tee_reader_bytes(r, 16);
	report->vmpl = tee_reader_le32(r);
	report->signature_algo = tee_reader_le32(r);
	report->current_tcb = tee_reader_bytes(r, 8);
	report->platform_info = tee_reader_le64(r);
	report->signer_info = tee_reader_le32(r);
	if (report->signer_info >> SIGNER_RESERVED_SHIFT != 0)
		report->reserved = "0x048 bits 31:5";
	must_be_zero(report, r, 4, "0x04c");
	report->report_data = tee_reader_bytes(r, SNP_REPORT_DATA_SIZE);
	report->measurement = tee_reader_bytes(r, 48);
	report->host_data = tee_reader_bytes(r, 32);
	report->id_key_digest = tee_reader_bytes(r, 48);
	report->author_key_digest = tee_reader_bytes(r, 48);
	report->report_id = tee_reader_bytes(r, 32);
	report->report_id_ma = tee_reader_bytes(r, 32);
}

/* 0x180 to 0x29f: what the platform is. */
static void
parse_platform(struct snp_report *report, struct tee_reader *r)
{
	report->reported_tcb = tee_reader_bytes(r, 8);
	if (tee_snp_report_has_cpuid(report)) {
		report->family = tee_reader_u8(r);
		report->model = tee_reader_u8(r);
		report->stepping = tee_reader_u8(r);
	} else {
		must_be_zero(report, r, 3, "0x188");
	}
	must_be_zero(report, r, 21, "0x18b");
	report->chip_id = tee_reader_bytes(r, SNP_CHIP_ID_SIZE);
	report->committed_tcb = tee_reader_bytes(r, 8);
	report->current_fw = firmware(r);
	must_be_zero(report, r, 1, "0x1eb");
	report->committed_fw = firmware(r);
	must_be_zero(report, r, 1, "0x1ef");
	report->launch_tcb = tee_reader_bytes(r, 8);
	if (tee_snp_report_has_mitigations(report)) {
		report->launch_mit = tee_reader_le64(r);
		report->current_mit = tee_reader_le64(r);
	} else {
		must_be_zero(report, r, 16, "0x1f8");
	}
	must_be_zero(report, r, 152, "0x208");
}

/* 0x2a0 to 0x49f.  P-384 numbers have 48 bytes; r and s have room for 72. */
static void
parse_signature(struct snp_report *report, struct tee_reader *r)
{
	report->r = tee_reader_bytes(r, 48);
	must_be_zero(report, r, 24, "0x2d0 (upper bytes of r)");
	report->s = tee_reader_bytes(r, 48);
	must_be_zero(report, r, 24, "0x318 (upper bytes of s)");
	must_be_zero(report, r, 368, "0x330");
}

bool
tee_snp_report_parse(struct snp_report *report, const uint8_t *data,
    size_t size)
{
	struct tee_reader r;

	memset(report, 0, sizeof(*report));
	if (size != SNP_REPORT_SIZE)
		return false;
	tee_reader_init(&r, data, size);
	report->raw = data;
	parse_guest(report, &r);
	parse_platform(report, &r);
	parse_signature(report, &r);
	return !r.bad && tee_reader_left(&r) == 0;
}

bool
tee_snp_report_known_version(const struct snp_report *report)
{
	return report->version >= 2 && report->version <= 5;
}

bool
tee_snp_report_has_cpuid(const struct snp_report *report)
{
	return report->version >= 3;
}

bool
tee_snp_report_has_mitigations(const struct snp_report *report)
{
	return report->version >= 5;
}

unsigned
tee_snp_report_signer(const struct snp_report *report)
{
	return report->signer_info >> SIGNER_KEY_SHIFT & SIGNER_KEY_MASK;
}

bool
tee_snp_report_author_key(const struct snp_report *report)
{
	return (report->signer_info & SIGNER_AUTHOR_KEY) != 0;
}

bool
tee_snp_report_masked_key(const struct snp_report *report)
{
	return (report->signer_info & SIGNER_MASK_CHIP_KEY) != 0;
}

/* r and s are little-endian; OpenSSL refuses what is not in 1..n-1. */
static unsigned char *
signature_der(const struct snp_report *report, int *size)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_lebin2bn(report->r, P384_BYTES, NULL);
	BIGNUM *s = BN_lebin2bn(report->s, P384_BYTES, NULL);
	unsigned char *der = NULL;

	*size = -1;
	if (sig != NULL && r != NULL && s != NULL &&
	    ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL; /* the signature owns them now */
		*size = i2d_ECDSA_SIG(sig, &der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return der;
}

bool
tee_snp_report_signed_by(const struct snp_report *report, EVP_PKEY *key,
    const EVP_MD *sha384)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int size;
	unsigned char *der = signature_der(report, &size);
	bool ok = ctx != NULL && size > 0 &&
	    EVP_DigestVerifyInit(ctx, NULL, sha384, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, der, (size_t)size, report->raw,
		SNP_REPORT_SIGNED) == 1;

	EVP_MD_CTX_free(ctx);
	OPENSSL_free(der);
	return ok;
}
