/* SPDX-License-Identifier: Apache-2.0 */
/*
 * victim: see test_memory_victim.h.
 *
 *   library PROFILE  acquires and signs, step by step, threads included
 *   refused PROFILE  acquires in vain, after its key was read
 *   loop PROFILE     acquires and signs until it is killed
 *   hold             what one would do without libtee: keeps an EVP_PKEY
 *   sloppy           wipes what it knows of, not its dead stack frames
 *
 * hold and sloppy get the seed in the shared page.
 */
#include "config.h"

#include <keyutils.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <tee/tee.h>

#include "tests/test_memory_victim.h"

static void
step(enum victim_step s)
{
	char c = (char)s;

	if (write(STDOUT_FILENO, &c, 1) != 1 || read(STDIN_FILENO, &c, 1) != 1)
		_exit(3);
}

static void
sign(const struct tee_key *key)
{
	uint8_t signature[TEE_SIGNATURE_SIZE];

	if (tee_sign(key, VICTIM_MESSAGE, strlen(VICTIM_MESSAGE), signature) !=
	    0)
		_exit(4);
}

static void
say(void *user, int priority, const char *line)
{
	(void)user;
	if (priority <= LOG_WARNING)
		fprintf(stderr, "%s\n", line);
}

static struct tee_key *
acquire(const char *profile, struct tee **tee)
{
	struct tee_options options = { .size = sizeof(options), .log = say };
	struct tee_key *key = NULL;
	int error = tee_open_file(profile, &options, tee);

	if (error == 0)
		error = tee_acquire(*tee, &key);
	if (error != 0) {
		fprintf(stderr, "victim: %s\n", tee_strerror(error));
		_exit(5);
	}
	return key;
}

static uint8_t *
page_map(int protection)
{
	uint8_t *page =
	    mmap(NULL, 4096, protection, MAP_SHARED, VICTIM_SHARE_FD, 0);

	if (page == MAP_FAILED)
		_exit(6);
	return page;
}

/* The kernel writes into the page itself: nothing of it passes through us. */
static void
reveal(const struct tee_key *key)
{
	uint8_t *page = page_map(PROT_READ | PROT_WRITE);

	if (keyctl_read(tee_key_serial(key), (char *)page, 64) != 64)
		_exit(6);
	munmap(page, 4096);
}

static struct {
	pthread_barrier_t begin;
	pthread_barrier_t end;
	const struct tee_key *key;
} crew;

/* Stays alive afterwards, with whatever its stack and registers hold. */
static void *
crew_member(void *arg)
{
	int i;

	(void)arg;
	pthread_barrier_wait(&crew.begin);
	for (i = 0; i < 20; i++)
		sign(crew.key);
	pthread_barrier_wait(&crew.end);
	while (pause() == -1)
		continue;
	return NULL;
}

static void
hire(unsigned count)
{
	pthread_t thread;

	while (count-- > 0)
		if (pthread_create(&thread, NULL, crew_member, NULL) != 0)
			_exit(7);
}

static void
library(const char *profile)
{
	struct tee *tee = NULL;
	struct tee_key *key;
	int i;

	pthread_barrier_init(&crew.begin, NULL, 4);
	pthread_barrier_init(&crew.end, NULL, 4);
	hire(2); /* older than the key: a deputy signs for them */
	key = acquire(profile, &tee);
	step(VICTIM_ACQUIRED);
	for (i = 0; i < VICTIM_SIGNATURES; i++)
		sign(key);
	step(VICTIM_SIGNED);
	crew.key = key;
	hire(1);
	pthread_barrier_wait(&crew.begin);
	pthread_barrier_wait(&crew.end);
	step(VICTIM_THREADS_SIGNED);
	if (tee_renew(tee, key) != 0)
		_exit(9);
	sign(key);
	step(VICTIM_RENEWED);
	reveal(key);
	step(VICTIM_REVEALED);
	tee_key_free(&key);
	tee_close(&tee);
	step(VICTIM_FREED);
}

static void
refused(const char *profile)
{
	struct tee *tee = NULL;
	struct tee_key *key = NULL;

	if (tee_open_file(profile, NULL, &tee) != 0 ||
	    tee_acquire(tee, &key) != TEE_E_DENIED)
		_exit(5);
	step(VICTIM_REFUSED);
	tee_close(&tee);
}

static void
loop(const char *profile)
{
	struct tee *tee = NULL;
	struct tee_key *key = acquire(profile, &tee);

	step(VICTIM_ACQUIRED);
	reveal(key);
	step(VICTIM_REVEALED);
	step(VICTIM_LOOPING);
	for (;;)
		sign(key);
}

static void
hold(void)
{
	uint8_t *page = page_map(PROT_READ);
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, page, 32);

	munmap(page, 4096);
	step(VICTIM_HELD);
	EVP_PKEY_free(key);
}

/*
 * Every use of a seed begins by hashing it.  Deeper down than anything that
 * follows, so that the dead frames stay.
 */
static void
expand_deep_down(const uint8_t *seed, uint8_t expanded[64])
{
	volatile char depth[16384];

	depth[0] = 1;
	if (EVP_Digest(seed, 32, expanded, NULL, EVP_sha512(), NULL) != 1)
		_exit(8);
	depth[1] = depth[0]; /* no tail call: the frame stays */
}

static void
sloppy(void)
{
	uint8_t expanded[64];
	uint8_t *page = page_map(PROT_READ);

	expand_deep_down(page, expanded);
	munmap(page, 4096);
	OPENSSL_cleanse(expanded, sizeof(expanded));
	step(VICTIM_SLOPPY);
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "library") == 0)
		library(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "refused") == 0)
		refused(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "loop") == 0)
		loop(argv[2]);
	else if (argc == 2 && strcmp(argv[1], "hold") == 0)
		hold();
	else if (argc == 2 && strcmp(argv[1], "sloppy") == 0)
		sloppy();
	else
		return 2;
	return 0;
}
