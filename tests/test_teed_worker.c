/* SPDX-License-Identifier: Apache-2.0 */
/* worker: what an honest one gives, and what is left of it afterwards. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "tests/teed_worker_kit.h"

/* The errand comes through whole, whatever its size. */
START_TEST(errand_arrives)
{
	static char large[65536];
	struct teed_errand e = asked, got;
	uint8_t bytes[TEED_ERRAND_MAX + TEED_PACKET_MAX], *written;
	size_t size = 0, all;
	ssize_t n;

	memset(large, 'n', sizeof(large) - 1);
	if (_i > 0) {
		e.kind = TEED_ATTEST;
		e.standing = (struct tee_standing){ .did = TEXT("d"),
			.did_size = 1,
			.platform = TEXT("p") };
		e.nonce = e.challenge_id = large;
		/* _i 2: exactly full packets, so an empty one ends it. */
		e.nonce_size = e.challenge_id_size = _i == 1 ? 65535 : 1;
		ck_assert(teed_errand_write(&e, &written, &all));
		free(written);
		if (_i == 2)
			e.nonce_size += 2 * TEED_PACKET_MAX - all;
	}
	start(&e);
	ck_assert_int_eq(it.memory >= 0, e.kind == TEED_ACQUIRE);
	do {
		n = recv(it.channel, bytes + size, TEED_PACKET_MAX, MSG_TRUNC);
		ck_assert_int_le(n, TEED_PACKET_MAX);
		size += (size_t)n;
	} while (n == TEED_PACKET_MAX);
	ck_assert(_i != 2 || size == 2 * TEED_PACKET_MAX);
	ck_assert(teed_errand_read(bytes, size, &got));
	ck_assert_int_eq(got.kind, e.kind);
	ck_assert_uint_eq(got.nonce_size, e.nonce_size);
	teed_errand_clear(&got);
	end();
}
END_TEST

START_TEST(no_supervisor)
{
	unsigned before = open_descriptors();
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	close(pair[1]);
	ck_assert_ptr_null(teed_worker_start(pair[0], &asked));
	close(pair[0]);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

START_TEST(memory_is_sealed)
{
	start(&asked);
	ck_assert_int_eq(fcntl(it.memory, F_GET_SEALS),
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	ck_assert_int_ne(ftruncate(it.memory, 0), 0);
	ck_assert_int_ne(ftruncate(it.memory, 2 * TEED_SEED_MAP), 0);
	end();
}
END_TEST

START_TEST(seed_is_taken)
{
	struct teed_report report;
	uint8_t *seed;
	uint8_t expected[TEE_SEED_SIZE];

	start(&asked);
	memset(it.page, 7, TEED_SEED_MAP);
	memset(expected, 7, sizeof(expected));
	say_line(LOG_INFO, "event=GRANT");
	ck_assert_int_eq(state(), TEED_WORKER_BUSY);
	say_report(0);
	say_end();
	ck_assert_int_eq(state(), TEED_WORKER_DONE);
	ck_assert_str_eq(it.last, "worker=a event=GRANT");
	ck_assert_int_eq(it.priority, LOG_INFO);
	teed_worker_take(it.worker, &report, &seed);
	ck_assert_int_eq(report.error, 0);
	ck_assert_uint_eq(report.release.lifetime, 60);
	ck_assert_mem_eq(seed, expected, sizeof(expected));
	/* The worker can write what it likes: what was taken stays. */
	ck_assert(is_clean(it.page));
	memset(it.page, 9, TEED_SEED_MAP);
	ck_assert_mem_eq(seed, expected, sizeof(expected));
	teed_worker_free(&it.worker);
	ck_assert(is_clean(it.page));
	teed_report_clear(&report);
	end();
}
END_TEST

/* Whatever lies in the memory, only a grant makes it a seed. */
START_TEST(no_seed)
{
	struct teed_report report;
	uint8_t *seed = it.page;

	start(&asked);
	memset(it.page, 7, TEED_SEED_MAP);
	say_report(TEE_E_DENIED);
	say_end();
	ck_assert_int_eq(state(), TEED_WORKER_DONE);
	teed_worker_take(it.worker, &report, &seed);
	ck_assert_int_eq(report.error, TEE_E_DENIED);
	ck_assert_ptr_null(seed);
	teed_worker_free(&it.worker);
	ck_assert(is_clean(it.page));
	teed_report_clear(&report);
	end();
}
END_TEST

/* One that is given up loses its channel and what lay in the memory. */
START_TEST(given_up)
{
	unsigned before = open_descriptors();
	char byte;

	start(&asked);
	memset(it.page, 7, TEED_SEED_MAP);
	ck_assert_int_eq(state(), TEED_WORKER_BUSY);
	teed_worker_free(&it.worker);
	ck_assert(is_clean(it.page));
	ck_assert_int_eq(recv(it.channel, &byte, 1, MSG_DONTWAIT), 1);
	ck_assert_int_eq(recv(it.channel, &byte, 1, MSG_DONTWAIT), 0);
	ck_assert(!say("x", 1));
	end();
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_loop_test(tcase, errand_arrives, 0, 3);
	tcase_add_test(tcase, no_supervisor);
	tcase_add_test(tcase, memory_is_sealed);
	tcase_add_test(tcase, seed_is_taken);
	tcase_add_test(tcase, no_seed);
	tcase_add_test(tcase, given_up);
}

int
main(void)
{
	return worker_main("worker", add);
}
