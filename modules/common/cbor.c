/* SPDX-License-Identifier: Apache-2.0 */
/* cbor: see cbor.h. */
#include "config.h"

#include <string.h>

#include "modules/common/cbor.h"
#include "modules/common/reader.h"

/* Major types, RFC 8949 section 3.1. */
enum {
	MAJOR_NEGATIVE = 1,
	MAJOR_BYTES,
	MAJOR_TEXT,
	MAJOR_ARRAY,
	MAJOR_MAP,
	MAJOR_TAG,
	MAJOR_SIMPLE
};

#define ONE_BYTE 24 /* arguments of 1, 2, 4, 8 bytes follow */
#define FALSE_VALUE 20
#define UNDEFINED_VALUE 23
#define HALF_FLOAT 25
#define DOUBLE_FLOAT 27
#define EXACT 9007199254740992.0 /* integers up to 2^53 are exact in one */
#define TAG_EPOCH 1

static uint64_t
read_be64(struct tee_reader *r)
{
	uint64_t high = tee_reader_be32(r);

	return high << 32 | tee_reader_be32(r);
}

/*
 * The argument of a head.  Writers pad numbers to a fixed width, and those
 * mean the same; a length or a tag that is padded is none that any writes.
 */
static bool
argument(struct tee_reader *r, unsigned major, unsigned info, uint64_t *out)
{
	/* Those of a simple value are the bits of a float. */
	bool padded = major <= MAJOR_NEGATIVE || major == MAJOR_SIMPLE;

	*out = info;
	switch (info) {
	case ONE_BYTE:
		*out = tee_reader_u8(r);
		return *out >= ONE_BYTE;
	case ONE_BYTE + 1:
		*out = tee_reader_be16(r);
		return padded || *out > UINT8_MAX;
	case ONE_BYTE + 2:
		*out = tee_reader_be32(r);
		return padded || *out > UINT16_MAX;
	case ONE_BYTE + 3:
		*out = read_be64(r);
		return padded || *out > UINT32_MAX;
	default:
		return info < ONE_BYTE;
	}
}

/* One head with its bytes; *inside: how many items it holds. */
static bool
step(struct tee_reader *r, uint64_t *inside)
{
	uint8_t initial = tee_reader_u8(r);
	unsigned major = initial >> 5, info = initial & 31;
	uint64_t value;

	*inside = 0;
	if (!argument(r, major, info, &value) || r->bad)
		return false;
	switch (major) {
	case MAJOR_BYTES:
	case MAJOR_TEXT:
		return value <= tee_reader_left(r) &&
		    tee_reader_bytes(r, (size_t)value) != NULL;
	case MAJOR_ARRAY:
		*inside = value;
		return value <= tee_reader_left(r);
	case MAJOR_MAP:
		*inside = 2 * value;
		return value <= tee_reader_left(r) / 2;
	case MAJOR_TAG:
		*inside = 1;
		return true;
	case MAJOR_SIMPLE:
		return (info >= FALSE_VALUE && info <= UNDEFINED_VALUE) ||
		    (info >= HALF_FLOAT && info <= DOUBLE_FLOAT);
	default:
		return true;
	}
}

/*
 * libcbor allocates what a head claims before it looks at what follows, and
 * frees by recursion: both are bounded here, before it sees the bytes.
 */
static bool
bounded(const void *data, size_t size)
{
	uint64_t left[TEE_CBOR_DEPTH] = { 1 };
	unsigned depth = 0, items = 0;
	struct tee_reader r;

	tee_reader_init(&r, data, size);
	for (;;) {
		uint64_t inside;

		while (left[depth] == 0) {
			if (depth == 0)
				return tee_reader_left(&r) == 0;
			depth--;
		}
		left[depth]--;
		if (++items > TEE_CBOR_ITEMS || !step(&r, &inside))
			return false;
		if (inside == 0)
			continue;
		if (++depth == TEE_CBOR_DEPTH)
			return false;
		left[depth] = inside;
	}
}

cbor_item_t *
tee_cbor_load(const void *data, size_t size)
{
	struct cbor_load_result result;
	cbor_item_t *item;

	if (size == 0 || size > TEE_CBOR_MAX || !bounded(data, size))
		return NULL;
	item = cbor_load(data, size, &result);
	if (item != NULL && result.read != size)
		cbor_decref(&item);
	return item;
}

static bool
is_text(const cbor_item_t *item)
{
	return item != NULL && cbor_isa_string(item) &&
	    cbor_string_is_definite(item);
}

