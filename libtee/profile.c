/* SPDX-License-Identifier: Apache-2.0 */
/* profile: see profile.h; the syntax is tee_profile(5). */
#include "config.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "libtee/profile.h"
#include "libtee/setting.h"
#include "libtee/text.h"

#define DEFAULT_TIMEOUT 30
#define DEFAULT_LIFETIME 3600
#define DEFAULT_MAX_AGE 300

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

static const char *const assurances[] = { "tee", "prefer-tee", "local" };

const char *
tee_control_word(enum tee_control control)
{
	size_t i;

	for (i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (controls[i].control == control)
			return controls[i].word;
	return "none";
}

const char *
tee_assurance_word(enum tee_assurance assurance)
{
	return assurances[assurance];
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
	for (i = 0; i < sizeof(refused_controls) /
	    sizeof(refused_controls[0]); i++)
		if (strcmp(refused_controls[i].word, word) == 0)
			return tee_source_refuse(src, s, "control \"%s\" is "
			    "not offered; write %s", word,
			    refused_controls[i].instead);
	return tee_source_refuse(src, s, "unknown control \"%.40s\": "
	    "required, requisite, oneof or advisory", word);
}

/* Groups get small numbers; the same word is the same group. */
static void
read_group(struct tee_source *src, config_setting_t *s,
    struct tee_stack *stack, struct tee_line *line, struct tee_rule *rule)
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

	if (config_setting_type(s) == CONFIG_TYPE_STRING)
		value = config_setting_get_string(s);
	else if (config_setting_type(s) == CONFIG_TYPE_BOOL)
		value = config_setting_get_bool(s) ? "true" : "false";
	if (value == NULL)
		tee_source_refuse(src, s, "option %s must be a quoted string "
		    "or true/false (numbers are quoted too)", name);
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
			tee_source_refuse(src, list, "authority is a list of "
			    "\"tee\", \"tcb\", \"measurement\"");
		else
			line->authority |= words[k].bit;
	}
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
	config_setting_t *options;
	int i;

	if (!config_setting_is_group(s)) {
		tee_source_refuse(src, s, "a line is a group { ... }");
		return;
	}
	tee_setting_only(src, s, keys);
	line->facility = facility;
	line->timeout = DEFAULT_TIMEOUT;
	line->source_line = config_setting_source_line(s);
	line->config.facility = facility;
	line->config.file = tee->file;
	line->config.line = line->source_line;
	line->config.log = tee->log;
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
	options = tee_setting_group(src, s, "options");
	for (i = 0; options != NULL && i < config_setting_length(options);
	    i++)
		read_option(src, config_setting_get_elem(options,
		    (unsigned)i), &line->config);
	line->module_name = strdup(module);
	if (line->module_name == NULL)
		src->failed = true;
	stack->count++;
}

static void
read_stack(struct tee_source *src, struct tee *tee, config_setting_t *root,
    enum tee_facility facility, struct tee_stack *stack)
{
	const char *name = tee_facility_word(facility);
	config_setting_t *list = tee_setting_list(src, root, name);
	int i, n;

	if (list == NULL)
		return;
	if (!config_setting_is_list(list)) {
		tee_source_refuse(src, list, "%s must be a list ( ... )",
		    name);
		return;
	}
	n = config_setting_length(list);
	if (n > TEE_STAGE_LINES) {
		tee_source_refuse(src, list, "%s has more than %d lines",
		    name, TEE_STAGE_LINES);
		return;
	}
	for (i = 0; i < n; i++)
		read_line(src, tee, config_setting_get_elem(list,
		    (unsigned)i), facility, stack);
}

static void
read_roots(struct tee_source *src, config_setting_t *require,
    struct tee_reference *floor)
{
	config_setting_t *list = tee_setting_list(src, require, "roots");
	int i, n = list != NULL ? config_setting_length(list) : 0;

