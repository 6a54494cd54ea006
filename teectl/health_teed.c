/* SPDX-License-Identifier: Apache-2.0 */
/* health_teed: whether teed is there, and whether it has room. */
#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "teectl/health.h"
#include "teectl/teed.h"

#define TEED_USER "tee"
/* 60-tee.conf has the arithmetic: two keys, bytes with a usual DID, with a
 * long one. */
#define LEASE_KEYS 2
#define LEASE_BYTES 217
#define LEASE_BYTES_LONG 500
#define OTHER_KEYS 6 /* its rings, and one renewal under way */

static const char *run_dir = TEE_RUN_DIR;

void
health_run_dir(const char *dir)
{
	run_dir = dir;
}

/* The door is teed's to make: who else may write there may be teed. */
void
health_teed_directory(struct health *h)
{
	const struct passwd *user = getpwnam(TEED_USER);
	struct stat st;

	if (lstat(run_dir, &st) != 0)
		health_say(h, HEALTH_WARNING,
		    "`systemctl enable --now teed`, where profiles have "
		    "custody.residency \"teed\".",
		    "%s: %s", run_dir, strerror(errno));
	else if (!S_ISDIR(st.st_mode) || (st.st_mode & 022) ||
	    (st.st_uid != 0 && st.st_uid != geteuid() &&
		(user == NULL || st.st_uid != user->pw_uid)))
		health_say(h, HEALTH_MISSING,
		    "Whoever writes there can pass for teed: it must be a "
		    "directory of the user tee, 0755 (tmpfiles.d/tee.conf).",
		    "%s belongs to uid %lu, mode %04o", run_dir,
		    (unsigned long)st.st_uid, st.st_mode & 07777u);
	else if (!(st.st_mode & 0001))
		health_say(h, HEALTH_WARNING,
		    "chmod 0755, unless every agent is in its group.",
		    "%s has mode %04o", run_dir, st.st_mode & 07777u);
	else
		health_say(h, HEALTH_OK, NULL, "%s is uid %lu's, mode %04o",
		    run_dir, (unsigned long)st.st_uid, st.st_mode & 07777u);
}

struct doors {
	size_t open;
	size_t held;
	char dead[64]; /* the first at which nobody listens */
	const char *next;
	char why[128];
};

/* Not everybody may ask; that somebody answers is what counts. */
static void
knock(const struct teed_place *place, const char *name, struct doors *doors)
{
	struct teed_answer answer;
	json_t *document = teed_status(place, name, &answer);

	if (document != NULL || answer.error == TEE_E_PEER ||
	    answer.error == TEE_E_LIMIT) {
		doors->open++;
		doors->held += document != NULL &&
		    strcmp(json_string_value(
			       json_object_get(document, "state")),
			"held") == 0;
	} else if (doors->dead[0] == '\0') {
		snprintf(doors->dead, sizeof(doors->dead), "%s", name);
		snprintf(doors->why, sizeof(doors->why), "%s",
		    answer.detail != NULL ? answer.detail : "");
		doors->next = tee_explain(answer.error);
	}
	json_decref(document);
	teed_answer_clear(&answer);
}

void
health_teed_sockets(struct health *h)
{
	struct teed_place place = { .run_dir = run_dir, .patience = 2 };
	struct doors doors = { 0 };
	char **names;
	size_t i, count;
	bool listed = teed_list(run_dir, &names, &count);

	for (i = 0; i < count; i++)
		knock(&place, names[i], &doors);
	if (doors.dead[0] != '\0')
		health_say(h, HEALTH_MISSING, doors.next, "%s/%s.sock: %s",
		    run_dir, doors.dead, doors.why);
	else if (!listed || count == 0)
		health_say(h, HEALTH_WARNING,
		    "`systemctl start teed`, where profiles have "
		    "custody.residency \"teed\".",
		    "no sockets of teed in %s", run_dir);
	else
		health_say(h, HEALTH_OK, NULL,
		    "%zu profiles are served, %zu of them show a key to uid "
		    "%lu",
		    doors.open, doors.held, (unsigned long)getuid());
	teed_list_clear(&names, &count);
}

static bool
limit(const char *name, unsigned *out)
{
	char path[64];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "/proc/sys/kernel/keys/%s", name);
	f = fopen(path, "re");
	ok = f != NULL && fscanf(f, "%u", out) == 1;
	if (f != NULL)
		fclose(f);
	return ok;
}

/* Foreseen, not found out by the profile that no longer fits. */
void
health_teed_quota(struct health *h)
{
	const struct passwd *user = getpwnam(TEED_USER);
	bool root = user != NULL && user->pw_uid == 0;
	unsigned profiles = health_count(TEE_PROFILE_DIR, ".conf");
	unsigned keys = LEASE_KEYS * profiles + OTHER_KEYS;
	unsigned bytes = LEASE_BYTES * (profiles + 1);
	bool fits;
	unsigned max_keys, max_bytes;

	if (user == NULL)
		health_say(h, HEALTH_WARNING,
		    "`systemd-sysusers` makes it (sysusers.d/tee.conf), where "
		    "teed is wanted.",
		    "there is no user " TEED_USER);
	else if (!limit(root ? "root_maxkeys" : "maxkeys", &max_keys) ||
	    !limit(root ? "root_maxbytes" : "maxbytes", &max_bytes))
		health_say(h, HEALTH_WARNING,
		    "Mount /proc; without it nothing is known of the quota.",
		    "/proc/sys/kernel/keys cannot be read");
	else if ((fits = keys <= max_keys && bytes <= max_bytes) &&
	    LEASE_BYTES_LONG * (profiles + 1) <= max_bytes)
		health_say(h, HEALTH_OK, NULL,
		    "%u profiles want %u of %u keys, %u of %u bytes", profiles,
		    keys, max_keys, bytes, max_bytes);
	else
		health_say(h, fits ? HEALTH_WARNING : HEALTH_MISSING,
		    "Raise kernel.keys.maxkeys and kernel.keys.maxbytes "
		    "(sysctl.d/60-tee.conf).",
		    "%u profiles want %u keys, %u bytes or, with long DIDs, "
		    "more; the user " TEED_USER " may have %u, %u",
		    profiles, keys, bytes, max_keys, max_bytes);
}
