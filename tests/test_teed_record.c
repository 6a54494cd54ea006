/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the journal gets of a log line, field by field, as its native protocol
 * has it; the journal is a socket of the test's own (JOURNAL).
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>
#include <check.h>

#include "teed/record.h"

#define START(priority) "PRIORITY=" priority "\nSYSLOG_IDENTIFIER=teed\n"

static const struct {
	int priority;
	const char *line;
	const char *fields; /* in front of MESSAGE */
} rows[] = {
	{ LOG_INFO, "plain", START("6") },
	{ LOG_ERR, "teed profile=a reason=x", START("3") "TEE_PROFILE=a\n" },
	{ LOG_ERR, "event=DENY message_id=12ab profile=a",
	    START("3") "MESSAGE_ID=12ab\nTEE_PROFILE=a\n" },
	/* Inside another name, or a name without a value, it is none. */
	{ LOG_INFO, "old_profile=b profile=a", START("6") "TEE_PROFILE=a\n" },
	{ LOG_INFO, "old_profile=b", START("6") },
	{ LOG_INFO, "x profile=", START("6") },
	/* A worker is heard, but not about another profile. */
	{ LOG_INFO, "worker=a profile=a", START("6") "TEE_PROFILE=a\n" },
	{ LOG_INFO, "worker=a profile=b", START("6") "TEE_PROFILE=a\n" },
	{ LOG_INFO, "worker=a ", START("6") "TEE_PROFILE=a\n" },
	{ LOG_INFO, "worker= profile=b", START("6") },
	{ LOG_INFO, "says worker=b profile=a", START("6") "TEE_PROFILE=a\n" },
};

START_TEST(fields)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = JOURNAL };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	char want[512], got[512] = "";

	unlink(JOURNAL);
	ck_assert(!teed_record_open(TEED_RECORD_JOURNAL));
	ck_assert_int_eq(bind(fd, (const void *)&a, sizeof(a)), 0);
	ck_assert(teed_record_open(TEED_RECORD_JOURNAL));
	teed_record_line(NULL, rows[_i].priority, rows[_i].line);
	ck_assert_int_gt(recv(fd, got, sizeof(got) - 1, 0), 0);
	snprintf(want, sizeof(want), "%sMESSAGE=%s\n", rows[_i].fields,
	    rows[_i].line);
	ck_assert_str_eq(got, want);
	close(fd);
	unlink(JOURNAL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("teed_record");
	TCase *c = tcase_create("teed_record");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(c, fields, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(suite, c);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
