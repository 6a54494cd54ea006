/* SPDX-License-Identifier: Apache-2.0 */
/* selection: which registers a quote covers, as a line names them: "0-7,11". */
#ifndef TEE_AZURE_SELECTION_H
#define TEE_AZURE_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

/* Bit n of the mask is PCR n, 0 to 23; false where anything else stands. */
bool tee_azure_selection_parse(const char *text, uint32_t *mask);

#endif
