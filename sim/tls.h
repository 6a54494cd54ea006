/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the simulator's own certificate authority for its servers.  Keys are
 * kept in the machine's directory, certificates are made at each start, so
 * that a fingerprint of the root stays true while dates stay good.
 */
#ifndef SIM_TLS_H
#define SIM_TLS_H

#include <stdbool.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sim/blob.h"
#include "sim/switch.h"

enum sim_tls_role {
	SIM_TLS_ROOT = 0,
	SIM_TLS_CA,
	SIM_TLS_SERVICE, /* all servers but the vault */
	SIM_TLS_VAULT,   /* RSA: Key Vault signs releases with it too */
	SIM_TLS_ROLES
};

struct sim_tls {
	EVP_PKEY *key[SIM_TLS_ROLES];
	X509 *cert[SIM_TLS_ROLES];
};

/* False with nothing left to free. */
bool tee_sim_tls_open(struct sim_tls *, int dir, enum sim_tls_fault);
void tee_sim_tls_close(struct sim_tls *);
/* PEM with terminator: what a server shows, and its key. */
bool tee_sim_tls_chain(const struct sim_tls *, enum sim_tls_role,
    struct sim_blob *out);
bool tee_sim_tls_key(const struct sim_tls *, enum sim_tls_role,
    struct sim_blob *out);
/* Another leaf of that role, with a fault of its own. */
X509 *tee_sim_tls_leaf(struct sim_tls *, enum sim_tls_role, enum sim_tls_fault);
/* SHA-256 of the root's SubjectPublicKeyInfo, in hex. */
bool tee_sim_tls_pin(const struct sim_tls *, char out[65]);

#endif
