/* SPDX-License-Identifier: Apache-2.0 */
/* bench: see bench.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

void
bench_must(bool ok, const char *step)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s failed\n", step);
	exit(1);
}

void
bench_write(const char *folder, const char *name, const char *text)
{
	char path[4096];
	size_t size = strlen(text);
	int fd;

	bench_must(mkdir(folder, 0700) == 0 || errno == EEXIST, folder);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bench_must(fd >= 0 && write(fd, text, size) == (ssize_t)size, path);
	close(fd);
}

/* Where this is not allowed the pairing has to do. */
void
bench_pin(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* Microseconds per run. */
static double
measure(void (*side)(void *), void *data, unsigned inner)
{
	double start = now();

	for (unsigned i = 0; i < inner; i++)
		side(data);
	return (now() - start) / inner;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values, unsigned count)
{
	qsort(values, count, sizeof(*values), by_value);
	return count % 2 ? values[count / 2] :
			   (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void
round_of(const struct bench *b, unsigned n, double *ours, double *theirs)
{
	if (n % 2 == 0)
		*ours = measure(b->ours, b->data, b->inner);
	if (b->theirs != NULL)
		*theirs = measure(b->theirs, b->data, b->inner);
	if (n % 2 != 0)
		*ours = measure(b->ours, b->data, b->inner);
}

static void
print(const struct bench *b, double ratio, double ours, double theirs)
{
	if (b->theirs == NULL) {
		printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"us\", ",
		    b->name, ours);
		if (b->goal > 0)
			printf("\"goal\": %.2f}\n", b->goal);
		else
			printf("\"goal\": null}\n");
		return;
	}
	printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"ratio\", ",
	    b->name, ratio);
	if (b->goal > 0)
		printf("\"goal\": %.2f, ", b->goal);
	else
		printf("\"goal\": null, ");
	printf("\"ours_us\": %.2f, \"theirs_us\": %.2f, \"rounds\": %u}\n",
	    ours, theirs, b->rounds);
}

/* Two rounds go before the count: caches, lazy binding, page faults. */
void
bench_run(const struct bench *b)
{
	double *ours = calloc(b->rounds, sizeof(*ours));
	double *theirs = calloc(b->rounds, sizeof(*theirs));
	double *ratio = calloc(b->rounds, sizeof(*ratio));
	double ignored;

	bench_must(ours != NULL && theirs != NULL && ratio != NULL, "malloc");
	for (unsigned n = 0; n < 2; n++)
		round_of(b, n, &ignored, &ignored);
	for (unsigned n = 0; n < b->rounds; n++) {
		round_of(b, n, &ours[n], &theirs[n]);
		ratio[n] = theirs[n] > 0 ? ours[n] / theirs[n] : 0;
	}
	print(b, median(ratio, b->rounds), median(ours, b->rounds),
	    median(theirs, b->rounds));
	fflush(stdout);
	free(ours);
	free(theirs);
	free(ratio);
}
