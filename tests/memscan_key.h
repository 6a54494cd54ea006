/* SPDX-License-Identifier: Apache-2.0 */
/* memscan_key: the patterns of one key; a table and a filter before it. */
#ifndef TESTS_MEMSCAN_KEY_H
#define TESTS_MEMSCAN_KEY_H

#include "tests/memscan.h"

#define MEMSCAN_PATTERNS 1024

struct memscan_key {
	struct {
		uint64_t window;
		enum memscan_kind kind;
	} pattern[MEMSCAN_PATTERNS];
	size_t count;
	uint8_t bloom[65536]; /* by the window's low 16 bits */
};

void memscan_key_match(const struct memscan_key *, uint64_t window,
    struct memscan_hits *);

#endif
