/* SPDX-License-Identifier: Apache-2.0 */
/* kit: see test_profile_kit.h. */
#include "config.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libtee/path.h"
#include "tests/test_profile_kit.h"

static char base[512];

/* LeakSanitizer asks; libconfig 1.5 loses the text of an open string. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

static const char *
environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? value : ".";
}

static int
remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
kit_remove(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* The build tree itself may lie below a directory that others can write. */
static bool
tree_is_safe(void)
{
	char why[TEE_PATH_WHY];
	struct tee_path_id id;
	int fd;

	kit_write(kit_path("probe"), "", 0);
	fd = tee_path_open(kit_path("probe"), &id, why);
	if (fd < 0) {
		fprintf(stderr, "skipped: %s\n", why);
		return false;
	}
	close(fd);
	return true;
}

bool
kit_begin(const char *name)
{
	snprintf(base, sizeof(base), "%s/tests/%.64s.tmp",
	    environment("TEE_TEST_BUILDDIR"), name);
	kit_remove(base);
	if (mkdir(base, 0755) != 0 || chmod(base, 0755) != 0) {
		perror(base);
		exit(1);
	}
	if (tree_is_safe())
		return true;
	kit_remove(base);
	return false;
}

int
kit_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	kit_remove(base);
	return failed == 0 ? 0 : 1;
}

const char *
kit_path(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s/%.400s", base, name);
	return path;
}

const char *
kit_source(const char *relative)
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s/%s", environment("TEE_TEST_SRCDIR"),
	    relative);
	return path;
}

static char *
read_all(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;

	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
	*size = (size_t)ftell(f);
	rewind(f);
	text = malloc(*size + 1);
	ck_assert_uint_eq(fread(text, 1, *size, f), *size);
	text[*size] = '\0';
	fclose(f);
	return text;
}

char *
kit_read(const char *path)
{
	size_t size;

	return read_all(path, &size);
}

void
kit_write(const char *path, const char *text, size_t size)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(text, 1, size, f) != size || fclose(f) != 0 ||
	    chmod(path, 0644) != 0) {
		perror(path);
		exit(1);
	}
}

void
kit_copy(const char *from, const char *to)
{
	size_t size;
	char *data = read_all(from, &size);

	kit_write(to, data, size);
	free(data);
}

void
trace_log(void *user, int priority, const char *line)
{
	struct trace *trace = user;
	size_t left = sizeof(trace->text) - trace->size;
	int n;

	(void)priority;
	n = snprintf(trace->text + trace->size, left, "%s\n", line);
	if (n > 0 && (size_t)n < left)
		trace->size += (size_t)n;
}

bool
trace_has(const struct trace *trace, const char *head, const char *words)
{
	const char *line = trace->text;

	while (*line != '\0') {
		size_t n = strcspn(line, "\n");
		const char *hit = strstr(line, words);

		if (strncmp(line, head, strlen(head)) == 0 && hit != NULL &&
		    hit < line + n)
			return true;
		line += n + (line[n] == '\n');
	}
	return false;
}

int
kit_load(const char *name, const char *text, const struct tee_options *given,
    struct trace *trace, struct tee **out)
{
	struct tee_options options = { .size = sizeof(options) };

	if (given != NULL)
		options = *given;
	options.log = trace_log;
	options.log_user = trace;
	memset(trace, 0, sizeof(*trace));
	kit_write(kit_path(name), text, strlen(text));
	return tee_open_file(kit_path(name), &options, out);
}

int
kit_open(const char *name, const char *text, size_t size, struct trace *trace)
{
	struct tee_options options = { .size = sizeof(options),
		.log = trace_log,
		.log_user = trace };
	struct tee *tee = NULL;
	int error;

	memset(trace, 0, sizeof(*trace));
	kit_write(kit_path(name), text, size);
	error = tee_open_file(kit_path(name), &options, &tee);
	ck_assert_int_eq(error == 0, tee != NULL);
	tee_close(&tee);
	return error;
}
