/* SPDX-License-Identifier: Apache-2.0 */
/* condition: see condition.h. */
#include "config.h"

#include <string.h>

#include "libtee/error.h"
#include "libtee/trust/condition.h"

static const char *const operators[] = {
	[TEE_OPERATOR_EQ] = "eq",
	[TEE_OPERATOR_NE] = "ne",
	[TEE_OPERATOR_GT] = "gt",
	[TEE_OPERATOR_GTE] = "gte",
	[TEE_OPERATOR_LT] = "lt",
	[TEE_OPERATOR_LTE] = "lte",
	[TEE_OPERATOR_IN] = "in",
	[TEE_OPERATOR_NOT_IN] = "not_in",
	[TEE_OPERATOR_MATCHES] = "matches",
};

bool
tee_operator_parse(const char *word, enum tee_operator *out)
{
	unsigned i;

	for (i = TEE_OPERATOR_EQ; i <= TEE_OPERATOR_MATCHES; i++) {
		if (strcmp(word, operators[i]) == 0) {
			*out = (enum tee_operator)i;
			return true;
		}
	}
	return false;
}

const char *
tee_operator_word(enum tee_operator op)
{
	return op > TEE_OPERATOR_NONE && op <= TEE_OPERATOR_MATCHES ?
	    operators[op] :
	    "none";
}

bool
tee_operator_orders(enum tee_operator op)
{
	return op >= TEE_OPERATOR_GT && op <= TEE_OPERATOR_LTE;
}

/* The order of spellings would admit what the words forbid. */
static const char *
init_order(struct tee_condition *c)
{
	switch (c->attribute) {
	case TEE_ATTRIBUTE_LEVEL:
		return c->expected.kind == TEE_VALUE_TEXT &&
			tee_level_parse(c->expected.text, &c->level) ?
		    NULL :
		    "is no confidential level";
	case TEE_ATTRIBUTE_ORIGIN:
	case TEE_ATTRIBUTE_TCB:
	case TEE_ATTRIBUTE_BOUND:
		return "orders an attribute that has no order: use eq, ne, in "
		       "or not_in";
	case TEE_ATTRIBUTE_NONE:
		break;
	}
	if (c->expected.kind == TEE_VALUE_ABSENT ||
	    c->expected.kind == TEE_VALUE_MAP)
		return "has no order: a number, a string or a list has";
	return NULL;
}

static const char *
init_in(const struct tee_condition *c)
{
	return c->expected.kind == TEE_VALUE_LIST ||
		c->expected.kind == TEE_VALUE_MAP ||
		c->expected.kind == TEE_VALUE_TEXT ?
	    NULL :
	    "is no list, string or object to look in";
}

static const char *
init_matches(struct tee_condition *c)
{
	char room[TEE_VALUE_STRING];
	const char *why, *text;
	size_t size;

	text = tee_value_string(&c->expected, room, &size);
	if (text == NULL)
		return "is no pattern";
	c->pattern = tee_pattern_new(text, size, &why);
	if (c->pattern != NULL)
		return NULL;
	return why != NULL ? why : "";
}

const char *
tee_condition_init(struct tee_condition *c, const json_t *value)
{
	if (!tee_value_shallow(value))
		return "is nested too deeply";
	c->expected = tee_value_of(value);
	switch (c->op) {
	case TEE_OPERATOR_EQ:
	case TEE_OPERATOR_NE:
		return NULL;
	case TEE_OPERATOR_GT:
	case TEE_OPERATOR_GTE:
	case TEE_OPERATOR_LT:
	case TEE_OPERATOR_LTE:
		return init_order(c);
	case TEE_OPERATOR_IN:
	case TEE_OPERATOR_NOT_IN:
		return init_in(c);
	case TEE_OPERATOR_MATCHES:
		return init_matches(c);
	case TEE_OPERATOR_NONE:
		break;
	}
	return "has no operator";
}

