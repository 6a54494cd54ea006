/* SPDX-License-Identifier: Apache-2.0 */
/* recipe: see recipe.h. */
#include "config.h"

#include <string.h>

#include "fuzz/recipe.h"

struct edit {
	size_t at;
	const uint8_t *with;
	size_t size;
};

static void
insert(struct recipe_bytes *b, const struct edit *e)
{
	if (b->size + e->size > RECIPE_ITEM_MAX)
		return;
	memmove(b->data + e->at + e->size, b->data + e->at, b->size - e->at);
	memcpy(b->data + e->at, e->with, e->size);
	b->size += e->size;
}

static void delete (struct recipe_bytes *b, const struct edit *e)
{
	size_t left = b->size - e->at;
	size_t size = e->size < left ? e->size : left;

	memmove(b->data + e->at, b->data + e->at + size, left - size);
	b->size -= size;
}

static void
change(struct recipe_bytes *b, const struct edit *e, bool replace)
{
	for (size_t i = 0; i < e->size && e->at + i < b->size; i++)
		b->data[e->at + i] =
		    (uint8_t)((replace ? 0 : b->data[e->at + i]) ^ e->with[i]);
}

static void
apply(struct recipe_bytes *b, enum recipe_deed deed, const struct edit *e)
{
	switch (deed) {
	case RECIPE_OVERWRITE:
		change(b, e, true);
		return;
	case RECIPE_XOR:
		change(b, e, false);
		return;
	case RECIPE_INSERT:
		insert(b, e);
		return;
	case RECIPE_DELETE:
		delete (b, e);
		return;
	case RECIPE_TRUNCATE:
		b->size = e->at;
		return;
	case RECIPE_DEEDS:
		return;
	}
}

void
recipe_apply(struct tee_reader *r, struct recipe_bytes items[RECIPE_ITEMS])
{
	while (tee_reader_left(r) > 0) {
		struct recipe_bytes *b =
		    &items[tee_reader_u8(r) % RECIPE_ITEMS];
		enum recipe_deed deed = tee_reader_u8(r) % RECIPE_DEEDS;
		struct edit e = { .at = tee_reader_be16(r) % (b->size + 1) };

		e.size = tee_reader_u8(r);
		e.with =
		    deed == RECIPE_DELETE ? NULL : tee_reader_bytes(r, e.size);
		if (r->bad)
			return;
		apply(b, deed, &e);
	}
}
