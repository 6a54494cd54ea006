/* SPDX-License-Identifier: Apache-2.0 */
/* yaml: see yaml.h. */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "teectl/yaml.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the last one; deleted by next() */
	bool held;
	unsigned nodes;
	char *why;
};

static json_t *node(struct reader *, unsigned depth);

static json_t *
refuse(struct reader *r, const char *what)
{
	if (r->why[0] == '\0')
		snprintf(r->why, YAML_WHY, "line %zu, column %zu: %s",
		    r->event.start_mark.line + 1,
		    r->event.start_mark.column + 1, what);
	return NULL;
}

static bool
next(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;

	if (r->held)
		yaml_event_delete(&r->event);
	r->held = yaml_parser_parse(&r->parser, &r->event) == 1;
	if (r->held)
		return true;
	if (r->why[0] == '\0')
		snprintf(r->why, YAML_WHY, "line %zu, column %zu: %s",
		    p->problem_mark.line + 1, p->problem_mark.column + 1,
		    p->problem != NULL ? p->problem : "no memory");
	return false;
}

/* Digits without a leading zero; *end is what follows. */
static bool
digits(const char *s, const char **end)
{
	size_t n = strspn(s, "0123456789");

	*end = s + n;
	return n > 0 && (n == 1 || s[0] != '0');
}

/*
 * Text that begins like a number and has nothing in it that no number, time
 * or date of either version could have.
 */
static bool
looks_numeric(const char *s)
{
	const char *p = s + (*s == '-' || *s == '+');

	if (*p == '.' &&
	    (strcasecmp(p, ".inf") == 0 || strcasecmp(p, ".nan") == 0))
		return true;
	p += *p == '.';
	return *p >= '0' && *p <= '9' &&
	    strspn(s, "0123456789abcdefABCDEFoOxXtTzZ_:+-. ") == strlen(s);
}

static json_t *
number(struct reader *r, const char *s)
{
	const char *end;
	json_t *json;
	long long n;

	if (!digits(s + (*s == '-'), &end))
		return refuse(r, "is read as different numbers: quote it");
	if (*end == '\0') {
		errno = 0;
		n = strtoll(s, NULL, 10);
		return errno == 0 ? json_integer(n) :
				    refuse(r, "is a number beyond 64 bits");
	}
	if (*end != '.' || end[1] == '\0' ||
	    end[1 + strspn(end + 1, "0123456789")] != '\0')
		return refuse(r, "is read as different values: quote it");
	json = json_real(strtod(s, NULL));
	return json != NULL ? json : refuse(r, "is a number beyond all bounds");
}

/* What a word stands for without quotes. */
static json_t *
plain(struct reader *r, const char *s)
{
	static const char *const nothing[] = { "", "~", "null", "Null",
		"NULL" };
	static const char *const yes[] = { "true", "True", "TRUE" };
	static const char *const no[] = { "false", "False", "FALSE" };
	static const char *const unclear[] = { "yes", "no", "on", "off", "y",
		"n", "<<", "=", "null", "true", "false" };
	size_t i;

	for (i = 0; i < COUNT(nothing); i++)
		if (strcmp(s, nothing[i]) == 0)
			return json_null();
	for (i = 0; i < COUNT(yes); i++)
		if (strcmp(s, yes[i]) == 0)
			return json_true();
	for (i = 0; i < COUNT(no); i++)
		if (strcmp(s, no[i]) == 0)
			return json_false();
	for (i = 0; i < COUNT(unclear); i++)
		if (strcasecmp(s, unclear[i]) == 0)
			return refuse(r,
			    "is read as different values: quote it");
	return looks_numeric(s) ? number(r, s) : json_string(s);
}

static json_t *
scalar(struct reader *r)
{
	const char *s = (const char *)r->event.data.scalar.value;
	size_t size = r->event.data.scalar.length;
	json_t *json;

	if (strlen(s) != size)
		return refuse(r, "has a NUL character");
	if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return plain(r, s);
	json = json_stringn(s, size);
	return json != NULL ? json : refuse(r, "is no UTF-8");
}

static json_t *
sequence(struct reader *r, unsigned depth)
{
	json_t *list = json_array(), *one;

	while (next(r)) {
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return list;
		one = node(r, depth);
		if (one == NULL || json_array_append_new(list, one) != 0)
			break;
	}
	json_decref(list);
	return NULL;
}

