/* SPDX-License-Identifier: Apache-2.0 */
/* azure_tpm_line: a collector's line on the kit's TPM. */
#ifndef TESTS_AZURE_TPM_LINE_H
#define TESTS_AZURE_TPM_LINE_H

#include "libtee/option.h"
#include "modules/snp_azure/facility.h"
#include "modules/snp_azure/imds.h"
#include "tests/azure_tpm_kit.h"

/* "|name=value|name=value"; clear with tee_config_clear. */
void line_config(struct tee_config *, const char *options);
/* The same beside source, tcti and lock; NULL: refused. */
struct azure_collector *line_with(const char *options);

#endif
