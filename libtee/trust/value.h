/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value: what a policy compares, with the comparison rules of Python, in
 * which AgentMesh's evaluator is written: true is 1, integers and reals
 * compare exactly, numbers and texts never equal each other, and ordering
 * what has no order is an error (Python raises TypeError), which is a value
 * of its own here so that nobody takes it for "no".
 */
#ifndef LIBTEE_TRUST_VALUE_H
#define LIBTEE_TRUST_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

/* Deepest value of a document; it bounds every recursion below. */
#define TEE_VALUE_DEPTH 16

enum tee_value_kind {
	TEE_VALUE_ABSENT = 0, /* null is absent, too */
	TEE_VALUE_INTEGER,    /* booleans among them */
	TEE_VALUE_REAL,
	TEE_VALUE_TEXT,
	TEE_VALUE_LIST,
	TEE_VALUE_MAP
};

/* A view: borrows what it points to. */
struct tee_value {
	enum tee_value_kind kind;
	bool boolean; /* an integer that is written True or False */
	int64_t integer;
	double real;
	const char *text;
	size_t size;
	const json_t *json; /* lists and maps */
};

/* ERROR where Python would raise. */
enum tee_answer { TEE_ANSWER_ERROR = 0, TEE_ANSWER_NO, TEE_ANSWER_YES };
enum tee_order {
	TEE_ORDER_ERROR = 0,
	TEE_ORDER_LESS,
	TEE_ORDER_EQUAL,
	TEE_ORDER_GREATER
};

struct tee_value tee_value_of(const json_t *);
struct tee_value tee_value_text(const char *);
struct tee_value tee_value_boolean(bool);
bool tee_value_equal(const struct tee_value *, const struct tee_value *);
enum tee_order tee_value_order(const struct tee_value *,
    const struct tee_value *);
/* `actual in expected`: a list's element, a map's key, a part of a text. */
enum tee_answer tee_value_in(const struct tee_value *actual,
    const struct tee_value *expected);
/* No deeper than TEE_VALUE_DEPTH. */
bool tee_value_shallow(const json_t *);

#define TEE_VALUE_STRING 32
/*
 * Python's str(): True, 650, 1.5, the text itself.  Numbers are written into
 * `room`; NULL for lists, maps and what is absent.
 */
const char *tee_value_string(const struct tee_value *,
    char room[TEE_VALUE_STRING], size_t *size);

#endif