	if (n == 0)
		return;
	floor->roots = calloc((size_t)n, sizeof(*floor->roots));
	for (i = 0; i < n && floor->roots != NULL; i++) {
		const char *s = tee_setting_element(src, list, (unsigned)i);

		if (s == NULL || !tee_hex_decode(s, strlen(s),
		    floor->roots[i], TEE_SPKI_DIGEST_SIZE))
			tee_source_refuse(src, list, "roots are SHA-256 "
			    "digests of SubjectPublicKeyInfo: 64 hex digits");
		else
			floor->root_count++;
	}
	if (!floor->allow_simulated)
		tee_source_refuse(src, list, "roots beside the built-in ones "
		    "are simulated platforms: they need allow_simulated = "
		    "true");
}

static void
read_measurement(struct tee_source *src, config_setting_t *list,
    struct tee_reference *floor)
{
	const char *name = config_setting_name(list);
	int i, n = config_setting_length(list);

	if ((!config_setting_is_array(list) && !config_setting_is_list(list))
	    || n == 0) {
		tee_source_refuse(src, list, "measurements.%s must be a "
		    "non-empty list of hex strings", name);
		return;
	}
	for (i = 0; i < n; i++) {
		const char *s = tee_setting_element(src, list, (unsigned)i);
		struct tee_measurement *m, *grown;
		size_t size = s != NULL ? strlen(s) / 2 : 0;

		grown = realloc(floor->measurements,
		    (floor->measurement_count + 1) * sizeof(*grown));
		if (grown == NULL) {
			src->failed = true;
			return;
		}
		floor->measurements = grown;
		m = &grown[floor->measurement_count++];
		m->name = strdup(name);
		m->data = calloc(1, size + 1);
		m->size = size;
		if (s == NULL || size == 0 || m->data == NULL ||
		    !tee_hex_decode(s, strlen(s), m->data, size))
			tee_source_refuse(src, list, "measurements.%s: not "
			    "hex", name);
	}
}

/* A list of words into a bit mask; `parse` knows the words. */
static unsigned
read_words(struct tee_source *src, config_setting_t *require,
    const char *name, bool (*parse)(const char *, unsigned *))
{
	config_setting_t *list = tee_setting_list(src, require, name);
	unsigned mask = 0, bit;
	int i;

	for (i = 0; list != NULL && i < config_setting_length(list); i++) {
		const char *s = tee_setting_element(src, list, (unsigned)i);

		if (s == NULL || !parse(s, &bit))
			tee_source_refuse(src, list, "%s: unknown word "
			    "\"%.40s\"", name, s != NULL ? s : "");
		else
			mask |= 1u << bit;
	}
	return mask;
}

static bool
origin_word(const char *s, unsigned *out)
{
	enum tee_key_origin origin = TEE_ORIGIN_LOCAL;
	bool ok = tee_origin_parse(s, &origin);

	*out = origin;
	return ok;
}

static bool
tcb_word(const char *s, unsigned *out)
{
	enum tee_tcb_status status = TEE_TCB_UNKNOWN;
	bool ok = tee_tcb_parse(s, &status);

	*out = status;
	return ok;
}

static void
read_require(struct tee_source *src, struct tee *tee, config_setting_t *root)
{
	static const char *const keys[] = { "confidential_level",
		"key_origin", "tcb_status", "debug", "max_age",
		"measurements", "roots", "allow_simulated", NULL };
	config_setting_t *require = tee_setting_group(src, root, "require");
	struct tee_reference *floor = &tee->floor;
	config_setting_t *measurements;
	const char *level;
	int i;

	floor->max_age = DEFAULT_MAX_AGE;
	if (tee->assurance != TEE_ASSURANCE_LOCAL)
		floor->min_level = TEE_LEVEL_TEE_VM;
	if (require == NULL)
		return;
	tee_setting_only(src, require, keys);
	level = tee_setting_string(src, require, "confidential_level");
	if (level != NULL && !tee_level_parse(level, &floor->min_level))
		tee_source_refuse(src, require, "unknown confidential_level "
		    "\"%.40s\"", level);
	if (tee->assurance != TEE_ASSURANCE_LOCAL &&
	    floor->min_level < TEE_LEVEL_TEE_VM)
		tee_source_refuse(src, require, "confidential_level below "
		    "tee_vm needs assurance = \"local\"");
	floor->origins = read_words(src, require, "key_origin", origin_word);
	floor->tcb_statuses = read_words(src, require, "tcb_status",
	    tcb_word);
	tee_setting_bool(src, require, "debug", &floor->debug_allowed);
	tee_setting_bool(src, require, "allow_simulated",
	    &floor->allow_simulated);
	tee_setting_duration(src, require, "max_age", &floor->max_age);
	read_roots(src, require, floor);
	measurements = tee_setting_group(src, require, "measurements");
	for (i = 0; measurements != NULL &&
	    i < config_setting_length(measurements); i++)
		read_measurement(src, config_setting_get_elem(measurements,
		    (unsigned)i), floor);
}

