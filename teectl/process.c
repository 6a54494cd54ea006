/* SPDX-License-Identifier: Apache-2.0 */
/* process: see process.h. */
#include "config.h"

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

enum process_end
process_wait(enum process_end (*look)(void *user), void *user)
{
	static const struct timespec second = { 1, 0 };
	enum process_end end = PROCESS_GOES_ON;
	sigset_t set;

	end_signals(&set);
	while (end == PROCESS_GOES_ON)
		end = sigtimedwait(&set, NULL, &second) > 0 ?
		    PROCESS_SIGNALLED :
		    look(user);
	return end;
}
