/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed_thief: tries to get at a key that teed holds, in every way that a
 * process has, and says which ways led somewhere.
 *
 *	teed_thief KEEPER-PID KEY-SERIAL SOCKET BYTE
 *
 * BYTE is what the key's seed is made of.  One line for each way, "no WAY:
 * ERROR" or "YES WAY"; the exit status says whether any led to the key.  A
 * line "looks WAY" is of what shows the process and none of its memory.
 * With a fifth argument it connects and signs first, as the agent does, and
 * becomes its own child by exec.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libtee/wire.h"

static pid_t keeper;
static key_serial_t key;
static const char *path;
static uint8_t seed[32];
static bool found;

static void
tell(const char *way, bool yes)
{
	if (yes)
		printf("YES %s\n", way);
	else
		printf("no %s: %s\n", way, strerror(errno));
	found = found || yes;
}

static void
tell_look(const char *way, bool yes)
{
	if (yes)
		printf("looks %s\n", way);
	else
		printf("no %s: %s\n", way, strerror(errno));
}

/* ---- the keyring ----------------------------------------------------- */

static void
try_keyring(void)
{
	char buffer[256];
	key_serial_t session = keyctl_join_session_keyring(NULL);

	tell("keyctl read", keyctl_read(key, buffer, sizeof(buffer)) >= 0);
	tell("keyctl link into @s",
	    keyctl_link(key, KEY_SPEC_SESSION_KEYRING) == 0 &&
		keyctl_read(key, buffer, sizeof(buffer)) >= 0);
	tell("keyctl link into @p",
	    keyctl_link(key, KEY_SPEC_PROCESS_KEYRING) == 0 &&
		keyctl_read(key, buffer, sizeof(buffer)) >= 0);
	tell("keyctl link into @u",
	    keyctl_link(key, KEY_SPEC_USER_KEYRING) == 0 &&
		keyctl_read(key, buffer, sizeof(buffer)) >= 0);
	tell("keyctl move",
	    keyctl_move(key, KEY_SPEC_USER_KEYRING, session, 0) == 0);
	tell("keyctl setperm", keyctl_setperm(key, 0x3f3f3f3f) == 0);
	tell("keyctl chown", keyctl_chown(key, getuid(), getgid()) == 0);
	tell("keyctl set_timeout", keyctl_set_timeout(key, 0) == 0);
	tell("keyctl update", keyctl_update(key, "x", 1) == 0);
	tell("keyctl instantiate",
	    keyctl_instantiate(key, "x", 1, KEY_SPEC_SESSION_KEYRING) == 0);
	tell("keyctl assume authority", keyctl_assume_authority(key) >= 0);
	tell("keyctl search",
	    keyctl_search(KEY_SPEC_SESSION_KEYRING, "user", "tee:", 0) >= 0);
	tell("keyctl session to parent, back",
	    keyctl_session_to_parent() == 0 &&
		keyctl_read(key, buffer, sizeof(buffer)) >= 0);
}

/* ---- the process ----------------------------------------------------- */

static bool
can_open(const char *what, int flags)
{
	char file[64], buffer[8];
	ssize_t n;
	int fd;

	snprintf(file, sizeof(file), "/proc/%d/%s", (int)keeper, what);
	fd = open(file, flags | O_CLOEXEC);
	/* Some can be opened by everybody, and then read by few. */
	n = fd >= 0 ? pread(fd, buffer, sizeof(buffer), 0) : -1;
	if (fd >= 0)
		close(fd);
	return n >= 0 || (fd >= 0 && errno == EIO);
}

static bool
can_attach(long request)
{
	if (ptrace((enum __ptrace_request)request, keeper, NULL, NULL) != 0)
		return false;
	if (request == PTRACE_ATTACH)
		(void)waitpid(keeper, NULL, __WALL);
	(void)ptrace(PTRACE_DETACH, keeper, NULL, NULL);
	return true;
}

/* Any address at all: whether it is mapped is told after whether one may. */
static bool
can_copy(void)
{
	char buffer[8];
	struct iovec here = { buffer, sizeof(buffer) },
		     there = { (void *)(uintptr_t)0x1000, sizeof(buffer) };

	return process_vm_readv(keeper, &here, 1, &there, 1, 0) >= 0 ||
	    errno == EFAULT;
}

