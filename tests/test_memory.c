/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key material in the memory of a process that uses libtee: none after
 * acquiring, none after 200 signatures, none on other threads' stacks or in
 * their registers, none in freed memory, none in a core file.  That the
 * same scan finds keys where there are any is test_memory_control's part.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>

#include "libtee/signer.h"
#include "libtee/text.h"
#include "tests/test_memory_scene.h"

#define STEPS 6

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
	static const enum victim_step steps[STEPS] = { VICTIM_ACQUIRED,
		VICTIM_SIGNED, VICTIM_THREADS_SIGNED, VICTIM_RENEWED,
		VICTIM_REVEALED, VICTIM_FREED };
	static const char *const when[STEPS] = { "after acquire",
		"after 200 signatures", "after threads signed", "after renewal",
		"after reading the keyring", "after free" };
	struct memscan_copy *copy[STEPS];
	struct victim v = victim_start("library", NULL);
	struct memscan_key *key;
	size_t i;

	for (i = 0; i < STEPS; i++) {
		victim_at(&v, steps[i]);
		copy[i] = victim_copy(&v);
		victim_go(&v);
	}
	is_payload(v.page);
	if (known_seed != NULL)
		ck_assert_mem_eq(v.page, known_seed, 32);
	key = scene_patterns(v.page);
	for (i = 0; i < STEPS; i++) {
		is_clean(copy[i], key, when[i]);
		memscan_copy_free(&copy[i]);
	}
	memscan_key_free(&key);
	victim_end(&v, SIGKILL);
}

START_TEST(local_raw)
{
	uint8_t seed[32];

	scene_seed(seed);
	scene_file("key", seed, sizeof(seed));
	scene_local_profile("");
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
	snprintf(text, sizeof(text),
	    "-----BEGIN PRIVATE KEY-----\n%s\n"
	    "-----END PRIVATE KEY-----\n",
	    b64);
	free(b64);
	scene_file("key", text, strlen(text));
}

START_TEST(local_pem)
{
	uint8_t seed[32];

	scene_seed(seed);
	write_pem(seed);
	scene_local_profile("");
	scan_library(seed);
}
END_TEST

START_TEST(local_made_on_first_use)
{
	scene_local_profile("create = true;");
	scan_library(NULL);
}
END_TEST

START_TEST(generated)
{
	scene_profile("module = \"generated\";");
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

	scene_seed(seed);
	scene_file("other", seed, sizeof(seed));
	scene_seed(seed);
	scene_file("key", seed, sizeof(seed));
	snprintf(keystore, sizeof(keystore),
	    "module = \"local\"; "
	    "options = { file = \"%s/key\"; }; }, { control = \"required\"; "
	    "module = \"local\"; options = { file = \"%s/other\"; };",
	    scene_directory, scene_directory);
	scene_profile(keystore);
	v = victim_start("refused", NULL);
	victim_at(&v, VICTIM_REFUSED);
	copy = victim_copy(&v);
	key = scene_patterns(seed);
	is_clean(copy, key, "after a refusal");
	memscan_key_free(&key);
	memscan_copy_free(&copy);
	victim_end(&v, SIGKILL);
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
search_core(pid_t pid, const struct memscan_key *key, struct memscan_hits *hits)
{
	char path[512];
	struct stat st;
	void *data;
	int fd;

	memset(hits, 0, sizeof(*hits));
	snprintf(path, sizeof(path), "%s/core.%ld", scene_directory, (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(path, sizeof(path), "%s/core", scene_directory);
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
	scene_seed(seed);
	key = scene_patterns(seed);
	v = victim_start("hold", seed);
	victim_at(&v, VICTIM_HELD);
	pid = v.pid;
	victim_end(&v, SIGABRT);
	search_core(pid, key, &hits);
	ck_assert_msg(hits.of[MEMSCAN_SEED] > 0, "the control finds nothing");

	scene_file("key", seed, sizeof(seed));
	scene_local_profile("");
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

int
main(void)
{
	TCase *tcase = tcase_create("scan");

	tcase_add_test(tcase, local_raw);
	tcase_add_test(tcase, local_pem);
	tcase_add_test(tcase, local_made_on_first_use);
	tcase_add_test(tcase, generated);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, core_file);
	return scene_main(tcase);
}
