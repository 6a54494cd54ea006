/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options: what policy.c reads of a verifier line, for the tables of every
 * module whose verifier judges SNP reports.
 */
#ifndef TEE_SNP_OPTIONS_H
#define TEE_SNP_OPTIONS_H

#define SNP_TRISTATE "any, required or forbidden"

/* clang-format off */
#define SNP_VERIFIER_OPTIONS \
	{ "vmpl", TEE_VERIFIER, "level expected, 0 to 3" }, \
	{ "guest_svn", TEE_VERIFIER, "least guest SVN" }, \
	{ "products", TEE_VERIFIER, "Milan, Genoa, Turin (any)" }, \
	{ "signer", TEE_VERIFIER, "any, vcek or vlek" }, \
	{ "csp_id", TEE_VERIFIER, "providers of a VLEK, by CSP_ID" }, \
	{ "crl", TEE_VERIFIER, "if-given or required" }, \
	{ "certs_file", TEE_VERIFIER, "certificates beside the evidence's" }, \
	{ "crl_file", TEE_VERIFIER, "revocation list beside the evidence's" }, \
	{ "masked_chip_id", TEE_VERIFIER, "deny or allow" }, \
	{ "provisional", TEE_VERIFIER, "allow or deny" }, \
	{ "min_reported_tcb", TEE_VERIFIER, "floor per product" }, \
	{ "min_committed_tcb", TEE_VERIFIER, "floor per product" }, \
	{ "min_current_tcb", TEE_VERIFIER, "floor per product" }, \
	{ "min_launch_tcb", TEE_VERIFIER, "floor per product" }, \
	{ "up_to_date_tcb", TEE_VERIFIER, "what counts as up to date" }, \
	{ "min_firmware", TEE_VERIFIER, "least committed firmware, 1.55.29" }, \
	{ "min_abi", TEE_VERIFIER, "least ABI that the policy asks for" }, \
	{ "launch_mitigations", TEE_VERIFIER, "mask of bits that are set" }, \
	{ "current_mitigations", TEE_VERIFIER, "mask of bits that are set" }, \
	{ "policy_smt", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "policy_migrate_ma", TEE_VERIFIER, SNP_TRISTATE " (forbidden)" }, \
	{ "policy_debug", TEE_VERIFIER, SNP_TRISTATE " (forbidden)" }, \
	{ "policy_single_socket", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "policy_cxl", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "policy_aes256_xts", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "policy_rapl_disabled", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "policy_ciphertext_hiding", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "policy_page_swap_disabled", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_smt", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_tsme", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_ecc", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_rapl_disabled", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_ciphertext_hiding", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_alias_check", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_iommu_write_safe", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_tio", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "platform_reserved", TEE_VERIFIER, "any or forbidden" }, \
	{ "id_block", TEE_VERIFIER, SNP_TRISTATE }, \
	{ "measurement", TEE_VERIFIER, "launch digests, hex" }, \
	{ "host_data", TEE_VERIFIER, "values, hex" }, \
	{ "family_id", TEE_VERIFIER, "values, hex" }, \
	{ "image_id", TEE_VERIFIER, "values, hex" }, \
	{ "id_key_digest", TEE_VERIFIER, "values, hex" }, \
	{ "author_key_digest", TEE_VERIFIER, "values, hex" }, \
	{ "chip_id", TEE_VERIFIER, "values, hex" }, \
	{ "report_id", TEE_VERIFIER, "values, hex" }, \
	{ "report_id_ma", TEE_VERIFIER, "migration agents, hex" }
/* clang-format on */

#endif
