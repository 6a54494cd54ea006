/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: a target without libFuzzer, for every compiler.  Runs each seed as
 * it is, then cut short and with single bits changed; without arguments the
 * seeds are the target's own.  Names of seeds say what must become of them.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

#define SEED_MAX (1024 * 1024)
#define VARIANTS 128 /* of each kind, evenly spread over a seed */

static unsigned long runs;

/* Exactly as large as the input, so that sanitizers see one byte beyond. */
static void
run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	fuzz_must(copy != NULL, "there is memory");
	if (size > 0)
		memcpy(copy, data, size);
	fuzz_accepted = false;
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

static void
run_variants(uint8_t *data, size_t size)
{
	size_t step = size / VARIANTS + 1;

	for (size_t i = 0; i < size; i += step) {
		run(data, i);
		data[i] ^= (uint8_t)(1 << i % 8);
		run(data, size);
		data[i] ^= (uint8_t)(1 << i % 8);
	}
}

static bool
expected(const char *name)
{
	if (strncmp(name, "good-", 5) == 0)
		return fuzz_accepted;
	if (strncmp(name, "bad-", 4) == 0)
		return !fuzz_accepted;
	return true;
}

static bool
replay(const char *path)
{
	const char *slash = strrchr(path, '/');
	uint8_t *data = malloc(SEED_MAX);
	FILE *file = fopen(path, "rb");
	size_t size = 0;
	bool ok = data != NULL && file != NULL;

	if (ok) {
		size = fread(data, 1, SEED_MAX, file);
		ok = ferror(file) == 0 && size < SEED_MAX;
	}
	if (file != NULL)
		fclose(file);
	if (!ok) {
		fprintf(stderr, "%s: cannot be read whole\n", path);
	} else {
		run(data, size);
		ok = expected(slash != NULL ? slash + 1 : path);
		if (!ok)
			fprintf(stderr, "%s: was %s\n", path,
			    fuzz_accepted ? "accepted" : "refused");
		run_variants(data, size);
	}
	free(data);
	return ok;
}

static int
not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A folder without seeds is a failure: it would prove nothing. */
static bool
replay_folder(const char *folder)
{
	struct dirent **names = NULL;
	int count = scandir(folder, &names, not_hidden, alphasort);
	char path[4096];
	bool ok = count > 0;

	if (!ok)
		fprintf(stderr, "%s: no seeds\n", folder);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		ok = replay(path) && ok;
		free(names[i]);
	}
	free(names);
	return ok;
}

int
main(int argc, char **argv)
{
	const char *source = getenv("TEE_TEST_SRCDIR");
	char folder[2048];
	bool ok = true;

	snprintf(folder, sizeof(folder), "%s/fuzz/seeds/%s",
	    source != NULL ? source : ".", fuzz_target);
	if (argc < 2)
		ok = replay_folder(folder);
	for (int i = 1; i < argc; i++)
		ok = replay(argv[i]) && ok;
	printf("%s: %lu runs, %s\n", fuzz_target, runs, ok ? "ok" : "failed");
	return ok ? 0 : 1;
}
