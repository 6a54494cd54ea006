/* SPDX-License-Identifier: Apache-2.0 */
/* open: a profile becomes a handle, by its name or its file, and ends. */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "libtee/account.h"
#include "libtee/error.h"

/* The caller's floor: whichever of the two is stricter. */
static int
tighten(struct tee *tee, const struct tee_options *o)
{
	if (o == NULL)
		return 0;
	if (o->require_tee && tee->assurance != TEE_ASSURANCE_TEE) {
		tee_log_line(&tee->log, LOG_ERR,
		    "%s:1: the caller requires "
		    "assurance \"tee\", the profile offers \"%s\"",
		    tee->file, tee_assurance_word(tee->assurance));
		return TEE_E_PROFILE;
	}
	if (o->min_level > TEE_LEVEL_STANDARD && tee->verifier.count == 0) {
		tee_log_line(&tee->log, LOG_ERR,
		    "%s:1: the caller requires "
		    "confidential level %s, the profile has no verifier",
		    tee->file, tee_level_word(o->min_level));
		return TEE_E_PROFILE;
	}
	if (o->refuse_simulated)
		tee->floor.allow_simulated = false;
	tee->caller_level = o->min_level;
	if (o->min_level > tee->floor.min_level)
		tee->floor.min_level = o->min_level;
	return 0;
}

static int
keep_connection(struct tee *tee, const struct tee_options *o)
{
	if (o == NULL || o->custody_fd <= 0)
		return 0;
	tee->custody_fd = fcntl(o->custody_fd, F_DUPFD_CLOEXEC, 3);
	return tee->custody_fd >= 0 ? 0 : TEE_E_ARGUMENT;
}

/* What teed runs, and whom it lets in: without these it serves nothing. */
static int
open_whole(struct tee *tee)
{
	struct tee_accounts accounts = { 0 };
	char why[TEE_ACCOUNT_WHY];
	int error = tee_plan_open(tee), unknown = 0;

	if (tee->residency == TEE_RESIDENCY_TEED && tee->did != NULL)
		unknown = tee_accounts_find(tee, &accounts, why);
	tee_accounts_clear(&accounts);
	return error != 0 ? error : unknown;
}

/* What the caller misses is said also where the plan has faults. */
static int
open_plan(struct tee *tee, const struct tee_options *o)
{
	/* Collectors and keystores are teed's: their files may be, too. */
	bool whole = tee->residency != TEE_RESIDENCY_TEED ||
	    (o != NULL && o->whole_plan);
	int error = whole ? open_whole(tee) : tee_plan_open_verifiers(tee);
	int missed = tighten(tee, o);

	return error != 0 ? error : missed;
}

int
tee_open_file(const char *path, const struct tee_options *options,
    struct tee **out)
{
	struct tee *tee;
	int error;

	if (path == NULL || out == NULL ||
	    (options != NULL && options->size != sizeof(*options)))
		return TEE_E_ARGUMENT;
	*out = NULL;
	tee = tee_profile_new(options, path, TEE_MODULE_DIR);
	if (tee == NULL)
		return TEE_E_MEMORY;
	error = tee_profile_read(tee);
	if (error == 0)
		error = keep_connection(tee, options);
	if (error == 0)
		error = open_plan(tee, options);
	if (error != 0)
		tee_profile_free(&tee);
	*out = tee;
	return error;
}

int
tee_open(const char *name, const struct tee_options *options, struct tee **out)
{
	char path[PATH_MAX];
	size_t n;

	if (name == NULL || out == NULL)
		return TEE_E_ARGUMENT;
	*out = NULL;
	n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");
	if (n == 0 || name[n] != '\0' || name[0] == '.' ||
	    snprintf(path, sizeof(path), "%s/%s.conf", TEE_PROFILE_DIR, name) >=
		(int)sizeof(path))
		return TEE_E_ARGUMENT;
	return tee_open_file(path, options, out);
}

void
tee_close(struct tee **tee)
{
	tee_profile_free(tee);
}
