/* SPDX-License-Identifier: Apache-2.0 */
/* teed_worker_kit: see teed_worker_kit.h. */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/teed_worker_kit.h"

const struct teed_errand asked = { .kind = TEED_ACQUIRE,
	.path = TEXT("/p/a.conf") };

struct stage it;

/* What the supervisor gets, and what it passes on. */
static void
receive(void)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(4 * sizeof(int))];
	} control;
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	struct cmsghdr *head;
	size_t n;

	ck_assert_int_eq(recvmsg(it.supervisor[1], &m, 0), 1);
	head = CMSG_FIRSTHDR(&m);
	ck_assert_ptr_nonnull(head);
	n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(&it.channel, CMSG_DATA(head), sizeof(int));
	it.memory = -1;
	if (n == 2)
		memcpy(&it.memory, CMSG_DATA(head) + sizeof(int), sizeof(int));
	ck_assert_uint_le(n, 2);
}

void
start(const struct teed_errand *errand)
{
	memset(&it, 0, sizeof(it));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, it.supervisor),
	    0);
	it.worker = teed_worker_start(it.supervisor[0], errand);
	ck_assert_ptr_nonnull(it.worker);
	receive();
	if (it.memory >= 0)
		it.page = mmap(NULL, TEED_SEED_MAP, PROT_READ | PROT_WRITE,
		    MAP_SHARED, it.memory, 0);
	ck_assert_ptr_ne(it.page, MAP_FAILED);
}

void
end(void)
{
	teed_worker_free(&it.worker);
	if (it.page != NULL)
		munmap(it.page, TEED_SEED_MAP);
	if (it.memory >= 0)
		close(it.memory);
	if (it.channel >= 0)
		close(it.channel);
	close(it.supervisor[0]);
	close(it.supervisor[1]);
}

static void
hear(void *user, int priority, const char *line)
{
	ck_assert_ptr_eq(user, &it);
	it.lines++;
	it.priority = priority;
	if (strlen(line) > it.longest)
		it.longest = strlen(line);
	snprintf(it.last, sizeof(it.last), "%s", line);
}

enum teed_worker_state
state(void)
{
	return teed_worker_read(it.worker, hear, &it);
}

bool
say(const void *packet, size_t size)
{
	return send(it.channel, packet, size, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    (ssize_t)size;
}

void
say_line(int priority, const char *text)
{
	uint8_t packet[TEED_PACKET_MAX];
	size_t n = strlen(text);

	packet[0] = TEED_PACKET_LOG;
	packet[1] = (uint8_t)priority;
	memcpy(packet + 2, text, n);
	ck_assert(say(packet, n + 2));
}

void
say_report(int error)
{
	struct teed_report report = { .error = error,
		.release = { .lifetime = 60, .claims_json = TEXT("{}") } };
	uint8_t packet[1024] = { TEED_PACKET_REPORT }, *bytes;
	size_t size;

	ck_assert(teed_report_write(&report, &bytes, &size));
	ck_assert_uint_lt(size, sizeof(packet));
	memcpy(packet + 1, bytes, size);
	ck_assert(say(packet, size + 1));
	free(bytes);
}

void
say_end(void)
{
	static const uint8_t packet = TEED_PACKET_END;

	ck_assert(say(&packet, 1));
}

unsigned
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

bool
is_clean(const uint8_t *page)
{
	for (size_t i = 0; i < TEED_SEED_MAP; i++)
		if (page[i] != 0)
			return false;
	return true;
}

int
worker_main(const char *name, void (*add)(TCase *))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	add(tcase);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
