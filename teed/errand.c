/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errand: the worker's program: one errand from its channel, one transaction
 * with the profile's modules, one report, and the end.  Whatever those
 * modules parse, it happens here, where no other key is.
 *
 * It dies with its channel: a keeper that is gone has no use for a key.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "teed/handover.h"
#include "teed/sandbox.h"

#define LINE 2048

static bool
say(enum teed_packet kind, const void *bytes, size_t size)
{
	uint8_t packet[TEED_PACKET_MAX];
	ssize_t n;

	packet[0] = (uint8_t)kind;
	if (size > 0)
		memcpy(packet + 1, bytes, size);
	do
		n = send(TEED_WORKER_CHANNEL, packet, size + 1, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)size + 1;
}

static void
log_line(void *user, int priority, const char *line)
{
	uint8_t packet[LINE];
	size_t size = strnlen(line, sizeof(packet) - 1);

	(void)user;
	packet[0] = (uint8_t)priority;
	memcpy(packet + 1, line, size);
	(void)say(TEED_PACKET_LOG, packet, size + 1);
}

/* Nobody is there any more whom a key or a report could serve. */
static void *
watch_channel(void *arg)
{
	struct pollfd p = { .fd = TEED_WORKER_CHANNEL, .events = 0 };

	(void)arg;
	for (;;)
		if (poll(&p, 1, -1) > 0 && p.revents != 0)
			_exit(1);
}

static bool
start_watch(void)
{
	pthread_t thread;
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, watch_channel, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error == 0 && pthread_detach(thread) == 0;
}

static bool
receive_errand(struct teed_errand *out)
{
	static uint8_t bytes[TEED_ERRAND_MAX + TEED_PACKET_MAX];
	size_t size = 0;
	ssize_t n;

	do {
		if (size > TEED_ERRAND_MAX)
			return false;
		n = recv(TEED_WORKER_CHANNEL, bytes + size, TEED_PACKET_MAX,
		    MSG_TRUNC);
		if (n < 0 || n > TEED_PACKET_MAX)
			return false;
		size += (size_t)n;
	} while (n == TEED_PACKET_MAX);
	return teed_errand_read(bytes, size, out);
}

/* Locked and undumped here as it is there. */
static uint8_t *
map_seed(void)
{
	void *map = mmap(NULL, TEED_SEED_MAP, PROT_READ | PROT_WRITE,
	    MAP_SHARED, TEED_WORKER_SEED, 0);

	close(TEED_WORKER_SEED);
	if (map == MAP_FAILED || mlock(map, TEED_SEED_MAP) != 0 ||
	    madvise(map, TEED_SEED_MAP, MADV_DONTDUMP) != 0)
		return NULL;
	return map;
}

static int
acquire(struct tee *tee, struct tee_release *out)
{
	uint8_t *seed = map_seed();

	return seed != NULL ? tee_custodian_acquire(tee, seed, out) :
			      TEE_E_MEMORY;
}

static int
attest(struct tee *tee, const struct teed_errand *e, struct tee_release *out)
{
	struct tee_challenge challenge = { e->challenge_id,
		e->challenge_id_size, e->nonce, e->nonce_size };

	return tee_custodian_attest(tee, &e->standing, &challenge, out);
}

static void
run(const struct teed_errand *e, struct teed_report *report)
{
	struct tee_options options = { .size = sizeof(options),
		.log = log_line };
	struct tee *tee;

	report->error = tee_custodian_open(e->path, e->digest, &options, &tee);
	if (report->error != 0) {
		snprintf(report->release.reason, sizeof(report->release.reason),
		    "%s", tee_error_word(report->error));
		snprintf(report->release.detail, sizeof(report->release.detail),
		    "%s", tee_explain(report->error));
		return;
	}
	switch (e->kind) {
	case TEED_ACQUIRE:
		report->error = acquire(tee, &report->release);
		break;
	case TEED_RENEW:
		report->error =
		    tee_custodian_renew(tee, &e->standing, &report->release);
		break;
	case TEED_ATTEST:
		report->error = attest(tee, e, &report->release);
		break;
	}
	tee_close(&tee);
}

static bool
deliver(const struct teed_report *report)
{
	uint8_t *bytes;
	size_t size, at, n;
	bool ok = teed_report_write(report, &bytes, &size);

	for (at = 0; ok && at < size; at += n) {
		n = size - at < TEED_PACKET_MAX - 1 ? size - at :
						      TEED_PACKET_MAX - 1;
		ok = say(TEED_PACKET_REPORT, bytes + at, n);
	}
	free(bytes);
	return ok && say(TEED_PACKET_END, NULL, 0);
}

int
main(void)
{
	struct teed_report report = { 0 };
	struct teed_errand errand;
	struct stat st;

	if (teed_sandbox_begin() != 0 || fstat(TEED_WORKER_CHANNEL, &st) != 0 ||
	    !S_ISSOCK(st.st_mode)) {
		fputs("teed-worker: teed starts this, nobody else\n", stderr);
		return 2;
	}
	umask(077);
	(void)fcntl(TEED_WORKER_CHANNEL, F_SETFD, FD_CLOEXEC);
	(void)fcntl(TEED_WORKER_SEED, F_SETFD, FD_CLOEXEC);
	if (!receive_errand(&errand) || !start_watch())
		return 1;
	run(&errand, &report);
	return deliver(&report) ? 0 : 1;
}
