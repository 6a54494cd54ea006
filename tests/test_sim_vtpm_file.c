/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a device: what tpm-dev-common.c of Linux does, call by call. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/test_sim_guest.h"
#include "tests/test_sim_vtpm.h"
#include "tests/testlib_tpm.h"

/* TPM2_GetRandom of so many bytes; the response is 12 bytes longer. */
#define RANDOM(n) \
	{ \
		0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, n \
	}
#define RANDOM_SIZE 12

static const uint8_t random8[] = RANDOM(8);

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
events(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };

	if (ms != 0)
		p.events = POLLIN;
	ck_assert_int_ge(poll(&p, 1, ms), 0);
	return p.revents;
}

START_TEST(pieces)
{
	uint8_t out[64];
	int fd = tpm_open(0);

	guest_set("");
	ck_assert_int_eq(read(fd, out, sizeof(out)), 0);
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), RANDOM_SIZE);
	ck_assert_int_eq(read(fd, out, 10), 10);
	ck_assert_int_eq(out[5], 20);
	ck_assert_int_eq(read(fd, out, sizeof(out)), 10);
	ck_assert_int_eq(read(fd, out, sizeof(out)), 0);
	/* What a reader leaves is gone with the next command. */
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), RANDOM_SIZE);
	ck_assert_int_eq(read(fd, out, 10), 10);
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), RANDOM_SIZE);
	ck_assert_int_eq(read(fd, out, sizeof(out)), 20);
	close(fd);
}
END_TEST

static const struct {
	const char *name;
	size_t size;
	uint8_t command[12];
	int error;
} bad_writes[] = { { "less than a header", 9, RANDOM(8), EINVAL },
	{ "less than it says", 11, RANDOM(8), EINVAL },
	{ "says less than a header", 12,
	    { 0x80, 1, 0, 0, 0, 9, 0, 0, 1, 0x7b, 0, 8 }, EINVAL },
	{ "says more than there is", 12,
	    { 0x80, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0x7b, 0, 8 }, EINVAL },
	{ "more than the buffer", 4097, RANDOM(8), E2BIG },
	{ "a handle that is nobody's", 12,
	    { 0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x73, 0x80, 0 }, EINVAL } };

START_TEST(bad_write)
{
	uint8_t command[4097] = { 0 };
	int fd = tpm_open(0);

	memcpy(command, bad_writes[_i].command, 12);
	errno = 0;
	ck_assert_int_eq(write(fd, command, bad_writes[_i].size), -1);
	ck_assert_msg(errno == bad_writes[_i].error, "%s: %s",
	    bad_writes[_i].name, strerror(errno));
	/* And the client goes on. */
	ck_assert_uint_eq(tpm_try(fd, "8001 00000000 0000017b 0008"), 0);
	close(fd);
}
END_TEST

/* Only what the header counts is the command. */
START_TEST(longer_write)
{
	uint8_t command[64] = RANDOM(8), out[64];
	int fd = tpm_open(0);

	ck_assert_int_eq(write(fd, command, sizeof(command)), sizeof(command));
	ck_assert_int_eq(read(fd, out, sizeof(out)), 20);
	close(fd);
}
END_TEST

START_TEST(busy)
{
	uint8_t out[64];
	int fd = tpm_open(0);

	ck_assert_int_eq(events(fd, 0), POLLOUT);
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), RANDOM_SIZE);
	ck_assert_int_eq(events(fd, 0), POLLIN);
	errno = 0;
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), -1);
	ck_assert_int_eq(errno, EBUSY);
	ck_assert_int_eq(read(fd, out, sizeof(out)), 20);
	ck_assert_int_eq(events(fd, 0), POLLOUT);
	close(fd);
}
END_TEST

START_TEST(slow)
{
	int fd = tpm_open(0);
	double start;

	guest_set("tpm-delay=300");
	start = seconds();
	ck_assert_uint_eq(tpm_try(fd, "8001 00000000 0000017b 0008"), 0);
	ck_assert_double_ge(seconds() - start, 0.3);
	close(fd);
	guest_set("");
}
END_TEST

