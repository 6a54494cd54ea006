/* SPDX-License-Identifier: Apache-2.0 */
/* switchtpm: the switches of the vTPM, see switchtable.h. */
#include "config.h"

#include "sim/switchtable.h"

static const char *const no_yes[] = { "no", "yes", NULL };
static const char *const forms[] = { "2025", "2022", NULL };
static const char *const ak_certs[] = { "ok", "absent", "uninitialised",
	"other-key", NULL };
static const char *const defined[] = { "defined", "absent", NULL };

/* clang-format off */
#define AT(i) [(i) - SIM_SW_TPM]

const struct sim_switch_entry
    tee_sim_tpm_switches[SIM_SW_CLOUD - SIM_SW_TPM] = {
	AT(SIM_SW_HCL_STALE) = { "hcl-stale", WORD, no_yes, 0,
	    "the paravisor makes no new HCL report" },
	AT(SIM_SW_HCL_RATE) = { "hcl-rate", NUMBER, NULL, 600000,
	    "milliseconds until it makes another; unset: 2000" },
	AT(SIM_SW_HCL_FORM) = { "hcl-form", WORD, forms, 0,
	    "runtime claims; 2022: made at boot, no user-data, the AK alone" },
	AT(SIM_SW_HCL_VERSION) = { "hcl-version", NUMBER, NULL, UINT32_MAX,
	    "version in the HCL report; unset: 1" },
	AT(SIM_SW_HCL_TYPE) = { "hcl-type", NUMBER, NULL, UINT32_MAX,
	    "report_type in the HCL report: 4 TDX; unset: 2, SNP" },
	AT(SIM_SW_HCL_RUNTIME_BIT) = { "hcl-runtime-bit", NUMBER, NULL,
	    8 * 2048 - 1,
	    "flips this bit of the runtime claims once they are hashed" },
	AT(SIM_SW_AK_OTHER) = { "ak-other", WORD, no_yes, 0,
	    "HCLAkPub is not the key that signs quotes" },
	AT(SIM_SW_NV_AK_CERT) = { "nv-ak-cert", WORD, ak_certs, 0,
	    "the AK's certificate in NV 0x01c101d0" },
	AT(SIM_SW_NV_USER_DATA) = { "nv-user-data", WORD, defined, 0,
	    "NV 0x01400002 when the machine starts, and where this changes" },
	AT(SIM_SW_TPM_RETRY) = { "tpm-retry", COUNT, NULL, 0,
	    "so many commands to the vTPM end with TPM_RC_RETRY" },
	AT(SIM_SW_TPM_QUOTE_BIT) = { "tpm-quote-bit", NUMBER, NULL, 2047,
	    "flips this bit of a quote's signature" },
	AT(SIM_SW_TPM_DELAY) = { "tpm-delay", NUMBER, NULL, 600000,
	    "milliseconds before each answer of the vTPM" },
	AT(SIM_SW_TPM_GONE) = { "tpm-gone", WORD, no_yes, 0,
	    "every command to the vTPM ends with EIO" } };
/* clang-format on */
