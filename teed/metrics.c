/* SPDX-License-Identifier: Apache-2.0 */
/* metrics: see metrics.h.  Profile names need no escapes: see roll.c. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libtee/error.h"
#include "teed/metrics.h"

#define EVERY 15000 /* ms */

typedef double value_fn(const struct teed_service *);

static double
grants(const struct teed_service *s)
{
	return (double)s->tally.grants;
}

static double
renewals(const struct teed_service *s)
{
	return (double)s->tally.renewals;
}

static double
denies(const struct teed_service *s)
{
	return (double)s->tally.denies;
}

static double
unavailable(const struct teed_service *s)
{
	return (double)s->tally.unavailable;
}

static double
refused(const struct teed_service *s)
{
	return (double)s->tally.refused;
}

static double
limited(const struct teed_service *s)
{
	return (double)s->tally.limited;
}

static double
turned_away(const struct teed_service *s)
{
	return (double)s->tally.turned_away;
}

static double
held(const struct teed_service *s)
{
	return s->state == TEED_HELD ? 1 : 0;
}

static double
generation(const struct teed_service *s)
{
	return (double)s->key.generation;
}

static double
clients(const struct teed_service *s)
{
	return (double)s->client_count;
}

/* Of the lease that is held; 0 where there is none. */
static double
seconds_left(const struct teed_service *s)
{
	int64_t left = s->renewal.ends - teed_loop_now(s->house->loop);

	return s->state == TEED_HELD && left > 0 ? (double)left / 1000 : 0;
}

static double
appraisal_age(const struct teed_service *s)
{
	return s->state == TEED_HELD ?
	    (double)(teed_loop_now(s->house->loop) - s->renewal.granted) /
		1000 :
	    0;
}

static const struct {
	const char *name;
	const char *type;
	const char *help;
	value_fn *value;
} rows[] = {
	{ "teed_grants_total", "counter", "Keys that were granted.", grants },
	{ "teed_renewals_total", "counter", "Leases that were renewed.",
	    renewals },
	{ "teed_denies_total", "counter", "Transactions that were denied.",
	    denies },
	{ "teed_unavailable_total", "counter",
	    "Transactions in which somebody could not be asked.", unavailable },
	{ "teed_refused_messages_total", "counter",
	    "Messages that custody.sign does not allow.", refused },
	{ "teed_limited_total", "counter",
	    "Requests and connections beyond the limits.", limited },
	{ "teed_turned_away_total", "counter",
	    "Connections of users who may not.", turned_away },
	{ "teed_key_held", "gauge", "1 where there is a key to sign with.",
	    held },
	{ "teed_key_generation", "gauge", "Leases since teed began.",
	    generation },
	{ "teed_lease_seconds", "gauge", "Seconds until the lease ends.",
	    seconds_left },
	{ "teed_appraisal_age_seconds", "gauge",
	    "Seconds since the lease was granted.", appraisal_age },
	{ "teed_clients", "gauge", "Connections.", clients },
};

static void
write_rows(FILE *f, const struct teed_roll *roll)
{
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", rows[r].name,
		    rows[r].help, rows[r].name, rows[r].type);
		for (size_t i = 0; i < roll->count; i++)
			fprintf(f, "%s{profile=\"%s\"} %.17g\n", rows[r].name,
			    roll->service[i]->plan->name,
			    rows[r].value(roll->service[i]));
	}
}

/* A reason is a word of ours, or came by way of a worker: plain it is made. */
static void
write_downgrades(FILE *f, const struct teed_roll *roll)
{
	fputs("# HELP teed_downgrades_total Grants of a local key in place of "
	      "one of the TEE.\n# TYPE teed_downgrades_total counter\n",
	    f);
	for (size_t i = 0; i < roll->count; i++) {
		const struct teed_service *s = roll->service[i];

		for (unsigned d = 0;
		     d < TEED_DOWNGRADES && s->tally.downgrade[d].count > 0;
		     d++)
			fprintf(f,
			    "teed_downgrades_total{profile=\"%s\","
			    "reason=\"%.*s\"} %" PRIu64 "\n",
			    s->plan->name,
			    (int)strspn(s->tally.downgrade[d].reason,
				"abcdefghijklmnopqrstuvwxyz0123456789._-"),
			    s->tally.downgrade[d].reason,
			    s->tally.downgrade[d].count);
	}
}

