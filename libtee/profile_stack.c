/* SPDX-License-Identifier: Apache-2.0 */
/* profile_stack: the collector, verifier and keystore lists of a profile. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/profile_read.h"

#define DEFAULT_TIMEOUT 30
#define DEFAULT_BUDGET_MS 20

static const struct {
	const char *word;
	enum tee_control control;
} controls[] = {
	{ "required", TEE_REQUIRED },
	{ "requisite", TEE_REQUISITE },
	{ "oneof", TEE_ONEOF },
	{ "advisory", TEE_ADVISORY },
};

/* What other systems offer, and what to write here instead. */
static const struct {
	const char *word;
	const char *instead;
} refused_controls[] = {
	{ "sufficient", "oneof with a group: it never skips a later line" },
	{ "optional", "advisory: it never changes the result" },
	{ "binding", "required" },
	{ "include", "nothing: a profile is one file" },
	{ "substack", "oneof with a group" },
	{ "other", "nothing: there is no fallback profile" },
};

const char *
tee_control_word(enum tee_control control)
{
	size_t i;

	for (i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (controls[i].control == control)
			return controls[i].word;
	return "none";
}

static bool
read_control(struct tee_source *src, config_setting_t *s, const char *word,
    enum tee_control *out)
{
	size_t i;

	for (i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		if (strcmp(controls[i].word, word) == 0) {
			*out = controls[i].control;
			return true;
		}
	}
	for (i = 0; i < sizeof(refused_controls) / sizeof(refused_controls[0]);
	     i++)
		if (strcmp(refused_controls[i].word, word) == 0)
			return tee_source_refuse(src, s,
			    "control \"%s\" is "
			    "not offered; write %s",
			    word, refused_controls[i].instead);
	return tee_source_refuse(src, s,
	    "unknown control \"%.40s\": "
	    "required, requisite, oneof or advisory",
	    word);
}

/* Groups get small numbers; the same word is the same group. */
static void
read_group(struct tee_source *src, config_setting_t *s, struct tee_stack *stack,
    struct tee_line *line, struct tee_rule *rule)
{
	const char *group = tee_setting_string(src, s, "group");
	size_t i;

	if (rule->control != TEE_ONEOF) {
		if (group != NULL)
			tee_source_refuse(src, s,
			    "group goes with control \"oneof\" only");
		return;
	}
	if (group == NULL || group[0] == '\0') {
		tee_source_refuse(src, s, "control \"oneof\" needs a group");
		return;
	}
	rule->group = (unsigned)stack->count;
	for (i = 0; i < stack->count; i++)
		if (stack->line[i].group != NULL &&
		    strcmp(stack->line[i].group, group) == 0)
			rule->group = stack->rule[i].group;
	line->group = strdup(group);
}

static void
read_option(struct tee_source *src, config_setting_t *s,
    struct tee_config *config)
{
	const char *name = config_setting_name(s), *value = NULL;

	if (config_setting_type(s) == CONFIG_TYPE_STRING) {
		value = tee_setting_text(src, s);
		if (value == NULL)
			return;
	} else if (config_setting_type(s) == CONFIG_TYPE_BOOL) {
		value = config_setting_get_bool(s) ? "true" : "false";
	}
	if (value == NULL)
		tee_source_refuse(src, s,
		    "option %s must be a quoted string "
		    "or true/false (numbers are quoted too)",
		    name);
	else if (tee_config_add(config, name, value,
		     config_setting_source_line(s)) != 0)
		src->failed = true;
}

static void
read_authority(struct tee_source *src, config_setting_t *s,
    struct tee_line *line)
{
	static const struct {
		const char *word;
		unsigned bit;
	} words[] = { { "tee", TEE_AUTHORITY_TEE },
		{ "tcb", TEE_AUTHORITY_TCB },
		{ "measurement", TEE_AUTHORITY_MEASUREMENT } };
	config_setting_t *list = tee_setting_list(src, s, "authority");
	int i;

	line->authority = TEE_AUTHORITY_ALL;
	if (config_setting_get_member(s, "authority") == NULL)
		return;
	if (line->facility != TEE_VERIFIER) {
		tee_source_refuse(src, s, "authority is for verifiers");
		return;
	}
	line->authority = 0;
	for (i = 0; list != NULL && i < config_setting_length(list); i++) {
		const char *w = tee_setting_element(src, list, (unsigned)i);
		size_t k;

		for (k = 0; w != NULL && k < 3; k++)
			if (strcmp(words[k].word, w) == 0)
				break;
		if (w == NULL || k == 3)
			tee_source_refuse(src, list,
			    "authority is a list of "
			    "\"tee\", \"tcb\", \"measurement\"");
		else
			line->authority |= words[k].bit;
	}
}

static void
place_line(const struct tee *tee, config_setting_t *s,
    enum tee_facility facility, struct tee_line *line)
{
	line->facility = facility;
	line->timeout = DEFAULT_TIMEOUT;
	line->source_line = config_setting_source_line(s);
	line->config.facility = facility;
	line->config.file = tee->file;
	line->config.line = line->source_line;
	line->config.log = tee->log;
}

static void
read_module(struct tee_source *src, config_setting_t *s, const char *module,
    struct tee_line *line)
{
	config_setting_t *options = tee_setting_group(src, s, "options");
	int i;

	for (i = 0; options != NULL && i < config_setting_length(options); i++)
		read_option(src, config_setting_get_elem(options, (unsigned)i),
		    &line->config);
	line->module_name = strdup(module);
	if (line->module_name == NULL)
		src->failed = true;
}

static void
read_line(struct tee_source *src, struct tee *tee, config_setting_t *s,
    enum tee_facility facility, struct tee_stack *stack)
{
	static const char *const keys[] = { "control", "group", "module",
		"options", "authority", "timeout", NULL };
	struct tee_line *line = &stack->line[stack->count];
	struct tee_rule *rule = &stack->rule[stack->count];
	const char *control, *module;

	if (!config_setting_is_group(s)) {
		tee_source_refuse(src, s, "a line is a group { ... }");
		return;
	}
	tee_setting_only(src, s, keys);
	place_line(tee, s, facility, line);
	control = tee_setting_string(src, s, "control");
	module = tee_setting_string(src, s, "module");
	if (control == NULL || module == NULL) {
		tee_source_refuse(src, s, "a line needs control and module");
		return;
	}
	if (!read_control(src, s, control, &rule->control))
		return;
	read_group(src, s, stack, line, rule);
	read_authority(src, s, line);
	tee_setting_duration(src, s, "timeout", &line->timeout);
	read_module(src, s, module, line);
	stack->count++;
}

/* "20ms": a peer waits for it, so whole seconds would be too coarse. */
static void
read_budget(struct tee_source *src, config_setting_t *s, unsigned *budget_ms)
{
	const char *text = tee_setting_string(src, s, "timeout");
	unsigned ms = 0;
	size_t n = 0;

	*budget_ms = DEFAULT_BUDGET_MS;
	if (text == NULL)
		return;
	for (; n < 4 && text[n] >= '0' && text[n] <= '9'; n++)
		ms = ms * 10 + (unsigned)(text[n] - '0');
	if (strcmp(text + n, "ms") != 0 || text[0] == '0' || ms < 1 ||
	    ms > 1000)
		tee_source_refuse(src, config_setting_get_member(s, "timeout"),
		    "timeout: \"%.40s\" is not \"1ms\" to \"1000ms\"", text);
	else
		*budget_ms = ms;
}

/* One line without a control: nothing depends on what it answers. */
void
tee_profile_read_cache(struct tee_source *src, struct tee *tee,
    config_setting_t *root)
{
	static const char *const keys[] = { "module", "options", "timeout",
		NULL };
	config_setting_t *s = tee_setting_group(src, root, "cache");
	const char *module;

	if (s == NULL)
		return;
	tee_setting_only(src, s, keys);
	module = tee_setting_string(src, s, "module");
	if (module == NULL) {
		tee_source_refuse(src, s, "cache needs a module");
		return;
	}
	tee->cache.line = calloc(1, sizeof(*tee->cache.line));
	if (tee->cache.line == NULL) {
		src->failed = true;
		return;
	}
	tee->cache.allocated = tee->cache.count = 1;
	tee->cache.rule[0].control = TEE_REQUIRED;
	place_line(tee, s, TEE_CACHE, &tee->cache.line[0]);
	read_budget(src, s, &tee->cache.line[0].budget_ms);
	read_module(src, s, module, &tee->cache.line[0]);
}

void
tee_profile_read_stack(struct tee_source *src, struct tee *tee,
    config_setting_t *root, enum tee_facility facility, struct tee_stack *stack)
{
	const char *name = tee_facility_word(facility);
	config_setting_t *list = tee_setting_list(src, root, name);
	int i, n;

	if (list == NULL)
		return;
	if (!config_setting_is_list(list)) {
		tee_source_refuse(src, list, "%s must be a list ( ... )", name);
		return;
	}
	n = config_setting_length(list);
	if (n > TEE_STAGE_LINES) {
		tee_source_refuse(src, list, "%s has more than %d lines", name,
		    TEE_STAGE_LINES);
		return;
	}
	stack->line = calloc((size_t)n, sizeof(*stack->line));
	if (stack->line == NULL) {
		src->failed = true;
		return;
	}
	stack->allocated = (size_t)n;
	for (i = 0; i < n; i++)
		read_line(src, tee, config_setting_get_elem(list, (unsigned)i),
		    facility, stack);
}
