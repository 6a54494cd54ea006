/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: how bytes are shown and read.  What is printed for people is plain
 * ASCII: a DID, a detail or a file name from outside cannot move a cursor.
 */
#ifndef TEECTL_TEXT_H
#define TEECTL_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <jansson.h>

#define TEXT_TIME 32

void text_print(FILE *, const char *);
void text_print_bytes(FILE *, const char *, size_t);
/* "label       value" on stdout. */
void text_field(const char *label, const char *value);
/* A JSON string; what is not UTF-8 is escaped as text_print does it. */
json_t *text_json(const char *);
json_t *text_json_bytes(const char *, size_t);

void text_hex(const uint8_t *, size_t, char *out); /* 2n + 1 bytes */
bool text_unhex(const char *, uint8_t *out, size_t size);
/* One to `max` bytes of hex; *size says how many. */
bool text_unhex_any(const char *, uint8_t *out, size_t max, size_t *size);
/* Standard with padding, or url without; free(3) it. */
char *text_base64(const uint8_t *, size_t, bool url);
bool text_unbase64(const char *, uint8_t *out, size_t size);

/* RFC 3339, seconds; fractions are read and dropped. */
bool text_parse_time(const char *, time_t *out);
void text_format_time(time_t, char out[TEXT_TIME]);

#endif
