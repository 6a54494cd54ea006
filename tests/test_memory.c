/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key material in the memory of a process that uses libtee: none after
 * acquiring, none after 200 signatures, none on other threads' stacks or in
 * their registers, none in freed memory, none in a core file.  The controls
 * show that the same scan finds it where it is: in the middle of a signature,
 * and in programs that hold or import keys as one usually does.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <check.h>

#include "libtee/signer.h"
#include "libtee/text.h"
#include "tests/memscan.h"
#include "tests/test_memory_victim.h"

#define STOPS 40	/* random stops of the signing loop */

static char directory[256];

struct victim {
	pid_t pid;
	int to;
	int from;
	uint8_t *page;
};

static void
write_file(const char *name, const void *data, size_t size)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fchmod(fileno(f), 0600), 0);
	ck_assert_uint_eq(fwrite(data, 1, size, f), size);
	ck_assert_int_eq(fclose(f), 0);
}

static void
write_profile(const char *keystore)
{
	char text[1024];

	snprintf(text, sizeof(text), "agent = { did = \"auto\"; };\n"
	    "assurance = \"local\";\n"
	    "keystore = ( { control = \"required\"; %s } );\n"
	    "custody = { residency = \"process\"; lifetime = \"8h\"; };\n",
	    keystore);
	write_file("victim.conf", text, strlen(text));
}

static void
write_local_profile(const char *extra)
{
	char keystore[512];

	snprintf(keystore, sizeof(keystore), "module = \"local\"; "
	    "options = { file = \"%s/key\"; %s };", directory, extra);
	write_profile(keystore);
}

static void
exec_victim(const char *mode, int in, int out, int share)
{
	char path[512], profile[512], name[16];
	char *argv[] = { path, name, profile, NULL };
	struct rlimit core = { RLIM_INFINITY, RLIM_INFINITY };

	(void)setrlimit(RLIMIT_CORE, &core);
	snprintf(path, sizeof(path), "%s/tests/test_memory_victim",
	    getenv("TEE_TEST_BUILDDIR"));
	snprintf(profile, sizeof(profile), "%s/victim.conf", directory);
	snprintf(name, sizeof(name), "%s", mode);
	if (strcmp(mode, "hold") == 0 || strcmp(mode, "sloppy") == 0)
		argv[2] = NULL;
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(share, VICTIM_SHARE_FD);
	if (chdir(directory) == 0)
		execv(path, argv);
	_exit(127);
}

static struct victim
victim_start(const char *mode, const uint8_t *seed)
{
	struct victim v = { .pid = -1 };
	int to[2], from[2], share = memfd_create("share", MFD_CLOEXEC);

	ck_assert_int_ge(share, 0);
	ck_assert_int_eq(ftruncate(share, 4096), 0);
	v.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, share,
	    0);
	ck_assert_ptr_ne(v.page, MAP_FAILED);
	if (seed != NULL)
		memcpy(v.page, seed, 32);
	ck_assert_int_eq(pipe2(to, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(from, O_CLOEXEC), 0);
	v.pid = fork();
	ck_assert_int_ge(v.pid, 0);
	if (v.pid == 0) {
		/* Above the descriptors that are about to be laid out. */
		int in = fcntl(to[0], F_DUPFD_CLOEXEC, 20);
		int out = fcntl(from[1], F_DUPFD_CLOEXEC, 20);

		exec_victim(mode, in, out, fcntl(share, F_DUPFD_CLOEXEC, 20));
	}
	close(to[0]);
	close(from[1]);
	close(share);
	v.to = to[1];
	v.from = from[0];
	return v;
}

static void
victim_at(struct victim *v, enum victim_step step)
{
	char c = 0;

	ck_assert_msg(read(v->from, &c, 1) == 1 && c == (char)step,
	    "the victim did not come to step %c", step);
}

static void
victim_go(struct victim *v)
{
	ck_assert_int_eq(write(v->to, "", 1), 1);
}

