/* SPDX-License-Identifier: Apache-2.0 */
/* value: see value.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/trust/value.h"

struct tee_value
tee_value_of(const json_t *json)
{
	struct tee_value v = { 0 };

	if (json_is_boolean(json)) {
		v = tee_value_boolean(json_is_true(json));
	} else if (json_is_integer(json)) {
		v.kind = TEE_VALUE_INTEGER;
		v.integer = json_integer_value(json);
	} else if (json_is_real(json)) {
		v.kind = TEE_VALUE_REAL;
		v.real = json_real_value(json);
	} else if (json_is_string(json)) {
		v.kind = TEE_VALUE_TEXT;
		v.text = json_string_value(json);
		v.size = json_string_length(json);
	} else if (json_is_array(json) || json_is_object(json)) {
		v.kind = json_is_array(json) ? TEE_VALUE_LIST : TEE_VALUE_MAP;
		v.json = json;
	}
	return v;
}

struct tee_value
tee_value_text(const char *text)
{
	return (struct tee_value){ .kind = TEE_VALUE_TEXT,
		.text = text,
		.size = strlen(text) };
}

struct tee_value
tee_value_boolean(bool b)
{
	return (struct tee_value){ .kind = TEE_VALUE_INTEGER,
		.boolean = true,
		.integer = b };
}

static enum tee_order
order_of(bool less, bool greater)
{
	return less ? TEE_ORDER_LESS :
	    greater ? TEE_ORDER_GREATER :
		      TEE_ORDER_EQUAL;
}

static enum tee_order
reversed(enum tee_order o)
{
	return o == TEE_ORDER_LESS ? TEE_ORDER_GREATER :
	    o == TEE_ORDER_GREATER ? TEE_ORDER_LESS :
				     o;
}

/* Exact: an integer above 2^53 is not rounded to a real first. */
static enum tee_order
order_mixed(int64_t i, double r)
{
	int64_t whole;
	double rest;

	if (r >= 0x1p63)
		return TEE_ORDER_LESS;
	if (r < -0x1p63)
		return TEE_ORDER_GREATER;
	whole = (int64_t)r;
	if (i != whole)
		return order_of(i<whole, i> whole);
	rest = r - (double)whole;
	return order_of(rest > 0, rest < 0);
}

static bool
is_number(const struct tee_value *v)
{
	return v->kind == TEE_VALUE_INTEGER || v->kind == TEE_VALUE_REAL;
}

static enum tee_order
order_numbers(const struct tee_value *a, const struct tee_value *b)
{
	if (a->kind == TEE_VALUE_INTEGER && b->kind == TEE_VALUE_INTEGER)
		return order_of(a->integer<b->integer, a->integer> b->integer);
	if (a->kind == TEE_VALUE_INTEGER)
		return order_mixed(a->integer, b->real);
	if (b->kind == TEE_VALUE_INTEGER)
		return reversed(order_mixed(b->integer, a->real));
	return order_of(a->real<b->real, a->real> b->real);
}

/* By code point: the order of UTF-8's bytes is the same. */
static enum tee_order
order_texts(const struct tee_value *a, const struct tee_value *b)
{
	size_t n = a->size < b->size ? a->size : b->size;
	int c = n > 0 ? memcmp(a->text, b->text, n) : 0;

	if (c != 0)
		return order_of(c<0, c> 0);
	return order_of(a->size<b->size, a->size> b->size);
}

static bool
equal_lists(const json_t *a, const json_t *b)
{
	size_t i, n = json_array_size(a);
	bool same = n == json_array_size(b);

	for (i = 0; same && i < n; i++) {
		struct tee_value x = tee_value_of(json_array_get(a, i));
		struct tee_value y = tee_value_of(json_array_get(b, i));

		same = tee_value_equal(&x, &y);
	}
	return same;
}

static bool
equal_maps(const json_t *a, const json_t *b)
{
	void *i = json_object_iter((json_t *)(uintptr_t)a);
	bool same = json_object_size(a) == json_object_size(b);

	for (; same && i != NULL;
	     i = json_object_iter_next((json_t *)(uintptr_t)a, i)) {
		const json_t *other =
		    json_object_get(b, json_object_iter_key(i));
		struct tee_value x = tee_value_of(json_object_iter_value(i));
		struct tee_value y = tee_value_of(other);

		same = other != NULL && tee_value_equal(&x, &y);
	}
	return same;
}

bool
tee_value_equal(const struct tee_value *a, const struct tee_value *b)
{
	if (is_number(a) && is_number(b))
		return order_numbers(a, b) == TEE_ORDER_EQUAL;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case TEE_VALUE_ABSENT:
		return true;
	case TEE_VALUE_TEXT:
		return order_texts(a, b) == TEE_ORDER_EQUAL;
	case TEE_VALUE_LIST:
		return equal_lists(a->json, b->json);
	case TEE_VALUE_MAP:
		return equal_maps(a->json, b->json);
	case TEE_VALUE_INTEGER:
	case TEE_VALUE_REAL:
		break;
	}
	return false;
}

/* The first pair that differs decides, else the length. */
static enum tee_order
order_lists(const json_t *a, const json_t *b)
{
	size_t i, n = json_array_size(a), m = json_array_size(b);

	for (i = 0; i < n && i < m; i++) {
		struct tee_value x = tee_value_of(json_array_get(a, i));
		struct tee_value y = tee_value_of(json_array_get(b, i));

		if (!tee_value_equal(&x, &y))
			return tee_value_order(&x, &y);
	}
	return order_of(n<m, n> m);
}

