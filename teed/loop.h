/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop: one thread waits for descriptors and for times.  One thread, because
 * possession of kernel keys is per thread and a signature is all processor:
 * there is nothing to lock and nobody to wait for.
 *
 * Watches and timers stand inside what they belong to; whoever frees that
 * takes them off first, also from within a callback.
 */
#ifndef TEED_LOOP_H
#define TEED_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct teed_loop;

struct teed_watch {
	int fd;
	uint32_t events;
	void (*ready)(struct teed_watch *, uint32_t events);
	bool added;
};

struct teed_timer {
	int64_t due;  /* milliseconds of teed_loop_now */
	size_t place; /* 0: not set */
	void (*ring)(struct teed_timer *);
};

/* NULL where the kernel has no more of something; errno says of what. */
struct teed_loop *teed_loop_new(void);
void teed_loop_free(struct teed_loop **);

/* EPOLLIN, EPOLLOUT, or 0: for the other side's end alone.  False: errno. */
bool teed_loop_watch(struct teed_loop *, struct teed_watch *, uint32_t events);
/* Before its descriptor is closed.  One that was never watched is fine. */
void teed_loop_unwatch(struct teed_loop *, struct teed_watch *);
/* Takes the place of an earlier time.  False where there is no memory. */
bool teed_loop_set(struct teed_loop *, struct teed_timer *, int64_t due);
void teed_loop_cancel(struct teed_loop *, struct teed_timer *);

/* Milliseconds that also pass in suspend, since boot; once per turn. */
int64_t teed_loop_now(const struct teed_loop *);
/* Counts turns: whoever had its share in this one lets others have theirs. */
uint64_t teed_loop_turn(const struct teed_loop *);
/* Until teed_loop_stop: 0, or -1 with errno. */
int teed_loop_run(struct teed_loop *);
void teed_loop_stop(struct teed_loop *);

#endif
