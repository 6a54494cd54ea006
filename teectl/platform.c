/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platform: the doors through which an SNP guest gets its report: three of the
 * kernel's, and the vTPM of an Azure confidential VM.  One that opens is
 * enough; without any, only local keys can be had here.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "teectl/health.h"

#define TSM_REPORT "/sys/kernel/config/tsm/report"

static const struct source {
	const char *path;
	int mode;
	const char *absent;
} sources[] = {
	{ "/dev/sev-guest", R_OK | W_OK,
	    "On an SNP guest, load sev-guest "
	    "(kernel 5.19 or later); on an Azure confidential VM the vTPM "
	    "serves; elsewhere no key of a TEE can be had." },
	{ "/dev/sev", R_OK | W_OK,
	    "Only 5.15-era guest kernels had it; "
	    "/dev/sev-guest or configfs-tsm replaces it." },
	{ TSM_REPORT, R_OK | W_OK | X_OK,
	    "Mount configfs and load tsm "
	    "(kernel 6.7 or later), where the guest has it." },
	{ "/dev/tpmrm0", R_OK | W_OK,
	    "An Azure confidential VM has its vTPM there; load tpm_crb." },
};

static bool
opens(const struct source *s)
{
	return access(s->path, s->mode) == 0;
}

static const char *
another_door(const struct source *not_this)
{
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (&sources[i] != not_this && opens(&sources[i]))
			return sources[i].path;
	return NULL;
}

static void
look(const struct source *s, struct health *h)
{
	const char *other = another_door(s);
	/* Last, so that errno is this door's. */
	bool open = opens(s);

	if (open)
		health_say(h, HEALTH_OK, NULL, "%s can be used", s->path);
	else if (errno == ENOENT && other != NULL)
		health_say(h, HEALTH_OK, NULL, "%s is absent, %s serves",
		    s->path, other);
	else if (errno == ENOENT || errno == ENOTDIR)
		health_say(h, HEALTH_MISSING, s->absent, "%s is absent",
		    s->path);
	else
		health_say(h, other != NULL ? HEALTH_WARNING : HEALTH_MISSING,
		    "Let the agent's user in: a group and mode 0660 by a udev "
		    "rule, DeviceAllow= under systemd.",
		    "%s: %s", s->path, strerror(errno));
}

void
health_sev_guest(struct health *h)
{
	look(&sources[0], h);
}

void
health_sev(struct health *h)
{
	look(&sources[1], h);
}

void
health_configfs(struct health *h)
{
	look(&sources[2], h);
}

/* Other machines have a TPM, too: only its evidence tells what this one is. */
void
health_vtpm(struct health *h)
{
	look(&sources[3], h);
}
