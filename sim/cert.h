/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cert: specification of one certificate.  Start from AMD's exact shape for
 * a role (tee_sim_cert_init), change what a test needs to be wrong, mint.
 */
#ifndef SIM_CERT_H
#define SIM_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <openssl/x509.h>

#include "sim/keyset.h"
#include "sim/platform.h"
#include "sim/signature.h"

/* AMD 57230, arc 1.3.6.1.4.1.3704.1. */
#define SIM_OID_ARC "1.3.6.1.4.1.3704.1."
#define SIM_OID_STRUCT_VERSION SIM_OID_ARC "1"
#define SIM_OID_PRODUCT_NAME SIM_OID_ARC "2"
#define SIM_OID_BL SIM_OID_ARC "3.1"
#define SIM_OID_TEE SIM_OID_ARC "3.2"
#define SIM_OID_SNP SIM_OID_ARC "3.3"
#define SIM_OID_SPL4 SIM_OID_ARC "3.4"
#define SIM_OID_SPL5 SIM_OID_ARC "3.5"
#define SIM_OID_SPL6 SIM_OID_ARC "3.6"
#define SIM_OID_SPL7 SIM_OID_ARC "3.7"
#define SIM_OID_UCODE SIM_OID_ARC "3.8"
#define SIM_OID_FMC SIM_OID_ARC "3.9"
#define SIM_OID_HWID SIM_OID_ARC "4"
#define SIM_OID_CSP_ID SIM_OID_ARC "5"

#define SIM_EXT_MAX 24
#define SIM_EXT_SIZE 128

/* Strings are borrowed; NULL leaves the attribute out. */
struct sim_name {
	const char *ou, *c, *l, *st, *o, *cn;
	const char *second_cn, *email; /* AMD writes neither */
};

struct sim_ext {
	const char *oid; /* borrowed, dotted */
	bool critical;
	size_t size;
	uint8_t value[SIM_EXT_SIZE]; /* content of the extnValue, DER */
};

struct sim_cert_spec {
	int version; /* 1 or 3 */
	int64_t serial;
	struct sim_name subject, issuer;
	time_t not_before, not_after;
	EVP_PKEY *key;        /* borrowed: the certified key */
	EVP_PKEY *issuer_key; /* borrowed: signs */
	struct sim_signature signature;
	bool basic_constraints; /* critical, with the two below */
	bool ca;
	int pathlen;         /* -1: none */
	uint32_t key_usage;  /* KU_* bits, critical; 0: no extension */
	bool key_ids;        /* subject's, and issuer's if not itself */
	const char *crl_url; /* borrowed; NULL: no distribution point */
	struct sim_ext ext[SIM_EXT_MAX]; /* in this order */
	size_t exts;
};

struct sim_name tee_sim_name(const char *cn);
void tee_sim_cert_init(struct sim_cert_spec *, enum sim_key role,
    const struct sim_platform *, const struct sim_keyset *);
/* As a reader of its DER sees it; NULL where libcrypto refuses. */
X509 *tee_sim_cert_mint(const struct sim_cert_spec *);

/* The first extension of that type, to be changed in place, or NULL. */
struct sim_ext *tee_sim_cert_ext(struct sim_cert_spec *, const char *oid);
/* Adds at the end, so a second call makes a duplicate; false where full. */
bool tee_sim_cert_ext_add(struct sim_cert_spec *, const char *oid,
    const void *der, size_t size);
/* Removes all of that type. */
void tee_sim_cert_ext_remove(struct sim_cert_spec *, const char *oid);
/* Value becomes INTEGER n or IA5String; adds the extension where missing. */
bool tee_sim_cert_ext_integer(struct sim_cert_spec *, const char *oid,
    uint8_t n);
bool tee_sim_cert_ext_text(struct sim_cert_spec *, const char *oid,
    const char *text);

#endif
