/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key material in teed's processes, all of them as they are installed: none
 * in the keeper after it took a key, after 1,000 signatures and after a
 * renewal; none in the worker once it has handed the key over.  Each case
 * shows that the same scan finds the same key where it is.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <check.h>
#include <openssl/evp.h>

#include "libtee/signer.h"
#include "libtee/wire.h"
#include "teed/handover.h"
#include "tests/test_memory_scene.h"

#define MESSAGE "test:v1:what a peer would like to have signed"
#define AT_ONCE 16
#define STOPS 40

static uint8_t seed[32];
static struct memscan_key *patterns;

static const char *
path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", scene_directory, name);
	return path;
}

static void
pause_for(long ms)
{
	nanosleep(&(struct timespec){ 0, ms * 1000 * 1000 }, NULL);
}

/* A key in a file, of an agent whose name is long: reports are, then, too. */
static void
write_profile(void)
{
	char text[4096], did[2001];

	memset(did, 'd', sizeof(did) - 1);
	did[sizeof(did) - 1] = '\0';
	scene_seed(seed);
	scene_file("key", seed, sizeof(seed));
	snprintf(text, sizeof(text),
	    "agent = { did = \"%s\"; };\nassurance = \"local\";\n"
	    "keystore = ( { control = \"required\"; module = \"local\"; "
	    "options = { file = \"%s/key\"; }; } );\n"
	    "custody = { users = [\"%u\"]; sign = [\"raw:test:v1:\"]; "
	    "rate = \"1000000\"; socket = \"%s/sock\"; };\n",
	    did, scene_directory, (unsigned)geteuid(), scene_directory);
	scene_file("victim.conf", text, strlen(text));
	patterns = memscan_key_new(seed, MESSAGE, strlen(MESSAGE));
}

static struct memscan_hits
scan(pid_t pid)
{
	struct memscan_copy *copy = memscan_take(pid);
	struct memscan_hits hits;

	ck_assert_msg(copy != NULL, "cannot copy process %d", (int)pid);
	ck_assert_uint_gt(memscan_copy_size(copy), 4 * 1024 * 1024);
	memscan_search(copy, patterns, &hits);
	memscan_copy_free(&copy);
	return hits;
}

static void
is_clean(pid_t pid, const char *when)
{
	struct memscan_hits hits = scan(pid);

	ck_assert_msg(hits.total == 0, "%s: %u hits (%s)", when, hits.total,
	    hits.where);
}

static pid_t
start_teed(void)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	char program[512], worker[512];
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	snprintf(program, sizeof(program), "%s/teed/teed", build);
	snprintf(worker, sizeof(worker), "%s/tests/teed-worker", build);
	execl(program, "teed", "--profile-dir", scene_directory, "--run-dir",
	    scene_directory, "--worker", worker, "--log", "stderr", NULL);
	_exit(127);
}

static void
stop_teed(pid_t pid)
{
	int status = -1;

	kill(pid, SIGTERM);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	unlink(path_of("teed.lock"));
	unlink(path_of("sock"));
	memscan_key_free(&patterns);
}

/* The supervisor's only child that is no worker. */
static pid_t
keeper_of(pid_t supervisor)
{
	char path[64], line[256] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
	    (int)supervisor, (int)supervisor);
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	fclose(f);
	return (pid_t)atol(line);
}

static int
connect_to_teed(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int i, fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	ck_assert_uint_lt(strlen(path_of("sock")), sizeof(to.sun_path));
	memcpy(to.sun_path, path_of("sock"), strlen(path_of("sock")));
	for (i = 0; i < 200; i++, pause_for(20))
		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
			return fd;
	ck_abort_msg("teed does not listen");
	return -1;
}

