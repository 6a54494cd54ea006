/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: what the keeper lives on goes on behind the filter: keys, workers,
 * profiles that are read again, sockets, the metrics' file.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "libtee/keyring.h"
#include "libtee/profile.h"
#include "teed/door.h"
#include "teed/sandbox.h"
#include "teed/worker.h"
#include "tests/test_profile_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MESSAGES 3
/* In the child a number of a line says more than an assertion's text. */
#define MUST(x) \
	do { \
		if (!(x)) \
			return __LINE__; \
	} while (0)

/* Made before the filter, as the keeper's are. */
static struct tee_bench *bench;
static struct teed_loop *loop;
static int directory;

static bool
verifies(const uint8_t public_key[32], const char *message,
    const uint8_t signature[64])
{
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(md, signature, 64, (const uint8_t *)message,
		strlen(message)) == 1;

	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return ok;
}

static int
sign_some(struct tee_custody *custody, const uint8_t public_key[32])
{
	static const char *const messages[MESSAGES] = { "", "one", "two" };
	uint8_t signatures[MESSAGES][64];
	struct tee_sign_job jobs[MESSAGES];

	for (size_t i = 0; i < MESSAGES; i++)
		jobs[i] = (struct tee_sign_job){ messages[i],
			strlen(messages[i]), signatures[i] };
	MUST(tee_custody_sign_many(custody, jobs, MESSAGES) == 0);
	for (size_t i = 0; i < MESSAGES; i++)
		MUST(verifies(public_key, messages[i], signatures[i]));
	return 0;
}

static int
keys(void)
{
	static const uint8_t seed[TEE_SEED_SIZE] = { 4, 2 };
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE], signature[64];
	struct tee_custody_spec spec = { .description = "tee:local:life:x",
		.profile = "life",
		.seed = seed,
		.public_key = public_key,
		.lifetime = 60,
		.operators = (gid_t)-1,
		.bench = bench };
	struct tee_custody *custody;
	int32_t serial;

	MUST(tee_signer_public(seed, public_key) == 0);
	MUST(tee_custody_store(&spec, &custody) == 0);
	serial = tee_custody_serial(custody);
	MUST(sign_some(custody, public_key) == 0);
	MUST(tee_custody_renew(custody, 60) == 0);
	MUST(tee_custody_serial(custody) != serial);
	MUST(sign_some(custody, public_key) == 0);
	MUST(tee_custody_revoke(custody) == 0);
	MUST(tee_custody_sign(custody, "m", 1, signature) != 0);
	tee_custody_free(&custody);
	return 0;
}

static int
worker(void)
{
	struct teed_errand errand = { .kind = TEED_ACQUIRE,
		.path = (char *)(uintptr_t) "/p" };
	struct teed_worker *w;
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	w = teed_worker_start(pair[0], &errand);
	MUST(w != NULL);
	MUST(teed_worker_read(w, NULL, NULL) == TEED_WORKER_BUSY);
	teed_worker_free(&w);
	close(pair[1]);
	/* Nobody there: an error, and no signal. */
	MUST(teed_worker_start(pair[0], &errand) == NULL);
	close(pair[0]);
	return 0;
}

static int
profile(void)
{
	struct tee *tee = tee_profile_new(NULL, kit_path("a.conf"), "/m");
	DIR *d = opendir(kit_path("."));
	unsigned n = 0;

	MUST(d != NULL && tee != NULL);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	MUST(n >= 3);
	MUST(tee_profile_read(tee) == 0);
	MUST(strcmp(tee->name, "a") == 0);
	tee_profile_free(&tee);
	return 0;
}

/* libc may look for whole libraries to answer these: it finds none. */
static int
accounts(void)
{
	MUST(getpwnam("root") != NULL);
	MUST(getgrnam("root") != NULL);
	MUST(getgrnam("no-such-group-anywhere") == NULL);
	MUST(getpwnam("no-such-user-anywhere") == NULL);
	return 0;
}

static int
door(void)
{
	struct teed_door d = { .visit = NULL };
	struct ucred peer;
	socklen_t size = sizeof(peer);
	char path[1024];
	int pair[2];

	snprintf(path, sizeof(path), "%s", kit_path("life.sock"));
	teed_door_init(&d, loop, -1);
	MUST(teed_door_open(&d, path, SOCK_SEQPACKET));
	MUST(accept4(d.watch.fd, NULL, NULL, SOCK_CLOEXEC) < 0);
	MUST(errno == EAGAIN);
	teed_door_close(&d);
	MUST(access(path, F_OK) != 0);
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	MUST(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0);
	MUST(send(pair[1], "x", 1, MSG_NOSIGNAL) == 1);
	MUST(recv(pair[0], path, sizeof(path), MSG_DONTWAIT | MSG_TRUNC) == 1);
	close(pair[0]);
	close(pair[1]);
	return 0;
}

/* As teed/metrics.c does: beside it, then over it. */
static int
metrics(void)
{
	int fd = openat(directory, "m.new",
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	MUST(fd >= 0 && write(fd, "1", 1) == 1 && close(fd) == 0);
	MUST(renameat(directory, "m.new", directory, "m") == 0);
	MUST(unlinkat(directory, "m", 0) == 0);
	return 0;
}

/* What is as large as a status is, and comes from mmap. */
static int
memory(void)
{
	char *p = malloc(1 << 20), *q;

	MUST(p != NULL);
	memset(p, 1, 1 << 20);
	q = realloc(p, 8 << 20);
	MUST(q != NULL);
	free(q);
	return 0;
}

/* An assertion ends as it should, and is no violation. */
static int
ends(void)
{
	(void)signal(SIGABRT, SIG_DFL);
	abort();
}

static const struct {
	const char *what;
	int (*life)(void);
	int signal;
} rows[] = {
	{ "keys", keys, 0 },
	{ "a worker", worker, 0 },
	{ "a profile that is read again", profile, 0 },
	{ "accounts, also such as there are not", accounts, 0 },
	{ "a socket", door, 0 },
	{ "the metrics' file", metrics, 0 },
	{ "memory", memory, 0 },
	{ "abort", ends, SIGABRT },
};

/* Whatever goes before the filter in the keeper, goes before it here. */
static int
live(int (*life)(void))
{
	loop = teed_loop_new();
	directory = open(kit_path("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(loop != NULL && directory >= 0);
	MUST(tee_bench_new(&bench) == 0);
	MUST(teed_sandbox_begin() == 0 && teed_sandbox_keeper() == 0);
	return life();
}

START_TEST(goes_on)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int line = live(rows[_i].life);

		/* A status has eight bits, a line more. */
		if (line != 0)
			dprintf(STDERR_FILENO, "line %d\n", line);
		_exit(line != 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(rows[_i].signal != 0 ?
		WIFSIGNALED(status) && WTERMSIG(status) == rows[_i].signal :
		status == 0,
	    "%s: status %#x", rows[_i].what, status);
}
END_TEST

int
main(void)
{
	static const char text[] =
	    "agent = { did = \"auto\"; };\n"
	    "assurance = \"local\";\n"
	    "keystore = ( { control = \"required\"; module = \"local\"; } );\n"
	    "custody = { groups = [ \"root\" ]; };\n";
	Suite *suite = suite_create("sandbox_life");
	TCase *tcase = tcase_create("sandbox_life");

	if (!kit_begin("sandbox_life"))
		return 77;
	kit_write(kit_path("a.conf"), text, strlen(text));
	tcase_add_loop_test(tcase, goes_on, 0, COUNT(rows));
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
