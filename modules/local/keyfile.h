/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyfile: an Ed25519 seed in a file: 32 raw bytes, or RFC 8410 PKCS#8 in
 * PEM.  The file is root's or the effective user's, mode 0600 or stricter.
 */
#ifndef LOCAL_KEYFILE_H
#define LOCAL_KEYFILE_H

#include <tee/module.h>

#define KEYFILE_MAX 1024 /* bytes; also the size of the work area */

enum keyfile_result {
	KEYFILE_BAD = 0, /* there, and refused */
	KEYFILE_ABSENT,
	KEYFILE_READ
};

/* work (KEYFILE_MAX bytes) and seed are secret memory of the caller's. */
enum keyfile_result keyfile_read(const char *path, uint8_t *work,
    uint8_t seed[TEE_SEED_SIZE], const char **why);

/* The same of `size` bytes in work, which is overwritten; false: neither. */
bool keyfile_parse(uint8_t *work, size_t size, uint8_t seed[TEE_SEED_SIZE]);

/* Draws a seed and writes it as PEM, 0600, complete or not at all. */
enum keyfile_result keyfile_create(const char *path, uint8_t *work,
    uint8_t seed[TEE_SEED_SIZE], const char **why);

#endif
