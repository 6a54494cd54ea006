/* SPDX-License-Identifier: Apache-2.0 */
/* switchtable: what switches are called and which values they take. */
#ifndef SIM_SWITCHTABLE_H
#define SIM_SWITCHTABLE_H

#include <stdint.h>

#include "sim/switch.h"

enum sim_switch_kind { WORD, NUMBER, COUNT, ERRNO };

/* The first word, and the number 0, is what holds where nothing is set. */
struct sim_switch_entry {
	const char *name;
	enum sim_switch_kind kind;
	const char *const *words;
	uint32_t limit;
	const char *what;
};

/* From SIM_SW_TPM on: switchtpm.c. */
extern const struct sim_switch_entry
    tee_sim_tpm_switches[SIM_SW_CLOUD - SIM_SW_TPM];

/* From SIM_SW_CLOUD on: switchcloud.c. */
extern const struct sim_switch_entry
    tee_sim_cloud_switches[SIM_SWITCHES - SIM_SW_CLOUD];

#endif
