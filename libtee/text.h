/* SPDX-License-Identifier: Apache-2.0 */
/* text: hex, base64 and UTF-8 at the edges; strict on the way in. */
#ifndef LIBTEE_TEXT_H
#define LIBTEE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* out holds 2 * size + 1 characters. */
void tee_hex_encode(const void *data, size_t size, char *out);
/* Exactly 2 * size hex digits of either case, nothing else. */
bool tee_hex_decode(const char *s, size_t len, uint8_t *out, size_t size);

/* malloc'd; NULL where there is no memory or the input is not base64. */
char *tee_base64_encode(const void *data, size_t size);
uint8_t *tee_base64_decode(const char *s, size_t len, size_t *size);

bool tee_utf8_valid(const char *s, size_t len);
/* A copy of `s` fit for one log field: printable ASCII, rest as '?'. */
void tee_text_printable(const char *s, size_t len, char *out, size_t size);

/* In place: what is not printable ASCII becomes '?'. */
void tee_text_ascii(char *s);
/* In place: what is not printable ASCII, and double quotes, become '?'. */
void tee_text_plain(char *s);

/* "FILE:LINE: message" taken apart; 0 where the line is none of this file. */
unsigned tee_text_fault(const char *file, const char *fault,
    const char **message);

#endif
