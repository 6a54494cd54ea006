/* SPDX-License-Identifier: Apache-2.0 */
/* session: see session.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "teectl/file.h"
#include "teectl/keyring.h"
#include "teectl/process.h"
#include "teectl/publickey.h"
#include "teectl/report.h"
#include "teectl/session.h"
#include "teectl/text.h"

/* What is wrong is the word on the command line. */
static int
does_not_fit(struct session *s, const char *what, const char *fault,
    const char *detail)
{
	char line[512];

	snprintf(line, sizeof(line), "%.128s: %s%s%s", s->profile, fault,
	    detail != NULL ? ": " : "", detail != NULL ? detail : "");
	journal_line(&s->common->journal, LOG_ERR, line);
	return report_error(s->common, what, s->profile, TEE_E_ARGUMENT);
}

/* Whether its file can be read; with errno where not. */
static bool
is_there(const char *profile)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path),
	    strchr(profile, '/') != NULL ? "%s" : TEE_PROFILE_DIR "/%s.conf",
	    profile);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

int
session_open(struct session *s, const char *what)
{
	struct common *common = s->common;
	const struct tee_options options = {
		.size = sizeof(options),
		.log = journal_line,
		.log_user = &common->journal,
		.require_tee = common->require_tee,
		.refuse_simulated = common->refuse_simulated,
		.whole_plan = s->whole_plan,
	};
	int error;

	if (!is_there(s->profile))
		return does_not_fit(s, what,
		    strchr(s->profile, '/') != NULL ?
			"the profile cannot be read" :
			"no such profile in " TEE_PROFILE_DIR,
		    strerror(errno));
	if (strchr(s->profile, '/') != NULL)
		error = tee_open_file(s->profile, &options, &s->tee);
	else
		error = tee_open(s->profile, &options, &s->tee);
	return error == 0 ? STATUS_DONE :
			    report_error(common, what, s->profile, error);
}

static void
warn_downgrade(const struct common *common)
{
	char because[256];

	if (common->journal.downgrade == NULL)
		return;
	journal_field(common->journal.downgrade, "because", because,
	    sizeof(because));
	fprintf(stderr,
	    "teectl: warning: downgraded to a local key, "
	    "because of: ");
	text_print(stderr, because);
	fputc('\n', stderr);
}

int
session_acquire(struct session *s, const char *what)
{
	int status = session_open(s, what), error;

	if (status != STATUS_DONE)
		return status;
	error = tee_acquire(s->tee, &s->key);
	if (error == TEE_E_ARGUMENT)
		return does_not_fit(s, what,
		    "a relying party's profile: no agent, and so no key", NULL);
	if (error != 0)
		return report_error(s->common, what, s->profile, error);
	warn_downgrade(s->common);
	return STATUS_DONE;
}

void
session_close(struct session *s)
{
	tee_key_free(&s->key);
	tee_close(&s->tee);
	journal_clear(&s->common->journal);
}

json_t *
session_key_json(const struct session *s)
{
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	char hex[2 * sizeof(key) + 1], expires[TEXT_TIME];
	const char *did;
	size_t size;

	did = tee_key_did(s->key, &size);
	tee_key_public(s->key, key);
	text_hex(key, sizeof(key), hex);
	text_format_time(tee_key_expires(s->key), expires);
	/* clang-format off */
	return json_pack("{s:o, s:o, s:s, s:i, s:s, s:b}",
	    "profile", text_json(s->profile),
	    "did", text_json_bytes(did, size), "public_key", hex,
	    "serial", (int)tee_key_serial(s->key), "expires_at", expires,
	    "downgraded", s->common->journal.downgrade != NULL);
	/* clang-format on */
}

void
session_key_print(const struct session *s)
{
	json_t *key = session_key_json(s), *value;
	const char *name;

	json_object_foreach(key, name, value)
	{
		if (json_is_string(value))
			text_field(name, json_string_value(value));
		else if (json_is_integer(value))
			printf("%-18s %lld\n", name,
			    (long long)json_integer_value(value));
	}
	json_decref(key);
}

