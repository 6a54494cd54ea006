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
	SIM_SW_HCL_STALE,
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
	SIM_SWITCHES
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
