/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyset: the keys of a pretend AMD and one pretend chip.  Making them costs
 * a second or two, so one set serves any number of chains and is kept in a
 * directory.  Nobody may trust them for anything but tests.
 */
#ifndef SIM_KEYSET_H
#define SIM_KEYSET_H

#include <stdbool.h>
#include <stdint.h>
#include <openssl/evp.h>

enum sim_key {
	SIM_ARK = 0, /* RSA-4096 */
	SIM_ASK,
	SIM_ASVK,
	SIM_VCEK, /* P-384 */
	SIM_VLEK,
	SIM_OTHER_RSA, /* keys that no good chain contains */
	SIM_OTHER_P384,
	SIM_OTHER_P256,
	SIM_KEYS
};

/* The first five are also the roles that a certificate can have. */
#define SIM_ROLES (SIM_VLEK + 1)

struct sim_keyset {
	EVP_PKEY *key[SIM_KEYS];
	uint8_t chip[32]; /* chip id and derived keys come from it */
};

/* "ark", "ask", "asvk", "vcek", "vlek", "other-rsa", ... */
const char *tee_sim_key_name(enum sim_key);

/* New keys in memory; NULL where libcrypto fails. */
struct sim_keyset *tee_sim_keyset_new(void);
/*
 * The set kept in this directory, which is made (0700) and filled (PEM, 0600)
 * where it holds none.  Callers of one directory wait for each other.  NULL
 * with errno: EINVAL where a key file cannot be used.
 */
struct sim_keyset *tee_sim_keyset_open(const char *path);
bool tee_sim_keyset_save(const struct sim_keyset *, int dir);
struct sim_keyset *tee_sim_keyset_load(int dir);
/*
 * A key of no chip's, kept as NAME.key beside the set and made where there is
 * none: RSA of so many bits, or P-256 for 0.  NULL where it cannot be.
 */
EVP_PKEY *tee_sim_keyset_kept(int dir, const char *name, unsigned rsa_bits);
void tee_sim_keyset_free(struct sim_keyset **);

#endif