/* "a,b" of a list of account names; the first known group may look. */
static char *
read_accounts(struct tee_source *src, config_setting_t *custody,
    const char *name)
{
	config_setting_t *list = tee_setting_list(src, custody, name);
	char joined[1024] = "";
	int i;

	for (i = 0; list != NULL && i < config_setting_length(list); i++) {
		const char *s = tee_setting_element(src, list, (unsigned)i);
		size_t n = strlen(joined);

		if (s == NULL || s[0] == '\0' || strchr(s, ',') != NULL ||
		    n + strlen(s) + 2 > sizeof(joined)) {
			tee_source_refuse(src, list, "%s: account names",
			    name);
			return NULL;
		}
		snprintf(joined + n, sizeof(joined) - n, "%s%s",
		    i > 0 ? "," : "", s);
	}
	return list != NULL ? strdup(joined) : NULL;
}

static void
read_operators(struct tee_source *src, config_setting_t *custody,
    struct tee *tee)
{
	char first[256];
	struct group *gr, entry;
	char buffer[4096];

	if (tee->groups == NULL)
		return;
	snprintf(first, sizeof(first), "%.*s",
	    (int)strcspn(tee->groups, ","), tee->groups);
	if (getgrnam_r(first, &entry, buffer, sizeof(buffer), &gr) != 0 ||
	    gr == NULL)
		tee_source_refuse(src, custody, "groups: no group \"%s\"",
		    first);
	else
		tee->operators = gr->gr_gid;
}

static void
read_custody(struct tee_source *src, struct tee *tee, config_setting_t *root)
{
	static const char *const keys[] = { "residency", "lifetime", "users",
		"groups", NULL };
	config_setting_t *custody = tee_setting_group(src, root, "custody");
	const char *residency;

	tee->lifetime = DEFAULT_LIFETIME;
	tee->operators = (gid_t)-1;
	if (custody == NULL)
		return;
	tee_setting_only(src, custody, keys);
	residency = tee_setting_string(src, custody, "residency");
	if (residency != NULL && strcmp(residency, "process") == 0)
		tee->residency = TEE_RESIDENCY_PROCESS;
	else if (residency != NULL && strcmp(residency, "teed") != 0)
		tee_source_refuse(src, custody, "residency is \"teed\" or "
		    "\"process\"");
	tee_setting_duration(src, custody, "lifetime", &tee->lifetime);
	tee->users = read_accounts(src, custody, "users");
	tee->groups = read_accounts(src, custody, "groups");
	read_operators(src, custody, tee);
}

static void
read_agent(struct tee_source *src, struct tee *tee, config_setting_t *root)
{
	static const char *const keys[] = { "did", NULL };
	config_setting_t *agent = tee_setting_group(src, root, "agent");
	const char *did;

	if (agent == NULL)
		return;
	tee_setting_only(src, agent, keys);
	did = tee_setting_string(src, agent, "did");
	if (did == NULL || did[0] == '\0' || strlen(did) > 2048 ||
	    !tee_utf8_valid(did, strlen(did)))
		tee_source_refuse(src, agent, "agent.did must be a non-empty "
		    "UTF-8 string (\"auto\" derives it from the key)");
	else
		tee->did = strdup(did);
}