static void
victim_end(struct victim *v, int sig)
{
	if (sig != 0)
		kill(v->pid, sig);
	waitpid(v->pid, NULL, 0);
	close(v->to);
	close(v->from);
	munmap(v->page, 4096);
}

static struct memscan_copy *
take(const struct victim *v)
{
	struct memscan_copy *copy = memscan_take(v->pid);

	ck_assert_msg(copy != NULL, "cannot copy the victim: %s",
	    strerror(errno));
	/* libcrypto alone is more: an empty copy would find nothing. */
	ck_assert_uint_gt(memscan_copy_size(copy), 4 * 1024 * 1024);
	ck_assert_uint_gt(memscan_copy_registers(copy), 512);
	return copy;
}

static struct memscan_key *
patterns(const uint8_t seed[32])
{
	return memscan_key_new(seed, VICTIM_MESSAGE, strlen(VICTIM_MESSAGE));
}

static void
is_clean(struct memscan_copy *copy, const struct memscan_key *key,
    const char *when)
{
	struct memscan_hits hits;

	memscan_search(copy, key, &hits);
	ck_assert_msg(hits.total == 0, "%s: %u hits (%s)", when, hits.total,
	    hits.where);
}

/* The payload's halves belong together: the scan looks for the right key. */
static void
is_payload(const uint8_t *payload)
{
	uint8_t derived[TEE_PUBLIC_KEY_SIZE];

	ck_assert_int_eq(tee_signer_public(payload, derived), 0);
	ck_assert_mem_eq(payload + 32, derived, 32);
}

static void
scan_library(const uint8_t *known_seed)
{
	static const enum victim_step steps[] = { VICTIM_ACQUIRED,
		VICTIM_SIGNED, VICTIM_THREADS_SIGNED, VICTIM_REVEALED,
		VICTIM_FREED };
	static const char *const when[] = { "after acquire",
		"after 200 signatures", "after threads signed",
		"after reading the keyring", "after free" };
	struct memscan_copy *copy[5];
	struct victim v = victim_start("library", NULL);
	struct memscan_key *key;
	size_t i;

	for (i = 0; i < 5; i++) {
		victim_at(&v, steps[i]);
		copy[i] = take(&v);
		victim_go(&v);
	}
	is_payload(v.page);
	if (known_seed != NULL)
		ck_assert_mem_eq(v.page, known_seed, 32);
	key = patterns(v.page);
	for (i = 0; i < 5; i++) {
		is_clean(copy[i], key, when[i]);
		memscan_copy_free(&copy[i]);
	}
	memscan_key_free(&key);
	victim_end(&v, SIGKILL);
}

static void
random_seed(uint8_t seed[32])
{
	ck_assert_int_eq(getrandom(seed, 32, 0), 32);
}

START_TEST(local_raw)
{
	uint8_t seed[32];

	random_seed(seed);
	write_file("key", seed, sizeof(seed));
	write_local_profile("");
	scan_library(seed);
}
END_TEST

/* RFC 8410 section 10.3's shape. */
static void
write_pem(const uint8_t seed[32])
{
	uint8_t der[48] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
		0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };
	char text[256], *b64;

	memcpy(der + 16, seed, 32);
	b64 = tee_base64_encode(der, sizeof(der));
	snprintf(text, sizeof(text), "-----BEGIN PRIVATE KEY-----\n%s\n"
	    "-----END PRIVATE KEY-----\n", b64);
	free(b64);
	write_file("key", text, strlen(text));
}

START_TEST(local_pem)
{
	uint8_t seed[32];

	random_seed(seed);
	write_pem(seed);
	write_local_profile("");
	scan_library(seed);
}
END_TEST

START_TEST(local_made_on_first_use)
{
	write_local_profile("create = true;");
	scan_library(NULL);
}
END_TEST

START_TEST(generated)
{
	write_profile("module = \"generated\";");
	scan_library(NULL);
}
END_TEST

