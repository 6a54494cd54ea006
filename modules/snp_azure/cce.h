/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cce: the policy by which a confidential container group admits containers
 * (Rego).  Its SHA-256 is the report's host data; what it says is its
 * author's business, but for one that admits whatever comes.
 */
#ifndef TEE_AZURE_CCE_H
#define TEE_AZURE_CCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modules/snp_azure/caci.h"

/*
 * Whether the text has a rule that creates every container:
 * create_container := {... "allowed": true ...} in any layout, under no
 * condition.  That is a look at the words and does not decide Rego: who writes
 * a policy to deceive can write it otherwise, so this catches mistakes and no
 * enemy.
 */
bool tee_azure_cce_allows_all(const uint8_t *text, size_t size);
/*
 * The checks cce-policy.*; true where all of them pass, so that the containers
 * are admitted by a policy that is known.
 */
bool tee_azure_cce_judge(struct tee_call *, const struct azure_caci_policy *,
    const struct snp_list *host_data, const uint8_t *report_host_data);

#endif