static void
write_latency(FILE *f, const struct teed_service *s)
{
	const char *name = s->plan->name;
	uint64_t sum = 0;

	for (unsigned i = 0; i < TEED_LATENCIES; i++) {
		sum += s->tally.latency[i];
		fprintf(f,
		    "teed_signature_seconds_bucket{profile=\"%s\","
		    "le=\"%g\"} %" PRIu64 "\n",
		    name, (double)teed_latencies[i] / 1e9, sum);
	}
	sum += s->tally.latency[TEED_LATENCIES];
	fprintf(f,
	    "teed_signature_seconds_bucket{profile=\"%s\",le=\"+Inf\"} "
	    "%" PRIu64 "\n"
	    "teed_signature_seconds_sum{profile=\"%s\"} %.9g\n"
	    "teed_signature_seconds_count{profile=\"%s\"} %" PRIu64 "\n",
	    name, sum, name, (double)s->tally.latency_ns / 1e9, name, sum);
}

/* Of no profile that is served: alone it has no label. */
static void
write_refused(FILE *f, const struct teed_roll *roll)
{
	fprintf(f,
	    "# HELP teed_profiles_refused Profiles that are not served; teectl "
	    "status names them.\n# TYPE teed_profiles_refused gauge\n"
	    "teed_profiles_refused %zu\n",
	    roll->refusals.count + roll->refusals.unlisted);
}

char *
teed_metrics_text(const struct teed_roll *roll, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (f == NULL)
		return NULL;
	write_rows(f, roll);
	write_downgrades(f, roll);
	write_refused(f, roll);
	fputs("# HELP teed_signature_seconds From a request's arrival to its "
	      "answer.\n# TYPE teed_signature_seconds histogram\n",
	    f);
	for (size_t i = 0; i < roll->count; i++)
		write_latency(f, roll->service[i]);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static bool
write_whole(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, text, size);

		if (n <= 0)
			return false;
		text += n;
		size -= (size_t)n;
	}
	return true;
}

static bool
publish(const struct teed_metrics *m)
{
	char temporary[300];
	size_t size = 0;
	char *text = teed_metrics_text(m->roll, &size);
	bool ok;
	int fd;

	snprintf(temporary, sizeof(temporary), "%s.tmp", m->name);
	(void)unlinkat(m->dir, temporary, 0);
	fd = openat(m->dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0644);
	ok = text != NULL && fd >= 0 && write_whole(fd, text, size);
	if (fd >= 0)
		ok = close(fd) == 0 && ok &&
		    renameat(m->dir, temporary, m->dir, m->name) == 0;
	free(text);
	return ok;
}

static void
ring(struct teed_timer *timer)
{
	struct teed_metrics *m = (struct teed_metrics *)(void *)timer;
	bool ok = publish(m);

	if (!ok && !m->complained)
		tee_log_line(&m->house->log, LOG_WARNING,
		    "teed reason=metrics detail=\"%s: %s\"", m->name,
		    strerror(errno));
	m->complained = !ok;
	(void)teed_loop_set(m->house->loop, timer,
	    teed_loop_now(m->house->loop) + EVERY);
}

bool
teed_metrics_open(struct teed_metrics *m, const struct teed_house *house,
    const struct teed_roll *roll, const char *path)
{
	char dir[512];
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	*m = (struct teed_metrics){ .timer.ring = ring,
		.house = house,
		.roll = roll,
		.dir = -1 };
	if (path == NULL)
		return true;
	if (slash == NULL || slash[1] == '\0' || strlen(slash) > 255 ||
	    (size_t)(slash - path) >= sizeof(dir)) {
		tee_log_line(&house->log, LOG_ERR,
		    "teed reason=metrics detail=\"%s: not an absolute path\"",
		    path);
		return false;
	}
	snprintf(dir, sizeof(dir), "%.*s/", (int)(slash - path), path);
	m->name = strdup(slash + 1);
	m->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->name == NULL || m->dir < 0) {
		tee_log_line(&house->log, LOG_ERR,
		    "teed reason=metrics detail=\"%s: %s\"", dir,
		    strerror(errno));
		return false;
	}
	return teed_loop_set(house->loop, &m->timer,
	    teed_loop_now(house->loop));
}

void
teed_metrics_now(struct teed_metrics *m)
{
	if (m->dir >= 0)
		(void)teed_loop_set(m->house->loop, &m->timer,
		    teed_loop_now(m->house->loop));
}

void
teed_metrics_close(struct teed_metrics *m)
{
	if (m->house == NULL)
		return;
	teed_loop_cancel(m->house->loop, &m->timer);
	if (m->dir >= 0)
		close(m->dir);
	free(m->name);
	m->name = NULL;
	m->dir = -1;
}
