/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health: what an agent needs of its machine, each looked at or tried out:
 * a warning leaves it running, something missing does not.
 */
#ifndef TEECTL_HEALTH_H
#define TEECTL_HEALTH_H

#include <stddef.h>

enum health_result { HEALTH_MISSING = 0, HEALTH_WARNING, HEALTH_OK };

struct health {
	enum health_result result;
	char detail[256];
	const char *next; /* what to do; NULL where nothing is to do */
};

struct health_check {
	const char *name; /* NULL ends the table */
	void (*look)(struct health *);
};

extern const struct health_check health_checks[];

void health_say(struct health *, enum health_result, const char *next,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Files in a directory whose names end so. */
unsigned health_count(const char *path, const char *suffix);

/* In health_teed.c: the custody daemon, its sockets, its room for keys. */
void health_run_dir(const char *);
void health_teed_directory(struct health *);
void health_teed_sockets(struct health *);
void health_teed_quota(struct health *);

/* In platform.c: where evidence could come from. */
void health_sev_guest(struct health *);
void health_sev(struct health *);
void health_configfs(struct health *);
void health_vtpm(struct health *);

#endif
