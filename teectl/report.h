/* SPDX-License-Identifier: Apache-2.0 */
/* report: how results, refusals and appraisals reach the operator. */
#ifndef TEECTL_REPORT_H
#define TEECTL_REPORT_H

#include <jansson.h>

#include "teectl/command.h"

/* Prints and releases; NULL (no memory) becomes STATUS_UNAVAILABLE. */
int report_json(json_t *);
/*
 * A library call failed: JSON on stdout where asked for, and in any case the
 * hop, the reason and the next step on stderr.  Gives the exit status.
 */
int report_error(const struct common *, const char *what, const char *subject,
    int error);
/* tee_claims_to_json, parsed; NULL where there is no memory. */
json_t *report_claims_json(const struct tee_claims *);
/* Every check, what is claimed, and the verdict in words. */
void report_appraisal(const json_t *);

#endif
