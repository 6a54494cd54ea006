/* SPDX-License-Identifier: Apache-2.0 */
/* worker: see worker.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "libtee/secret.h"
#include "libtee/stack.h"
#include "libtee/text.h"
#include "teed/worker.h"

#define READS 32   /* packets in one turn */
#define LINES 1000 /* of a worker's log; more are dropped */
#define LINE 2048

struct teed_worker {
	int channel;
	uint8_t *shared;        /* with the worker; NULL: not of this errand */
	struct tee_secret seed; /* what lay there when it was done */
	uint8_t *report;
	size_t size, room;
	unsigned lines;
	char profile[128]; /* its lines are said to be this one's worker's */
};

/* One page that both map, of a size that neither can change. */
static int
share_seed(uint8_t **seed)
{
	int fd = memfd_create("tee-seed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *map = MAP_FAILED;

	if (fd < 0)
		return -1;
	if (ftruncate(fd, TEED_SEED_MAP) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) ==
		0)
		map = mmap(NULL, TEED_SEED_MAP, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (map != MAP_FAILED && mlock(map, TEED_SEED_MAP) == 0 &&
	    madvise(map, TEED_SEED_MAP, MADV_DONTDUMP) == 0 &&
	    madvise(map, TEED_SEED_MAP, MADV_DONTFORK) == 0) {
		*seed = map;
		return fd;
	}
	if (map != MAP_FAILED)
		munmap(map, TEED_SEED_MAP);
	close(fd);
	return -1;
}

/* The channel's other end, and the seed's memory, to whoever forks. */
static bool
ask_supervisor(int supervisor, int channel, int seed)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { .room = { 0 } };
	int fds[2] = { channel, seed };
	size_t n = (seed >= 0 ? 2 : 1) * sizeof(int);
	char please = 'w';
	struct iovec part = { &please, 1 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = CMSG_SPACE(n) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(head), fds, n);
	return sendmsg(supervisor, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

/* In packets that end with one that is not full. */
static bool
send_errand(int channel, const struct teed_errand *errand)
{
	uint8_t *bytes;
	size_t size, at = 0, n;
	bool ok = teed_errand_write(errand, &bytes, &size);

	do {
		n = ok && size - at < TEED_PACKET_MAX ? size - at :
							TEED_PACKET_MAX;
		ok = ok &&
		    send(channel, bytes + at, n, MSG_NOSIGNAL | MSG_DONTWAIT) ==
			(ssize_t)n;
		at += n;
	} while (ok && n == TEED_PACKET_MAX);
	free(bytes);
	return ok;
}

/* The file's name, as profiles are named; without what stands no name. */
static void
name_profile(struct teed_worker *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	size_t n = strlen(name);

	if (n > 5 && strcmp(name + n - 5, ".conf") == 0)
		n -= 5;
	snprintf(w->profile, sizeof(w->profile), "%.*s", (int)n, name);
}

struct teed_worker *
teed_worker_start(int supervisor, const struct teed_errand *errand)
{
	struct teed_worker *w = calloc(1, sizeof(*w));
	int pair[2], seed = -1;
	bool ok;

	if (w == NULL)
		return NULL;
	name_profile(w, errand->path);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		free(w);
		return NULL;
	}
	w->channel = pair[0];
	ok = errand->kind != TEED_ACQUIRE ||
	    (tee_secret_alloc(&w->seed, TEE_SEED_SIZE) == 0 &&
		(seed = share_seed(&w->shared)) >= 0);
	ok = ok && fcntl(w->channel, F_SETFL, O_RDWR | O_NONBLOCK) == 0 &&
	    send_errand(w->channel, errand) &&
	    ask_supervisor(supervisor, pair[1], seed);
	close(pair[1]);
	if (seed >= 0)
		close(seed);
	if (!ok)
		teed_worker_free(&w);
	return w;
}

int
teed_worker_channel(const struct teed_worker *w)
{
	return w->channel;
}

/* One line of text, whoever wrote it: no control character, C1 included. */
static void
make_plain(char *line, size_t size)
{
	bool utf8 = tee_utf8_valid(line, size);

	for (size_t i = 0; i < size; i++) {
		uint8_t c = (uint8_t)line[i];
		bool c1 = c == 0xc2 && (uint8_t)line[i + 1] < 0xa0;

		if (c < ' ' || c == 0x7f || (c > 0x7f && !utf8))
			line[i] = '?';
		else if (c1)
			line[i] = line[i + 1] = '?';
	}
}

/* priority (1), text */
static void
take_line(struct teed_worker *w, const uint8_t *p, size_t size, tee_log_fn *log,
    void *user)
{
	char line[LINE];
	size_t at;

	if (size < 1 || p[0] > LOG_DEBUG || ++w->lines > LINES || log == NULL)
		return;
	/* Whatever it says of other profiles, this is who says it. */
	at = (size_t)snprintf(line, sizeof(line), "worker=%s ", w->profile);
	if (size > sizeof(line) - at)
		size = sizeof(line) - at;
	memcpy(line + at, p + 1, size - 1);
	line[at + size - 1] = '\0';
	make_plain(line, at + size - 1);
	log(user, p[0], line);
}

static bool
take_part(struct teed_worker *w, const uint8_t *p, size_t size)
{
	size_t room = w->room != 0 ? w->room : 4 * TEED_PACKET_MAX;
	uint8_t *grown;

	if (size > TEED_REPORT_MAX - w->size)
		return false;
	while (room < w->size + size)
		room *= 2;
	if (room != w->room) {
		grown = realloc(w->report, room);
		if (grown == NULL)
			return false;
		w->report = grown;
		w->room = room;
	}
	memcpy(w->report + w->size, p, size);
	w->size += size;
	return true;
}

enum teed_worker_state
teed_worker_read(struct teed_worker *w, tee_log_fn *log, void *user)
{
	uint8_t packet[TEED_PACKET_MAX];

	for (int i = 0; i < READS; i++) {
		ssize_t n = recv(w->channel, packet, sizeof(packet),
		    MSG_DONTWAIT | MSG_TRUNC);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return TEED_WORKER_BUSY;
		if (n <= 0 || (size_t)n > sizeof(packet))
			return TEED_WORKER_LOST;
		if (packet[0] == TEED_PACKET_END && n == 1)
			return TEED_WORKER_DONE;
		if (packet[0] == TEED_PACKET_LOG)
			take_line(w, packet + 1, (size_t)n - 1, log, user);
		else if (packet[0] != TEED_PACKET_REPORT ||
		    !take_part(w, packet + 1, (size_t)n - 1))
			return TEED_WORKER_LOST;
	}
	return TEED_WORKER_BUSY;
}

void
teed_worker_take(struct teed_worker *w, struct teed_report *out, uint8_t **seed)
{
	*seed = NULL;
	if (!teed_report_read(w->report, w->size, out)) {
		memcpy(out->release.reason, "worker", sizeof("worker"));
		memcpy(out->release.detail, "its report is malformed",
		    sizeof("its report is malformed"));
		return;
	}
	if (out->error != 0 || w->shared == NULL)
		return;
	/* The worker can still write there: what is checked is what is kept. */
	memcpy(w->seed.data, w->shared, TEE_SEED_SIZE);
	tee_stack_wipe_vectors();
	OPENSSL_cleanse(w->shared, TEED_SEED_MAP);
	*seed = w->seed.data;
}

void
teed_worker_free(struct teed_worker **worker)
{
	struct teed_worker *w = *worker;

	if (w == NULL)
		return;
	*worker = NULL;
	close(w->channel);
	if (w->shared != NULL) {
		OPENSSL_cleanse(w->shared, TEED_SEED_MAP);
		munmap(w->shared, TEED_SEED_MAP);
	}
	tee_secret_free(&w->seed);
	free(w->report);
	free(w);
}