json_t *
session_json(const struct session *s)
{
	json_t *root = session_key_json(s);
	json_t *claims = report_claims_json(tee_key_claims(s->key));

	if (root != NULL && claims != NULL)
		json_object_update(root, claims);
	json_decref(claims);
	return root;
}

bool
session_write_public_key(const struct session *s, const char *path)
{
	uint8_t key[TEE_PUBLIC_KEY_SIZE];

	tee_key_public(s->key, key);
	return publickey_write_pem(path, key);
}

int
session_write_evidence(const struct session *s,
    const struct tee_evidence *evidence, const char *path)
{
	char *text = NULL;
	int error;
	bool ok;

	if (evidence == NULL) {
		fprintf(stderr,
		    "teectl: no evidence: this profile's key was "
		    "granted without any (no collector ran)\n");
		return STATUS_REFUSED;
	}
	error = tee_evidence_to_json(evidence, &text);
	if (error != 0)
		return report_error(s->common, "evidence", s->profile, error);
	ok = file_write(path, text, strlen(text)) &&
	    (strcmp(path, "-") != 0 || putchar('\n') == '\n');
	free(text);
	return ok ? STATUS_DONE : STATUS_USAGE;
}

static void
print_ready(const struct session *s)
{
	json_t *key = session_key_json(s);
	int32_t ring = keyring_ring_of(tee_key_serial(s->key));

	if (s->common->json) {
		json_object_set_new(key, "ready", json_true());
		if (ring != 0)
			json_object_set_new(key, "ring", json_integer(ring));
		json_dumpf(key, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		printf("ready key=%d ring=%d expires=%s profile=",
		    tee_key_serial(s->key), ring,
		    json_string_value(json_object_get(key, "expires_at")));
		text_print(stdout, s->profile);
		printf(" did=");
		text_print(stdout,
		    json_string_value(json_object_get(key, "did")));
		putchar('\n');
	}
	fflush(stdout);
	json_decref(key);
}

static bool
is_teeds(const struct session *s)
{
	const char *residency = NULL;
	json_t *root = NULL;
	char *text = NULL;
	bool yes;

	if (tee_claims_to_json(tee_key_claims(s->key), &text) == 0)
		root = json_loads(text, 0, NULL);
	(void)json_unpack(root, "{s:{s:{s:s}}}", "claims", "claims",
	    "residency", &residency);
	yes = residency != NULL && strcmp(residency, "teed") == 0;
	json_decref(root);
	free(text);
	return yes;
}

/* A key that teed holds is invisible to other users: teed is asked. */
static enum process_end
look_at_teed(const struct session *s)
{
	struct tee_key *key = NULL;
	int error = tee_acquire(s->tee, &key);

	tee_key_free(&key);
	/* It may be starting anew; the key lives meanwhile, or is back then. */
	return error == 0 || error == TEE_E_TEED ? PROCESS_GOES_ON :
						   PROCESS_KEY_LOST;
}

/*
 * The kernel tells nobody that a key is gone (no key notifications in
 * Debian's kernels), so it is looked at.
 */
static enum process_end
look(void *user)
{
	const struct session *s = user;
	char description[16];

	if (is_teeds(s))
		return look_at_teed(s);
	if (time(NULL) >= tee_key_expires(s->key))
		return PROCESS_TIME_OVER;
	return keyctl_describe(tee_key_serial(s->key), description,
		   sizeof(description)) < 0 ?
	    PROCESS_KEY_LOST :
	    PROCESS_GOES_ON;
}

int
session_hold(struct session *s)
{
	process_hold_signals();
	print_ready(s);
	switch (process_wait(look, s)) {
	case PROCESS_GOES_ON:
	case PROCESS_SIGNALLED:
		fprintf(stderr, "teectl: released\n");
		return STATUS_DONE;
	case PROCESS_TIME_OVER:
		fprintf(stderr, "teectl: the lease is over\n");
		return STATUS_DONE;
	case PROCESS_KEY_LOST:
		break;
	}
	fprintf(stderr,
	    "teectl: the key was destroyed from outside (a "
	    "revocation?)\n");
	return STATUS_REFUSED;
}