static bool
ask(int fd, enum tee_wire_verb verb)
{
	uint8_t payload[128] = { TEE_WIRE_MESSAGE_FORM }, packet[256];
	struct tee_wire w = { .verb = (uint8_t)verb,
		.id = 1,
		.payload = payload };
	size_t n;

	memcpy(payload + 1, MESSAGE, strlen(MESSAGE));
	w.size = verb == TEE_WIRE_SIGN ? 1 + strlen(MESSAGE) : 0;
	n = tee_wire_write(&w, packet, sizeof(packet));
	return send(fd, packet, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* The status of the next answer; events go by. */
static uint8_t
answered(int fd, uint8_t signature[64])
{
	static uint8_t packet[TEE_WIRE_PACKET];
	struct tee_wire w;
	ssize_t n;

	do
		n = recv(fd, packet, sizeof(packet), 0);
	while (n > 0 && tee_wire_read(packet, (size_t)n, &w) &&
	    w.verb == TEE_WIRE_EVENT);
	if (n <= 0)
		return 0;
	if (signature != NULL && w.status == TEE_WIRE_OK && w.size == 64)
		memcpy(signature, w.payload, 64);
	return w.status;
}

static void
is_signature(const uint8_t signature[64])
{
	uint8_t public_key[32];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY *key;

	ck_assert_int_eq(tee_signer_public(seed, public_key), 0);
	key =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	ck_assert_int_eq(EVP_DigestVerifyInit(md, NULL, NULL, NULL, key), 1);
	ck_assert_int_eq(EVP_DigestVerify(md, signature, 64,
			     (const uint8_t *)MESSAGE, strlen(MESSAGE)),
	    1);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
}

static void
sign(int fd, unsigned times)
{
	uint8_t signature[64];

	while (times-- > 0) {
		ck_assert(ask(fd, TEE_WIRE_SIGN));
		ck_assert_uint_eq(answered(fd, signature), TEE_WIRE_OK);
	}
	is_signature(signature);
}

START_TEST(keeper)
{
	pid_t teed, k;
	int fd;

	write_profile();
	teed = start_teed();
	fd = connect_to_teed();
	ck_assert(ask(fd, TEE_WIRE_KEY));
	ck_assert_uint_eq(answered(fd, NULL), TEE_WIRE_OK);
	k = keeper_of(teed);
	is_clean(k, "after the release");
	is_clean(teed, "the supervisor");
	sign(fd, 1);
	is_clean(k, "after a signature");
	sign(fd, 999);
	is_clean(k, "after 1,000 signatures");
	ck_assert(ask(fd, TEE_WIRE_RENEW));
	ck_assert_uint_eq(answered(fd, NULL), TEE_WIRE_OK);
	sign(fd, 10);
	is_clean(k, "after a renewal");
	is_clean(teed, "the supervisor, in the end");
	close(fd);
	stop_teed(teed);
}
END_TEST

/* Never more than a batch under way, never less than one. */
static void
sign_for_ever(int fd)
{
	for (int i = 0; i < AT_ONCE; i++)
		if (!ask(fd, TEE_WIRE_SIGN))
			_exit(1);
	for (;;)
		if (answered(fd, NULL) != TEE_WIRE_OK ||
		    !ask(fd, TEE_WIRE_SIGN))
			_exit(1);
}

/* Stopped in the middle of signing it holds what it must: the scan sees it. */
START_TEST(control_keeper)
{
	unsigned found = 0, i;
	pid_t teed, k, client;
	int fd;

	write_profile();
	teed = start_teed();
	fd = connect_to_teed();
	ck_assert(ask(fd, TEE_WIRE_KEY));
	ck_assert_uint_eq(answered(fd, NULL), TEE_WIRE_OK);
	k = keeper_of(teed);
	client = fork();
	if (client == 0)
		sign_for_ever(fd);
	for (i = 0; i < STOPS && found < 3; i++, pause_for(1))
		found += scan(k).total > 0;
	kill(client, SIGKILL);
	waitpid(client, NULL, 0);
	ck_assert_msg(found > 0, "%u stops, and never a key", i);
	close(fd);
	stop_teed(teed);
}
END_TEST

struct worker {
	pid_t pid;
	int channel;
	uint8_t *page;
};

/* As the supervisor does, but that the worker's answers soon fill its end. */
static struct worker
start_worker(void)
{
	struct worker w;
	char program[512];
	int pair[2], least = 0;
	int memory = memfd_create("tee-seed", MFD_CLOEXEC);

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     pair),
	    0);
	ck_assert_int_eq(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &least,
			     sizeof(least)),
	    0);
	ck_assert_int_eq(ftruncate(memory, TEED_SEED_MAP), 0);
	w.page = mmap(NULL, TEED_SEED_MAP, PROT_READ | PROT_WRITE, MAP_SHARED,
	    memory, 0);
	ck_assert_ptr_ne(w.page, MAP_FAILED);
	snprintf(program, sizeof(program), "%s/tests/teed-worker",
	    getenv("TEE_TEST_BUILDDIR"));
	w.pid = fork();
	ck_assert_int_ge(w.pid, 0);
	if (w.pid == 0) {
		int channel = fcntl(pair[1], F_DUPFD, 20);
		int shared = fcntl(memory, F_DUPFD, 20);

		dup2(channel, TEED_WORKER_CHANNEL);
		dup2(shared, TEED_WORKER_SEED);
		execl(program, "teed-worker", NULL);
		_exit(127);
	}
	close(pair[1]);
	close(memory);
	w.channel = pair[0];
	return w;
}

