/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed_load: many clients of teed at once, by its protocol and without
 * libtee.  Every connection asks for the key, then keeps so many requests
 * under way; one that breaks is made anew.  Each signature is verified,
 * unless told otherwise.  Prints one JSON object.
 *
 *	teed_load [-c CLIENTS] [-d DEPTH] [-s SECONDS] [-n REQUESTS] [-P PID]
 *	    [-p PREFIX] [-u] SOCKET...
 *
 * -c for each socket; -n ends after so many per client; -u: unverified; -P:
 * processor time of that process, too.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "libtee/wire.h"

#define DEPTH_MAX 64
#define CODES 64
#define SAMPLES (1u << 20)
#define RETRY 50000000u /* ns */

struct client {
	int fd;
	const char *path;
	uint64_t again; /* when to connect, where fd is -1 */
	bool known;
	EVP_PKEY *key;
	uint32_t next;
	unsigned under_way;
	unsigned done;
	uint64_t sent[DEPTH_MAX];
};

static struct {
	unsigned depth, requests;
	double seconds;
	const char *prefix;
	bool verify;
	int epoll;
	uint64_t answered, wrong, nonsense, broken, connects, refused[CODES];
	float *sample;
	size_t samples;
} load = { .depth = 1, .seconds = 2, .prefix = "test:v1:", .verify = true };

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
hang_up(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->known = false;
	c->under_way = 0;
	c->again = now() + RETRY;
}

static bool
request(struct client *c, enum tee_wire_verb verb, const void *payload,
    size_t size)
{
	uint8_t packet[512];
	struct tee_wire w = { .verb = (uint8_t)verb,
		.id = c->next,
		.payload = payload,
		.size = size };
	size_t n = tee_wire_write(&w, packet, sizeof(packet));

	c->sent[c->next % DEPTH_MAX] = now();
	c->next++;
	if (send(c->fd, packet, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n)
		return true;
	load.broken++;
	hang_up(c);
	return false;
}

static size_t
message_of(uint32_t id, char out[256])
{
	return (size_t)snprintf(out, 256, "%c%s%08x of a load",
	    TEE_WIRE_MESSAGE_FORM, load.prefix, id);
}

static void
go_on(struct client *c)
{
	char message[256];

	while (c->fd >= 0 && c->known && c->under_way < load.depth &&
	    (load.requests == 0 || c->done + c->under_way < load.requests)) {
		size_t n = message_of(c->next, message);

		c->under_way++;
		if (!request(c, TEE_WIRE_SIGN, message, n))
			return;
	}
}

static void
connect_client(struct client *c)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", c->path);
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (const void *)&to, sizeof(to)) != 0 ||
	    epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &e) != 0) {
		hang_up(c);
		return;
	}
	load.connects++;
	(void)request(c, TEE_WIRE_KEY, NULL, 0);
}

static bool
is_good(const struct client *c, const struct tee_wire *w)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	char message[256];
	size_t n = message_of(w->id, message);
	bool ok = w->size == TEE_SIGNATURE_SIZE &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, c->key) == 1 &&
	    EVP_DigestVerify(ctx, w->payload, w->size,
		(const uint8_t *)message + 1, n - 1) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

static void
take_key(struct client *c, const struct tee_wire *w)
{
	struct tee_wire_key key;

	if (!tee_wire_read_key(w->payload, w->size, &key)) {
		load.nonsense++;
		hang_up(c);
		return;
	}
	EVP_PKEY_free(c->key);
	c->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    key.public_key, sizeof(key.public_key));
	c->known = c->key != NULL;
}

static void
take_signature(struct client *c, const struct tee_wire *w)
{
	uint64_t took = now() - c->sent[w->id % DEPTH_MAX];

	if (load.verify && !is_good(c, w))
		load.wrong++;
	load.answered++;
	if (load.samples < SAMPLES)
		load.sample[load.samples++] = (float)took / 1000;
}

static void
take(struct client *c)
{
	uint8_t packet[TEE_WIRE_PACKET];
	ssize_t n = recv(c->fd, packet, sizeof(packet), MSG_DONTWAIT);
	struct tee_wire w;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 || !tee_wire_read(packet, (size_t)n, &w)) {
		if (n > 0)
			load.nonsense++;
		load.broken++;
		hang_up(c);
		return;
	}
	if (w.verb == TEE_WIRE_EVENT)
		return;
	if (w.verb == (TEE_WIRE_SIGN | TEE_WIRE_ANSWERS)) {
		c->under_way--;
		c->done++;
	}
	if (w.status != TEE_WIRE_OK) {
		load.refused[w.status % CODES]++;
		if (w.verb != (TEE_WIRE_SIGN | TEE_WIRE_ANSWERS))
			hang_up(c);
	} else if (w.verb == (TEE_WIRE_KEY | TEE_WIRE_ANSWERS)) {
		take_key(c, &w);
	} else {
		take_signature(c, &w);
	}
	go_on(c);
}