enum tee_order
tee_value_order(const struct tee_value *a, const struct tee_value *b)
{
	if (is_number(a) && is_number(b))
		return order_numbers(a, b);
	if (a->kind == TEE_VALUE_TEXT && b->kind == TEE_VALUE_TEXT)
		return order_texts(a, b);
	if (a->kind == TEE_VALUE_LIST && b->kind == TEE_VALUE_LIST)
		return order_lists(a->json, b->json);
	return TEE_ORDER_ERROR;
}

static enum tee_answer
answer(bool yes)
{
	return yes ? TEE_ANSWER_YES : TEE_ANSWER_NO;
}

static enum tee_answer
in_list(const struct tee_value *actual, const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		struct tee_value v = tee_value_of(json_array_get(list, i));

		if (tee_value_equal(actual, &v))
			return TEE_ANSWER_YES;
	}
	return TEE_ANSWER_NO;
}

/* Keys are texts; what cannot be a key in Python is an error. */
static enum tee_answer
in_map(const struct tee_value *actual, const json_t *map)
{
	if (actual->kind == TEE_VALUE_LIST || actual->kind == TEE_VALUE_MAP)
		return TEE_ANSWER_ERROR;
	return answer(actual->kind == TEE_VALUE_TEXT &&
	    json_object_get(map, actual->text) != NULL);
}

enum tee_answer
tee_value_in(const struct tee_value *actual, const struct tee_value *expected)
{
	switch (expected->kind) {
	case TEE_VALUE_LIST:
		return in_list(actual, expected->json);
	case TEE_VALUE_MAP:
		return in_map(actual, expected->json);
	case TEE_VALUE_TEXT:
		if (actual->kind != TEE_VALUE_TEXT)
			return TEE_ANSWER_ERROR;
		return answer(actual->size == 0 ||
		    memmem(expected->text, expected->size, actual->text,
			actual->size) != NULL);
	case TEE_VALUE_ABSENT:
	case TEE_VALUE_INTEGER:
	case TEE_VALUE_REAL:
		break;
	}
	return TEE_ANSWER_ERROR;
}

static bool
shallower(const json_t *json, unsigned depth)
{
	const char *key;
	json_t *value;
	size_t i;

	if (!json_is_array(json) && !json_is_object(json))
		return true;
	if (depth == 0)
		return false;
	json_array_foreach(json, i,
	    value) if (!shallower(value, depth - 1)) return false;
	json_object_foreach((json_t *)(uintptr_t)json, key,
	    value) if (!shallower(value, depth - 1)) return false;
	return true;
}

bool
tee_value_shallow(const json_t *json)
{
	return shallower(json, TEE_VALUE_DEPTH);
}

/*
 * Python's repr of a real: the shortest digits that read back as the same
 * number, an exponent outside 1e-4 to 1e16.  Digits are taken from "%e", past
 * whatever the locale's decimal point is.
 */
static size_t
real_string(double r, char room[TEE_VALUE_STRING])
{
	char e[TEE_VALUE_STRING + 16], digits[20];
	int precision = 0, exponent, point;
	const char *p, *exp;
	size_t n = 0;

	do
		snprintf(e, sizeof(e), "%.*e", precision, r);
	while (strtod(e, NULL) != r && ++precision < 17);
	exp = strchr(e, 'e');
	for (p = e; p < exp; p++)
		if (*p >= '0' && *p <= '9' && n < sizeof(digits) - 1)
			digits[n++] = *p;
	digits[n] = '\0';
	exponent = (int)strtol(exp + 1, NULL, 10);
	p = e[0] == '-' ? "-" : "";
	if (exponent < -4 || exponent >= 16)
		return (size_t)snprintf(room, TEE_VALUE_STRING,
		    "%s%c%s%se%c%02d", p, digits[0], n > 1 ? "." : "",
		    digits + 1, exponent < 0 ? '-' : '+', abs(exponent));
	point = exponent + 1;
	if (point <= 0)
		return (size_t)snprintf(room, TEE_VALUE_STRING, "%s0.%.*s%s", p,
		    -point, "0000", digits);
	if ((size_t)point >= n)
		return (size_t)snprintf(room, TEE_VALUE_STRING, "%s%s%.*s.0", p,
		    digits, point - (int)n, "0000000000000000");
	return (size_t)snprintf(room, TEE_VALUE_STRING, "%s%.*s.%s", p, point,
	    digits, digits + point);
}

const char *
tee_value_string(const struct tee_value *v, char room[TEE_VALUE_STRING],
    size_t *size)
{
	switch (v->kind) {
	case TEE_VALUE_TEXT:
		*size = v->size;
		return v->text;
	case TEE_VALUE_INTEGER:
		*size =
		    (size_t)(v->boolean ? snprintf(room, TEE_VALUE_STRING, "%s",
					      v->integer ? "True" : "False") :
					  snprintf(room, TEE_VALUE_STRING,
					      "%lld", (long long)v->integer));
		return room;
	case TEE_VALUE_REAL:
		*size = real_string(v->real, room);
		return room;
	case TEE_VALUE_ABSENT:
	case TEE_VALUE_LIST:
	case TEE_VALUE_MAP:
		break;
	}
	return NULL;
}