/* Two keystores that mean different keys: denied once both were read. */
START_TEST(refused)
{
	struct memscan_copy *copy;
	struct memscan_key *key;
	char keystore[1024];
	uint8_t seed[32];
	struct victim v;

	random_seed(seed);
	write_file("other", seed, sizeof(seed));
	random_seed(seed);
	write_file("key", seed, sizeof(seed));
	snprintf(keystore, sizeof(keystore), "module = \"local\"; "
	    "options = { file = \"%s/key\"; }; }, { control = \"required\"; "
	    "module = \"local\"; options = { file = \"%s/other\"; };",
	    directory, directory);
	write_profile(keystore);
	v = victim_start("refused", NULL);
	victim_at(&v, VICTIM_REFUSED);
	copy = take(&v);
	key = patterns(seed);
	is_clean(copy, key, "after a refusal");
	memscan_key_free(&key);
	memscan_copy_free(&copy);
	victim_end(&v, SIGKILL);
}
END_TEST

static void
pause_at_random(void)
{
	nanosleep(&(struct timespec){ 0, 1000000 + random() % 977 * 1000 },
	    NULL);
}

/* The library's own signature, stopped in its middle: there it is. */
START_TEST(control_mid_signature)
{
	struct victim v;
	struct memscan_hits hits, all = { .total = 0 };
	struct memscan_key *key;
	unsigned i, k, stops = 0;

	write_profile("module = \"generated\";");
	v = victim_start("loop", NULL);
	victim_at(&v, VICTIM_ACQUIRED);
	victim_go(&v);
	victim_at(&v, VICTIM_REVEALED);
	key = patterns(v.page);
	victim_go(&v);
	victim_at(&v, VICTIM_LOOPING);
	victim_go(&v);
	for (i = 0; i < STOPS; i++) {
		struct memscan_copy *copy;

		pause_at_random();
		copy = take(&v);
		memscan_search(copy, key, &hits);
		memscan_copy_free(&copy);
		stops += hits.total > 0;
		for (k = 0; k < MEMSCAN_KINDS; k++)
			all.of[k] += hits.of[k];
	}
	victim_end(&v, SIGKILL);
	printf("control: %u of %u stops mid-signature show the key:", stops,
	    STOPS);
	for (k = 0; k < MEMSCAN_KINDS; k++)
		if (all.of[k] > 0)
			printf(" %s x%u", memscan_kind_word(
			    (enum memscan_kind)k), all.of[k]);
	printf("\n");
	ck_assert_uint_gt(stops, STOPS / 4);
	ck_assert_uint_gt(all.of[MEMSCAN_SEED], 0);
	ck_assert_uint_gt(all.of[MEMSCAN_SCALAR], 0);
	ck_assert_uint_gt(all.of[MEMSCAN_PREFIX], 0);
	memscan_key_free(&key);
}
END_TEST

static void
control(const char *mode, enum victim_step step, struct memscan_hits *hits)
{
	uint8_t seed[32];
	struct memscan_copy *copy;
	struct memscan_key *key;
	struct victim v;

	random_seed(seed);
	key = patterns(seed);
	v = victim_start(mode, seed);
	victim_at(&v, step);
	copy = take(&v);
	memscan_search(copy, key, hits);
	memscan_copy_free(&copy);
	memscan_key_free(&key);
	victim_end(&v, SIGKILL);
	printf("control: %s: %s\n", mode, hits->where);
}

START_TEST(control_held_key)
{
	struct memscan_hits hits;

	control("hold", VICTIM_HELD, &hits);
	/* Thirty-two bytes in a row have twenty-five windows. */
	ck_assert_uint_ge(hits.of[MEMSCAN_SEED], 25);
}
END_TEST

START_TEST(control_dead_stack)
{
	struct memscan_hits hits;

	control("sloppy", VICTIM_SLOPPY, &hits);
	ck_assert_uint_ge(hits.of[MEMSCAN_SEED_SCHEDULE], 1);
}
END_TEST

/* Relative to the victim's directory, or not ours to find. */
static bool
cores_come_here(void)
{
	char pattern[256] = "";
	FILE *f = fopen("/proc/sys/kernel/core_pattern", "re");
	bool here = f != NULL && fgets(pattern, sizeof(pattern), f) != NULL &&
	    strcmp(pattern, "core\n") == 0;

	if (f != NULL)
		fclose(f);
	if (!here)
		printf("skipped: core files go elsewhere (%s)\n",
		    strtok(pattern, "\n"));
	return here;
}

