/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scene: a directory with a key and a profile, and a victim process that
 * works with them.  Whatever fails here fails the running test.
 */
#ifndef TESTS_MEMORY_SCENE_H
#define TESTS_MEMORY_SCENE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <check.h>

#include "tests/memscan.h"
#include "tests/test_memory_victim.h"

extern char scene_directory[256];
void scene_seed(uint8_t seed[32]);
/* What that seed and a signature of the victim's message leave behind. */
struct memscan_key *scene_patterns(const uint8_t seed[32]);

/* In the directory, mode 0600. */
void scene_file(const char *name, const void *data, size_t size);
/* A "local" profile with this as its keystore line's module and options. */
void scene_profile(const char *keystore);
/* The module "local" with the file "key" and further options. */
void scene_local_profile(const char *extra);

struct victim {
	pid_t pid;
	int to;
	int from;
	uint8_t *page;
};

/* The seed, where there is one, lies in the page that both share. */
struct victim victim_start(const char *mode, const uint8_t *seed);
void victim_at(struct victim *, enum victim_step);
void victim_go(struct victim *);
void victim_end(struct victim *, int signal);
struct memscan_copy *victim_copy(const struct victim *);

/*
 * Runs the cases, each with its own directory; skips (77) where this machine
 * or this build cannot be scanned.
 */
int scene_main(TCase *);

#endif
