/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm_lock: one process at a time writes user data and waits for its report.
 * The file only has to be the same for all: it is opened for reading, so a
 * service under another user can lock what the first one made.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "modules/snp_azure/tpm.h"

#define FLAGS (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
#define TRIES 5
#define PAUSE_MS 50

/* Never through O_CREAT alone: a sticky directory may forbid that. */
static int
open_or_make(const char *path)
{
	int fd = open(path, FLAGS);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(path, FLAGS | O_CREAT | O_EXCL, 0644);
	if (fd < 0)
		return errno == EEXIST ? open(path, FLAGS) : -1;
	/* Whatever the umask says; the file stays empty. */
	(void)fchmod(fd, 0644);
	return fd;
}

/* Whether the path still leads to what was locked. */
static bool
same(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int
failed(struct tee_call *call, const char *path, const char *why)
{
	tee_call_log(call, LOG_ERR, "lock",
	    "vTPM: %s: %s: name a file that every agent here may open (option "
	    "lock)",
	    path, why);
	return -1;
}

static int
open_file(struct tee_call *call, const char *path)
{
	int fd = open_or_make(path);
	struct stat st;

	if (fd < 0)
		return failed(call, path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return failed(call, path, "not a regular file");
}

static bool
wait_for(struct tee_call *call, int fd, const char *path)
{
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			(void)failed(call, path, strerror(errno));
			return false;
		}
		if (!tee_azure_pause(call, PAUSE_MS)) {
			tee_call_log(call, LOG_ERR, "lock_busy",
			    "vTPM: %s: other processes are renewing the "
			    "report; raise the line's timeout or its "
			    "report_max_age",
			    path);
			return false;
		}
	}
	return true;
}

int
tee_azure_lock(struct tee_call *call, const char *path)
{
	for (unsigned i = 0; i < TRIES; i++) {
		int fd = open_file(call, path);

		if (fd < 0)
			return -1;
		if (!wait_for(call, fd, path)) {
			close(fd);
			return -1;
		}
		if (same(fd, path))
			return fd;
		close(fd);
	}
	return failed(call, path, "it is replaced all the time");
}
