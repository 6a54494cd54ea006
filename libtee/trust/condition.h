/* SPDX-License-Identifier: Apache-2.0 */
/*
 * condition: one field, one operator, one value.  A field is a path into the
 * context, or one of the four attributes of the environment, which the
 * context cannot speak for.
 */
#ifndef LIBTEE_TRUST_CONDITION_H
#define LIBTEE_TRUST_CONDITION_H

#include <tee/tee.h>

#include "libtee/trust/pattern.h"
#include "libtee/trust/value.h"

#define TEE_FIELD_MAX 255 /* bytes of a dotted path */
#define TEE_FIELD_PARTS 16

enum tee_operator {
	TEE_OPERATOR_NONE = 0,
	TEE_OPERATOR_EQ,
	TEE_OPERATOR_NE,
	TEE_OPERATOR_GT,
	TEE_OPERATOR_GTE,
	TEE_OPERATOR_LT,
	TEE_OPERATOR_LTE,
	TEE_OPERATOR_IN,
	TEE_OPERATOR_NOT_IN,
	TEE_OPERATOR_MATCHES
};

enum tee_attribute {
	TEE_ATTRIBUTE_NONE = 0, /* the context's own */
	TEE_ATTRIBUTE_ORIGIN,
	TEE_ATTRIBUTE_BOUND,
	TEE_ATTRIBUTE_LEVEL,
	TEE_ATTRIBUTE_TCB
};

/* What a condition came to; what cannot be judged denies. */
enum tee_outcome { TEE_OUTCOME_DENY = 0, TEE_OUTCOME_SKIP, TEE_OUTCOME_MATCH };

struct tee_field {
	char path[TEE_FIELD_MAX + 1];
	char parts[TEE_FIELD_MAX + 1]; /* the same, NUL for each dot */
	unsigned count;
	enum tee_attribute attribute;
};

struct tee_condition {
	enum tee_operator op;
	enum tee_attribute attribute;
	struct tee_value expected; /* borrowed from the document */
	enum tee_confidential_level level;
	struct tee_pattern *pattern; /* owned */
};

/* NULL, or what is wrong. */
const char *tee_field_parse(struct tee_field *, const char *path);
struct tee_value tee_field_find(const struct tee_field *,
    const json_t *context);
struct tee_value tee_attribute_value(enum tee_attribute,
    const struct tee_claims *);

bool tee_operator_parse(const char *, enum tee_operator *);
const char *tee_operator_word(enum tee_operator);
bool tee_operator_orders(enum tee_operator);
/* With op and attribute set; NULL, or what is wrong ("" for no memory). */
const char *tee_condition_init(struct tee_condition *, const json_t *value);
void tee_condition_clear(struct tee_condition *);
/* *why is a constant, or NULL. */
enum tee_outcome tee_condition_judge(const struct tee_condition *,
    const struct tee_value *actual, const char **why);

#endif
