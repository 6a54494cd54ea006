/* SPDX-License-Identifier: Apache-2.0 */
/* json_plain: see json_plain.h. */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "libtee/json_plain.h"

#define DEPTH_MAX 8
#define NAME_SIZE 64
#define DIGITS_MAX 18 /* of them, any number fits 63 bits */

struct text {
	const char *at, *end;
};

static char
peek(struct text *t)
{
	while (t->at < t->end &&
	    (*t->at == ' ' || *t->at == '\n' || *t->at == '\t' ||
		*t->at == '\r'))
		t->at++;
	return t->at < t->end ? *t->at : '\0';
}

static bool
take(struct text *t, char c)
{
	if (peek(t) != c || t->at == t->end)
		return false;
	t->at++;
	return true;
}

/* What stands between two quotation marks; NULL where it is not plain. */
static const char *
take_string(struct text *t, size_t *size)
{
	const char *start;

	if (!take(t, '"'))
		return NULL;
	for (start = t->at; t->at < t->end; t->at++) {
		if (*t->at == '"') {
			*size = (size_t)(t->at++ - start);
			return start;
		}
		if (*t->at < ' ' || *t->at > '~' || *t->at == '\\')
			return NULL;
	}
	return NULL;
}

static json_t *
read_string(struct text *t)
{
	size_t size;
	const char *s = take_string(t, &size);

	return s != NULL ? json_stringn_nocheck(s, size) : NULL;
}

/* Whatever follows the digits has to be what may follow a value. */
static json_t *
read_number(struct text *t)
{
	const char *start = t->at;
	json_int_t n = 0;

	while (t->at < t->end && *t->at >= '0' && *t->at <= '9' &&
	    t->at - start < DIGITS_MAX)
		n = n * 10 + (*t->at++ - '0');
	if (*start == '0' && t->at - start > 1)
		return NULL;
	return json_integer(n);
}

static json_t *
read_word(struct text *t, const char *word, json_t *meaning)
{
	size_t size = strlen(word);

	if ((size_t)(t->end - t->at) < size || memcmp(t->at, word, size) != 0)
		return NULL;
	t->at += size;
	return meaning;
}

static json_t *read_value(struct text *t, unsigned depth);

static bool
read_member(struct text *t, json_t *object, unsigned depth)
{
	char name[NAME_SIZE];
	size_t size;
	const char *s = take_string(t, &size);

	if (s == NULL || size >= sizeof(name) || !take(t, ':'))
		return false;
	memcpy(name, s, size);
	name[size] = '\0';
	return json_object_set_new_nocheck(object, name,
		   read_value(t, depth + 1)) == 0;
}

/* An object that did not grow was given a name that it had. */
static json_t *
read_object(struct text *t, unsigned depth)
{
	json_t *object = json_object();
	size_t count = 0;

	if (take(t, '}'))
		return object;
	do {
		if (!read_member(t, object, depth) ||
		    json_object_size(object) != ++count)
			goto out;
	} while (take(t, ','));
	if (take(t, '}'))
		return object;
out:
	json_decref(object);
	return NULL;
}

static json_t *
read_array(struct text *t, unsigned depth)
{
	json_t *array = json_array();

	if (take(t, ']'))
		return array;
	do {
		if (json_array_append_new(array, read_value(t, depth + 1)) != 0)
			goto out;
	} while (take(t, ','));
	if (take(t, ']'))
		return array;
out:
	json_decref(array);
	return NULL;
}

static json_t *
read_value(struct text *t, unsigned depth)
{
	char c = peek(t);

	if (depth > DEPTH_MAX)
		return NULL;
	if (c == '"')
		return read_string(t);
	if (c >= '0' && c <= '9')
		return read_number(t);
	if (take(t, '{'))
		return read_object(t, depth);
	if (take(t, '['))
		return read_array(t, depth);
	if (c == 't')
		return read_word(t, "true", json_true());
	if (c == 'f')
		return read_word(t, "false", json_false());
	return c == 'n' ? read_word(t, "null", json_null()) : NULL;
}

json_t *
tee_json_plain(const char *text, size_t size)
{
	struct text t = { text, text + size };
	json_t *root = take(&t, '{') ? read_object(&t, 0) : NULL;

	if (peek(&t) == '\0' && t.at == t.end)
		return root;
	json_decref(root);
	return NULL;
}

json_t *
tee_json_read(const char *text, size_t size, size_t flags)
{
	json_t *root = tee_json_plain(text, size);

	return root != NULL ? root : json_loadb(text, size, flags, NULL);
}
