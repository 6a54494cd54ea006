/* SPDX-License-Identifier: Apache-2.0 */
/* Several clients: each has its own objects and sessions, and leaves none. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test_sim_guest.h"
#include "tests/test_sim_vtpm.h"
#include "tests/testlib_tpm.h"

#define SLOTS 3
#define NAME_SIZE 34

/* An HMAC key of the null hierarchy: quick to make, never the same twice. */
static uint32_t
create(int fd)
{
	return tpm_try(fd,
	    "8002 00000000 00000131 40000007 " TPM_PW " 0004 00000000"
	    " 0010 0008 000b 00040472 0000 0005 000b 0000"
	    " 0000 00000000");
}

static uint32_t
create_unique(int fd, unsigned n)
{
	tpm_do(fd,
	    "8002 00000000 00000131 40000007 " TPM_PW " 0008 0000 0004 %08x"
	    " 0010 0008 000b 00040432 0000 0005 000b 0000"
	    " 0000 00000000",
	    n + 1);
	return tpm_u32(10);
}

static void
name_of(int fd, uint32_t handle, uint8_t name[NAME_SIZE])
{
	size_t at;

	tpm_do(fd, "8001 00000000 00000173 %08x", handle);
	at = 12 + tpm_u16(10);
	ck_assert_uint_eq(tpm_u16(at), NAME_SIZE);
	memcpy(name, tpm_answer.data + at + 2, NAME_SIZE);
}

START_TEST(objects)
{
	uint8_t name[2][SLOTS][NAME_SIZE], again[NAME_SIZE];
	int fd[2] = { tpm_open(0), tpm_open(0) };

	guest_set("");
	for (unsigned i = 0; i < SLOTS; i++)
		for (unsigned c = 0; c < 2; c++) {
			ck_assert_uint_eq(create_unique(fd[c], 10 * c + i),
			    0x80ffffff - i);
			name_of(fd[c], 0x80ffffff - i, name[c][i]);
		}
	for (unsigned i = 0; i < SLOTS; i++)
		for (unsigned c = 0; c < 2; c++) {
			name_of(fd[c], 0x80ffffff - i, again);
			ck_assert_mem_eq(again, name[c][i], NAME_SIZE);
		}
	ck_assert_mem_ne(name[0][0], name[1][0], NAME_SIZE);
	close(fd[0]);
	name_of(fd[1], 0x80ffffff, again);
	ck_assert_mem_eq(again, name[1][0], NAME_SIZE);
	close(fd[1]);
}
END_TEST

/* As many as the TPM has room for, and no more; then room again. */
START_TEST(limit)
{
	int fd = tpm_open(0);

	for (unsigned i = 0; i < SLOTS; i++)
		ck_assert_uint_eq(create(fd), 0);
	ck_assert_uint_eq(create(fd), 0x902);
	tpm_do(fd, "8001 00000000 00000165 80fffffe");
	ck_assert_uint_eq(create(fd), 0);
	ck_assert_uint_eq(tpm_u32(10), 0x80fffffe);
	close(fd);
}
END_TEST

START_TEST(listed)
{
	int fd = tpm_open(0), other = tpm_open(0);

	create(other);
	create(other);
	create(fd);
	tpm_do(fd, "8001 00000000 0000017a 00000001 80000000 00000010");
	ck_assert(tpm_has(10, "00 00000001 00000001 80ffffff"));
	close(other);
	close(fd);
}
END_TEST

static uint32_t
start_session(int fd)
{
	tpm_do(fd,
	    "8001 00000000 00000176 40000007 40000007 0010"
	    " 00112233445566778899aabbccddeeff 0000 01 0010 000b");
	return tpm_u32(10);
}

START_TEST(sessions)
{
	uint32_t session[2][SLOTS];
	int fd[2] = { tpm_open(0), tpm_open(0) };

	for (unsigned i = 0; i < SLOTS; i++)
		for (unsigned c = 0; c < 2; c++)
			session[c][i] = start_session(fd[c]);
	for (unsigned i = 0; i < SLOTS; i++)
		for (unsigned c = 0; c < 2; c++) {
			tpm_do(fd[c], "8001 00000000 00000189 %08x",
			    session[c][i]);
			ck_assert_uint_eq(tpm_u16(10), 32);
		}
	/* One of another client is out of reach. */
	ck_assert_uint_ne(tpm_try(fd[0], "8001 00000000 00000189 %08x",
			      session[1][0]),
	    0);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

/* The TPM has 64 sessions in all: whoever closed had none any more. */
START_TEST(flushed)
{
	int fd;

	for (unsigned round = 0; round < 30; round++) {
		fd = tpm_open(0);
		for (unsigned i = 0; i < SLOTS; i++) {
			ck_assert_uint_eq(create(fd), 0);
			start_session(fd);
		}
		close(fd);
	}
}
END_TEST

/* One that was saved comes back, in another open file too. */
START_TEST(saved)
{
	uint8_t name[NAME_SIZE], again[NAME_SIZE], context[4096];
	char hex[8193];
	size_t size;
	int fd = tpm_open(0);

	create_unique(fd, 77);
	name_of(fd, 0x80ffffff, name);
	tpm_do(fd, "8001 00000000 00000162 80ffffff");
	size = tpm_answer.size - 10;
	memcpy(context, tpm_answer.data + 10, size);
	close(fd);
	fd = tpm_open(0);
	for (size_t i = 0; i < size; i++)
		snprintf(hex + 2 * i, 3, "%02x", context[i]);
	tpm_do(fd, "8001 00000000 00000161 %s", hex);
	ck_assert_uint_eq(tpm_u32(10), 0x80ffffff);
	name_of(fd, 0x80ffffff, again);
	ck_assert_mem_eq(again, name, NAME_SIZE);
	close(fd);
}
END_TEST

static void
be_client(unsigned n)
{
	int fd = tpm_open(0);

	for (unsigned i = 0; i < 100; i++) {
		if (tpm_try(fd, "8001 00000000 0000017b %04x", n) != 0 ||
		    tpm_answer.size != 12 + n)
			_exit(1);
	}
	_exit(0);
}

START_TEST(crowd)
{
	int status;

	for (unsigned n = 1; n <= 4; n++)
		if (fork() == 0)
			be_client(n);
	for (unsigned n = 1; n <= 4; n++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
}
END_TEST

void
add_space_tests(TCase *tcase)
{
	tcase_add_test(tcase, objects);
	tcase_add_test(tcase, limit);
	tcase_add_test(tcase, listed);
	tcase_add_test(tcase, sessions);
	tcase_add_test(tcase, flushed);
	tcase_add_test(tcase, saved);
	tcase_add_test(tcase, crowd);
}
