/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: what becomes of a parsed profile once its modules are known.  Every
 * fault is a load error of the whole profile, whatever the line's control;
 * all are named, so that whoever mends a profile sees them at once.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libtee/profile.h"

static int
refuse(const struct tee *tee, unsigned line, const char *what)
{
	tee_log_line(&tee->log, LOG_ERR, "%s:%u: %s", tee->file, line, what);
	return TEE_E_PROFILE;
}

/* Of several faults the first gives the code. */
static int
first_of(int error, int next)
{
	return error != 0 ? error : next;
}

static int
open_line(struct tee *tee, struct tee_loader *loader, struct tee_line *line)
{
	char why[TEE_LOADER_WHY];
	const struct tee_module *m;
	int error;

	error = tee_loader_load(loader, line->module_name, line->facility,
	    &line->loaded, why);
	if (error != 0) {
		(void)refuse(tee, line->source_line, why);
		return error;
	}
	m = line->loaded.module;
	error = tee_config_check(&line->config, m);
	if (error != 0)
		return error;
	line->opened =
	    m->open == NULL || m->open(&line->config, &line->state) == TEE_OK;
	if (line->opened)
		return 0;
	snprintf(why, sizeof(why), "module \"%s\" refused its options",
	    m->name);
	return refuse(tee, line->source_line, why);
}

static int
open_stack(struct tee *tee, struct tee_loader *loader, struct tee_stack *stack)
{
	bool voted = stack->count == 0;
	int error = 0;
	size_t i;

	for (i = 0; i < stack->count; i++) {
		error =
		    first_of(error, open_line(tee, loader, &stack->line[i]));
		voted = voted || stack->rule[i].control != TEE_ADVISORY;
	}
	if (!voted)
		error = first_of(error,
		    refuse(tee, stack->line[0].source_line,
			"a stack of advisory lines alone can grant nothing"));
	return error;
}

/* Of a module that could not be loaded no ceiling is known. */
static bool
is_loaded(const struct tee_line *line)
{
	return line->loaded.module != NULL;
}

static bool
line_is_local(const struct tee_line *line)
{
	return line->loaded.module->ceiling == TEE_ORIGIN_LOCAL;
}

/* Under "tee" the fallback cannot be written down. */
static int
check_tee(const struct tee *tee)
{
	const struct tee_stack *s = &tee->keystore;
	int error = 0;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (is_loaded(&s->line[i]) && line_is_local(&s->line[i]))
			error = refuse(tee, s->line[i].source_line,
			    "a keystore with ceiling \"local\" cannot stand "
			    "under assurance \"tee\"");
	return error;
}

static int
check_one_group(const struct tee *tee)
{
	const struct tee_stack *s = &tee->keystore;
	int error = 0;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->rule[i].control != TEE_ONEOF ||
		    s->rule[i].group != s->rule[0].group)
			error = refuse(tee, s->line[i].source_line,
			    "under \"prefer-tee\" the keystores form one "
			    "oneof group");
	return error;
}

/* The order of the ceilings, once all are known. */
static int
check_order(const struct tee *tee)
{
	const struct tee_stack *s = &tee->keystore;
	size_t i, local = 0;
	int error = 0;

	for (i = 0; i < s->count; i++)
		if (!is_loaded(&s->line[i]))
			return 0;
	for (i = 0; i < s->count; i++) {
		local += line_is_local(&s->line[i]);
		if (i > 0 && line_is_local(&s->line[i - 1]) &&
		    !line_is_local(&s->line[i]))
			error = refuse(tee, s->line[i - 1].source_line,
			    "under \"prefer-tee\" a local keystore stands "
			    "last: before the TEE's it would always be "
			    "taken");
	}
	if (s->count > 0 && (local == 0 || local == s->count))
		error = refuse(tee, s->line[0].source_line,
		    "\"prefer-tee\" needs a keystore of the TEE and a local "
		    "one; write \"tee\" or \"local\" otherwise");
	return error;
}

