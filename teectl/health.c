/* SPDX-License-Identifier: Apache-2.0 */
/* health: see health.h. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <keyutils.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>
#include <tee/tee.h>

#include "teectl/health.h"
#include "teectl/process.h"

#define LOCKED_NEED (512u * 1024) /* a transaction's stacks and secrets */
#define SPARE_KEYS 10
#define EPOCH 1735689600 /* 2025-01-01: no clock is before it */

void
health_say(struct health *h, enum health_result result, const char *next,
    const char *fmt, ...)
{
	va_list ap;

	h->result = result;
	h->next = next;
	va_start(ap, fmt);
	vsnprintf(h->detail, sizeof(h->detail), fmt, ap);
	va_end(ap);
}

static int
keyring_code(int error)
{
	switch (error) {
	case EPERM:
		return TEE_E_KEYRING_DENIED;
	case ENOSYS:
		return TEE_E_KEYRING_MISSING;
	case EDQUOT:
		return TEE_E_KEYRING_QUOTA;
	default:
		return TEE_E_SYSTEM;
	}
}

/* Tried with a key that is nobody's secret, the way a real one is kept. */
static void
look_keyring(struct health *h)
{
	key_serial_t key =
	    add_key("user", "teectl-doctor", "x", 1, KEY_SPEC_PROCESS_KEYRING);
	char byte = 0;
	bool ok;

	if (key < 0) {
		health_say(h, HEALTH_MISSING, tee_explain(keyring_code(errno)),
		    "add_key: %s", strerror(errno));
		return;
	}
	ok = keyctl_read(key, &byte, 1) == 1 && byte == 'x' &&
	    keyctl_set_timeout(key, 60) == 0 && keyctl_invalidate(key) == 0;
	if (ok)
		health_say(h, HEALTH_OK, NULL,
		    "a key can be kept, read back and destroyed");
	else
		health_say(h, HEALTH_MISSING, tee_explain(keyring_code(errno)),
		    "keyctl: %s", strerror(errno));
}

/* /proc/key-users: "uid: usage keys/instantiated keys/max bytes/max" */
static void
look_quota(struct health *h)
{
	unsigned uid, keys, max_keys, bytes, max_bytes;
	FILE *f = fopen("/proc/key-users", "re");
	char line[256];

	health_say(h, HEALTH_WARNING,
	    "Mount /proc; without it nothing is "
	    "known of the quota.",
	    "/proc/key-users has no line for uid %lu", (unsigned long)getuid());
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%u: %*u %*u/%*u %u/%u %u/%u", &uid, &keys,
			&max_keys, &bytes, &max_bytes) != 5 ||
		    uid != getuid())
			continue;
		health_say(h, HEALTH_OK, NULL,
		    "%u of %u keys, %u of %u bytes "
		    "used by uid %u",
		    keys, max_keys, bytes, max_bytes, uid);
		if (max_keys < keys + SPARE_KEYS ||
		    max_bytes < bytes + 100 * SPARE_KEYS) {
			h->result = HEALTH_WARNING;
			h->next = tee_explain(TEE_E_KEYRING_QUOTA);
		}
	}
	if (f != NULL)
		fclose(f);
}

/* The number behind "name:" in /proc/self/status; -1 where there is none. */
static int
own_status(const char *name)
{
	FILE *f = fopen("/proc/self/status", "re");
	size_t n = strlen(name);
	char line[256];
	int value = -1;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, n) == 0 && line[n] == ':')
			value = atoi(line + n + 1);
	if (f != NULL)
		fclose(f);
	return value;
}

static void
look_seccomp(struct health *h)
{
	struct health keyring;
	int mode = own_status("Seccomp");

	look_keyring(&keyring);
	if (mode == 0)
		health_say(h, HEALTH_OK, NULL, "no filter on this process");
	else if (mode < 0)
		health_say(h, HEALTH_WARNING, "Mount /proc.",
		    "/proc/self/status does not say");
	else if (keyring.result == HEALTH_OK)
		health_say(h, HEALTH_OK, NULL,
		    "mode %d, and the keyring calls pass", mode);
	else
		health_say(h, HEALTH_MISSING,
		    "Allow add_key and keyctl in "
		    "the container's seccomp profile (SystemCallFilter="
		    "@keyring under systemd).",
		    "mode %d, and the keyring "
		    "calls do not pass",
		    mode);
}

