/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that should hold an access token: how long one may live and be, and
 * that nothing is read behind the last byte.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/snp_azure/imds.h"

#define NOW 1000
#define ROOM 5 /* for four letters and their end */
#define BEARER(more) \
	"{\"access_token\":\"abcd\",\"token_type\":\"Bearer\"," more "}"

static const struct row {
	const char *body;
	int64_t expires; /* 0: refused */
	const char *why;
} rows[] = {
	{ BEARER("\"expires_in\":0"), NOW, NULL },
	{ BEARER("\"expires_in\":\"5\""), NOW + 5, NULL },
	{ BEARER("\"expires_in\":604800"), NOW + 604800, NULL },
	{ BEARER("\"expires_on\":\"1\""), 1, NULL },
	{ BEARER("\"expires_on\":\"605799\""), 605799, NULL },
	{ BEARER("\"expires_on\":7,\"expires_in\":5"), 7, NULL },
	{ BEARER("\"expires_in\":-1"), 0, "expires" },
	{ BEARER("\"expires_in\":604801"), 0, "expires" },
	{ BEARER("\"expires_on\":0"), 0, "expires" },
	{ BEARER("\"expires_on\":-1"), 0, "expires" },
	{ BEARER("\"expires_on\":\"605800\""), 0, "expires" },
	{ BEARER("\"expires\":5"), 0, "expires" },
	{ "{\"access_token\":\"abcde\",\"token_type\":\"Bearer\","
	  "\"expires_in\":5}",
	    0, "no access_token" },
	{ "{\"access_token\":\"abcd\",\"expires_in\":5}", 0, "token_type" },
	{ "{\"access_token\"", 0, "no access_token" },
	{ "{\"access_token\" \"abcd\"}", 0, "no access_token" },
	{ "{\"access_token\":", 0, "no access_token" },
	{ "{\"access_token\":12}", 0, "no access_token" },
	{ "{\"access_token\":\"", 0, "no access_token" },
	{ "{\"access_token\":\"abcd", 0, "no access_token" },
};

START_TEST(one_row)
{
	const struct row *row = &rows[_i];
	size_t size = strlen(row->body);
	/* Of that very size, so that a sanitizer sees a byte too far. */
	uint8_t *body = malloc(size);
	char token[ROOM] = "", why[AZURE_TOKEN_WHY] = "";
	int64_t expires;
	bool ok;

	memcpy(body, row->body, size);
	ok = tee_azure_access_token_parse(body, size, NOW, token, ROOM,
	    &expires, why);
	ck_assert_msg(ok == (row->why == NULL), "%s: %s", row->body, why);
	if (ok) {
		ck_assert_str_eq(token, "abcd");
		ck_assert_int_eq(expires, row->expires);
		ck_assert_ptr_null(memmem(body, size, "abcd", 4));
	} else {
		ck_assert_msg(strstr(why, row->why) != NULL, "%s: %s",
		    row->body, why);
	}
	free(body);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure access token");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, one_row, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
