/* SPDX-License-Identifier: Apache-2.0 */
/* process: see process.h. */
#include "config.h"

#include <keyutils.h>
#include <signal.h>
#include <sys/prctl.h>

#include "teectl/process.h"

static rlim_t inherited_core = RLIM_INFINITY;

bool
process_harden(void)
{
	struct rlimit none = { 0, 0 }, before;

	if (getrlimit(RLIMIT_CORE, &before) == 0)
		inherited_core = before.rlim_cur;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	    setrlimit(RLIMIT_CORE, &none) == 0;
}

rlim_t
process_core_limit(void)
{
	return inherited_core;
}

static void
end_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

void
process_hold_signals(void)
{
	sigset_t set;

	end_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/*
 * The kernel tells nobody that a key is gone (no key notifications in
 * Debian's kernels), so the key is looked at once a second.
 */
enum process_end
process_wait(int key, time_t until)
{
	static const struct timespec second = { 1, 0 };
	char description[16];
	sigset_t set;

	end_signals(&set);
	for (;;) {
		if (sigtimedwait(&set, NULL, &second) > 0)
			return PROCESS_SIGNALLED;
		if (time(NULL) >= until)
			return PROCESS_TIME_OVER;
		if (keyctl_describe(key, description, sizeof(description)) < 0)
			return PROCESS_KEY_LOST;
	}
}
