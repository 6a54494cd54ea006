/* SPDX-License-Identifier: Apache-2.0 */
/* reader: see reader.h. */
#include "config.h"

#include "modules/common/reader.h"

void
tee_reader_init(struct tee_reader *r, const void *data, size_t size)
{
	r->data = data;
	r->size = data == NULL ? 0 : size;
	r->pos = 0;
	r->bad = false;
}

size_t
tee_reader_left(const struct tee_reader *r)
{
	return r->bad ? 0 : r->size - r->pos;
}

const uint8_t *
tee_reader_bytes(struct tee_reader *r, size_t size)
{
	const uint8_t *p;

	if (r->bad || size > r->size - r->pos) {
		r->bad = true;
		return NULL;
	}
	p = r->data + r->pos;
	r->pos += size;
	return p;
}

bool
tee_reader_zeros(struct tee_reader *r, size_t size)
{
	const uint8_t *p = tee_reader_bytes(r, size);
	uint8_t any = 0;

	if (p == NULL)
		return false;
	for (size_t i = 0; i < size; i++)
		any |= p[i];
	return any == 0;
}

static uint64_t
little(struct tee_reader *r, size_t size)
{
	const uint8_t *p = tee_reader_bytes(r, size);
	uint64_t v = 0;

	for (size_t i = size; p != NULL && i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

static uint64_t
big(struct tee_reader *r, size_t size)
{
	const uint8_t *p = tee_reader_bytes(r, size);
	uint64_t v = 0;

	for (size_t i = 0; p != NULL && i < size; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t
tee_reader_u8(struct tee_reader *r)
{
	return (uint8_t)little(r, 1);
}

uint32_t
tee_reader_le32(struct tee_reader *r)
{
	return (uint32_t)little(r, 4);
}

uint64_t
tee_reader_le64(struct tee_reader *r)
{
	return little(r, 8);
}

uint16_t
tee_reader_be16(struct tee_reader *r)
{
	return (uint16_t)big(r, 2);
}

uint32_t
tee_reader_be32(struct tee_reader *r)
{
	return (uint32_t)big(r, 4);
}
