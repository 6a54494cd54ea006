/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collector: puts the binding into REPORT_DATA and collects snp.report and
 * snp.certs, as the host supplies them or else as AMD does where asked to.
 */
#ifndef TEE_SNP_COLLECTOR_H
#define TEE_SNP_COLLECTOR_H

#include <tee/module.h>

struct snp_collector;

/* NULL after the refusal was logged. */
struct snp_collector *tee_snp_collector_new(const struct tee_config *);
void tee_snp_collector_free(struct snp_collector *);
enum tee_verdict tee_snp_collect(struct tee_call *,
    const struct snp_collector *);

#endif
