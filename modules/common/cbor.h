/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cbor: CBOR (RFC 8949) that came from outside, for libcbor to decode only
 * after its shape was found bounded: definite lengths in their shortest form,
 * nothing claimed that the bytes do not hold.
 */
#ifndef TEE_COMMON_CBOR_H
#define TEE_COMMON_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cbor.h>

#define TEE_CBOR_MAX (128 * 1024)
#define TEE_CBOR_DEPTH 8
#define TEE_CBOR_ITEMS 1024
#define TEE_CBOR_PAIRS 32 /* of a map that is read */

/* One item that fills the bytes; cbor_decref it.  NULL where refused. */
cbor_item_t *tee_cbor_load(const void *data, size_t size);
/*
 * What was loaded as a map whose keys are integers or texts, none of them
 * there twice; else NULL.  Borrowed, like all that the functions below give.
 */
cbor_item_t *tee_cbor_map(cbor_item_t *);
/* The value of an integer or text key; NULL where absent. */
cbor_item_t *tee_cbor_at(const cbor_item_t *map, int64_t label);
cbor_item_t *tee_cbor_named(const cbor_item_t *map, const char *name);
/* Whether any key of one map is a key of the other. */
bool tee_cbor_overlap(const cbor_item_t *map, const cbor_item_t *other);

/* What an item is; false where it is NULL or something else. */
bool tee_cbor_integer(const cbor_item_t *, int64_t *out);
bool tee_cbor_bytes(const cbor_item_t *, const uint8_t **data, size_t *size);
/* Printable ASCII that fits, with its terminator. */
bool tee_cbor_text(const cbor_item_t *, char *out, size_t size);
/* What stands under this tag. */
cbor_item_t *tee_cbor_tagged(const cbor_item_t *, uint64_t tag);
/*
 * Seconds since 1970: an integer, or a float that is one, under tag 1 or bare
 * (NumericDate).
 */
bool tee_cbor_time(const cbor_item_t *, int64_t *out);

#endif
