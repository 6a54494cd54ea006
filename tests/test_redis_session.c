/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a Redis: what is an answer and what is none, and what
 * stays of the password that was said.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modules/redis/session.h"
#include "tests/test_redis_kit.h"

/* ---- answers --------------------------------------------------------- */

static const struct {
	const char *bytes;
	enum redis_answer_state state;
	enum redis_answer_kind kind;
} answers[] = {
	{ "+OK\r\n", REDIS_ANSWER_WHOLE, REDIS_ANSWER_OK },
	{ "+OKAY\r\n", REDIS_ANSWER_WHOLE, REDIS_ANSWER_NONE },
	{ "-OK\r\n", REDIS_ANSWER_WHOLE, REDIS_ANSWER_NONE },
	{ "$2\r\nOK\r\n", REDIS_ANSWER_WHOLE, REDIS_ANSWER_BYTES },
	{ "$-1\r\n", REDIS_ANSWER_WHOLE, REDIS_ANSWER_NOTHING },
	{ "$2\r\nO", REDIS_ANSWER_MORE, REDIS_ANSWER_NONE },
	{ "+OK\r\n+", REDIS_ANSWER_BAD, REDIS_ANSWER_NONE },
	{ "$1\r\na\r\n$1\r\nb\r\n", REDIS_ANSWER_BAD, REDIS_ANSWER_NONE },
	{ ":1\r\n", REDIS_ANSWER_BAD, REDIS_ANSWER_NONE },
	{ "*1\r\n+OK\r\n", REDIS_ANSWER_BAD, REDIS_ANSWER_NONE },
	{ "*0\r\n", REDIS_ANSWER_BAD, REDIS_ANSWER_NONE },
	{ "OK\r\n", REDIS_ANSWER_BAD, REDIS_ANSWER_NONE },
};

START_TEST(answer)
{
	struct redis_answer a = { .kind = REDIS_ANSWER_NONE };
	struct redis_reader *r = redis_reader_new();
	const char *bytes = answers[_i].bytes;

	ck_assert_int_eq(redis_reader_feed(r, (const uint8_t *)bytes,
			     strlen(bytes), &a),
	    answers[_i].state);
	ck_assert_int_eq(a.kind, answers[_i].kind);
	redis_reader_free(&r);
}
END_TEST

/* One after the other, and each begins anew. */
START_TEST(many_answers)
{
	static const uint8_t value[] = "$1024\r\n";
	struct redis_reader *r = redis_reader_new();
	uint8_t bytes[1026];
	struct redis_answer a;

	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes + 1024, "\r\n", 2);
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(redis_reader_feed(r, value, sizeof(value) - 1,
				     &a),
		    REDIS_ANSWER_MORE);
		ck_assert_int_eq(redis_reader_feed(r, bytes, 1026, &a),
		    REDIS_ANSWER_WHOLE);
		ck_assert_uint_eq(a.size, 1024);
	}
	redis_reader_free(&r);
}
END_TEST

/* What cannot become an answer is not collected. */
START_TEST(endless)
{
	struct redis_reader *r = redis_reader_new();
	uint8_t bytes[256];
	struct redis_answer a;
	unsigned fed = 0;

	memset(bytes, 'x', sizeof(bytes));
	ck_assert_int_eq(redis_reader_feed(r, (const uint8_t *)"$500000000\r\n",
			     12, &a),
	    REDIS_ANSWER_MORE);
	while (
	    redis_reader_feed(r, bytes, sizeof(bytes), &a) == REDIS_ANSWER_MORE)
		ck_assert_uint_lt(++fed, 5);
	redis_reader_free(&r);
}
END_TEST

/* ---- what stays of a password in memory ------------------------------ */

#define DRAWN 32
/* malloc writes over what a freed block begins with. */
#define HALF (DRAWN / 2)

/* How often what `path` holds stands in this process's readable memory. */
static int
count_in_memory(const char *path)
{
	char *needle = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open(path, O_RDONLY), found = 0;
	char line[512], mode[8];
	unsigned long from, to;
	FILE *maps;

	if (needle == MAP_FAILED || read(fd, needle, DRAWN) != DRAWN)
		return -1;
	maps = fopen("/proc/self/maps", "re");
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[0] != 'r' || strstr(line, "[v") != NULL ||
		    (const char *)from == needle)
			continue;
		for (const char *p = (const char *)from;
		     (p = memmem(p, to - (size_t)p, needle + HALF, HALF)) !=
		     NULL;
		     p++)
			found++;
	}
	return found;
}

static int
count_in_child(const char *path)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(count_in_memory(path));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Drawn by somebody else, so that nothing but the session reads it. */
START_TEST(password_in_memory)
{
	struct redis_target to = { .size = sizeof(struct sockaddr_un) };
	struct redis_login login = { .user = NULL };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct redis_session *s;
	char line[512], path[160];
	uint8_t *copy = malloc(4096);
	const char *why;
	int fd;

	snprintf(path, sizeof(path), "%s/password", rk_folder);
	snprintf(line, sizeof(line),
	    "umask 077; p=$(head -c 16 /dev/urandom | od -An -tx1 | "
	    "tr -d ' \\n'); printf %%s $p >%s; "
	    "echo user default on '~* &* +@all' \">$p\" >%s/users.acl",
	    path, rk_folder);
	ck_assert_int_eq(system(line), 0);
	snprintf(line, sizeof(line), "%s/users.acl", rk_folder);
	rk_start((const char *const[]){ "--aclfile", line, NULL });
	memcpy(at.sun_path, rk_socket, strlen(rk_socket) + 1);
	memcpy(&to.at, &at, sizeof(at));
	login.password_file = path;
	s = redis_session_new(&to, &login, redis_now() + 1000, &why);
	ck_assert_msg(s != NULL, "%s", why);
	ck_assert_int_eq(count_in_child(path), 0);
	/* And it would be found. */
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(read(fd, copy + 2000, DRAWN), DRAWN);
	close(fd);
	free(copy);
	ck_assert_int_ge(count_in_child(path), 1);
	redis_session_free(&s);
}
END_TEST

/* Sanitizers keep freed memory and maps of all of it. */
#pragma weak __asan_init
#pragma weak __tsan_init
extern void __asan_init(void);
extern void __tsan_init(void);

static void
add(TCase *tcase)
{
	tcase_add_loop_test(tcase, answer, 0, (int)COUNT(answers));
	tcase_add_test(tcase, many_answers);
	tcase_add_test(tcase, endless);
	if (__asan_init == NULL && __tsan_init == NULL)
		tcase_add_test(tcase, password_in_memory);
	else
		puts("skipped: password_in_memory, for sanitizers");
}

int
main(void)
{
	return rk_main("redis_session", true, add);
}