/* The write ends at once, and poll tells of the response when it is there. */
START_TEST(slow_nonblocking)
{
	uint8_t out[64];
	int fd = tpm_open(O_NONBLOCK);
	double start;

	guest_set("tpm-delay=600");
	start = seconds();
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), RANDOM_SIZE);
	ck_assert_int_eq(events(fd, 0), 0);
	ck_assert_int_eq(events(fd, 50), 0);
	ck_assert_double_lt(seconds() - start, 0.5);
	errno = 0;
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), -1);
	ck_assert_int_eq(errno, EBUSY);
	ck_assert_int_eq(events(fd, 5000), POLLIN);
	ck_assert_double_ge(seconds() - start, 0.6);
	ck_assert_double_lt(seconds() - start, 4);
	ck_assert_int_eq(read(fd, out, sizeof(out)), 20);
	close(fd);
	guest_set("");
}
END_TEST

/* A slow command of one client keeps no other waiting. */
START_TEST(slow_neighbour)
{
	int fd = tpm_open(O_NONBLOCK), other = tpm_open(0);
	double start = seconds();

	guest_set("tpm-delay=20000");
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), RANDOM_SIZE);
	guest_set("");
	ck_assert_uint_eq(tpm_try(other, "8001 00000000 0000017b 0008"), 0);
	ck_assert_double_lt(seconds() - start, 10);
	close(other);
	close(fd);
}
END_TEST

static void
on_alarm(int signal)
{
	(void)signal;
}

/* Whoever waits can be interrupted, so that no process hangs. */
START_TEST(interrupted)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = { .it_value = { .tv_usec = 100000 } };
	int fd = tpm_open(0);
	double start = seconds();

	guest_set("tpm-delay=20000");
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	errno = 0;
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_double_lt(seconds() - start, 10);
	close(fd);
	guest_set("");
}
END_TEST

START_TEST(gone)
{
	uint8_t out[64];
	int fd = tpm_open(0), other = tpm_open(O_NONBLOCK);

	guest_set("tpm-gone=yes");
	errno = 0;
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), -1);
	ck_assert_int_eq(errno, EIO);
	ck_assert_int_eq(write(other, random8, RANDOM_SIZE), RANDOM_SIZE);
	ck_assert_int_eq(events(other, 1000), POLLIN);
	errno = 0;
	ck_assert_int_eq(read(other, out, sizeof(out)), -1);
	ck_assert_int_eq(errno, EIO);
	guest_set("");
	ck_assert_int_eq(write(fd, random8, RANDOM_SIZE), RANDOM_SIZE);
	ck_assert_int_eq(read(fd, out, sizeof(out)), 20);
	close(other);
	close(fd);
}
END_TEST

START_TEST(retry)
{
	int fd = tpm_open(0);

	guest_set("tpm-retry=2");
	ck_assert_uint_eq(tpm_try(fd, "8001 00000000 0000017b 0008"), 0x922);
	ck_assert_uint_eq(tpm_try(fd, "8001 00000000 0000017b 0008"), 0x922);
	ck_assert_uint_eq(tpm_try(fd, "8001 00000000 0000017b 0008"), 0);
	guest_set("");
	close(fd);
}
END_TEST

/* As udev does with the real one. */
START_TEST(mode)
{
	struct stat st;

	ck_assert_int_eq(chmod(tpm_path, 0660), 0);
	ck_assert_int_eq(stat(tpm_path, &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0660);
	ck_assert_int_eq(chmod(tpm_path, 0600), 0);
}
END_TEST

void
add_file_tests(TCase *tcase)
{
	tcase_add_test(tcase, pieces);
	tcase_add_loop_test(tcase, bad_write, 0, COUNT(bad_writes));
	tcase_add_test(tcase, longer_write);
	tcase_add_test(tcase, busy);
	tcase_add_test(tcase, slow);
	tcase_add_test(tcase, slow_nonblocking);
	tcase_add_test(tcase, slow_neighbour);
	tcase_add_test(tcase, interrupted);
	tcase_add_test(tcase, gone);
	tcase_add_test(tcase, retry);
	tcase_add_test(tcase, mode);
}
