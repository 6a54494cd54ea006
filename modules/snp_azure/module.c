/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snp_azure: AMD SEV-SNP on Azure, confidential VMs and confidential
 * containers: their evidence, judged here or by MAA, and keys released by Key
 * Vault.  See tee_snp_azure(8).
 */
#include "config.h"

#include <stdlib.h>
#include <tee/module.h>

#include "modules/snp/options.h"
#include "modules/snp_azure/facility.h"

/* One line is one of these; open() knows which. */
struct azure {
	struct azure_collector *collector;
	struct azure_offline *offline;
	struct azure_maa *maa;
	struct azure_keystore *keystore;
};

enum mode { MODE_OFFLINE = 0, MODE_MAA };

/* A line with an endpoint asks it, unless it says otherwise. */
static bool
open_verifier(const struct tee_config *config, struct azure *azure)
{
	static const char *const modes[] = { "offline", "maa", NULL };
	const char *endpoint = tee_option(config, "endpoint");
	unsigned mode = endpoint != NULL ? MODE_MAA : MODE_OFFLINE;

	if (tee_option_word(config, "mode", modes, &mode) < 0)
		return false;
	switch ((enum mode)mode) {
	case MODE_OFFLINE:
		azure->offline = tee_azure_offline_new(config);
		return azure->offline != NULL;
	case MODE_MAA:
		azure->maa = tee_azure_maa_new(config);
		return azure->maa != NULL;
	}
	return false;
}

static bool
open_line(const struct tee_config *config, struct azure *azure)
{
	switch (tee_config_facility(config)) {
	case TEE_COLLECTOR:
		azure->collector = tee_azure_collector_new(config);
		return azure->collector != NULL;
	case TEE_VERIFIER:
		return open_verifier(config, azure);
	case TEE_KEYSTORE:
		azure->keystore = tee_azure_keystore_new(config);
		return azure->keystore != NULL;
	case TEE_CACHE:
		break;
	}
	return false;
}

static void
azure_close(void *state)
{
	struct azure *azure = state;

	tee_azure_collector_free(&azure->collector);
	tee_azure_offline_free(&azure->offline);
	tee_azure_maa_free(&azure->maa);
	tee_azure_keystore_free(&azure->keystore);
	free(azure);
}

static enum tee_verdict
azure_open(const struct tee_config *config, void **state)
{
	struct azure *azure = calloc(1, sizeof(*azure));

	if (azure == NULL)
		return TEE_DENY;
	if (!open_line(config, azure)) {
		azure_close(azure);
		return TEE_DENY;
	}
	*state = azure;
	return TEE_OK;
}

static enum tee_verdict
azure_collect(struct tee_call *call, void *state)
{
	const struct azure *azure = state;

	return tee_azure_collect(call, azure->collector);
}

static enum tee_verdict
azure_verify(struct tee_call *call, void *state)
{
	const struct azure *azure = state;

	return azure->maa != NULL ?
	    tee_azure_maa_verify(call, azure->maa) :
	    tee_azure_offline_verify(call, azure->offline);
}

static enum tee_verdict
azure_prepare(struct tee_call *call, void *state)
{
	const struct azure *azure = state;

	return tee_azure_prepare(call, azure->keystore);
}

static enum tee_verdict
azure_release(struct tee_call *call, void *state)
{
	const struct azure *azure = state;

	return tee_azure_release(call, azure->keystore);
}

#define ANY (TEE_COLLECTOR | TEE_VERIFIER | TEE_KEYSTORE)
#define C TEE_COLLECTOR
#define V TEE_VERIFIER
#define K TEE_KEYSTORE

static const struct tee_module_option options[] = {
	{ "source", ANY, "auto, vtpm or guest-device" },
	{ "device", C | K, "/dev/sev-guest, then /dev/sev" },
	{ "tcti", ANY, "TPM as tpm2-tss names it (device:/dev/tpmrm0)" },
	{ "imds", C | K, "http://169.254.169.254" },
	{ "kds", C, "AMD's certificate service, where IMDS has none" },
	{ "cert_cache", C, "directory that keeps certificates" },
	{ "security_context", C, "directory of a confidential container" },
	{ "report_max_age", C, "seconds that an HCL report is reused (3600)" },
	{ "quote_pcrs", C, "registers that a quote covers (0-7)" },
	{ "lock", C, "file that guards the report's user data" },
	{ "mode", V, "offline, or maa (where there is an endpoint)" },
	{ "endpoint", V, "https://INSTANCE.attest.azure.net" },
	{ "ca_file", V | K, "certificates of a simulated service" },
	{ "attest", V, "auto, sevsnpvm or azureguest" },
	{ "signers", V, "keys of MAA by SPKI SHA-256, hex" },
	{ "jwks_file", V, "MAA's keys, for tokens without a network" },
	{ "max_token_age", V, "seconds (300)" },
	{ "compliance", V, "accepted x-ms-compliance-status words, or any" },
	{ "policy_hash", V, "accepted x-ms-policy-hash values" },
	{ "secure_boot", V, "whether it must be on" },
	{ "user_data", V, "binding, or what it must be, hex" },
	{ "pcrs", V, "what registers must hold: 0=HEX,7=HEX" },
	{ "cce_policy", V, "any: an allow-everything policy will do" },
	{ "uvm_issuer", V, "did:x509 of the utility VM's signer" },
	{ "uvm_feed", V, "ContainerPlat-AMD-UVM" },
	{ "uvm_min_svn", V, "least SVN of the utility VM (100)" },
	{ "vault", K, "https://NAME.vault.azure.net" },
	{ "key", K, "name of the key there" },
	{ "key_version", K, "its version (the current one)" },
	{ "api_version", K, "7.4" },
	{ "enc", K, "RSA_AES_KEY_WRAP_256, _384 or CKM_RSA_AES_KEY_WRAP" },
	{ "key_ahead", K, "whether a thread makes the next wrapping key" },
	{ "seed", K, "sealed, hkdf or oct: how the seed comes of the key" },
	{ "sealed", K, "file that teectl seal made" },
	{ "public_key", K, "Ed25519 public key, hex" },
	{ "salt", K, "of hkdf, hex" }, { "label", K, "of hkdf" },
	{ "identity", K, "managed or workload" },
	{ "client_id", K, "of the identity" },
	{ "tenant_id", K, "of a workload identity" },
	{ "federated_token_file", K, "of a workload identity" },
	{ "authority", K, "https://login.microsoftonline.com" },
	SNP_VERIFIER_OPTIONS, { NULL, 0, NULL }
};

extern TEE_EXPORT const struct tee_module tee_module;
const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = "snp_azure",
	.summary = "Azure: vTPM or device, MAA, Secure Key Release",
	.ceiling = TEE_ORIGIN_SKR,
	.options = options,
	.open = azure_open,
	.close = azure_close,
	.collect = azure_collect,
	.verify = azure_verify,
	.prepare = azure_prepare,
	.release = azure_release,
};
