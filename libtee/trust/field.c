/* SPDX-License-Identifier: Apache-2.0 */
/* field: where a condition's value comes from; see condition.h. */
#include "config.h"

#include <string.h>

#include "libtee/claims.h"
#include "libtee/trust/condition.h"

static const char *const attributes[] = {
	[TEE_ATTRIBUTE_ORIGIN] = "key_origin",
	[TEE_ATTRIBUTE_BOUND] = "key_bound_to_tee",
	[TEE_ATTRIBUTE_LEVEL] = "confidential_level",
	[TEE_ATTRIBUTE_TCB] = "tcb_status",
};

static enum tee_attribute
attribute_of(const char *name)
{
	unsigned i;

	for (i = TEE_ATTRIBUTE_ORIGIN; i <= TEE_ATTRIBUTE_TCB; i++)
		if (strcmp(name, attributes[i]) == 0)
			return (enum tee_attribute)i;
	return TEE_ATTRIBUTE_NONE;
}

const char *
tee_field_parse(struct tee_field *f, const char *path)
{
	size_t size = strlen(path), i;

	if (size == 0)
		return "is empty";
	if (size > TEE_FIELD_MAX)
		return "is longer than 255 bytes";
	memcpy(f->path, path, size + 1);
	memcpy(f->parts, path, size + 1);
	f->count = 1;
	for (i = 0; i < size; i++) {
		if (path[i] != '.')
			continue;
		if (f->count++ == TEE_FIELD_PARTS)
			return "has more than 16 parts";
		f->parts[i] = '\0';
	}
	f->attribute = attribute_of(f->parts);
	if (f->attribute != TEE_ATTRIBUTE_NONE && f->count > 1)
		return "goes into an attribute of the environment, which has "
		       "no members";
	return NULL;
}

struct tee_value
tee_field_find(const struct tee_field *f, const json_t *context)
{
	const char *part = f->parts;
	unsigned i;

	for (i = 0; i < f->count; i++, part += strlen(part) + 1)
		context = json_object_get(context, part);
	return tee_value_of(context);
}

/* Claims that are not ok show what failed; they establish nothing. */
struct tee_value
tee_attribute_value(enum tee_attribute attribute, const struct tee_claims *c)
{
	const struct tee_value absent = { 0 };

	if (c == NULL || c->verdict != TEE_OK || c->incomplete || c->broken)
		return absent;
	switch (attribute) {
	case TEE_ATTRIBUTE_ORIGIN:
		return tee_value_text(tee_origin_word(c->key_origin));
	case TEE_ATTRIBUTE_BOUND:
		return tee_value_boolean(tee_origin_is_tee(c->key_origin));
	case TEE_ATTRIBUTE_LEVEL:
		return tee_value_text(tee_level_word(c->level));
	case TEE_ATTRIBUTE_TCB:
		return tee_value_text(tee_tcb_word(c->tcb_status));
	case TEE_ATTRIBUTE_NONE:
		break;
	}
	return absent;
}
