/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collector_renew: holds one key of PROFILE through the steps that follow.
 *
 *	sign=WORD renew=WORD attest=WORD	the call must end with this code
 *	acquire=WORD				so must this one: another key
 *	sh=COMMAND				must end with 0
 *
 * WORD is of tee_error_word(3).  The key's serial is in $KEY of a command.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tee/tee.h>

static char last[1024];

static void
keep_line(void *user, int priority, const char *line)
{
	(void)user;
	(void)priority;
	fprintf(stderr, "%s\n", line);
	if (strncmp(line, "event=", 6) == 0)
		snprintf(last, sizeof(last), "%s", line);
}

static int
attest(struct tee *tee, const struct tee_key *key)
{
	const struct tee_challenge challenge = { "c1", 2, "n1", 2 };
	struct tee_evidence *evidence = NULL;
	int error = tee_attest(tee, key, &challenge, &evidence);

	tee_evidence_free(&evidence);
	return error;
}

static int
acquire(struct tee *tee)
{
	struct tee_key *another = NULL;
	int error = tee_acquire(tee, &another);

	tee_key_free(&another);
	return error;
}

static bool
run(const char *command, const struct tee_key *key)
{
	char serial[16];

	snprintf(serial, sizeof(serial), "%08x", (unsigned)tee_key_serial(key));
	if (setenv("KEY", serial, 1) != 0 || setenv("LAST", last, 1) != 0)
		return false;
	return system(command) == 0;
}

static bool
step(const char *word, struct tee *tee, struct tee_key *key)
{
	const char *expected = strchr(word, '=');
	uint8_t signature[TEE_SIGNATURE_SIZE];
	int error;

	if (expected++ == NULL)
		return false;
	if (strncmp(word, "sh=", 3) == 0)
		return run(expected, key);
	if (strncmp(word, "sign=", 5) == 0)
		error = tee_sign(key, "m", 1, signature);
	else if (strncmp(word, "renew=", 6) == 0)
		error = tee_renew(tee, key);
	else if (strncmp(word, "attest=", 7) == 0)
		error = attest(tee, key);
	else if (strncmp(word, "acquire=", 8) == 0)
		error = acquire(tee);
	else
		return false;
	fprintf(stderr, "%s: %s\n", word, tee_error_word(error));
	return strcmp(tee_error_word(error), expected) == 0;
}

int
main(int argc, char **argv)
{
	const struct tee_options options = { .size = sizeof(options),
		.log = keep_line };
	struct tee *tee = NULL;
	struct tee_key *key = NULL;
	bool ok = argc > 2 && tee_open_file(argv[1], &options, &tee) == 0 &&
	    tee_acquire(tee, &key) == 0;

	for (int i = 2; ok && i < argc; i++) {
		ok = step(argv[i], tee, key);
		if (!ok)
			fprintf(stderr, "step %d failed: %s\n", i, argv[i]);
	}
	tee_key_free(&key);
	tee_close(&tee);
	return ok ? 0 : 1;
}
