/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of minting share: one chain, and libcrypto's view of it. */
#ifndef TEST_SIM_H
#define TEST_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/chain.h"

#define SIM_NOW 1767225600 /* 2026-01-01 */
#define SIM_YEAR (365L * 24 * 60 * 60)
#define SIM_COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

extern struct sim_keyset *sim_keys;
extern struct sim_platform sim_platform;
extern struct sim_chain_spec sim_spec;
extern struct sim_chain sim_chain;

/* Opens the keys that all runs of a build share; exits where it cannot. */
void sim_open_keys(void);
/* A specification for NOW, and the chain of what it has become. */
void sim_start(enum sim_product);
void sim_mint(void);

bool sim_signed_by(enum sim_key role, enum sim_key issuer);
/* 0, or the first X509_V_ERR_* of the path from leaf over middle to ARK. */
int sim_path_error(enum sim_key leaf, enum sim_key middle, time_t at);
const uint8_t *sim_ext_value(X509 *, const char *oid, int *size);

#endif
