/* SPDX-License-Identifier: Apache-2.0 */
/* report: see report.h. */
#include "config.h"

#include <string.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "sim/report.h"

#define POLICY 0x30000 /* SMT, and the bit that must be one */
#define SIGNATURE_AT 0x2a0
#define PART_SIZE 72

static void
set_firmware(uint8_t *report, const struct sim_firmware *fw)
{
	tee_sim_report_number(report, "current_build", fw->build);
	tee_sim_report_number(report, "current_minor", fw->minor);
	tee_sim_report_number(report, "current_major", fw->major);
	tee_sim_report_number(report, "committed_build", fw->build);
	tee_sim_report_number(report, "committed_minor", fw->minor);
	tee_sim_report_number(report, "committed_major", fw->major);
}

static void
set_tcbs(uint8_t *report, const struct sim_platform *platform)
{
	uint8_t tcb[SIM_TCB_SIZE];

	tee_sim_tcb_encode(platform->product, &platform->tcb, tcb);
	tee_sim_report_bytes(report, "current_tcb", tcb, sizeof(tcb));
	tee_sim_report_bytes(report, "reported_tcb", tcb, sizeof(tcb));
	tee_sim_report_bytes(report, "committed_tcb", tcb, sizeof(tcb));
	tee_sim_report_bytes(report, "launch_tcb", tcb, sizeof(tcb));
}

/* Any 48 bytes would do; these can be made again by whoever wonders. */
static void
set_measurement(uint8_t *report)
{
	static const char label[] = "teesim launch digest";
	uint8_t digest[48] = { 0 };

	EVP_Digest(label, sizeof(label) - 1, digest, NULL, EVP_sha384(), NULL);
	tee_sim_report_bytes(report, "measurement", digest, sizeof(digest));
}

static void
set_identity(uint8_t *report, const struct sim_platform *platform)
{
	uint8_t none[32], id[32] = { 0 };

	memset(none, 0xff, sizeof(none));
	EVP_Digest(platform->chip_id, SIM_CHIP_ID_SIZE, id, NULL, EVP_sha256(),
	    NULL);
	tee_sim_report_bytes(report, "report_id", id, sizeof(id));
	tee_sim_report_bytes(report, "report_id_ma", none, sizeof(none));
}

void
tee_sim_report_init(uint8_t report[SIM_REPORT_SIZE],
    const struct sim_platform *platform, uint32_t version,
    enum sim_signer signer)
{
	const struct sim_product_info *info =
	    tee_sim_product(platform->product);

	if (version == 0)
		version = info->report_version;
	memset(report, 0, SIM_REPORT_SIZE);
	tee_sim_report_number(report, "version", version);
	tee_sim_report_number(report, "policy", POLICY);
	tee_sim_report_number(report, "signature_algo", 1);
	tee_sim_report_number(report, "platform_info", info->platform_info);
	tee_sim_report_number(report, "signer_info", (uint64_t)signer << 2);
	set_tcbs(report, platform);
	set_firmware(report, &info->firmware);
	set_measurement(report);
	set_identity(report, platform);
	/* A fleet's key tells no chip. */
	if (signer == SIM_SIGNER_VCEK)
		tee_sim_report_bytes(report, "chip_id", platform->chip_id,
		    SIM_CHIP_ID_SIZE);
	if (version >= 3) {
		tee_sim_report_number(report, "cpuid_family",
		    info->cpuid.family);
		tee_sim_report_number(report, "cpuid_model", info->cpuid.model);
		tee_sim_report_number(report, "cpuid_stepping",
		    info->cpuid.stepping);
	}
	if (version >= 5) {
		tee_sim_report_number(report, "launch_mit_vector",
		    info->mitigations);
		tee_sim_report_number(report, "current_mit_vector",
		    info->mitigations);
	}
}

static bool
put_signature(uint8_t *at, const unsigned char *der, size_t size)
{
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)size);
	bool ok = signature != NULL &&
	    BN_bn2lebinpad(ECDSA_SIG_get0_r(signature), at, PART_SIZE) ==
		PART_SIZE &&
	    BN_bn2lebinpad(ECDSA_SIG_get0_s(signature), at + PART_SIZE,
		PART_SIZE) == PART_SIZE;

	ECDSA_SIG_free(signature);
	return ok;
}

bool
tee_sim_report_sign(uint8_t report[SIM_REPORT_SIZE], EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[256];
	size_t size = sizeof(der);
	bool ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, key) == 1 &&
	    EVP_DigestSign(ctx, der, &size, report, SIM_REPORT_SIGNED) == 1;

	EVP_MD_CTX_free(ctx);
	memset(report + SIGNATURE_AT, 0, SIM_REPORT_SIZE - SIGNATURE_AT);
	return ok && put_signature(report + SIGNATURE_AT, der, size);
}
