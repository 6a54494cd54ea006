/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vek: AMD's extensions of a VCEK or VLEK certificate (AMD 57230, arc
 * 1.3.6.1.4.1.3704.1).  Parsing is total; a malformed or doubled extension is
 * named in `error`, an absent one is absent, never zero.
 */
#ifndef TEE_SNP_VEK_H
#define TEE_SNP_VEK_H

#include <openssl/x509.h>

#include "modules/snp/product.h"

#define SNP_CSP_ID_MAX 255

struct snp_vek {
	bool has_struct_version;
	unsigned struct_version;
	const char *product_name; /* NULL: absent; not terminated */
	size_t product_name_size;
	bool has_part[SNP_TCB_PARTS];
	struct snp_tcb tcb;
	const uint8_t *hwid; /* NULL: absent; 8 or 64 bytes */
	size_t hwid_size;
	const char *csp_id; /* NULL: absent; not terminated */
	size_t csp_id_size;
	const char *error; /* what is wrong, or NULL */
};

/* Pointers look into the certificate. */
void tee_snp_vek_parse(struct snp_vek *, const X509 *);

#endif
