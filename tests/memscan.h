/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memscan: everything a process holds in readable memory and in the
 * registers of its threads, copied while it is stopped, and searched for what
 * an Ed25519 key leaves behind.  Every byte offset is looked at, in windows
 * of eight bytes.
 */
#ifndef TESTS_MEMSCAN_H
#define TESTS_MEMSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* RFC 8032 section 5.1.6; SHA-512 works on big-endian words W, adding K. */
enum memscan_kind {
	MEMSCAN_SEED,
	MEMSCAN_SEED_WORDS,
	MEMSCAN_SEED_SCHEDULE, /* W + K of the seed's hash */
	MEMSCAN_SCALAR,
	MEMSCAN_UNCLAMPED, /* low half of the expanded key */
	MEMSCAN_PREFIX,    /* high half */
	MEMSCAN_EXPANDED_WORDS,
	MEMSCAN_PREFIX_SCHEDULE,
	MEMSCAN_NONCE, /* r with a signature gives the scalar */
	MEMSCAN_NONCE_WORDS,
	MEMSCAN_NONCE_SCALAR,
	MEMSCAN_SCALAR_DIGITS, /* radix 16, signed, as ref10 spreads them */
	MEMSCAN_NONCE_DIGITS,
	MEMSCAN_KINDS
};

struct memscan_key;
/* What the seed, and one signature of that message, would leave. */
struct memscan_key *memscan_key_new(const uint8_t seed[32], const void *message,
    size_t size);
void memscan_key_free(struct memscan_key **);

struct memscan_hits {
	unsigned of[MEMSCAN_KINDS];
	unsigned total;
	unsigned in_registers;
	char where[512]; /* the first few mappings, for people */
};

struct memscan_copy;
/* Stops the process, copies, lets it run on; NULL, errno: not allowed. */
struct memscan_copy *memscan_take(pid_t);
void memscan_copy_free(struct memscan_copy **);
size_t memscan_copy_size(const struct memscan_copy *);
size_t memscan_copy_registers(const struct memscan_copy *);

void memscan_search(const struct memscan_copy *, const struct memscan_key *,
    struct memscan_hits *);
/* The same in bytes from elsewhere, a core file for one; adds to hits. */
void memscan_search_bytes(const void *data, size_t size, const char *where,
    const struct memscan_key *, struct memscan_hits *);
const char *memscan_kind_word(enum memscan_kind);

#endif
