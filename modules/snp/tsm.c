/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tsm: configfs-tsm.  A directory is one request: inblob and privlevel go in,
 * outblob and auxblob come out.  `generation` counts the writes, so that a
 * reader knows whether what it read answers what it wrote.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "modules/snp/source.h"

#define PROVIDER "sev_guest"
#define RACES 8

struct entry {
	const struct snp_question *q;
	char path[PATH_MAX - 32];
	int dir;
};

static ssize_t
get(const struct entry *e, const char *name, void *data, size_t size)
{
	int fd = openat(e->dir, name, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n = -1;
	int saved;

	if (fd < 0)
		return -1;
	while (have < size) {
		n = read(fd, (uint8_t *)data + have, size - have);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : (ssize_t)have;
}

/* One write is one value: configfs takes no parts. */
static bool
put(const struct entry *e, const char *name, const void *data, size_t size)
{
	int fd = openat(e->dir, name, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, data, size);
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return n == (ssize_t)size;
}

static bool
get_number(const struct entry *e, const char *name, unsigned long *out)
{
	char text[32], *end;
	ssize_t n = get(e, name, text, sizeof(text) - 1);

	if (n <= 0)
		return false;
	text[n] = '\0';
	errno = 0;
	*out = strtoul(text, &end, 10);
	return errno == 0 && end != text && (*end == '\0' || *end == '\n');
}

static const char *
hint(int error, const char *what)
{
	switch (error) {
	case ENXIO:
		return ": no provider, or the firmware refused";
	case ENOTTY:
		return ": the driver has lost its key for firmware messages "
		       "(VMPCK): no report until the guest reboots";
	case EMSGSIZE:
		return ": not the size of a report";
	case EINVAL:
		if (strcmp(what, "privlevel") == 0)
			return ": a VMPL that this guest may not ask for";
		return strcmp(what, "outblob") == 0 ?
		    ": the firmware refused what was asked" :
		    "";
	default:
		return "";
	}
}

/*
 * The request was taken whole before outblob is read, so EINVAL there is the
 * firmware's answer and no missing input: a no, as at the device.  So is a
 * report that is no report (EMSGSIZE is our own).
 */
static bool
refusal(int error, const char *what)
{
	if (error == EMSGSIZE)
		return true;
	return error == EINVAL &&
	    (strcmp(what, "privlevel") == 0 || strcmp(what, "outblob") == 0);
}

static enum tee_verdict
failed(const struct entry *e, const char *what)
{
	int error = errno;

	tee_call_log(e->q->call, LOG_ERR,
	    error == ENOTTY ? "vmpck" : "configfs", "%s/%s: %s%s", e->path,
	    what, strerror(error), hint(error, what));
	return refusal(error, what) ? TEE_DENY : TEE_UNAVAILABLE;
}

static bool
right_provider(const struct entry *e)
{
	char text[64];
	ssize_t n = get(e, "provider", text, sizeof(text) - 1);

	if (n < 0)
		n = 0;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (strcmp(text, PROVIDER) == 0)
		return true;
	tee_call_log(e->q->call, LOG_ERR, "provider",
	    "%s: provider %.40s "
	    "is not " PROVIDER,
	    e->path, text);
	return false;
}

/* The level asked for, else the lowest that this guest may ask for. */
static bool
put_level(const struct entry *e, unsigned long *writes)
{
	unsigned long level = e->q->vmpl, floor;
	char text[24];
	int n;

	if (!e->q->has_vmpl) {
		if (!get_number(e, "privlevel_floor", &floor) || floor == 0)
			return true;
		level = floor;
	}
	n = snprintf(text, sizeof(text), "%lu", level);
	(*writes)++;
	return put(e, "privlevel", text, (size_t)n);
}

enum attempt { ATTEMPT_FAILED = 0, ATTEMPT_RACED, ATTEMPT_DONE };

static enum attempt
raced_or(int error)
{
	return error == EBUSY || error == EAGAIN || error == EINTR ?
	    ATTEMPT_RACED :
	    ATTEMPT_FAILED;
}

/*
 * configfs takes a value when the file is closed and drops one that it
 * refuses without a word: only the count of writes tells.
 */
static enum attempt
write_request(const struct entry *e, unsigned long *generation,
    const char **what)
{
	unsigned long before, writes = 1;

	*what = "generation";
	if (!get_number(e, "generation", &before))
		return ATTEMPT_FAILED;
	*what = "inblob";
	if (!put(e, "inblob", e->q->user_data, sizeof(e->q->user_data)))
		return raced_or(errno);
	*what = "privlevel";
	if (!put_level(e, &writes))
		return raced_or(errno);
	*what = "generation";
	if (!get_number(e, "generation", generation))
		return ATTEMPT_FAILED;
	return *generation == before + writes ? ATTEMPT_DONE : ATTEMPT_RACED;
}

static enum attempt
read_answer(const struct entry *e, struct snp_answer *a, const char **what)
{
	uint8_t report[SNP_REPORT_SIZE + 1];
	ssize_t n;

	*what = "outblob";
	n = get(e, "outblob", report, sizeof(report));
	if (n >= 0 && n != SNP_REPORT_SIZE)
		errno = EMSGSIZE;
	if (n != SNP_REPORT_SIZE)
		return raced_or(errno);
	memcpy(a->report, report, SNP_REPORT_SIZE);
	*what = "auxblob";
	n = get(e, "auxblob", a->certs, sizeof(a->certs));
	if (n < 0 && errno != ENOENT)
		return raced_or(errno);
	a->certs_size = n > 0 ? (size_t)n : 0;
	return ATTEMPT_DONE;
}

static enum attempt
attempt(const struct entry *e, struct snp_answer *a, const char **what)
{
	unsigned long written, now;
	enum attempt done = write_request(e, &written, what);

	if (done == ATTEMPT_DONE)
		done = read_answer(e, a, what);
	if (done != ATTEMPT_DONE)
		return done;
	*what = "generation";
	if (!get_number(e, "generation", &now))
		return ATTEMPT_FAILED;
	return now == written ? ATTEMPT_DONE : ATTEMPT_RACED;
}

static enum tee_verdict
ask(const struct entry *e, struct snp_answer *a)
{
	unsigned tries = 0;
	const char *what;

	if (!right_provider(e)) {
		a->absent = true;
		return TEE_UNAVAILABLE;
	}
	for (;;) {
		switch (attempt(e, a, &what)) {
		case ATTEMPT_DONE:
			return TEE_OK;
		case ATTEMPT_FAILED:
			return failed(e, what);
		case ATTEMPT_RACED:
			break;
		}
		if (tries == RACES) {
			tee_call_log(e->q->call, LOG_ERR, "generation",
			    "%s: "
			    "somebody else writes to this request",
			    e->path);
			return TEE_UNAVAILABLE;
		}
		if (!tee_snp_wait(e->q, e->path, &tries))
			return TEE_UNAVAILABLE;
	}
}

static enum tee_verdict
cannot_make(const struct entry *e, struct snp_answer *a)
{
	int error = errno;

	/* configfs is root's by default; the device may be the agent's. */
	a->absent = error == ENOENT || error == ENODEV || error == ENXIO ||
	    error == ENOTDIR || error == EACCES || error == EPERM;
	tee_call_log(e->q->call, a->absent ? LOG_WARNING : LOG_ERR,
	    a->absent ? "no_device" : "configfs", "%s: %s", e->path,
	    strerror(error));
	return TEE_UNAVAILABLE;
}

enum tee_verdict
tee_snp_ask_tsm(const struct snp_question *q, const char *path,
    struct snp_answer *a)
{
	struct entry e = { .q = q, .dir = -1 };
	enum tee_verdict verdict = TEE_UNAVAILABLE;
	uint64_t unique;

	if (getrandom(&unique, sizeof(unique), 0) != sizeof(unique) ||
	    snprintf(e.path, sizeof(e.path), "%s/libtee-%016llx", path,
		(unsigned long long)unique) >= (int)sizeof(e.path))
		return TEE_UNAVAILABLE;
	if (mkdir(e.path, 0700) != 0)
		return cannot_make(&e, a);
	e.dir = open(e.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (e.dir >= 0) {
		verdict = ask(&e, a);
		close(e.dir);
	}
	rmdir(e.path);
	return verdict;
}
