/* SPDX-License-Identifier: Apache-2.0 */
/* worker: one that is hostile gets nowhere, and costs no more than it may. */
#include "config.h"

#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "tests/teed_worker_kit.h"

static void
leave(void)
{
	close(it.channel);
	it.channel = -1;
}

static void
leave_halfway(void)
{
	say_report(0);
	leave();
}

static void
end_with_more(void)
{
	static const uint8_t packet[2] = { TEED_PACKET_END, 0 };

	say_report(0);
	ck_assert(say(packet, sizeof(packet)));
}

static void
unknown(void)
{
	ck_assert(say("\x09something", 10));
}

static void
nought(void)
{
	ck_assert(say("\0", 1));
}

static void
empty(void)
{
	ck_assert(say("", 0));
}

static void
too_large(void)
{
	static uint8_t packet[TEED_PACKET_MAX + 1] = { TEED_PACKET_LOG };

	ck_assert(say(packet, sizeof(packet)));
}

static void
endless_report(void)
{
	static const uint8_t packet[TEED_PACKET_MAX] = { TEED_PACKET_REPORT };
	size_t sent = 0;

	while (sent <= TEED_REPORT_MAX) {
		if (say(packet, sizeof(packet)))
			sent += sizeof(packet) - 1;
		else if (state() != TEED_WORKER_BUSY)
			return;
	}
}

static const struct {
	const char *what;
	void (*act)(void);
} hostile[] = {
	{ "it ends at once", leave },
	{ "it ends before the end of its report", leave_halfway },
	{ "an end with something behind it", end_with_more },
	{ "a packet of no known kind", unknown },
	{ "a packet of kind 0", nought },
	{ "an empty packet", empty },
	{ "a packet that is too large", too_large },
	{ "a report that is too large", endless_report },
};

START_TEST(lost)
{
	enum teed_worker_state s;
	int turns = 0;

	start(&asked);
	memset(it.page, 7, TEED_SEED_MAP);
	hostile[_i].act();
	do
		s = state();
	while (s == TEED_WORKER_BUSY && ++turns < 1000);
	ck_assert_msg(s == TEED_WORKER_LOST, "%s: %d", hostile[_i].what, s);
	teed_worker_free(&it.worker);
	ck_assert(is_clean(it.page));
	end();
}
END_TEST

static void
report_nothing(void)
{
}

static void
report_nonsense(void)
{
	ck_assert(say("\x02nonsense", 9));
}

static void
report_and_more(void)
{
	say_report(0);
	ck_assert(say("\x02x", 2));
}

static void
report_twice(void)
{
	say_report(0);
	say_report(0);
}

static void (*const malformed[])(
    void) = { report_nothing, report_nonsense, report_and_more, report_twice };

START_TEST(not_a_report)
{
	struct teed_report report;
	uint8_t *seed = it.page;

	start(&asked);
	memset(it.page, 7, TEED_SEED_MAP);
	malformed[_i]();
	say_end();
	ck_assert_int_eq(state(), TEED_WORKER_DONE);
	teed_worker_take(it.worker, &report, &seed);
	ck_assert_int_eq(report.error, TEE_E_SYSTEM);
	ck_assert_str_eq(report.release.reason, "worker");
	ck_assert_ptr_null(seed);
	ck_assert_ptr_null(report.release.claims_json);
	end();
}
END_TEST

/* After its end nobody listens. */
START_TEST(ends_twice)
{
	struct teed_report report;
	uint8_t *seed;

	start(&asked);
	say_report(0);
	say_end();
	say_end();
	say_line(LOG_ERR, "and another thing");
	ck_assert_int_eq(state(), TEED_WORKER_DONE);
	teed_worker_take(it.worker, &report, &seed);
	ck_assert_int_eq(report.error, 0);
	ck_assert_uint_eq(it.lines, 0);
	teed_report_clear(&report);
	end();
}
END_TEST

START_TEST(endless_lines)
{
	char line[8192];
	int sent = 0;

	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	start(&asked);
	while (sent < 5000) {
		say_line(LOG_INFO, line);
		sent++;
		ck_assert_int_eq(state(), TEED_WORKER_BUSY);
	}
	ck_assert_uint_eq(it.lines, 1000);
	ck_assert_uint_eq(it.longest, 2047);
	/* It is heard out all the same. */
	say_report(TEE_E_UNAVAILABLE);
	say_end();
	ck_assert_int_eq(state(), TEED_WORKER_DONE);
	end();
}
END_TEST

static const struct {
	const char *said, *heard; /* NULL: nothing */
	int priority;
} lines[] = {
	{ "plain=\"yes\"", "plain=\"yes\"", LOG_WARNING },
	{ "worker=b event=GRANT", "worker=b event=GRANT", LOG_INFO },
	{ "two\nlines\r", "two?lines?", LOG_ERR },
	{ "\x1b[2Jx\x7f", "?[2Jx?", LOG_INFO },
	{ "d\xc3\xa9j\xc3\xa0 vu", "d\xc3\xa9j\xc3\xa0 vu", LOG_INFO },
	{ "a C1 \xc2\x9b here", "a C1 ?? here", LOG_INFO },
	{ "no UTF-8 \xff\xc3", "no UTF-8 ??", LOG_INFO },
	{ "\xc2", "?", LOG_INFO },
	{ "", "", LOG_DEBUG },
	{ "unknown priority", NULL, LOG_DEBUG + 1 },
	{ "unknown priority", NULL, 255 },
};

START_TEST(line_is_plain)
{
	start(&asked);
	say_line(lines[_i].priority, lines[_i].said);
	ck_assert_int_eq(state(), TEED_WORKER_BUSY);
	ck_assert_uint_eq(it.lines, lines[_i].heard != NULL);
	if (lines[_i].heard != NULL) {
		/* What it is about comes first, and not from the worker. */
		ck_assert_int_eq(strncmp(it.last, "worker=a ", 9), 0);
		ck_assert_str_eq(it.last + 9, lines[_i].heard);
		ck_assert_int_eq(it.priority, lines[_i].priority);
	}
	/* Without even a priority it is no line. */
	it.lines = 0;
	ck_assert(say("\x01", 1));
	ck_assert_int_eq(state(), TEED_WORKER_BUSY);
	ck_assert_uint_eq(it.lines, 0);
	end();
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_loop_test(tcase, lost, 0, COUNT(hostile));
	tcase_add_loop_test(tcase, not_a_report, 0, COUNT(malformed));
	tcase_add_test(tcase, ends_twice);
	tcase_add_test(tcase, endless_lines);
	tcase_add_loop_test(tcase, line_is_plain, 0, COUNT(lines));
}

int
main(void)
{
	return worker_main("worker_hostile", add);
}
