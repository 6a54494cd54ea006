/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: the parser over any bytes, no module loaded.  A profile that is
 * refused says where and in one line; one that is taken is within every
 * bound; and no spelling makes the parser open another file.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libconfig.h>

#include "fuzz/fuzz.h"
#include "libtee/profile.h"

#define FILE_NAME "fuzz.conf"
#define LONGEST (366 * 86400u)

const char fuzz_target[] = "profile";

/*
 * libconfig forgets the strings that it was collecting when the text
 * ends or breaks around one; what it hands out is still ours to free.
 */
TEE_EXPORT const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

static unsigned opened;
static unsigned refusals;

typedef FILE *fopen_fn(const char *, const char *);

/* libconfig opens @include files through this symbol. */
TEE_EXPORT FILE *
fopen(const char *path, const char *mode)
{
	fopen_fn *real;
	void *symbol = dlsym(RTLD_NEXT, "fopen");

	opened++;
	memcpy(&real, &symbol, sizeof(real));
	return real(path, mode);
}

/* The tripwire itself: without our parser's refusal it is reached. */
static void
check_tripwire(void)
{
	static bool done;
	config_t config;

	if (done)
		return;
	config_init(&config);
	(void)config_read_string(&config, "@include \"no-such-file\"\n");
	config_destroy(&config);
	fuzz_must(opened > 0, "the tripwire sees what libconfig opens");
	done = true;
}

static void
on_line(void *user, int priority, const char *line)
{
	(void)user;
	(void)priority;
	fuzz_must(strncmp(line, FILE_NAME ":", sizeof(FILE_NAME)) == 0,
	    "a refusal begins with file:line");
	for (const char *p = line; *p != '\0'; p++)
		fuzz_must((unsigned char)*p >= ' ' && *p != 0x7f,
		    "a log line has no control character");
	refusals++;
}

static void
check_stack(const struct tee_stack *stack, enum tee_facility facility)
{
	fuzz_must(stack->count <= TEE_STAGE_LINES, "a stack has 32 lines");
	for (size_t i = 0; i < stack->count; i++) {
		const struct tee_line *line = &stack->line[i];
		const struct tee_rule *rule = &stack->rule[i];

		fuzz_must(line->facility == facility, "facility");
		fuzz_must(line->module_name != NULL, "a line has a module");
		fuzz_must(rule->control >= TEE_REQUIRED &&
			rule->control <= TEE_ADVISORY,
		    "a known control");
		fuzz_must((rule->control == TEE_ONEOF) == (line->group != NULL),
		    "oneof and group go together");
		fuzz_must(rule->group < TEE_STAGE_LINES, "group number");
		fuzz_must(line->timeout >= 1 && line->timeout <= LONGEST,
		    "timeout in range");
		fuzz_must((line->authority & ~(unsigned)TEE_AUTHORITY_ALL) ==
			    0 &&
			line->authority != 0,
		    "authority in range");
	}
}

static void
check_floor(const struct tee *tee)
{
	const struct tee_reference *f = &tee->floor;

	fuzz_must(f->max_age >= 1 && f->max_age <= LONGEST, "max_age");
	fuzz_must(tee->assurance == TEE_ASSURANCE_LOCAL ||
		f->min_level >= TEE_LEVEL_TEE_VM,
	    "level under tee");
	fuzz_must(f->root_count == 0 || f->allow_simulated,
	    "roots need allow_simulated");
	fuzz_touch(f->roots, f->root_count * sizeof(*f->roots));
	for (size_t i = 0; i < f->measurement_count; i++) {
		fuzz_must(f->measurements[i].name != NULL &&
			f->measurements[i].size > 0,
		    "a measurement has bytes");
		fuzz_touch(f->measurements[i].data, f->measurements[i].size);
	}
}

static void
check(const struct tee *tee)
{
	check_stack(&tee->collector, TEE_COLLECTOR);
	check_stack(&tee->verifier, TEE_VERIFIER);
	check_stack(&tee->keystore, TEE_KEYSTORE);
	check_floor(tee);
	fuzz_must(tee->lifetime >= 1 && tee->lifetime <= LONGEST, "lifetime");
	fuzz_must(tee->did != NULL ?
		tee->did[0] != '\0' && tee->keystore.count > 0 :
		tee->keystore.count == 0 && tee->verifier.count > 0,
	    "agent or relying party");
	fuzz_must(tee->did == NULL || tee->assurance == TEE_ASSURANCE_LOCAL ||
		(tee->collector.count > 0 && tee->verifier.count > 0),
	    "every list that the assurance needs");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tee_options options = { .size = sizeof(options),
		.log = on_line };
	struct tee *tee;
	char *text;
	int error;

	if (size > TEE_PROFILE_MAX)
		return 0;
	check_tripwire();
	text = fuzz_string(data, size);
	tee = tee_profile_new(&options, FILE_NAME, "");
	fuzz_must(tee != NULL, "there is memory");
	refusals = 0;
	opened = 0;
	error = tee_profile_parse(tee, text, size);
	fuzz_must(opened == 0, "a profile is one file");
	fuzz_must(error == 0 || refusals > 0, "a refusal says why");
	fuzz_must(error != 0 || refusals == 0, "nothing is forgiven");
	fuzz_accepted = error == 0;
	if (error == 0)
		check(tee);
	tee_profile_free(&tee);
	free(text);
	return 0;
}