void
tee_condition_clear(struct tee_condition *c)
{
	tee_pattern_free(c->pattern);
	c->pattern = NULL;
}

static enum tee_outcome
outcome(bool match)
{
	return match ? TEE_OUTCOME_MATCH : TEE_OUTCOME_SKIP;
}

static enum tee_order
order(const struct tee_condition *c, const struct tee_value *actual)
{
	enum tee_confidential_level level;

	if (c->attribute != TEE_ATTRIBUTE_LEVEL)
		return tee_value_order(actual, &c->expected);
	if (!tee_level_parse(actual->text, &level))
		return TEE_ORDER_ERROR;
	return level < c->level ? TEE_ORDER_LESS :
	    level > c->level    ? TEE_ORDER_GREATER :
				  TEE_ORDER_EQUAL;
}

static enum tee_outcome
judge_order(const struct tee_condition *c, const struct tee_value *actual,
    const char **why)
{
	enum tee_order o = order(c, actual);

	if (o == TEE_ORDER_ERROR) {
		*why = "cannot be ordered with the rule's value";
		return TEE_OUTCOME_DENY;
	}
	if (c->op == TEE_OPERATOR_GT)
		return outcome(o == TEE_ORDER_GREATER);
	if (c->op == TEE_OPERATOR_GTE)
		return outcome(o != TEE_ORDER_LESS);
	if (c->op == TEE_OPERATOR_LT)
		return outcome(o == TEE_ORDER_LESS);
	return outcome(o != TEE_ORDER_GREATER);
}

static enum tee_outcome
judge_in(const struct tee_condition *c, const struct tee_value *actual,
    const char **why)
{
	enum tee_answer a = tee_value_in(actual, &c->expected);

	if (a == TEE_ANSWER_ERROR) {
		*why = "cannot be looked for in the rule's value";
		return TEE_OUTCOME_DENY;
	}
	return outcome((a == TEE_ANSWER_YES) == (c->op == TEE_OPERATOR_IN));
}

static enum tee_outcome
judge_matches(const struct tee_condition *c, const struct tee_value *actual,
    const char **why)
{
	char room[TEE_VALUE_STRING];
	size_t size;
	const char *text = tee_value_string(actual, room, &size);
	enum tee_answer a = TEE_ANSWER_ERROR;

	if (text != NULL)
		a = tee_pattern_search(c->pattern, text, size);
	if (a == TEE_ANSWER_ERROR) {
		*why = "cannot be matched: a list or object, longer than 4096 "
		       "bytes, or not ASCII";
		return TEE_OUTCOME_DENY;
	}
	return outcome(a == TEE_ANSWER_YES);
}

enum tee_outcome
tee_condition_judge(const struct tee_condition *c,
    const struct tee_value *actual, const char **why)
{
	*why = NULL;
	if (actual->kind == TEE_VALUE_ABSENT) {
		*why = "is absent";
		return c->attribute != TEE_ATTRIBUTE_NONE ? TEE_OUTCOME_DENY :
							    TEE_OUTCOME_SKIP;
	}
	switch (c->op) {
	case TEE_OPERATOR_EQ:
		return outcome(tee_value_equal(actual, &c->expected));
	case TEE_OPERATOR_NE:
		return outcome(!tee_value_equal(actual, &c->expected));
	case TEE_OPERATOR_GT:
	case TEE_OPERATOR_GTE:
	case TEE_OPERATOR_LT:
	case TEE_OPERATOR_LTE:
		return judge_order(c, actual, why);
	case TEE_OPERATOR_IN:
	case TEE_OPERATOR_NOT_IN:
		return judge_in(c, actual, why);
	case TEE_OPERATOR_MATCHES:
		return judge_matches(c, actual, why);
	case TEE_OPERATOR_NONE:
		break;
	}
	*why = "has no operator";
	return TEE_OUTCOME_DENY;
}
