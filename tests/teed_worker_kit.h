/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed_worker_kit: the keeper's side of one worker over its real channel and
 * its real shared memory; what plays the worker is the test.
 */
#ifndef TESTS_TEED_WORKER_KIT_H
#define TESTS_TEED_WORKER_KIT_H

#include <check.h>
#include <stdbool.h>

#include "teed/worker.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(s) ((char *)(uintptr_t)(s))

extern const struct teed_errand asked; /* an acquire */

extern struct stage {
	int supervisor[2];
	struct teed_worker *worker;
	int channel; /* the worker's end */
	int memory;  /* the worker's descriptor of it; -1: none came */
	uint8_t *page;
	unsigned lines;
	size_t longest;
	char last[4096];
	int priority;
} it;

void start(const struct teed_errand *);
void end(void);
/* One turn of the keeper's; log lines go into `it`. */
enum teed_worker_state state(void);

/* False where the channel is full or closed. */
bool say(const void *packet, size_t size);
void say_line(int priority, const char *text);
void say_report(int error);
void say_end(void);

bool is_clean(const uint8_t *page);
unsigned open_descriptors(void);
int worker_main(const char *suite, void (*add)(TCase *));

#endif