static bool
all_done(const struct client *c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (load.requests == 0 || c[i].done < load.requests)
			return false;
	return true;
}

static void
run(struct client *clients, size_t count)
{
	uint64_t end = now() + (uint64_t)(load.seconds * 1e9), looked = 0;
	struct epoll_event events[64];

	while (now() < end && !all_done(clients, count)) {
		int n = epoll_wait(load.epoll, events, 64, 10);

		for (int i = 0; i < n; i++)
			take(events[i].data.ptr);
		if (now() - looked < RETRY / 2)
			continue;
		looked = now();
		for (size_t i = 0; i < count; i++)
			if (clients[i].fd < 0 && looked >= clients[i].again)
				connect_client(&clients[i]);
	}
}

static int
by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double
quantile(double q)
{
	return load.samples == 0 ?
	    0 :
	    (double)load.sample[(size_t)(q * (double)(load.samples - 1))];
}

static double
processor(pid_t pid)
{
	clockid_t clock;
	struct timespec t;

	if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &t) != 0)
		return 0;
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
print(size_t clients, double seconds, double busy)
{
	printf("{\"clients\": %zu, \"depth\": %u, \"seconds\": %.3f, "
	       "\"answered\": %llu, \"wrong\": %llu, \"nonsense\": %llu, "
	       "\"broken\": %llu, \"connects\": %llu, "
	       "\"per_second\": %.0f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
	       "\"max_us\": %.1f, \"busy\": %.3f, \"refused\": {",
	    clients, load.depth, seconds, (unsigned long long)load.answered,
	    (unsigned long long)load.wrong, (unsigned long long)load.nonsense,
	    (unsigned long long)load.broken, (unsigned long long)load.connects,
	    (double)load.answered / seconds, quantile(0.5), quantile(0.99),
	    quantile(1), busy);
	for (int i = 0, n = 0; i < CODES; i++) {
		const char *word = tee_error_word(i);

		if (load.refused[i] > 0)
			printf("%s\"%s\": %llu", n++ > 0 ? ", " : "",
			    word != NULL ? word : "?",
			    (unsigned long long)load.refused[i]);
	}
	printf("}}\n");
}

int
main(int argc, char **argv)
{
	struct rlimit files;
	struct client *clients;
	unsigned each = 1;
	pid_t pid = 0;
	uint64_t began;
	double busy;
	size_t count;
	int o;

	while ((o = getopt(argc, argv, "c:d:s:n:p:P:u")) != -1) {
		if (o == 'c')
			each = (unsigned)strtoul(optarg, NULL, 10);
		else if (o == 'd')
			load.depth = (unsigned)strtoul(optarg, NULL, 10);
		else if (o == 's')
			load.seconds = strtod(optarg, NULL);
		else if (o == 'n')
			load.requests = (unsigned)strtoul(optarg, NULL, 10);
		else if (o == 'p')
			load.prefix = optarg;
		else if (o == 'P')
			pid = (pid_t)strtol(optarg, NULL, 10);
		else if (o == 'u')
			load.verify = false;
		else
			return 2;
	}
	count = (size_t)(argc - optind) * each;
	if (count == 0 || load.depth < 1 || load.depth > DEPTH_MAX)
		return 2;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.sample = malloc(SAMPLES * sizeof(*load.sample));
	clients = calloc(count, sizeof(*clients));
	if (load.epoll < 0 || load.sample == NULL || clients == NULL)
		return 2;
	for (size_t i = 0; i < count; i++) {
		clients[i].fd = -1;
		clients[i].path = argv[optind + (int)(i / each)];
	}
	began = now();
	busy = processor(pid);
	run(clients, count);
	busy = processor(pid) - busy;
	qsort(load.sample, load.samples, sizeof(*load.sample), by_size);
	print(count, (double)(now() - began) / 1e9, busy);
	for (size_t i = 0; i < count; i++) {
		hang_up(&clients[i]);
		EVP_PKEY_free(clients[i].key);
	}
	free(clients);
	free(load.sample);
	return load.wrong + load.nonsense == 0 && load.answered > 0 ? 0 : 1;
}
