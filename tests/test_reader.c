/* SPDX-License-Identifier: Apache-2.0 */
/* A reader gives what is there, and nothing after the first that is not. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "modules/common/reader.h"

static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 9 };

START_TEST(numbers)
{
	struct tee_reader r;

	tee_reader_init(&r, data, sizeof(data));
	ck_assert_uint_eq(tee_reader_le64(&r), 0x0807060504030201);
	tee_reader_init(&r, data, sizeof(data));
	ck_assert_uint_eq(tee_reader_u8(&r), 1);
	ck_assert_uint_eq(tee_reader_be16(&r), 0x0203);
	ck_assert_uint_eq(tee_reader_be32(&r), 0x04050607);
	ck_assert_uint_eq(tee_reader_le32(&r), 0x09000008);
	ck_assert_uint_eq(tee_reader_left(&r), 0);
	ck_assert(!r.bad);
}
END_TEST

/* Every number, with all of its bytes there but one. */
START_TEST(too_short)
{
	static const size_t sizes[] = { 1, 2, 4, 4, 8 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct tee_reader r;
		uint64_t got = 1;

		tee_reader_init(&r, data, sizes[i] - 1);
		switch (i) {
		case 0:
			got = tee_reader_u8(&r);
			break;
		case 1:
			got = tee_reader_be16(&r);
			break;
		case 2:
			got = tee_reader_be32(&r);
			break;
		case 3:
			got = tee_reader_le32(&r);
			break;
		default:
			got = tee_reader_le64(&r);
			break;
		}
		ck_assert_msg(r.bad && got == 0, "%zu bytes", sizes[i]);
	}
}
END_TEST

START_TEST(bytes)
{
	struct tee_reader r;

	tee_reader_init(&r, data, sizeof(data));
	ck_assert_ptr_eq(tee_reader_bytes(&r, 3), data);
	ck_assert_ptr_eq(tee_reader_bytes(&r, 8), data + 3);
	ck_assert_ptr_eq(tee_reader_bytes(&r, 0), data + 11);
	ck_assert_ptr_null(tee_reader_bytes(&r, 1));
	tee_reader_init(&r, data, sizeof(data));
	ck_assert_uint_eq(tee_reader_u8(&r), 1);
	ck_assert_ptr_null(tee_reader_bytes(&r, SIZE_MAX));
	/* What there would be is not given any more. */
	ck_assert(r.bad);
	ck_assert_uint_eq(tee_reader_left(&r), 0);
	ck_assert_ptr_null(tee_reader_bytes(&r, 1));
	ck_assert_ptr_null(tee_reader_bytes(&r, 0));
	ck_assert_uint_eq(tee_reader_u8(&r), 0);
	tee_reader_init(&r, NULL, 5);
	ck_assert_uint_eq(tee_reader_left(&r), 0);
	ck_assert_ptr_null(tee_reader_bytes(&r, 1));
}
END_TEST

START_TEST(zeros)
{
	struct tee_reader r;

	tee_reader_init(&r, data, sizeof(data));
	ck_assert(!tee_reader_zeros(&r, 1));
	(void)tee_reader_bytes(&r, 7);
	ck_assert(tee_reader_zeros(&r, 2));
	ck_assert(!tee_reader_zeros(&r, 1));
	ck_assert(!r.bad);
	ck_assert(!tee_reader_zeros(&r, 1));
	ck_assert(r.bad);
	tee_reader_init(&r, data + 7, 4);
	ck_assert(!tee_reader_zeros(&r, 3));
	tee_reader_init(&r, data + 8, 3);
	ck_assert(!tee_reader_zeros(&r, 3));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reader");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, too_short);
	tcase_add_test(tcase, bytes);
	tcase_add_test(tcase, zeros);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
