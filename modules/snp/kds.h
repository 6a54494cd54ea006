/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kds: AMD's Key Distribution Service, which has the VCEK of every chip at
 * every TCB, and the certificates above it.  It answers a repeated question
 * with 429, so what it gave is kept (supply.h).
 */
#ifndef TEE_SNP_KDS_H
#define TEE_SNP_KDS_H

#include <tee/module.h>

#include "modules/common/http.h"
#include "modules/snp/product.h"
#include "modules/snp/report.h"

#define SNP_KDS_BASE "https://kdsintf.amd.com"
#define SNP_KDS_URL 512

struct snp_kds {
	char *base;                         /* NULL: off */
	const struct tee_http_trust *trust; /* NULL: the system's */
};

/* The option `name`: "off", "amd" or https://...; false after its refusal. */
bool tee_snp_kds_read(struct snp_kds *, const struct tee_config *,
    const char *name, const char *fallback);
void tee_snp_kds_clear(struct snp_kds *);
/*
 * VCEK, ASK and ARK in PEM, malloc'd, for the chip and REPORTED_TCB of this
 * report.  VLEKs are not to be had here, nor anything of a masked chip.
 */
enum tee_verdict tee_snp_kds_fetch(struct tee_call *, const struct snp_kds *,
    const struct snp_report *, char **pem);

/* ".../vcek/v1/Milan/<hwid>?blSPL=..", for tests. */
void tee_snp_kds_vcek_url(const struct snp_kds *, enum snp_product,
    const struct snp_report *, char out[SNP_KDS_URL]);

#endif