static void
read_assurance(struct tee_source *src, struct tee *tee,
    config_setting_t *root)
{
	const char *s = tee_setting_string(src, root, "assurance");
	unsigned i;

	for (i = 0; s != NULL && i < 3; i++) {
		if (strcmp(assurances[i], s) == 0) {
			tee->assurance = (enum tee_assurance)i;
			return;
		}
	}
	tee_source_refuse(src, s != NULL ? config_setting_get_member(root,
	    "assurance") : NULL, "assurance is mandatory: \"tee\", "
	    "\"prefer-tee\" or \"local\"");
}

/*
 * An agent's profile needs every list that its assurance needs; one without
 * agent is a relying party's and has verifiers alone.
 */
static void
check_lists(struct tee_source *src, struct tee *tee, config_setting_t *root)
{
	bool remote = tee->assurance != TEE_ASSURANCE_LOCAL;

	if (config_setting_get_member(root, "agent") == NULL) {
		if (tee->collector.count + tee->keystore.count > 0 ||
		    tee->verifier.count == 0)
			tee_source_refuse(src, NULL, "agent is missing (a "
			    "relying party's profile has verifiers only)");
		return;
	}
	if (tee->keystore.count == 0)
		tee_source_refuse(src, NULL, "keystore is missing");
	if (remote && tee->collector.count == 0)
		tee_source_refuse(src, NULL, "collector is missing");
	if (remote && tee->verifier.count == 0)
		tee_source_refuse(src, NULL, "verifier is missing");
	if (!remote && (tee->collector.count == 0) !=
	    (tee->verifier.count == 0))
		tee_source_refuse(src, NULL, "collector and verifier come "
		    "together");
}

static bool
shape_ok(struct tee_source *src, const char *text, size_t size)
{
	const char *p = text;
	unsigned line = 1;

	if (memchr(text, '\0', size) != NULL) {
		tee_log_line(src->log, LOG_ERR, "%s:1: NUL byte in profile",
		    src->file);
		return false;
	}
	for (; *p != '\0'; line++) {
		const char *word = p + strspn(p, " \t\r\f\v");

		if (strncmp(word, "@include", 8) == 0) {
			tee_log_line(src->log, LOG_ERR, "%s:%u: @include is "
			    "refused: a profile is one file", src->file,
			    line);
			return false;
		}
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return true;
}

int
tee_profile_parse(struct tee *tee, const char *text, size_t size)
{
	static const char *const keys[] = { "agent", "assurance", "require",
		"collector", "verifier", "keystore", "custody", NULL };
	struct tee_source src = { tee->file, &tee->log, false };
	config_setting_t *root;
	config_t config;

	if (EVP_Digest(text, size, tee->digest, NULL, EVP_sha256(), NULL) != 1)
		return TEE_E_CRYPTO;
	if (!shape_ok(&src, text, size))
		return TEE_E_PROFILE;
	config_init(&config);
	if (config_read_string(&config, text) != CONFIG_TRUE) {
		tee_log_line(&tee->log, LOG_ERR, "%s:%d: %s", tee->file,
		    config_error_line(&config), config_error_text(&config));
		config_destroy(&config);
		return TEE_E_PROFILE;
	}
	root = config_root_setting(&config);
	tee_setting_only(&src, root, keys);
	read_agent(&src, tee, root);
	read_assurance(&src, tee, root);
	read_require(&src, tee, root);
	read_stack(&src, tee, root, TEE_COLLECTOR, &tee->collector);
	read_stack(&src, tee, root, TEE_VERIFIER, &tee->verifier);
	read_stack(&src, tee, root, TEE_KEYSTORE, &tee->keystore);
	read_custody(&src, tee, root);
	if (!src.failed)
		check_lists(&src, tee, root);
	config_destroy(&config);
	return src.failed ? TEE_E_PROFILE : 0;
}
