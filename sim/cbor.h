/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cbor: reads what a COSE_Sign1 needs (RFC 8949, definite lengths).  Once
 * something did not fit, everything that follows is refused too.
 */
#ifndef SIM_CBOR_H
#define SIM_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_cbor_type {
	SIM_CBOR_UINT = 0,
	SIM_CBOR_NINT,
	SIM_CBOR_BYTES,
	SIM_CBOR_TEXT,
	SIM_CBOR_ARRAY,
	SIM_CBOR_MAP,
	SIM_CBOR_TAG,
	SIM_CBOR_SIMPLE
};

struct sim_cbor {
	const uint8_t *at;
	size_t left;
	bool bad;
};

struct sim_cbor_item {
	enum sim_cbor_type type;
	uint64_t value;      /* number, count or size */
	const uint8_t *data; /* of bytes and text */
};

/* The next head; bytes and text with their content.  False: ->bad. */
bool tee_sim_cbor_next(struct sim_cbor *, struct sim_cbor_item *);
/* The next item with all that it contains. */
bool tee_sim_cbor_skip(struct sim_cbor *);
/* The next one where it is of that type. */
bool tee_sim_cbor_take(struct sim_cbor *, enum sim_cbor_type,
    struct sim_cbor_item *);
bool tee_sim_cbor_is_text(const struct sim_cbor_item *, const char *);

#endif
