/* SPDX-License-Identifier: Apache-2.0 */
/* scene: see test_memory_scene.h. */
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
#include <unistd.h>

#include "tests/test_memory_scene.h"

char scene_directory[256];

static void
begin(void)
{
	const char *base = getenv("TEE_TEST_BUILDDIR");
	char parent[200];

	snprintf(parent, sizeof(parent), "%s/tests/tmp", base);
	if (mkdir(parent, 0755) != 0)
		ck_assert_int_eq(errno, EEXIST);
	snprintf(scene_directory, sizeof(scene_directory), "%s/memory.XXXXXX",
	    parent);
	ck_assert_ptr_nonnull(mkdtemp(scene_directory));
}

static void
end(void)
{
	static const char *const names[] = { "key", "other", "victim.conf",
		"core" };
	char path[512];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", scene_directory,
		    names[i]);
		unlink(path);
	}
	rmdir(scene_directory);
}

void
scene_file(const char *name, const void *data, size_t size)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", scene_directory, name);
	f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fchmod(fileno(f), 0600), 0);
	ck_assert_uint_eq(fwrite(data, 1, size, f), size);
	ck_assert_int_eq(fclose(f), 0);
}

void
scene_profile(const char *keystore)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "agent = { did = \"auto\"; };\n"
	    "assurance = \"local\";\n"
	    "keystore = ( { control = \"required\"; %s } );\n"
	    "custody = { residency = \"process\"; lifetime = \"8h\"; };\n",
	    keystore);
	scene_file("victim.conf", text, strlen(text));
}

void
scene_local_profile(const char *extra)
{
	char keystore[512];

	snprintf(keystore, sizeof(keystore),
	    "module = \"local\"; "
	    "options = { file = \"%s/key\"; %s };",
	    scene_directory, extra);
	scene_profile(keystore);
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
	snprintf(profile, sizeof(profile), "%s/victim.conf", scene_directory);
	snprintf(name, sizeof(name), "%s", mode);
	if (strcmp(mode, "hold") == 0 || strcmp(mode, "sloppy") == 0)
		argv[2] = NULL;
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(share, VICTIM_SHARE_FD);
	if (chdir(scene_directory) == 0)
		execv(path, argv);
	_exit(127);
}

struct victim
victim_start(const char *mode, const uint8_t *seed)
{
	struct victim v = { .pid = -1 };
	int to[2], from[2], share = memfd_create("share", MFD_CLOEXEC);

	ck_assert_int_ge(share, 0);
	ck_assert_int_eq(ftruncate(share, 4096), 0);
	v.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, share, 0);
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

void
victim_at(struct victim *v, enum victim_step step)
{
	char c = 0;

	ck_assert_msg(read(v->from, &c, 1) == 1 && c == (char)step,
	    "the victim did not come to step %c", step);
}

void
victim_go(struct victim *v)
{
	ck_assert_int_eq(write(v->to, "", 1), 1);
}

void
victim_end(struct victim *v, int sig)
{
	if (sig != 0)
		kill(v->pid, sig);
	waitpid(v->pid, NULL, 0);
	close(v->to);
	close(v->from);
	munmap(v->page, 4096);
}

struct memscan_copy *
victim_copy(const struct victim *v)
{
	struct memscan_copy *copy = memscan_take(v->pid);

	ck_assert_msg(copy != NULL, "cannot copy the victim: %s",
	    strerror(errno));
	/* libcrypto alone is more: an empty copy would find nothing. */
	ck_assert_uint_gt(memscan_copy_size(copy), 4 * 1024 * 1024);
	ck_assert_uint_gt(memscan_copy_registers(copy), 512);
	return copy;
}

void
scene_seed(uint8_t seed[32])
{
	ck_assert_int_eq(getrandom(seed, 32, 0), 32);
}

struct memscan_key *
scene_patterns(const uint8_t seed[32])
{
	return memscan_key_new(seed, VICTIM_MESSAGE, strlen(VICTIM_MESSAGE));
}

/* NULL where this machine allows the scan. */
static const char *
obstacle(void)
{
	struct memscan_copy *copy;
	pid_t pid;

#if UNDER_ASAN
	return "no private stack under AddressSanitizer";
#endif
	if (getenv("TEE_TEST_BUILDDIR") == NULL)
		return "TEE_TEST_BUILDDIR is not set (run by make check)";
	if (add_key("user", "_tee.probe", "x", 1, KEY_SPEC_PROCESS_KEYRING) < 0)
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
scene_main(TCase *tcase)
{
	Suite *suite = suite_create("memory");
	const char *why = obstacle();
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 180);
	tcase_add_checked_fixture(tcase, begin, end);
	suite_add_tcase(suite, tcase);
	if (why != NULL) {
		srunner_free(runner);
		printf("skipped: %s\n", why);
		return 77;
	}
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
