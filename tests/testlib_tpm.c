/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_tpm: see testlib_tpm.h. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "tests/testlib_tpm.h"

#define TEXT_MAX 9000

const char *tpm_path;
struct tpm_answer tpm_answer;

int
tpm_open(int flags)
{
	int fd = open(tpm_path, O_RDWR | O_CLOEXEC | flags);

	ck_assert_msg(fd >= 0, "%s: %s", tpm_path, strerror(errno));
	return fd;
}

static int
digit(char c)
{
	const char *at = strchr("0123456789abcdef", c);

	ck_assert_msg(at != NULL, "'%c' is no hex digit", c);
	return (int)(at - "0123456789abcdef");
}

size_t
tpm_hex(const char *hex, uint8_t *out, size_t room)
{
	size_t size = 0;

	for (; *hex != '\0'; hex++) {
		if (*hex == ' ')
			continue;
		ck_assert_uint_lt(size, room);
		out[size++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
		hex++;
	}
	return size;
}

uint16_t
tpm_u16(size_t at)
{
	ck_assert_uint_le(at + 2, tpm_answer.size);
	return (uint16_t)(tpm_answer.data[at] << 8 | tpm_answer.data[at + 1]);
}

uint32_t
tpm_u32(size_t at)
{
	return (uint32_t)tpm_u16(at) << 16 | tpm_u16(at + 2);
}

int
tpm_has(size_t at, const char *hex)
{
	uint8_t bytes[512];
	size_t size = tpm_hex(hex, bytes, sizeof(bytes));

	return at + size <= tpm_answer.size &&
	    memcmp(tpm_answer.data + at, bytes, size) == 0;
}

static void
exchange(int fd, const char *text)
{
	uint8_t command[4096];
	size_t size = tpm_hex(text, command, sizeof(command));
	ssize_t n;

	command[2] = command[3] = 0;
	command[4] = (uint8_t)(size >> 8);
	command[5] = (uint8_t)size;
	ck_assert_int_eq(write(fd, command, size), (ssize_t)size);
	n = read(fd, tpm_answer.data, sizeof(tpm_answer.data));
	ck_assert_int_ge(n, 10);
	tpm_answer.size = (size_t)n;
	ck_assert_uint_eq(tpm_u32(2), tpm_answer.size);
	tpm_answer.rc = tpm_u32(6);
}

uint32_t
tpm_try(int fd, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	exchange(fd, text);
	return tpm_answer.rc;
}

void
tpm_do(int fd, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (unsigned i = 0; i < 10; i++) {
		exchange(fd, text);
		if (tpm_answer.rc != TPM_RETRY)
			break;
	}
	ck_assert_msg(tpm_answer.rc == 0, "%.60s...: 0x%x", text,
	    tpm_answer.rc);
}

void
tpm_nv_read(int fd, uint32_t index, uint8_t *out, size_t size)
{
	for (size_t at = 0, step; at < size; at += step) {
		step = size - at < 1024 ? size - at : 1024;
		tpm_do(fd,
		    "8002 00000000 0000014e " TPM_OWNER " %08x " TPM_PW
		    " %04zx %04zx",
		    index, step, at);
		ck_assert_uint_eq(tpm_u32(10), step + 2);
		ck_assert_uint_eq(tpm_u16(14), step);
		memcpy(out + at, tpm_answer.data + 16, step);
	}
}

void
tpm_nv_user_data(int fd, uint8_t each)
{
	char text[129];

	for (unsigned i = 0; i < 64; i++)
		snprintf(text + 2 * i, 3, "%02x", each);
	tpm_do(fd,
	    "8002 00000000 00000137 " TPM_OWNER " 01400002 " TPM_PW
	    " 0040 %s 0000",
	    text);
}