static bool
same_key(const cbor_item_t *a, const cbor_item_t *b)
{
	int64_t x, y;

	if (tee_cbor_integer(a, &x))
		return tee_cbor_integer(b, &y) && x == y;
	return is_text(a) && is_text(b) &&
	    cbor_string_length(a) == cbor_string_length(b) &&
	    memcmp(cbor_string_handle(a), cbor_string_handle(b),
		cbor_string_length(a)) == 0;
}

cbor_item_t *
tee_cbor_map(cbor_item_t *item)
{
	struct cbor_pair *pairs;
	size_t count;
	int64_t label;

	if (item == NULL || !cbor_isa_map(item) ||
	    cbor_map_size(item) > TEE_CBOR_PAIRS)
		return NULL;
	pairs = cbor_map_handle(item);
	count = cbor_map_size(item);
	for (size_t i = 0; i < count; i++) {
		if (!is_text(pairs[i].key) &&
		    !tee_cbor_integer(pairs[i].key, &label))
			return NULL;
		for (size_t k = 0; k < i; k++)
			if (same_key(pairs[i].key, pairs[k].key))
				return NULL;
	}
	return item;
}

cbor_item_t *
tee_cbor_at(const cbor_item_t *map, int64_t label)
{
	const struct cbor_pair *pairs = cbor_map_handle(map);
	int64_t key;

	for (size_t i = 0; i < cbor_map_size(map); i++)
		if (tee_cbor_integer(pairs[i].key, &key) && key == label)
			return pairs[i].value;
	return NULL;
}

cbor_item_t *
tee_cbor_named(const cbor_item_t *map, const char *name)
{
	const struct cbor_pair *pairs = cbor_map_handle(map);
	size_t size = strlen(name);

	for (size_t i = 0; i < cbor_map_size(map); i++)
		if (is_text(pairs[i].key) &&
		    cbor_string_length(pairs[i].key) == size &&
		    memcmp(cbor_string_handle(pairs[i].key), name, size) == 0)
			return pairs[i].value;
	return NULL;
}

bool
tee_cbor_overlap(const cbor_item_t *map, const cbor_item_t *other)
{
	const struct cbor_pair *a = cbor_map_handle(map);
	const struct cbor_pair *b = cbor_map_handle(other);

	for (size_t i = 0; i < cbor_map_size(map); i++)
		for (size_t k = 0; k < cbor_map_size(other); k++)
			if (same_key(a[i].key, b[k].key))
				return true;
	return false;
}

bool
tee_cbor_integer(const cbor_item_t *item, int64_t *out)
{
	uint64_t value;

	if (item == NULL || !cbor_is_int(item))
		return false;
	value = cbor_get_int(item);
	if (value > INT64_MAX)
		return false;
	*out = cbor_isa_negint(item) ? -1 - (int64_t)value : (int64_t)value;
	return true;
}

bool
tee_cbor_bytes(const cbor_item_t *item, const uint8_t **data, size_t *size)
{
	if (item == NULL || !cbor_isa_bytestring(item) ||
	    !cbor_bytestring_is_definite(item))
		return false;
	*data = cbor_bytestring_handle(item);
	*size = cbor_bytestring_length(item);
	return true;
}

bool
tee_cbor_text(const cbor_item_t *item, char *out, size_t size)
{
	const uint8_t *text;
	size_t length;

	if (!is_text(item) || cbor_string_length(item) >= size)
		return false;
	text = cbor_string_handle(item);
	length = cbor_string_length(item);
	for (size_t i = 0; i < length; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}

cbor_item_t *
tee_cbor_tagged(const cbor_item_t *item, uint64_t tag)
{
	if (item == NULL || !cbor_isa_tag(item) || cbor_tag_value(item) != tag)
		return NULL;
	/* libcbor counts another reference, which its owner has anyway. */
	return cbor_move(cbor_tag_item(item));
}

static bool
integral(const cbor_item_t *item, int64_t *out)
{
	double value;

	if (item == NULL || !cbor_isa_float_ctrl(item) ||
	    cbor_float_ctrl_is_ctrl(item))
		return false;
	value = cbor_float_get_float(item);
	if (!(value >= -EXACT && value <= EXACT))
		return false;
	*out = (int64_t)value;
	return (double)*out == value;
}

bool
tee_cbor_time(const cbor_item_t *item, int64_t *out)
{
	if (item != NULL && cbor_isa_tag(item))
		item = tee_cbor_tagged(item, TAG_EPOCH);
	return tee_cbor_integer(item, out) || integral(item, out);
}