static bool
can_take_descriptor(void)
{
	int fd = (int)syscall(SYS_pidfd_open, keeper, 0), got = -1;

	if (fd >= 0)
		got = (int)syscall(SYS_pidfd_getfd, fd, 3, 0);
	return got >= 0;
}

static void
try_process(void)
{
	tell("ptrace attach", can_attach(PTRACE_ATTACH));
	tell("ptrace seize", can_attach(PTRACE_SEIZE));
	tell("process_vm_readv", can_copy());
	tell("/proc/PID/mem", can_open("mem", O_RDONLY));
	tell("/proc/PID/mem for writing", can_open("mem", O_RDWR));
	tell_look("/proc/PID/maps", can_open("maps", O_RDONLY));
	tell_look("/proc/PID/pagemap", can_open("pagemap", O_RDONLY));
	tell_look("/proc/PID/environ", can_open("environ", O_RDONLY));
	tell_look("/proc/PID/stack", can_open("stack", O_RDONLY));
	tell_look("/proc/PID/syscall", can_open("syscall", O_RDONLY));
	tell("pidfd_getfd", can_take_descriptor());
}

/* ---- the socket ------------------------------------------------------ */

static int
connect_teed(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (const void *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Whether an answer holds a part of the seed, eight bytes of it. */
static bool
answer_leaks(int fd)
{
	uint8_t packet[TEE_WIRE_PACKET];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	bool leaks = false;
	ssize_t n;

	while (poll(&p, 1, 50) > 0 &&
	    (n = recv(fd, packet, sizeof(packet), 0)) > 0)
		leaks = leaks || memmem(packet, (size_t)n, seed, 8) != NULL;
	return leaks;
}

static void
try_socket(void)
{
	static const size_t sizes[] = { 0, 1, 2, 33, 64, 4000 };
	uint8_t payload[4000], packet[TEE_WIRE_PACKET];
	unsigned asked = 0;
	bool leaks = false;

	memset(payload, 1, sizeof(payload));
	/* REVOKE destroys, which an operator may. */
	for (unsigned verb = 1; verb < 256; verb++) {
		int fd = verb != TEE_WIRE_REVOKE ? connect_teed() : -1;

		for (size_t i = 0; i < 6 && fd >= 0; i++) {
			struct tee_wire w = { .verb = (uint8_t)verb,
				.id = asked,
				.payload = payload,
				.size = sizes[i] };
			size_t n = tee_wire_write(&w, packet, sizeof(packet));

			if (send(fd, packet, n, MSG_NOSIGNAL) == (ssize_t)n)
				asked++;
		}
		leaks = (fd >= 0 && answer_leaks(fd)) || leaks;
		if (fd >= 0)
			close(fd);
	}
	errno = asked > 0 ? EBADMSG : ECONNREFUSED;
	tell("every verb of the socket", leaks);
}

/* ---------------------------------------------------------------------- */

/* What an agent has open when a model has it run a shell. */
static void
be_the_agents_child(char **argv)
{
	uint8_t packet[64];
	const uint8_t message[] = "\1test:v1:x";
	struct tee_wire w = { .verb = TEE_WIRE_SIGN,
		.id = 1,
		.payload = message,
		.size = sizeof(message) - 1 };
	int fd = connect_teed();
	size_t n = tee_wire_write(&w, packet, sizeof(packet));

	if (fd < 0 || send(fd, packet, n, MSG_NOSIGNAL) != (ssize_t)n ||
	    recv(fd, packet, sizeof(packet), 0) < TEE_WIRE_HEADER ||
	    packet[3] != TEE_WIRE_OK) {
		puts("the agent itself cannot sign");
		exit(2);
	}
	/* Even the agent's own connection, left open. */
	(void)fcntl(fd, F_SETFD, 0);
	argv[5] = NULL;
	if (fork() == 0)
		execv("/proc/self/exe", argv);
	else
		(void)wait(NULL);
	exit(0);
}

int
main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	keeper = (pid_t)strtol(argv[1], NULL, 10);
	key = (key_serial_t)strtol(argv[2], NULL, 10);
	path = argv[3];
	memset(seed, (int)strtol(argv[4], NULL, 0), sizeof(seed));
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 5)
		be_the_agents_child(argv);
	try_keyring();
	try_process();
	try_socket();
	return found ? 1 : 0;
}
