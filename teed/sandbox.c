/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox: see sandbox.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "teed/sandbox.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

int
teed_sandbox_begin(void)
{
	struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return setrlimit(RLIMIT_CORE, &none);
}

/* With any arguments. */
static const int allowed[] = {
	/* clang-format off */
	/* packets and waiting */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(sendto),
	SCMP_SYS(accept4), SCMP_SYS(shutdown), SCMP_SYS(getsockopt),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	/* keys */
	SCMP_SYS(add_key), SCMP_SYS(keyctl), SCMP_SYS(getrandom),
	/* a worker's channel and the seed's memory */
	SCMP_SYS(memfd_create), SCMP_SYS(ftruncate), SCMP_SYS(fcntl),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(mlock), SCMP_SYS(mlock2), SCMP_SYS(munlock), SCMP_SYS(futex),
	/* profiles that are read again, sockets of those that come and go */
	SCMP_SYS(getdents64), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(lseek),
	SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(chmod), SCMP_SYS(fchmodat),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(access),
	/* the metrics' file */
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	/* signals and the end */
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(tgkill),
	SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* what it is told about itself */
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid), SCMP_SYS(getgroups), SCMP_SYS(sysinfo),
	SCMP_SYS(uname), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
	/* clang-format on */
};

/* libc looks for these and lives without: no reason to die. */
static const int missing[] = { SCMP_SYS(clone3), SCMP_SYS(rseq),
	SCMP_SYS(openat2), SCMP_SYS(prlimit64), SCMP_SYS(ioctl),
	SCMP_SYS(set_robust_list), SCMP_SYS(connect) };

static int
allow_plain(scmp_filter_ctx ctx)
{
	int error = 0;

	for (size_t i = 0; i < COUNT(allowed) && error == 0; i++)
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < COUNT(missing) && error == 0; i++)
		error = seccomp_rule_add(ctx,
		    SCMP_ACT_ERRNO(
			missing[i] == SCMP_SYS(connect) ? EPERM : ENOSYS),
		    missing[i], 0);
	return error;
}

/*
 * Nothing becomes code.  An error and no death: whoever looks up a group that
 * there is not makes libc load a module of its own for it, and lives without.
 */
static int
allow_memory(scmp_filter_ctx ctx)
{
	static const int calls[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
	int error = 0;

	for (size_t i = 0; i < COUNT(calls) && error == 0; i++) {
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
		if (error == 0)
			error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES),
			    calls[i], 1,
			    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
	}
	return error;
}

/* Files are read, but for the metrics' new one. */
static int
allow_some(scmp_filter_ctx ctx)
{
	static const unsigned create = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int error;

	error = allow_memory(ctx);
	if (error == 0)
		error =
		    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ,
			    O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
	if (error == 0)
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat),
		    1, SCMP_A2(SCMP_CMP_EQ, create, 0));
	if (error == 0)
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket),
		    1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
	if (error == 0)
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW,
		    SCMP_SYS(socketpair), 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
	return error;
}

int
teed_sandbox_keeper(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int error = ctx == NULL ? -ENOMEM : 0;

	if (error == 0)
		error = allow_plain(ctx);
	if (error == 0)
		error = allow_some(ctx);
	if (error == 0)
		error = seccomp_load(ctx);
	seccomp_release(ctx);
	errno = -error;
	return error == 0 ? 0 : -1;
}