/* A copy: the event goes with the value's. */
static char *
key(struct reader *r)
{
	json_t *json;
	char *copy = NULL;

	if (r->event.type != YAML_SCALAR_EVENT) {
		refuse(r, "a key is no string");
		return NULL;
	}
	json = node(r, 0);
	if (json_is_string(json))
		copy = strdup(json_string_value(json));
	else if (json != NULL)
		refuse(r, "a key is no string");
	json_decref(json);
	return copy;
}

static json_t *
mapping(struct reader *r, unsigned depth)
{
	json_t *map = json_object(), *one;
	char *name = NULL;

	while (next(r)) {
		if (r->event.type == YAML_MAPPING_END_EVENT)
			return map;
		name = key(r);
		if (name == NULL)
			break;
		if (json_object_get(map, name) != NULL) {
			refuse(r, "a key is repeated");
			break;
		}
		one = next(r) ? node(r, depth) : NULL;
		if (one == NULL || json_object_set_new(map, name, one) != 0)
			break;
		free(name);
		name = NULL;
	}
	free(name);
	json_decref(map);
	return NULL;
}

static bool
bare(struct reader *r)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (r->event.type == YAML_SCALAR_EVENT) {
		anchor = r->event.data.scalar.anchor;
		tag = r->event.data.scalar.tag;
	} else if (r->event.type == YAML_SEQUENCE_START_EVENT) {
		anchor = r->event.data.sequence_start.anchor;
		tag = r->event.data.sequence_start.tag;
	} else if (r->event.type == YAML_MAPPING_START_EVENT) {
		anchor = r->event.data.mapping_start.anchor;
		tag = r->event.data.mapping_start.tag;
	}
	if (anchor != NULL)
		refuse(r, "an anchor is not supported");
	if (tag != NULL)
		refuse(r, "a tag is not supported");
	return anchor == NULL && tag == NULL;
}

/* What the last event begins. */
static json_t *
node(struct reader *r, unsigned depth)
{
	if (!bare(r))
		return NULL;
	if (++r->nodes > YAML_NODES_MAX)
		return refuse(r, "there are more than 65536 nodes");
	if (r->event.type == YAML_SCALAR_EVENT)
		return scalar(r);
	if (r->event.type == YAML_ALIAS_EVENT)
		return refuse(r, "an alias is not supported");
	if (depth == YAML_DEPTH_MAX)
		return refuse(r, "it is nested deeper than 32");
	if (r->event.type == YAML_SEQUENCE_START_EVENT)
		return sequence(r, depth + 1);
	if (r->event.type == YAML_MAPPING_START_EVENT)
		return mapping(r, depth + 1);
	return refuse(r, "is not expected here");
}

static bool
begins(struct reader *r)
{
	if (!next(r) || !next(r))
		return false;
	if (r->event.type != YAML_DOCUMENT_START_EVENT)
		return refuse(r, "there is no document") != NULL;
	if (r->event.data.document_start.version_directive != NULL ||
	    r->event.data.document_start.tag_directives.start !=
		r->event.data.document_start.tag_directives.end)
		return refuse(r, "a directive is not supported") != NULL;
	return next(r);
}

static bool
ends(struct reader *r)
{
	if (!next(r) || !next(r))
		return false;
	return r->event.type == YAML_STREAM_END_EVENT ||
	    refuse(r, "there is a second document") != NULL;
}

json_t *
yaml_read(const char *text, size_t size, char why[YAML_WHY])
{
	struct reader r = { .why = why };
	json_t *json = NULL;

	why[0] = '\0';
	if (size > YAML_SIZE_MAX) {
		snprintf(why, YAML_WHY, "it is larger than 1 MiB");
		return NULL;
	}
	if (!yaml_parser_initialize(&r.parser)) {
		snprintf(why, YAML_WHY, "no memory");
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text,
	    size);
	if (begins(&r))
		json = node(&r, 0);
	if (json != NULL && !ends(&r)) {
		json_decref(json);
		json = NULL;
	}
	if (json == NULL && why[0] == '\0')
		snprintf(why, YAML_WHY, "no memory");
	if (r.held)
		yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return json;
}
