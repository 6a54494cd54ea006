/* SPDX-License-Identifier: Apache-2.0 */
/* canonical: see canonical.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/digest.h"
#include "libtee/error.h"
#include "libtee/text.h"
#include "libtee/trust/canonical.h"

#define DEPTH_MAX 64
#define ROOM 2048 /* spares most texts to grow */

struct writer {
	char *data;
	size_t size;
	size_t room;
	bool failed;
};

static void
put(struct writer *w, const char *data, size_t size)
{
	if (!w->failed && size > w->room - w->size) {
		size_t room = 2 * w->room + size + ROOM;
		char *grown = realloc(w->data, room);

		w->failed = grown == NULL;
		if (!w->failed) {
			w->data = grown;
			w->room = room;
		}
	}
	if (!w->failed) {
		memcpy(w->data + w->size, data, size);
		w->size += size;
	}
}

/* One character of valid UTF-8: its code point, and how many bytes it has. */
static uint32_t
code_point(const unsigned char *s, size_t *bytes)
{
	if (s[0] < 0x80) {
		*bytes = 1;
		return s[0];
	}
	if (s[0] < 0xe0) {
		*bytes = 2;
		return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
	}
	if (s[0] < 0xf0) {
		*bytes = 3;
		return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 |
		    (s[2] & 0x3fu);
	}
	*bytes = 4;
	return (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12 |
	    (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
}

static void
put_escaped(struct writer *w, uint32_t c)
{
	static const char controls[] = "\b\t\n\f\r\"\\";
	static const char letters[] = "btnfr\"\\";
	const char *known =
	    c != 0 && c < 0x80 ? strchr(controls, (int)c) : NULL;
	char text[13];

	if (known != NULL)
		snprintf(text, sizeof(text), "\\%c", letters[known - controls]);
	else if (c < 0x10000)
		snprintf(text, sizeof(text), "\\u%04" PRIx32, c);
	else
		snprintf(text, sizeof(text), "\\u%04" PRIx32 "\\u%04" PRIx32,
		    0xd800 + ((c - 0x10000) >> 10),
		    0xdc00 + ((c - 0x10000) & 0x3ff));
	put(w, text, strlen(text));
}

static bool
is_plain(unsigned char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Valid UTF-8, as jansson has made sure. */
static void
put_string(struct writer *w, const char *s, size_t size)
{
	size_t i = 0;

	put(w, "\"", 1);
	while (i < size) {
		size_t run = i, bytes;

		while (run < size && is_plain((unsigned char)s[run]))
			run++;
		put(w, s + i, run - i);
		i = run;
		if (i < size) {
			put_escaped(w,
			    code_point((const unsigned char *)s + i, &bytes));
			i += bytes;
		}
	}
	put(w, "\"", 1);
}

static void put_value(struct writer *, const json_t *, unsigned depth);

static int
by_code_point(const void *a, const void *b)
{
	/* The bytes of UTF-8 are in the order of its code points. */
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
put_object(struct writer *w, const json_t *v, unsigned depth)
{
	size_t count = json_object_size(v), n = 0, i;
	const char **keys = calloc(count + 1, sizeof(*keys));
	json_t *object = (json_t *)(uintptr_t)v;
	void *at;

	if (keys == NULL) {
		w->failed = true;
		return;
	}
	for (at = json_object_iter(object); at != NULL && n < count;
	     at = json_object_iter_next(object, at))
		keys[n++] = json_object_iter_key(at);
	qsort(keys, n, sizeof(*keys), by_code_point);
	put(w, "{", 1);
	for (i = 0; i < n; i++) {
		if (i > 0)
			put(w, ",", 1);
		put_string(w, keys[i], strlen(keys[i]));
		put(w, ":", 1);
		put_value(w, json_object_get(v, keys[i]), depth + 1);
	}
	put(w, "}", 1);
	free(keys);
}

static void
put_array(struct writer *w, const json_t *v, unsigned depth)
{
	size_t i;

	put(w, "[", 1);
	for (i = 0; i < json_array_size(v); i++) {
		if (i > 0)
			put(w, ",", 1);
		put_value(w, json_array_get(v, i), depth + 1);
	}
	put(w, "]", 1);
}

/* Python's spelling of a real is a library of its own: none is written. */
static void
put_value(struct writer *w, const json_t *v, unsigned depth)
{
	char number[32];

	if (v == NULL || depth > DEPTH_MAX) {
		w->failed = true;
		return;
	}
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		put_object(w, v, depth);
		break;
	case JSON_ARRAY:
		put_array(w, v, depth);
		break;
	case JSON_STRING:
		put_string(w, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(v));
		put(w, number, strlen(number));
		break;
	case JSON_TRUE:
		put(w, "true", 4);
		break;
	case JSON_FALSE:
		put(w, "false", 5);
		break;
	case JSON_NULL:
		put(w, "null", 4);
		break;
	case JSON_REAL:
		w->failed = true;
		break;
	}
}

static char *
finish(struct writer *w, size_t *size)
{
	*size = w->size;
	put(w, "", 1);
	if (w->failed) {
		free(w->data);
		return NULL;
	}
	return w->data;
}

char *
trust_canonical(const json_t *v, size_t *size)
{
	struct writer w = { 0 };

	put_value(&w, v, 0);
	return finish(&w, size);
}

static void
put_name(struct writer *w, const char *name)
{
	put(w, w->size > 1 ? ",\"" : "\"", w->size > 1 ? 2 : 1);
	put(w, name, strlen(name));
	put(w, "\":", 2);
}

static void
put_text(struct writer *w, const char *name, const char *text)
{
	put_name(w, name);
	put_string(w, text, strlen(text));
}

static void
put_instant(struct writer *w, const char *name, tee_instant at)
{
	char text[TEE_INSTANT_TEXT];

	tee_instant_format(at, text);
	put_text(w, name, text);
}

/* As it was sent, or null. */
static void
put_member(struct writer *w, const char *name, const json_t *root)
{
	const json_t *v = json_object_get(root, name);

	put_name(w, name);
	if (v == NULL)
		put(w, "null", 4);
	else
		put_value(w, v, 1);
}

/* Digests are normalised to lower case by the model. */
static void
put_digest(struct writer *w, const char *name, const json_t *root)
{
	const json_t *v = json_object_get(root, name);
	uint8_t digest[32];
	char hex[65];

	put_name(w, name);
	if (!json_is_string(v) ||
	    !tee_hex_decode(json_string_value(v), json_string_length(v), digest,
		sizeof(digest))) {
		put(w, "null", 4);
		return;
	}
	tee_hex_encode(digest, sizeof(digest), hex);
	put_string(w, hex, sizeof(hex) - 1);
}

static void
put_measurements(struct writer *w, const json_t *v)
{
	if (v == NULL)
		put(w, "{}", 2);
	else
		put_value(w, v, 1);
}

/* Straight into the text, in the order that the names sort in. */
char *
trust_canonical_evidence_text(const json_t *root, const struct tee_evidence *e,
    size_t *size)
{
	struct writer w = { 0 };

	put(&w, "{", 1);
	put_member(&w, "agent_did", root);
	put_digest(&w, "binding_hash", root);
	put_member(&w, "challenge_id", root);
	put_member(&w, "evidence", root);
	put_instant(&w, "expires_at", e->expires);
	put_text(&w, "key_origin", tee_origin_word(e->key_origin));
	put_member(&w, "nonce", root);
	put_member(&w, "platform", root);
	put_digest(&w, "public_key_hash", root);
	put_digest(&w, "report_data_hash", root);
	put_name(&w, "runtime_measurements");
	put_measurements(&w, json_object_get(root, "runtime_measurements"));
	put_name(&w, "secure_boot_verified");
	put_value(&w, json_boolean(e->secure_boot), 1);
	put_instant(&w, "timestamp", e->issued);
	put(&w, "}", 1);
	return finish(&w, size);
}

int
trust_canonical_evidence(const json_t *root, const struct tee_evidence *e,
    uint8_t digest[32])
{
	size_t size = 0;
	char *text = trust_canonical_evidence_text(root, e, &size);
	int error =
	    text != NULL ? tee_digest(text, size, digest) : TEE_E_MEMORY;

	free(text);
	return error;
}