static void
search_core(pid_t pid, const struct memscan_key *key,
    struct memscan_hits *hits)
{
	char path[512];
	struct stat st;
	void *data;
	int fd;

	memset(hits, 0, sizeof(*hits));
	snprintf(path, sizeof(path), "%s/core.%ld", directory, (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(path, sizeof(path), "%s/core", directory);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	ck_assert_msg(fd >= 0 && fstat(fd, &st) == 0, "no core file");
	ck_assert_int_gt(st.st_size, 100000);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ck_assert_ptr_ne(data, MAP_FAILED);
	memscan_search_bytes(data, (size_t)st.st_size, "core", key, hits);
	munmap(data, (size_t)st.st_size);
	close(fd);
	unlink(path);
}

START_TEST(core_file)
{
	struct memscan_hits hits;
	struct memscan_key *key;
	uint8_t seed[32];
	struct victim v;
	pid_t pid;

	if (!cores_come_here())
		return;
	random_seed(seed);
	key = patterns(seed);
	v = victim_start("hold", seed);
	victim_at(&v, VICTIM_HELD);
	pid = v.pid;
	victim_end(&v, SIGABRT);
	search_core(pid, key, &hits);
	ck_assert_msg(hits.of[MEMSCAN_SEED] > 0, "the control finds nothing");

	write_file("key", seed, sizeof(seed));
	write_local_profile("");
	v = victim_start("library", NULL);
	victim_at(&v, VICTIM_ACQUIRED);
	victim_go(&v);
	victim_at(&v, VICTIM_SIGNED);
	pid = v.pid;
	victim_end(&v, SIGABRT);
	search_core(pid, key, &hits);
	ck_assert_msg(hits.total == 0, "core: %s", hits.where);
	memscan_key_free(&key);
}
END_TEST

static void
make_directory(void)
{
	const char *base = getenv("TEE_TEST_BUILDDIR");
	char parent[200];

	snprintf(parent, sizeof(parent), "%s/tests/tmp", base);
	if (mkdir(parent, 0755) != 0)
		ck_assert_int_eq(errno, EEXIST);
	snprintf(directory, sizeof(directory), "%s/memory.XXXXXX", parent);
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void
remove_directory(void)
{
	static const char *const names[] = { "key", "other", "victim.conf",
		"core" };
	char path[512];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	rmdir(directory);
}

/* NULL where this machine allows the scan. */
static const char *
obstacle(void)
{
	struct memscan_copy *copy;
	pid_t pid;

#if defined(__SANITIZE_ADDRESS__)
	return "no private stack under AddressSanitizer";
#endif
	if (getenv("TEE_TEST_BUILDDIR") == NULL)
		return "TEE_TEST_BUILDDIR is not set (run by make check)";
	if (add_key("user", "_tee.probe", "x", 1,
	    KEY_SPEC_PROCESS_KEYRING) < 0)
		return "add_key(2) is blocked here";
	pid = fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	copy = memscan_take(pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (copy == NULL)
		return "ptrace(2) is blocked here";
	memscan_copy_free(&copy);
	return NULL;
}

int
main(void)
{
	Suite *suite = suite_create("memory");
	TCase *tcase = tcase_create("scan");
	const char *why = obstacle();
	SRunner *runner;
	int failed;

	if (why != NULL) {
		printf("skipped: %s\n", why);
		return 77;
	}
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, make_directory, remove_directory);
	tcase_add_test(tcase, control_mid_signature);
	tcase_add_test(tcase, control_held_key);
	tcase_add_test(tcase, control_dead_stack);
	tcase_add_test(tcase, local_raw);
	tcase_add_test(tcase, local_pem);
	tcase_add_test(tcase, local_made_on_first_use);
	tcase_add_test(tcase, generated);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, core_file);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