static void
look_memlock(struct health *h)
{
	struct rlimit limit = { 0, 0 };
	void *p = mmap(NULL, LOCKED_NEED, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	getrlimit(RLIMIT_MEMLOCK, &limit);
	if (p != MAP_FAILED && mlock(p, LOCKED_NEED) == 0)
		health_say(h, HEALTH_OK, NULL, "%u KiB can be locked",
		    LOCKED_NEED / 1024);
	else
		health_say(h, HEALTH_MISSING, tee_explain(TEE_E_MEMORY),
		    "%u KiB cannot be locked: %s (limit %llu KiB)",
		    LOCKED_NEED / 1024, strerror(errno),
		    (unsigned long long)limit.rlim_cur / 1024);
	if (p != MAP_FAILED)
		munmap(p, LOCKED_NEED);
}

/* One small number in a file; -1 where it cannot be read. */
static int
number_in(const char *path)
{
	FILE *f = fopen(path, "re");
	int value = -1;

	if (f != NULL && fscanf(f, "%d", &value) != 1)
		value = -1;
	if (f != NULL)
		fclose(f);
	return value;
}

static void
look_ptrace(struct health *h)
{
	int scope = number_in("/proc/sys/kernel/yama/ptrace_scope");

	if (scope > 0)
		health_say(h, HEALTH_OK, NULL, "yama.ptrace_scope is %d",
		    scope);
	else
		health_say(h, HEALTH_WARNING,
		    "Set kernel.yama.ptrace_scope = "
		    "1, and PR_SET_DUMPABLE 0 in the agent: who may trace a "
		    "process can use its key.",
		    scope == 0 ?
			"yama.ptrace_scope is 0: a user's processes may trace "
			"each other" :
			"no Yama: a user's processes may trace "
			"each other");
}

static void
look_core(struct health *h)
{
	int suid = number_in("/proc/sys/fs/suid_dumpable");

	if (process_core_limit() == 0)
		health_say(h, HEALTH_OK, NULL,
		    "no core files (fs.suid_dumpable is %d)", suid);
	else
		health_say(h, HEALTH_WARNING,
		    "Set LimitCORE=0 (ulimit -c 0) "
		    "for the agent. Secrets are kept out of core files, what "
		    "an agent signs is not.",
		    "core files are allowed here "
		    "(fs.suid_dumpable is %d)",
		    suid);
}

static void
look_clock(struct health *h)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	if (time(NULL) < EPOCH)
		health_say(h, HEALTH_MISSING,
		    "Set the clock: certificates "
		    "and evidence are judged by it.",
		    "the clock stands before 2025");
	else if (state < 0 || (t.status & STA_UNSYNC))
		health_say(h, HEALTH_WARNING,
		    "Run chrony or "
		    "systemd-timesyncd: evidence lives for minutes, so must "
		    "the clock's error.",
		    "the kernel's clock is not marked "
		    "as synchronised");
	else
		health_say(h, HEALTH_OK, NULL, "synchronised");
}

unsigned
health_count(const char *path, const char *suffix)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	unsigned count = 0;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		size_t n = strlen(d->d_name), k = strlen(suffix);

		count += n > k && strcmp(d->d_name + n - k, suffix) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return count;
}

/* The loader's rule, for this directory and every one above it. */
static bool
is_safe(const char *path)
{
	char part[1024];
	size_t i;

	snprintf(part, sizeof(part), "%s", path);
	for (i = strlen(part); i > 0; i--) {
		struct stat st;

		if (i != strlen(part) && part[i] != '/')
			continue;
		part[i] = '\0';
		if (lstat(part, &st) != 0 || !S_ISDIR(st.st_mode) ||
		    (st.st_uid != 0 && st.st_uid != geteuid()) ||
		    ((st.st_mode & 022) &&
			!(st.st_uid == 0 && (st.st_mode & S_ISVTX))))
			return false;
	}
	return true;
}

static void
look_modules(struct health *h)
{
	unsigned n = health_count(TEE_MODULE_DIR, ".so");

	if (n == 0)
		health_say(h, HEALTH_MISSING, "Install libtee's modules.",
		    "no modules in " TEE_MODULE_DIR);
	else if (!is_safe(TEE_MODULE_DIR))
		health_say(h, HEALTH_MISSING,
		    "Make it and every directory "
		    "above it root's or yours, writable by nobody else, no "
		    "symbolic link.",
		    TEE_MODULE_DIR " is not safe to load "
				   "from");
	else
		health_say(h, HEALTH_OK, NULL, "%u in " TEE_MODULE_DIR, n);
}

static void
look_profiles(struct health *h)
{
	unsigned n = health_count(TEE_PROFILE_DIR, ".conf");

	if (n == 0)
		health_say(h, HEALTH_WARNING,
		    "Write one for each agent, or "
		    "name profiles by path.",
		    "no profiles in " TEE_PROFILE_DIR);
	else if (!is_safe(TEE_PROFILE_DIR))
		health_say(h, HEALTH_MISSING,
		    "Make it and every directory "
		    "above it root's or yours, writable by nobody else, no "
		    "symbolic link.",
		    "profiles in " TEE_PROFILE_DIR " will "
		    "be refused");
	else
		health_say(h, HEALTH_OK, NULL,
		    "%u in " TEE_PROFILE_DIR
		    " (`teectl check` looks into them)",
		    n);
}

const struct health_check health_checks[] = { { "keyring", look_keyring },
	{ "keyring.quota", look_quota }, { "seccomp", look_seccomp },
	{ "memlock", look_memlock }, { "sev-guest", health_sev_guest },
	{ "sev", health_sev }, { "configfs-tsm", health_configfs },
	{ "vtpm", health_vtpm }, { "ptrace", look_ptrace },
	{ "core", look_core }, { "clock", look_clock },
	{ "modules", look_modules }, { "profiles", look_profiles },
	{ "teed.directory", health_teed_directory },
	{ "teed.socket", health_teed_sockets },
	{ "teed.quota", health_teed_quota }, { NULL, NULL } };
