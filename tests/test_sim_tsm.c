/* SPDX-License-Identifier: Apache-2.0 */
/* configfs-tsm: its files, generations and errors. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>

#include "tests/test_sim_guest.h"

static char item[4096];

static int
make_item(void)
{
	snprintf(item, sizeof(item), "%s/item", guest_tsm);
	rmdir(item);
	return mkdir(item, 0700) == 0 ? 0 : errno;
}

static int
put(const char *attr, const void *data, size_t size)
{
	char path[4200];
	int fd, error;

	snprintf(path, sizeof(path), "%s/%s", item, attr);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	error = write(fd, data, size) == (ssize_t)size ? 0 : errno;
	close(fd);
	return error;
}

static uint8_t blob[32768];

/* Bytes read, or -errno. */
static int
get(const char *attr)
{
	char path[4200];
	size_t size = 0;
	ssize_t n;
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/%s", item, attr);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	memset(blob, 0, sizeof(blob));
	while ((n = read(fd, blob + size, sizeof(blob) - size - 1)) > 0)
		size += (size_t)n;
	if (n < 0)
		error = errno;
	close(fd);
	return error != 0 ? -error : (int)size;
}

static const char *
line(const char *attr)
{
	ck_assert_int_gt(get(attr), 0);
	return (const char *)blob;
}

START_TEST(tsm_report)
{
	uint8_t data[64];

	guest_set("");
	ck_assert_int_eq(make_item(), 0);
	ck_assert_str_eq(line("generation"), "0\n");
	ck_assert_str_eq(line("provider"), "sev_guest\n");
	ck_assert_str_eq(line("privlevel_floor"), "0\n");
	ck_assert_int_eq(get("outblob"), -EINVAL);
	memset(data, 0x3c, sizeof(data));
	ck_assert_int_eq(put("inblob", data, 64), 0);
	ck_assert_str_eq(line("generation"), "1\n");
	ck_assert_int_eq(put("privlevel", "2\n", 2), 0);
	ck_assert_str_eq(line("generation"), "2\n");
	ck_assert_int_eq(get("outblob"), REPORT);
	ck_assert_mem_eq(blob + 0x50, data, 64);
	ck_assert_uint_eq(get32(blob + 0x30), 2);
	ck_assert(guest_verifies(blob, "vcek.pem"));
	ck_assert_int_gt(get("auxblob"), 4000);
	ck_assert_uint_eq(blob[0], 0x63);
	ck_assert_str_eq(line("generation"), "2\n");
	ck_assert_int_eq(rmdir(item), 0);
	ck_assert_int_eq(get("outblob"), -ENOENT);
}
END_TEST

/* A report stands until something is written. */
START_TEST(tsm_kept)
{
	static uint8_t first[REPORT];

	guest_set("");
	ck_assert_int_eq(make_item(), 0);
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_int_eq(get("outblob"), REPORT);
	memcpy(first, blob, REPORT);
	ck_assert_int_eq(get("outblob"), REPORT);
	ck_assert_mem_eq(first, blob, REPORT);
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_int_eq(get("outblob"), REPORT);
	ck_assert_mem_ne(first, blob, REPORT);
}
END_TEST

START_TEST(tsm_rules)
{
	char path[4200];

	guest_set("");
	ck_assert_int_eq(make_item(), 0);
	ck_assert_int_eq(mkdir(item, 0700), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(put("inblob", certs, 65), EFBIG);
	ck_assert_int_eq(put("inblob", certs, 63), 0);
	ck_assert_int_eq(get("outblob"), -EINVAL);
	ck_assert_int_eq(put("privlevel", "4", 1), EINVAL);
	ck_assert_int_eq(put("privlevel", "\1", 1), EINVAL);
	ck_assert_int_eq(put("privlevel", "1 ", 2), EINVAL);
	ck_assert_int_eq(put("privlevel", "0x1", 3), 0);
	ck_assert_int_eq(put("generation", "1", 1), EACCES);
	ck_assert_int_eq(get("inblob"), -EACCES);
	snprintf(path, sizeof(path), "%s/new", item);
	ck_assert_int_eq(open(path, O_CREAT | O_WRONLY, 0600), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(mkdir(path, 0700), -1);
	ck_assert_int_eq(errno, EPERM);
	snprintf(path, sizeof(path), "%s/inblob", item);
	ck_assert_int_eq(unlink(path), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

static const struct {
	const char *switches;
	int error; /* of reading outblob */
} reads[] = { { "tsm-read=EBUSY:1", EBUSY }, { "tsm-read=ENXIO:1", ENXIO },
	{ "tsm-read=EFBIG:1", EFBIG }, { "status=0x16", EINVAL },
	{ "status=0x27", EINVAL }, { "status=1", ENXIO },
	{ "report-size=5000", ENOMEM }, { "fw-error=1", EIO },
	{ "fail=EAGAIN:1", EAGAIN }, { "vmm-busy=1", EIO },
	{ "vmpck=gone", ENOTTY }, { "certs=growing", EIO } };

START_TEST(tsm_faults)
{
	guest_set(reads[_i].switches);
	ck_assert_int_eq(make_item(), 0);
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_int_eq(get("outblob"), -reads[_i].error);
	guest_set("");
	ck_assert_int_eq(get("outblob"), REPORT);
}
END_TEST

START_TEST(tsm_switches)
{
	guest_set("tsm-mkdir=ENXIO");
	ck_assert_int_eq(make_item(), ENXIO);
	guest_set("tsm-provider=tdx_guest guest-vmpl=1");
	ck_assert_int_eq(make_item(), 0);
	ck_assert_str_eq(line("provider"), "tdx_guest\n");
	ck_assert_str_eq(line("privlevel_floor"), "1\n");
	ck_assert_int_eq(put("privlevel", "0", 1), EINVAL);
	guest_set("tsm-write=EBUSY:1");
	ck_assert_int_eq(put("privlevel", "0", 1), EBUSY);
	ck_assert_str_eq(line("generation"), "0\n");
	ck_assert_int_eq(put("privlevel", "0", 1), 0);
	guest_set("tsm-write=EBUSY:1");
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_str_eq(line("generation"), "1\n");
	guest_set("certs=none");
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_int_eq(get("auxblob"), 0);
}
END_TEST

START_TEST(tsm_race)
{
	uint8_t data[64] = { 1 };

	guest_set("tsm-race=2");
	ck_assert_int_eq(make_item(), 0);
	for (int i = 0; i < 3; i++) {
		char expected[16];

		ck_assert_int_eq(put("inblob", data, 64), 0);
		snprintf(expected, sizeof(expected), "%d\n",
		    i < 2 ? 2 * i + 2 : 5);
		ck_assert_int_eq(get("outblob"), REPORT);
		ck_assert_int_eq(memcmp(blob + 0x50, data, 64) == 0, i == 2);
		ck_assert_str_eq(line("generation"), expected);
	}
}
END_TEST

void
add_tsm_tests(TCase *t)
{
	tcase_add_test(t, tsm_report);
	tcase_add_test(t, tsm_kept);
	tcase_add_test(t, tsm_rules);
	tcase_add_loop_test(t, tsm_faults, 0, COUNT(reads));
	tcase_add_test(t, tsm_switches);
	tcase_add_test(t, tsm_race);
}
