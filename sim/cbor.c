/* SPDX-License-Identifier: Apache-2.0 */
/* cbor: see cbor.h. */
#include "config.h"

#include <string.h>

#include "sim/cbor.h"

#define DEPTH_MAX 16

static bool
refuse(struct sim_cbor *in)
{
	in->bad = true;
	in->left = 0;
	return false;
}

/* The number in a head: in it, or in the 1, 2, 4 or 8 bytes behind it. */
static bool
number(struct sim_cbor *in, unsigned low, uint64_t *value)
{
	size_t size;

	*value = low;
	if (low < 24)
		return true;
	size = (size_t)1 << (low - 24);
	if (low > 27 || in->left < size)
		return refuse(in);
	*value = 0;
	for (size_t i = 0; i < size; i++)
		*value = *value << 8 | in->at[i];
	in->at += size;
	in->left -= size;
	return true;
}

bool
tee_sim_cbor_next(struct sim_cbor *in, struct sim_cbor_item *item)
{
	unsigned head;

	if (in->bad || in->left == 0)
		return refuse(in);
	head = *in->at++;
	in->left--;
	item->type = (enum sim_cbor_type)(head >> 5);
	item->data = NULL;
	if (!number(in, head & 31, &item->value))
		return false;
	if (item->type != SIM_CBOR_BYTES && item->type != SIM_CBOR_TEXT)
		return true;
	if (item->value > in->left)
		return refuse(in);
	item->data = in->at;
	in->at += item->value;
	in->left -= (size_t)item->value;
	return true;
}

static bool
skip(struct sim_cbor *in, unsigned depth)
{
	struct sim_cbor_item item;
	uint64_t inside = 0;

	if (depth == 0)
		return refuse(in);
	if (!tee_sim_cbor_next(in, &item))
		return false;
	if (item.type == SIM_CBOR_TAG)
		inside = 1;
	else if (item.type == SIM_CBOR_ARRAY)
		inside = item.value;
	else if (item.type == SIM_CBOR_MAP)
		inside = item.value > in->left ? UINT64_MAX : 2 * item.value;
	/* Each takes a byte at least. */
	if (inside > in->left)
		return refuse(in);
	while (inside-- > 0)
		if (!skip(in, depth - 1))
			return false;
	return true;
}

bool
tee_sim_cbor_skip(struct sim_cbor *in)
{
	return skip(in, DEPTH_MAX);
}

bool
tee_sim_cbor_take(struct sim_cbor *in, enum sim_cbor_type type,
    struct sim_cbor_item *item)
{
	return tee_sim_cbor_next(in, item) &&
	    (item->type == type || refuse(in));
}

bool
tee_sim_cbor_is_text(const struct sim_cbor_item *item, const char *text)
{
	return item->type == SIM_CBOR_TEXT && item->value == strlen(text) &&
	    memcmp(item->data, text, strlen(text)) == 0;
}
