/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 has one spelling: whatever no encoder would write is refused. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/common/base64.h"

#define NO SIZE_MAX

static const struct row {
	const char *text;
	/* How many bytes it is, as standard, url or either. */
	size_t standard, url, any;
} rows[] = {
	{ "", 0, 0, 0 },
	{ "A", NO, NO, NO },
	{ "AA", NO, 1, 1 },
	{ "AAA", NO, 2, 2 },
	{ "AAAA", 3, 3, 3 },
	{ "AAAAA", NO, NO, NO },
	{ "AAAAAA", NO, 4, 4 },
	{ "AA==", 1, NO, 1 },
	{ "AAA=", 2, NO, 2 },
	{ "AA=", NO, NO, NO },
	{ "AAA==", NO, NO, NO },
	{ "A===", NO, NO, NO },
	{ "AAAA=", NO, NO, NO },
	{ "AAAA==", NO, NO, NO },
	{ "AAAA====", NO, NO, NO },
	{ "====", NO, NO, NO },
	{ "=", NO, NO, NO },
	{ "AA=A", NO, NO, NO },
	/* Bits behind the last byte. */
	{ "AB", NO, NO, NO },
	{ "AB==", NO, NO, NO },
	{ "AAB", NO, NO, NO },
	{ "AAE", NO, 2, 2 },
	/* The two alphabets. */
	{ "++//", 3, NO, 3 },
	{ "--__", NO, 3, 3 },
	{ "+-AA", NO, NO, 3 },
	{ "AA A", NO, NO, NO },
	{ "AAA\n", NO, NO, NO },
	{ "AA\x80"
	  "A",
	    NO, NO, NO },
	{ "AA.A", NO, NO, NO },
};

static void
decodes(const struct row *row, enum tee_base64 kind, size_t want)
{
	size_t size = 0;
	uint8_t *out =
	    tee_b64_decode(kind, row->text, strlen(row->text), &size);

	ck_assert_msg((out != NULL) == (want != NO), "%s as %d", row->text,
	    (int)kind);
	if (out != NULL)
		ck_assert_msg(size == want, "%s as %d: %zu", row->text,
		    (int)kind, size);
	free(out);
}

START_TEST(one_row)
{
	const struct row *row = &rows[_i];

	decodes(row, TEE_BASE64_STANDARD, row->standard);
	decodes(row, TEE_BASE64_URL, row->url);
	decodes(row, TEE_BASE64_ANY, row->any);
}
END_TEST

/* A NUL is no end of the text, and no digit. */
START_TEST(nul)
{
	size_t size;

	ck_assert_ptr_null(tee_b64_decode(TEE_BASE64_URL, "AA\0A", 4, &size));
}
END_TEST

START_TEST(round_trip)
{
	uint8_t data[64];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof(data); n++)
		for (unsigned url = 0; url < 2; url++) {
			enum tee_base64 kind =
			    url ? TEE_BASE64_URL : TEE_BASE64_STANDARD;
			char *text = tee_b64_encode(kind, data, n);
			size_t size;
			uint8_t *back =
			    tee_b64_decode(kind, text, strlen(text), &size);

			ck_assert_ptr_nonnull(back);
			ck_assert_uint_eq(size, n);
			ck_assert_int_eq(memcmp(back, data, n), 0);
			free(back);
			free(text);
		}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure base64");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, one_row, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, nul);
	tcase_add_test(tcase, round_trip);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
