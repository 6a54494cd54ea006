/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: what the keeper cannot do any more.  Each attempt runs in a child
 * of its own, behind the real filter: it dies by SIGSYS, or gets the one error
 * that stands in its row.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <check.h>

#include "teed/sandbox.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ANY ((void *)(uintptr_t)page)

static char page[4096];
static char file[512]; /* exists, and may be written but for the filter */

/* Each gives what its system call gave. */
static long
run_program(void)
{
	char *const argv[] = { (char *)(uintptr_t) "true", NULL };

	return execve("/bin/true", argv, argv + 1);
}

static long
run_descriptor(void)
{
	char *const argv[] = { (char *)(uintptr_t) "true", NULL };

	return syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, argv + 1, 0);
}

static long
make_child(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static long
make_thread(void)
{
	return syscall(SYS_clone,
	    CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_FILES,
	    page + sizeof(page), 0, 0, 0);
}

static long
fork_by_libc(void)
{
	return fork();
}

static long
clone_anew(void)
{
	return syscall(SYS_clone3, ANY, 64);
}

static long
inet_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static long
inet6_socket(void)
{
	return socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static long
netlink_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
}

static long
vsock_socket(void)
{
	return socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static long
connect_somewhere(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/x" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static long
trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long
be_traced(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long
read_parent(void)
{
	struct iovec v = { page, sizeof(page) };

	return process_vm_readv(getppid(), &v, 1, &v, 1, 0);
}

static long
write_parent(void)
{
	struct iovec v = { page, sizeof(page) };

	return process_vm_writev(getppid(), &v, 1, &v, 1, 0);
}

static long
map_code(void)
{
	return (long)mmap(NULL, sizeof(page), PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long
make_code(void)
{
	void *p = mmap(NULL, sizeof(page), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, sizeof(page), PROT_READ | PROT_EXEC);
}

static long
make_code_by_key(void)
{
	return syscall(SYS_pkey_mprotect, page, sizeof(page), PROT_EXEC, -1);
}

static long
open_to_write(void)
{
	return open(file, O_WRONLY | O_CLOEXEC);
}

static long
open_for_both(void)
{
	return open(file, O_RDWR | O_CLOEXEC);
}

static long
open_to_truncate(void)
{
	return open(file, O_RDONLY | O_TRUNC | O_CLOEXEC);
}

static long
open_or_create(void)
{
	return open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static long
open_nameless(void)
{
	return open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static long
open_as_before(void)
{
	return syscall(SYS_open, file, O_WRONLY);
}

static long
open_by_handle(void)
{
	return syscall(SYS_open_by_handle_at, AT_FDCWD, ANY, O_RDONLY);
}

static long
open_anew(void)
{
	return syscall(SYS_openat2, AT_FDCWD, file, ANY, 24);
}

static long
be_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long
have_a_core(void)
{
	struct rlimit core = { RLIM_INFINITY, RLIM_INFINITY };

	return setrlimit(RLIMIT_CORE, &core);
}

static long
kill_parent(void)
{
	return kill(getppid(), 0);
}

#define SYSTEM_CALL(name, ...) \
	static long try_##name(void) \
	{ \
		return syscall(SYS_##name, __VA_ARGS__); \
	}
SYSTEM_CALL(io_uring_setup, 8, ANY)
SYSTEM_CALL(bpf, 0, ANY, 64)
SYSTEM_CALL(userfaultfd, 0)
SYSTEM_CALL(kexec_load, 0, 0, 0, 0)
SYSTEM_CALL(init_module, ANY, 0, "")
SYSTEM_CALL(perf_event_open, ANY, 0, -1, -1, 0)
SYSTEM_CALL(pidfd_open, 1, 0)
SYSTEM_CALL(pidfd_getfd, 0, 0, 0)
SYSTEM_CALL(kcmp, 1, 1, 0, 0, 0)
SYSTEM_CALL(setresuid, 0, 0, 0)
SYSTEM_CALL(setgroups, 0, 0)
SYSTEM_CALL(capset, ANY, ANY)
SYSTEM_CALL(unshare, CLONE_NEWUSER)
SYSTEM_CALL(setns, 0, 0)
SYSTEM_CALL(mount, "x", "/x", "x", 0, 0)
SYSTEM_CALL(chroot, "/")
SYSTEM_CALL(personality, 0x400000)
SYSTEM_CALL(request_key, "user", "x", 0, 0)
SYSTEM_CALL(symlink, "x", "y")
SYSTEM_CALL(mknodat, AT_FDCWD, "x", S_IFREG, 0)
SYSTEM_CALL(seccomp, 1, 0, ANY)
SYSTEM_CALL(ioctl, 0, 0x5401, ANY)

#if defined(__x86_64__)
static long
other_abi(void)
{
	return syscall(0x40000000 | SYS_getpid); /* x32 */
}
#endif

static const struct {
	const char *what;
	long (*attempt)(void);
	int error; /* 0: it dies */
} denied[] = {
	{ "execve", run_program, 0 },
	{ "execveat", run_descriptor, 0 },
#if defined(__x86_64__)
	{ "a harmless call by another ABI", other_abi, 0 },
#endif
	{ "clone of a process", make_child, 0 },
	{ "clone of a thread", make_thread, 0 },
	{ "fork", fork_by_libc, 0 },
	{ "clone3", clone_anew, ENOSYS },
	{ "socket of AF_INET", inet_socket, 0 },
	{ "socket of AF_INET6", inet6_socket, 0 },
	{ "socket of AF_NETLINK", netlink_socket, 0 },
	{ "socket of AF_VSOCK", vsock_socket, 0 },
	{ "connect", connect_somewhere, EPERM },
	{ "ptrace of another", trace_parent, 0 },
	{ "ptrace by another", be_traced, 0 },
	{ "process_vm_readv", read_parent, 0 },
	{ "process_vm_writev", write_parent, 0 },
	{ "mmap of code", map_code, EACCES },
	{ "mprotect to code", make_code, EACCES },
	{ "pkey_mprotect to code", make_code_by_key, 0 },
	{ "a file to write", open_to_write, 0 },
	{ "a file to read and write", open_for_both, 0 },
	{ "a file to truncate", open_to_truncate, 0 },
	{ "a file that may be there", open_or_create, 0 },
	{ "a file without a name", open_nameless, 0 },
	{ "open, as it was", open_as_before, 0 },
	{ "open_by_handle_at", open_by_handle, 0 },
	{ "openat2", open_anew, ENOSYS },
	{ "prctl PR_SET_DUMPABLE", be_dumpable, 0 },
	{ "setrlimit RLIMIT_CORE", have_a_core, ENOSYS },
	{ "kill", kill_parent, 0 },
	{ "io_uring_setup", try_io_uring_setup, 0 },
	{ "bpf", try_bpf, 0 },
	{ "userfaultfd", try_userfaultfd, 0 },
	{ "kexec_load", try_kexec_load, 0 },
	{ "init_module", try_init_module, 0 },
	{ "perf_event_open", try_perf_event_open, 0 },
	{ "pidfd_open", try_pidfd_open, 0 },
	{ "pidfd_getfd", try_pidfd_getfd, 0 },
	{ "kcmp", try_kcmp, 0 },
	{ "setresuid", try_setresuid, 0 },
	{ "setgroups", try_setgroups, 0 },
	{ "capset", try_capset, 0 },
	{ "unshare", try_unshare, 0 },
	{ "setns", try_setns, 0 },
	{ "mount", try_mount, 0 },
	{ "chroot", try_chroot, 0 },
	{ "personality", try_personality, 0 },
	{ "request_key", try_request_key, 0 },
	{ "symlink", try_symlink, 0 },
	{ "mknodat", try_mknodat, 0 },
	{ "seccomp", try_seccomp, 0 },
	{ "ioctl", try_ioctl, ENOSYS },
};

enum { DID = 0, REFUSED = 100, NO_SANDBOX = 101, OTHER = 102 };

/* 1000 + the signal that it died of, or its exit status. */
static int
behind_the_filter(long (*attempt)(void), int error, bool filtered)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (filtered &&
		    (teed_sandbox_begin() != 0 || teed_sandbox_keeper() != 0))
			_exit(NO_SANDBOX);
		errno = 0;
		if (attempt() >= 0)
			_exit(DID);
		_exit(errno == error ? REFUSED : OTHER);
	}
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	/* No core either way. */
	ck_assert(!WCOREDUMP(status) || !filtered);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

START_TEST(is_denied)
{
	int expected = denied[_i].error != 0 ? REFUSED : 1000 + SIGSYS;
	int got = behind_the_filter(denied[_i].attempt, denied[_i].error, true);

	ck_assert_msg(got == expected, "%s: %d", denied[_i].what, got);
}
END_TEST

/* It is the filter that denies: without it nobody dies of the same. */
START_TEST(is_the_filter)
{
	int got;

	ck_assert_int_eq(behind_the_filter(run_program, 0, false), DID);
	ck_assert_int_eq(behind_the_filter(inet_socket, 0, false), DID);
	ck_assert_int_eq(behind_the_filter(map_code, 0, false), DID);
	ck_assert_int_eq(behind_the_filter(open_for_both, 0, false), DID);
	ck_assert_int_eq(behind_the_filter(be_dumpable, 0, false), DID);
	got = behind_the_filter(clone_anew, ENOSYS, false);
	ck_assert_int_ne(got, 1000 + SIGSYS);
	ck_assert_int_ne(got, REFUSED);
}
END_TEST

static long
is_undumpable(void)
{
	struct rlimit core;

	if (teed_sandbox_begin() != 0)
		return -1;
	return prctl(PR_GET_DUMPABLE) == 0 &&
		prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
		getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 ?
	    0 :
	    -1;
}

START_TEST(begins)
{
	ck_assert_int_eq(behind_the_filter(is_undumpable, 0, false), DID);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tcase = tcase_create("sandbox");
	SRunner *runner = srunner_create(suite);
	const char *build = getenv("TEE_TEST_BUILDDIR");
	int failed;

	snprintf(file, sizeof(file), "%s/config.h",
	    build != NULL ? build : ".");
	tcase_add_loop_test(tcase, is_denied, 0, COUNT(denied));
	tcase_add_test(tcase, is_the_filter);
	tcase_add_test(tcase, begins);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
