/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: a position in bytes that came from outside.  Every step is checked
 * against the limit; once one did not fit, `bad` stays set and every later
 * step yields zero or NULL, so a parser may check once at its end.
 */
#ifndef TEE_COMMON_READER_H
#define TEE_COMMON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tee_reader {
	const uint8_t *data;
	size_t size;
	size_t pos;
	bool bad;
};

void tee_reader_init(struct tee_reader *, const void *data, size_t size);
size_t tee_reader_left(const struct tee_reader *);
/* The next `size` bytes in place, or NULL. */
const uint8_t *tee_reader_bytes(struct tee_reader *, size_t size);
/* Step over `size` bytes; true where they are there and all zero. */
bool tee_reader_zeros(struct tee_reader *, size_t size);
uint8_t tee_reader_u8(struct tee_reader *);
uint32_t tee_reader_le32(struct tee_reader *);
uint64_t tee_reader_le64(struct tee_reader *);
uint16_t tee_reader_be16(struct tee_reader *);
uint32_t tee_reader_be32(struct tee_reader *);

#endif
