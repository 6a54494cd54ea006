/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed: one signature by the daemon, against ssh-agent's with an Ed25519 key
 * and against a key in this process; run by bench/teed.sh, which starts both
 * daemons.
 *
 *	teed sign TEED-PROFILE PROCESS-PROFILE SSH-AGENT-SOCKET
 *	teed bare SECONDS      prints processor time of one bare signature
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <openssl/evp.h>
#include <tee/tee.h>

#include "bench/bench.h"

#define MESSAGE 128 /* a challenge's answer */
#define BUFFER 4096

struct side {
	struct tee *tee;
	struct tee_key *key;
};

struct pair {
	struct side teed, process;
	int agent;
	uint8_t blob[256];
	size_t blob_size;
	char message[MESSAGE];
};

static void
on_line(void *user, int priority, const char *line)
{
	(void)user;
	if (priority <= 4)
		fprintf(stderr, "%s\n", line);
}

static void
acquire(struct side *s, const char *profile)
{
	struct tee_options options = { .size = sizeof(options),
		.log = on_line };

	bench_must(tee_open_file(profile, &options, &s->tee) == 0, profile);
	bench_must(tee_acquire(s->tee, &s->key) == 0, "tee_acquire");
}

static void
sign(const struct side *s, const struct pair *p)
{
	uint8_t signature[TEE_SIGNATURE_SIZE];

	bench_must(tee_sign(s->key, p->message, MESSAGE, signature) == 0,
	    "tee_sign");
}

static void
sign_teed(void *data)
{
	const struct pair *p = data;

	sign(&p->teed, p);
}

static void
sign_process(void *data)
{
	const struct pair *p = data;

	sign(&p->process, p);
}

static size_t
put32(uint8_t *p, size_t value)
{
	p[0] = (uint8_t)(value >> 24);
	p[1] = (uint8_t)(value >> 16);
	p[2] = (uint8_t)(value >> 8);
	p[3] = (uint8_t)value;
	return 4;
}

static size_t
get32(const uint8_t *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3];
}

/* One message of the agent's protocol there, one back; its type. */
static uint8_t
ask_agent(int fd, uint8_t *buffer, size_t size)
{
	size_t have = 0, want = 4;

	bench_must(write(fd, buffer, size) == (ssize_t)size, "agent: write");
	while (have < want) {
		ssize_t n = read(fd, buffer + have, BUFFER - have);

		bench_must(n > 0, "agent: read");
		have += (size_t)n;
		if (have >= 4)
			want = 4 + get32(buffer);
		bench_must(want <= BUFFER, "agent: size");
	}
	return buffer[4];
}

static void
find_agent(struct pair *p, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	uint8_t buffer[BUFFER] = { 0, 0, 0, 1, 11 };

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	p->agent = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bench_must(p->agent >= 0 &&
		connect(p->agent, (const void *)&to, sizeof(to)) == 0,
	    "agent: connect");
	bench_must(ask_agent(p->agent, buffer, 5) == 12 &&
		get32(buffer + 5) == 1,
	    "agent: one key");
	p->blob_size = get32(buffer + 9);
	bench_must(p->blob_size <= sizeof(p->blob), "agent: key");
	memcpy(p->blob, buffer + 13, p->blob_size);
}

static void
sign_agent(void *data)
{
	const struct pair *p = data;
	uint8_t buffer[BUFFER], *at = buffer + 4;

	*at++ = 13;
	at += put32(at, p->blob_size);
	memcpy(at, p->blob, p->blob_size);
	at += p->blob_size;
	at += put32(at, MESSAGE);
	memcpy(at, p->message, MESSAGE);
	at += MESSAGE;
	at += put32(at, 0);
	put32(buffer, (size_t)(at - buffer) - 4);
	bench_must(ask_agent(p->agent, buffer, (size_t)(at - buffer)) == 14,
	    "agent: sign");
}

/* As an application signs: a fresh context for each message. */
static void
bare(double seconds)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	uint8_t message[MESSAGE] = { 0 }, signature[TEE_SIGNATURE_SIZE];
	struct timespec began, now;
	unsigned long count = 0;
	double took;

	bench_must(key != NULL, "keygen");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &began);
	do {
		size_t length = sizeof(signature);
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();

		bench_must(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) ==
			    1 &&
			EVP_DigestSign(ctx, signature, &length, message,
			    sizeof(message)) == 1,
		    "sign");
		EVP_MD_CTX_free(ctx);
		count++;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
		took = (double)(now.tv_sec - began.tv_sec) +
		    (double)(now.tv_nsec - began.tv_nsec) / 1e9;
	} while (took < seconds);
	printf("%.4f\n", took / (double)count * 1e6);
	EVP_PKEY_free(key);
}

int
main(int argc, char **argv)
{
	static struct pair p;
	const struct bench runs[] = {
		{ "teed_sign_vs_ssh_agent", 0.8, 600, 8, sign_teed, sign_agent,
		    &p },
		{ "teed_sign_vs_process", 0, 600, 8, sign_teed, sign_process,
		    &p },
		{ "teed_sign", 0, 600, 8, sign_teed, NULL, &p },
	};

	if (argc == 3 && strcmp(argv[1], "bare") == 0) {
		bare(strtod(argv[2], NULL));
		return 0;
	}
	if (argc != 5) {
		fprintf(stderr, "run by bench/teed.sh\n");
		return 2;
	}
	memset(p.message, 'x', sizeof(p.message));
	memcpy(p.message, "test:v1:", 8);
	acquire(&p.teed, argv[2]);
	acquire(&p.process, argv[3]);
	find_agent(&p, argv[4]);
	bench_pin();
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		bench_run(&runs[i]);
	tee_key_free(&p.teed.key);
	tee_key_free(&p.process.key);
	tee_close(&p.teed.tee);
	tee_close(&p.process.tee);
	close(p.agent);
	return 0;
}
