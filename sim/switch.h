/* SPDX-License-Identifier: Apache-2.0 */
/*
 * switch: everything about the pretend platform that can be changed while it
 * runs, by name: what the machine is, what its report says, and every fault
 * of firmware, host and kernel.  Kept as lines NAME=VALUE in one file.
 */
#ifndef SIM_SWITCH_H
#define SIM_SWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/blob.h"

#define SIM_FOREVER UINT32_MAX
#define SIM_FIELDS_MAX 48 /* at least the fields of a report */

/* How a web service fails, in this order behind its first switch. */
enum sim_web_fault {
	SIM_WEB_429 = 0,
	SIM_WEB_500,
	SIM_WEB_503,
	SIM_WEB_DROP,
	SIM_WEB_CUT,
	SIM_WEB_TRUNCATE,
	SIM_WEB_HUGE,
	SIM_WEB_REDIRECT,
	SIM_WEB_DELAY,
	SIM_WEB_SLOW,
	SIM_WEB_FAULTS
};

enum sim_switch {
	SIM_SW_PRODUCT = 0,
	SIM_SW_SIGNER,
	SIM_SW_GUEST_VMPL,
	SIM_SW_DEBUG,
	SIM_SW_MASK_CHIP_ID,
	SIM_SW_MASK_KEY,
	SIM_SW_HOST_REQUEST,
	SIM_SW_WRONG_DATA,
	SIM_SW_FLIP,
	SIM_SW_VEK,
	SIM_SW_CRL,
	SIM_SW_CERTS,
	SIM_SW_TABLE_CRL,
	SIM_SW_STATUS,
	SIM_SW_REPORT_SIZE,
	SIM_SW_FW_ERROR,
	SIM_SW_VMM_ERROR,
	SIM_SW_VMM_BUSY,
	SIM_SW_FAIL,
	SIM_SW_VMPCK,
	SIM_SW_WIPE,
	SIM_SW_DELAY,
	SIM_SW_TSM_PROVIDER,
	SIM_SW_TSM_RACE,
	SIM_SW_TSM_MKDIR,
	SIM_SW_TSM_WRITE,
	SIM_SW_TSM_READ,
	/* The vTPM's, in switchtpm.c. */
	SIM_SW_TPM,
	SIM_SW_HCL_STALE = SIM_SW_TPM,
	SIM_SW_HCL_RATE,
	SIM_SW_HCL_FORM,
	SIM_SW_HCL_VERSION,
	SIM_SW_HCL_TYPE,
	SIM_SW_HCL_RUNTIME_BIT,
	SIM_SW_AK_OTHER,
	SIM_SW_NV_AK_CERT,
	SIM_SW_NV_USER_DATA,
	SIM_SW_TPM_RETRY,
	SIM_SW_TPM_QUOTE_BIT,
	SIM_SW_TPM_DELAY,
	SIM_SW_TPM_GONE,
	/* The cloud's, in switchcloud.c: every service has the same faults. */
	SIM_SW_CLOUD,
	SIM_SW_IMDS = SIM_SW_CLOUD,
	SIM_SW_AUTHORITY = SIM_SW_IMDS + SIM_WEB_FAULTS,
	SIM_SW_KDS = SIM_SW_AUTHORITY + SIM_WEB_FAULTS,
	SIM_SW_MAA = SIM_SW_KDS + SIM_WEB_FAULTS,
	SIM_SW_VAULT = SIM_SW_MAA + SIM_WEB_FAULTS,
	SIM_SW_RETRY_AFTER = SIM_SW_VAULT + SIM_WEB_FAULTS,
	SIM_SW_TLS,
	SIM_SW_IMDS_410,
	SIM_SW_IMDS_LIMIT,
	SIM_SW_THIM_STALE,
	SIM_SW_IDENTITY,
	SIM_SW_TOKEN,
	SIM_SW_MAA_400,
	SIM_SW_MAA_ROTATE,
	SIM_SW_MAA_KEYS,
	SIM_SW_MAA_COMPLIANCE,
	SIM_SW_MAA_ALG_NONE,
	SIM_SW_MAA_ALG_HS256,
	SIM_SW_MAA_WRONG_KID,
	SIM_SW_MAA_OTHER_KEY,
	SIM_SW_MAA_FLIP,
	SIM_SW_MAA_ISS,
	SIM_SW_MAA_EXPIRED,
	SIM_SW_MAA_NBF,
	SIM_SW_MAA_DUPLICATE,
	SIM_SW_MAA_WRONG_NONCE,
	SIM_SW_MAA_REPORT_DATA,
	SIM_SW_MAA_USER_DATA,
	SIM_SW_MAA_RUNTIME_SWAP,
	SIM_SW_MAA_DEBUG,
	SIM_SW_MAA_TYPE,
	SIM_SW_MAA_ENVELOPE,
	SIM_SW_VAULT_403,
	SIM_SW_VAULT_RBAC,
	SIM_SW_VAULT_FIREWALL,
	SIM_SW_VAULT_FLIP,
	SIM_SW_VAULT_TRAILING_ZERO,
	SIM_SW_VAULT_HEADER_ENC,
	SIM_SW_VAULT_HEADER_KID,
	SIM_SW_VAULT_REQUEST_ENC,
	SIM_SW_VAULT_REQUEST_KID,
	SIM_SW_VAULT_NONCE,
	SIM_SW_VAULT_KTY,
	SIM_SW_VAULT_SIGNATURE,
	SIM_SW_VAULT_OTHER_SIGNER,
	SIM_SW_VAULT_OTHER_KEY,
	SIM_SW_VAULT_NO_KEY_HSM,
	SIM_SW_VAULT_SAN,
	SIM_SW_VAULT_EXPIRED,
	SIM_SWITCHES
};

