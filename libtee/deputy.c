/* SPDX-License-Identifier: Apache-2.0 */
/* deputy: see deputy.h. */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "libtee/deputy.h"

struct errand {
	int (*run)(void *);
	void *arg;
	int result;
};

struct tee_deputy {
	pthread_t thread;
	pthread_mutex_t desk;
	pthread_cond_t call;
	pthread_cond_t done;
	struct errand *waiting;
	bool quit;
};

static void *
work(void *arg)
{
	struct tee_deputy *d = arg;

	pthread_mutex_lock(&d->desk);
	for (;;) {
		while (d->waiting == NULL && !d->quit)
			pthread_cond_wait(&d->call, &d->desk);
		if (d->waiting == NULL)
			break;
		d->waiting->result = d->waiting->run(d->waiting->arg);
		d->waiting = NULL;
		pthread_cond_broadcast(&d->done);
	}
	pthread_mutex_unlock(&d->desk);
	return NULL;
}

static void
destroy(struct tee_deputy *d)
{
	pthread_cond_destroy(&d->call);
	pthread_cond_destroy(&d->done);
	pthread_mutex_destroy(&d->desk);
	free(d);
}

/* Born deaf: the application's signals are for the application's threads. */
static int
start(struct tee_deputy *d)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&d->thread, NULL, work, d);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

struct tee_deputy *
tee_deputy_engage(void)
{
	struct tee_deputy *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	pthread_mutex_init(&d->desk, NULL);
	pthread_cond_init(&d->call, NULL);
	pthread_cond_init(&d->done, NULL);
	if (start(d) != 0) {
		destroy(d);
		return NULL;
	}
	return d;
}

int
tee_deputy_ask(struct tee_deputy *d, int (*errand)(void *), void *arg)
{
	struct errand e = { errand, arg, 0 };

	pthread_mutex_lock(&d->desk);
	while (d->waiting != NULL)
		pthread_cond_wait(&d->done, &d->desk);
	d->waiting = &e;
	pthread_cond_signal(&d->call);
	while (d->waiting == &e)
		pthread_cond_wait(&d->done, &d->desk);
	pthread_mutex_unlock(&d->desk);
	return e.result;
}

void
tee_deputy_dismiss(struct tee_deputy **deputy)
{
	struct tee_deputy *d = *deputy;

	if (d == NULL)
		return;
	*deputy = NULL;
	pthread_mutex_lock(&d->desk);
	d->quit = true;
	pthread_cond_signal(&d->call);
	pthread_mutex_unlock(&d->desk);
	pthread_join(d->thread, NULL);
	destroy(d);
}

void
tee_deputy_forget(struct tee_deputy **deputy)
{
	free(*deputy);
	*deputy = NULL;
}