static int
check_assurance(const struct tee *tee)
{
	int error;

	switch (tee->assurance) {
	case TEE_ASSURANCE_TEE:
		return check_tee(tee);
	case TEE_ASSURANCE_PREFER_TEE:
		error = check_one_group(tee);
		return first_of(error, check_order(tee));
	case TEE_ASSURANCE_LOCAL:
		return 0;
	}
	return TEE_E_PROFILE;
}

static int
check_keystores(const struct tee *tee)
{
	int error = 0;
	size_t i;

	for (i = 0; i < tee->keystore.count; i++)
		if (tee->keystore.rule[i].control == TEE_ADVISORY)
			error = refuse(tee, tee->keystore.line[i].source_line,
			    "a keystore cannot be advisory: no key is "
			    "released just for the log");
	return first_of(error, check_assurance(tee));
}

int
tee_plan_open(struct tee *tee)
{
	struct tee_loader loader = { .dir = tee->module_dir };
	struct tee_stack *const stacks[] = { &tee->collector, &tee->verifier,
		&tee->keystore, &tee->cache };
	int error = 0;

	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++)
		error = first_of(error, open_stack(tee, &loader, stacks[i]));
	return first_of(error, check_keystores(tee));
}

int
tee_plan_open_verifiers(struct tee *tee)
{
	struct tee_loader loader = { .dir = tee->module_dir };
	int error = open_stack(tee, &loader, &tee->verifier);

	return first_of(error, open_stack(tee, &loader, &tee->cache));
}

static void
close_stack(struct tee_stack *stack)
{
	size_t i;

	for (i = 0; i < stack->allocated; i++) {
		struct tee_line *line = &stack->line[i];

		if (line->opened && line->loaded.module->close != NULL)
			line->loaded.module->close(line->state);
		tee_config_clear(&line->config);
		free(line->module_name);
		free(line->group);
	}
	free(stack->line);
}

void
tee_plan_close(struct tee *tee)
{
	close_stack(&tee->collector);
	close_stack(&tee->verifier);
	close_stack(&tee->keystore);
	close_stack(&tee->cache);
}

struct tee *
tee_profile_new(const struct tee_options *options, const char *file,
    const char *module_dir)
{
	struct tee *tee = calloc(1, sizeof(*tee));
	const char *slash = strrchr(file, '/');
	size_t n;

	if (tee == NULL)
		return NULL;
	if (options != NULL) {
		tee->log.fn = options->log;
		tee->log.user = options->log_user;
	}
	/* Also where the file is never read so far: 0 is a group. */
	tee->operators = (gid_t)-1;
	tee->file = strdup(file);
	tee->name = strdup(slash != NULL ? slash + 1 : file);
	tee->module_dir = strdup(module_dir);
	if (tee->file == NULL || tee->name == NULL || tee->module_dir == NULL) {
		tee_profile_free(&tee);
		return NULL;
	}
	n = strlen(tee->name);
	if (n > 5 && strcmp(tee->name + n - 5, ".conf") == 0)
		tee->name[n - 5] = '\0';
	return tee;
}

int
tee_profile_read(struct tee *tee)
{
	char why[TEE_PATH_WHY];
	struct tee_path_id id;
	char *text = NULL;
	size_t size;
	int error, fd;

	fd = tee_path_open(tee->file, &id, why);
	if (fd >= 0) {
		text = tee_path_read(fd, TEE_PROFILE_MAX, &size, why);
		close(fd);
	}
	if (text == NULL) {
		tee_log_line(&tee->log, LOG_ERR, "%s:1: %s", tee->file, why);
		return TEE_E_PROFILE;
	}
	error = tee_profile_parse(tee, text, size);
	free(text);
	return error;
}

void
tee_profile_free(struct tee **tee)
{
	struct tee *t;

	if (tee == NULL || *tee == NULL)
		return;
	t = *tee;
	tee_plan_close(t);
	tee_reference_clear(&t->floor);
	free(t->file);
	free(t->name);
	free(t->module_dir);
	free(t->did);
	free(t->users);
	free(t->groups);
	tee_message_rules_clear(&t->sign);
	free(t->socket);
	if (t->custody_fd > 0)
		close(t->custody_fd);
	free(t);
	*tee = NULL;
}