static void
send_errand(const struct worker *w)
{
	struct teed_errand errand = { .kind = TEED_ACQUIRE };
	char path[512], text[4096];
	uint8_t *bytes;
	size_t size;
	FILE *f;

	snprintf(path, sizeof(path), "%s", path_of("victim.conf"));
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	size = fread(text, 1, sizeof(text), f);
	fclose(f);
	ck_assert_int_eq(EVP_Digest(text, size, errand.digest, NULL,
			     EVP_sha256(), NULL),
	    1);
	errand.path = path;
	ck_assert(teed_errand_write(&errand, &bytes, &size));
	ck_assert_int_eq(send(w->channel, bytes, size, 0), (ssize_t)size);
	free(bytes);
}

/* Up to the line that says that it was granted, which stays where it is. */
static void
read_up_to_the_grant(const struct worker *w)
{
	char packet[TEED_PACKET_MAX + 1];
	ssize_t n;

	for (;;) {
		n = recv(w->channel, packet, TEED_PACKET_MAX, MSG_PEEK);
		ck_assert_int_gt(n, 0);
		packet[n] = '\0';
		ck_assert_int_eq(packet[0], TEED_PACKET_LOG);
		if (strstr(packet + 2, "event=GRANT") != NULL)
			return;
		ck_assert_int_eq(recv(w->channel, packet, TEED_PACKET_MAX, 0),
		    n);
	}
}

/* It stands where it cannot send any more, the seed being in the memory. */
static void
await_hand_over(const struct worker *w)
{
	static const uint8_t none[32];
	int i;

	for (i = 0; i < 200 && memcmp(w->page, none, 32) == 0; i++)
		pause_for(10);
	ck_assert_mem_eq(w->page, seed, 32);
	pause_for(200);
}

START_TEST(worker)
{
	struct memscan_hits hits;
	struct worker w;
	int status = -1;

	write_profile();
	w = start_worker();
	send_errand(&w);
	read_up_to_the_grant(&w);
	await_hand_over(&w);
	/* The control: the same scan sees the memory that both map. */
	hits = scan(w.pid);
	ck_assert_uint_ge(hits.of[MEMSCAN_SEED], 25);
	explicit_bzero(w.page, TEED_SEED_MAP);
	is_clean(w.pid, "the worker after the hand-over");
	/* Nobody wants its report: it ends, and nothing comes back. */
	close(w.channel);
	ck_assert_int_eq(waitpid(w.pid, &status, 0), w.pid);
	ck_assert(WIFEXITED(status));
	munmap(w.page, TEED_SEED_MAP);
	memscan_key_free(&patterns);
}
END_TEST

int
main(void)
{
	TCase *tcase = tcase_create("teed");

	tcase_add_test(tcase, keeper);
	tcase_add_test(tcase, control_keeper);
	tcase_add_test(tcase, worker);
	return scene_main(tcase);
}
