/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles that people copy from: each file named on the command line, or
 * else all of conf/examples, parses, opens where the build has its modules,
 * and is refused once an unknown key stands in it.
 */
#include "config.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libtee/profile.h"

/* A copy with safe modes, whatever the umask of the checkout was. */
struct copy {
	char dir[4096];
	char path[4352];
};

static void
say(void *user, int priority, const char *line)
{
	(void)priority;
	fprintf(stderr, "%s  %s\n", (const char *)user, line);
}

static void
copy_remove(struct copy *c)
{
	unlink(c->path);
	rmdir(c->dir);
}

static bool
copy_make(struct copy *c, const char *from, const char *more)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	const char *slash = strrchr(from, '/');
	char text[TEE_PROFILE_MAX];
	FILE *in = fopen(from, "r"), *out = NULL;
	size_t n = 0;
	bool ok;

	snprintf(c->dir, sizeof(c->dir), "%s/tests/example-XXXXXX",
	    build != NULL ? build : ".");
	ok = in != NULL && mkdtemp(c->dir) != NULL;
	snprintf(c->path, sizeof(c->path), "%s/%.200s", c->dir,
	    slash != NULL ? slash + 1 : from);
	if (ok) {
		umask(077);
		n = fread(text, 1, sizeof(text), in);
		out = fopen(c->path, "w");
	}
	ok = out != NULL && n > 0 && fwrite(text, 1, n, out) == n &&
	    fputs(more, out) >= 0;
	if (out != NULL && fclose(out) != 0)
		ok = false;
	if (in != NULL)
		fclose(in);
	return ok;
}

/* True where this build has each module of the stack. */
static bool
stack_built(const struct tee_stack *stack)
{
	char path[4096];
	size_t i;

	for (i = 0; i < stack->count; i++) {
		snprintf(path, sizeof(path), "%s/%s.so", TEE_MODULE_DIR,
		    stack->line[i].module_name);
		if (access(path, F_OK) != 0)
			return false;
	}
	return true;
}

static int
parse(const char *path, bool *built)
{
	char prefix[] = "parse:";
	struct tee_options o = { .size = sizeof(o),
		.log = say,
		.log_user = prefix };
	struct tee *tee = tee_profile_new(&o, path, TEE_MODULE_DIR);
	int error = tee != NULL ? tee_profile_read(tee) : TEE_E_MEMORY;

	*built = error == 0 && stack_built(&tee->collector) &&
	    stack_built(&tee->verifier) && stack_built(&tee->keystore) &&
	    stack_built(&tee->cache);
	tee_profile_free(&tee);
	return error;
}

static int
open_it(const char *path, const char *prefix)
{
	char name[64];
	struct tee_options o = { .size = sizeof(o),
		.log = say,
		.log_user = name };
	struct tee *tee = NULL;
	int error;

	snprintf(name, sizeof(name), "%s", prefix);
	error = tee_open_file(path, &o, &tee);
	tee_close(&tee);
	return error;
}

static bool
judge(const char *file)
{
	struct copy good, bad;
	bool built = false, ok;
	int error;

	ok = copy_make(&good, file, "");
	error = ok ? parse(good.path, &built) : TEE_E_SYSTEM;
	if (error == 0 && built)
		error = open_it(good.path, "open:");
	copy_remove(&good);
	ok = copy_make(&bad, file, "\nno_such_key = 1;\n") &&
	    open_it(bad.path, "expected:") == TEE_E_PROFILE;
	copy_remove(&bad);
	printf("%s: %s: %s%s\n", error == 0 && ok ? "ok" : "FAIL", file,
	    error != 0 ? tee_strerror(error) :
		built  ? "opened" :
			 "parsed only: this build lacks one of its modules",
	    ok ? "" : "; an unknown key was accepted");
	return error == 0 && ok;
}

int
main(int argc, char **argv)
{
	const char *source = getenv("TEE_TEST_SRCDIR");
	char pattern[4096];
	int i, failed = 0;
	glob_t found;
	size_t k;

	for (i = 1; i < argc; i++)
		failed += !judge(argv[i]);
	if (argc > 1)
		return failed > 0;
	snprintf(pattern, sizeof(pattern), "%s/conf/examples/*.conf",
	    source != NULL ? source : ".");
	if (glob(pattern, 0, NULL, &found) != 0) {
		printf("FAIL: no example found\n");
		return 1;
	}
	for (k = 0; k < found.gl_pathc; k++)
		failed += !judge(found.gl_pathv[k]);
	globfree(&found);
	return failed > 0;
}
