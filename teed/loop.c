/* SPDX-License-Identifier: Apache-2.0 */
/* loop: see loop.h.  Times stand in a binary heap, the next one on top. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "teed/loop.h"

#define EVENTS 64

struct teed_loop {
	int epoll;
	bool stopped;
	int64_t now;
	uint64_t turn;
	struct epoll_event event[EVENTS];
	int count;                /* of this turn */
	struct teed_timer **heap; /* from 1 on */
	size_t used, room;
};

static int64_t
read_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct teed_loop *
teed_loop_new(void)
{
	struct teed_loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL)
		return NULL;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		free(loop);
		return NULL;
	}
	loop->now = read_clock();
	return loop;
}

void
teed_loop_free(struct teed_loop **loop)
{
	if (*loop == NULL)
		return;
	close((*loop)->epoll);
	free((*loop)->heap);
	free(*loop);
	*loop = NULL;
}

bool
teed_loop_watch(struct teed_loop *loop, struct teed_watch *watch,
    uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = watch };
	int op = watch->added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (watch->added && watch->events == events)
		return true;
	if (epoll_ctl(loop->epoll, op, watch->fd, &e) != 0)
		return false;
	watch->events = events;
	watch->added = true;
	return true;
}

void
teed_loop_unwatch(struct teed_loop *loop, struct teed_watch *watch)
{
	if (!watch->added)
		return;
	(void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->added = false;
	/* An event of this turn that was not delivered yet is not, any more. */
	for (int i = 0; i < loop->count; i++)
		if (loop->event[i].data.ptr == watch)
			loop->event[i].data.ptr = NULL;
}

static void
put(struct teed_loop *loop, size_t place, struct teed_timer *t)
{
	loop->heap[place] = t;
	t->place = place;
}

static void
rise(struct teed_loop *loop, struct teed_timer *t)
{
	size_t place = t->place;

	while (place > 1 && t->due < loop->heap[place / 2]->due) {
		put(loop, place, loop->heap[place / 2]);
		place /= 2;
	}
	put(loop, place, t);
}

static void
sink(struct teed_loop *loop, struct teed_timer *t)
{
	size_t place = t->place, next;

	while ((next = 2 * place) <= loop->used) {
		if (next < loop->used &&
		    loop->heap[next + 1]->due < loop->heap[next]->due)
			next++;
		if (t->due <= loop->heap[next]->due)
			break;
		put(loop, place, loop->heap[next]);
		place = next;
	}
	put(loop, place, t);
}

static bool
reserve(struct teed_loop *loop)
{
	size_t room = loop->room != 0 ? 2 * loop->room : 64;
	struct teed_timer **heap;

	if (loop->used + 1 < loop->room)
		return true;
	heap = reallocarray(loop->heap, room, sizeof(*heap));
	if (heap == NULL)
		return false;
	loop->heap = heap;
	loop->room = room;
	return true;
}

bool
teed_loop_set(struct teed_loop *loop, struct teed_timer *t, int64_t due)
{
	if (t->place == 0) {
		if (!reserve(loop))
			return false;
		put(loop, ++loop->used, t);
	}
	t->due = due;
	rise(loop, t);
	sink(loop, t);
	return true;
}

void
teed_loop_cancel(struct teed_loop *loop, struct teed_timer *t)
{
	struct teed_timer *last;

	if (t->place == 0)
		return;
	last = loop->heap[loop->used--];
	if (last != t) {
		put(loop, t->place, last);
		rise(loop, last);
		sink(loop, last);
	}
	t->place = 0;
}

int64_t
teed_loop_now(const struct teed_loop *loop)
{
	return loop->now;
}

static int
patience(const struct teed_loop *loop)
{
	int64_t left;

	if (loop->used == 0)
		return -1;
	left = loop->heap[1]->due - loop->now;
	return left <= 0 ? 0 : left < 60000 ? (int)left : 60000;
}

/* Those that are due at the turn's beginning; what they set waits for the
 * next one, so that descriptors get their turn in between. */
static void
ring(struct teed_loop *loop)
{
	for (size_t n = loop->used; n > 0 && loop->used > 0; n--) {
		struct teed_timer *t = loop->heap[1];

		if (t->due > loop->now)
			break;
		teed_loop_cancel(loop, t);
		t->ring(t);
	}
}

uint64_t
teed_loop_turn(const struct teed_loop *loop)
{
	return loop->turn;
}

/* From another place in each turn, so that none is always the first. */
static void
deliver(struct teed_loop *loop)
{
	int count = loop->count;

	for (int i = 0; i < count; i++) {
		int k = (int)((loop->turn + (uint64_t)i) % (uint64_t)count);
		struct teed_watch *watch = loop->event[k].data.ptr;

		if (watch != NULL)
			watch->ready(watch, loop->event[k].events);
	}
	loop->count = 0;
	loop->turn++;
}

int
teed_loop_run(struct teed_loop *loop)
{
	while (!loop->stopped) {
		loop->now = read_clock();
		loop->count = epoll_wait(loop->epoll, loop->event, EVENTS,
		    patience(loop));
		if (loop->count < 0) {
			loop->count = 0;
			if (errno != EINTR)
				return -1;
		}
		loop->now = read_clock();
		deliver(loop);
		ring(loop);
	}
	return 0;
}

void
teed_loop_stop(struct teed_loop *loop)
{
	loop->stopped = true;
}
