/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe: an input as a list of edits to honest evidence.  Keys are drawn
 * anew in each build tree, so a seed cannot be evidence; and what is one edit
 * away from honest reaches deeper than bytes that never verify.
 *
 *   1 byte   item                        modulo RECIPE_ITEMS
 *   1 byte   what to do                  modulo RECIPE_DEEDS
 *   2 bytes  where, big-endian           modulo the item's size plus one
 *   1 byte   n
 *   n bytes  with what (n alone counts for RECIPE_DELETE)
 */
#ifndef TEE_FUZZ_RECIPE_H
#define TEE_FUZZ_RECIPE_H

#include <stddef.h>
#include <stdint.h>

#include "modules/common/reader.h"

#define RECIPE_ITEM_MAX (64 * 1024)

enum recipe_item { RECIPE_REPORT = 0, RECIPE_CERTS, RECIPE_CRL, RECIPE_ITEMS };

enum recipe_deed {
	RECIPE_OVERWRITE = 0,
	RECIPE_XOR,
	RECIPE_INSERT,
	RECIPE_DELETE,
	RECIPE_TRUNCATE,
	RECIPE_DEEDS
};

struct recipe_bytes {
	uint8_t data[RECIPE_ITEM_MAX];
	size_t size;
};

/* Every edit that is left in the reader. */
void recipe_apply(struct tee_reader *, struct recipe_bytes[RECIPE_ITEMS]);

#endif