/* Indices of the words of SIM_SW_TLS, _IDENTITY, _TOKEN and _MAA_KEYS. */
enum sim_tls_fault {
	SIM_TLS_OK = 0,
	SIM_TLS_EXPIRED,
	SIM_TLS_OTHER_NAME,
	SIM_TLS_OTHER_CA
};
enum sim_identity_kind {
	SIM_IDENTITY_ONE = 0,
	SIM_IDENTITY_NONE,
	SIM_IDENTITY_SEVERAL
};
enum sim_token_fault {
	SIM_TOKEN_OK = 0,
	SIM_TOKEN_EXPIRED,
	SIM_TOKEN_AUDIENCE,
	SIM_TOKEN_OTHER_KEY,
	SIM_TOKEN_SHORT
};
enum sim_maa_keys {
	SIM_MAA_KEYS_OK = 0,
	SIM_MAA_KEYS_NONE,
	SIM_MAA_KEYS_TWICE,
	SIM_MAA_KEYS_BARE
};

/* Indices of the words of SIM_SW_VEK, SIM_SW_CRL and SIM_SW_CERTS. */
enum sim_vek {
	SIM_VEK_OK = 0,
	SIM_VEK_STALE,
	SIM_VEK_OTHER_CHIP,
	SIM_VEK_OTHER_KEY,
	SIM_VEK_EXPIRED
};
enum sim_crl_fault {
	SIM_CRL_OK = 0,
	SIM_CRL_EXPIRED,
	SIM_CRL_EARLY,
	SIM_CRL_OTHER_SIGNER,
	SIM_CRL_OPEN,
	SIM_CRL_UNKNOWN,
	SIM_CRL_ASK,
	SIM_CRL_ASVK,
	SIM_CRL_ARK
};
enum sim_certs {
	SIM_CERTS_OK = 0,
	SIM_CERTS_PEM,
	SIM_CERTS_NONE,
	SIM_CERTS_GARBAGE,
	SIM_CERTS_BEYOND,
	SIM_CERTS_GROWING
};
/* Of SIM_SW_NV_AK_CERT. */
enum sim_ak_cert {
	SIM_AK_CERT_OK = 0,
	SIM_AK_CERT_ABSENT,
	SIM_AK_CERT_UNINITIALISED,
	SIM_AK_CERT_OTHER_KEY
};

struct sim_value {
	bool set;
	uint32_t number; /* index of the word, number, or errno */
	uint32_t times;  /* of an errno; SIM_FOREVER: always */
};

/* Starts zeroed; the text is what was given, NULL where nothing was. */
struct sim_switches {
	struct sim_value value[SIM_SWITCHES];
	char *text[SIM_SWITCHES + SIM_FIELDS_MAX];
};

#define SIM_SWITCH_WHY 160

/* One NAME=VALUE; an empty value takes the switch back. */
bool tee_sim_switches_set(struct sim_switches *, const char *assignment,
    char why[SIM_SWITCH_WHY]);
/* What was given for a field of the report, or NULL. */
const char *tee_sim_switches_field(const struct sim_switches *,
    const char *name);
/* Of an index into text. */
const char *tee_sim_switch_name(int i);
void tee_sim_switches_clear(struct sim_switches *);
void tee_sim_switches_list(FILE *);

/* The file in a directory; one that is not there holds nothing. */
#define SIM_SWITCH_FILE "switches"
bool tee_sim_switches_read(struct sim_switches *, int dir,
    char why[SIM_SWITCH_WHY]);
bool tee_sim_switches_write(const struct sim_switches *, int dir);

#endif
