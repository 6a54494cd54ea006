/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meter: see meter.h.  One thread is measured; what libcurl's resolver does
 * in another is of no descriptor that is known here.
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <curl/curl.h>

#include "bench/bench.h"
#include "bench/meter.h"

#define FDS 1024
#define NESTED 8
#define NONE METER_HOPS
#define SEEN __attribute__((visibility("default")))

const char *const meter_names[METER_HOPS] = { "vtpm", "device", "imds", "maa",
	"vault", "kds", "keystore_prepare", "collector", "verify_offline",
	"verify_token", "keystore_release", "core" };

static struct {
	char *path[METER_SERVICES];
	unsigned port[METER_SERVICES];
	enum meter_hop of[FDS]; /* NONE: nobody's */
	bool known;             /* `of` is set up */
	/* Of one transaction. */
	bool on;
	struct meter_time time[METER_HOPS];
	struct meter_time phase; /* not yet named */
	int open[NESTED];        /* descriptors, the innermost last */
	unsigned depth;
	bool transfers;             /* libcurl does, ... */
	enum meter_hop with;        /* ... with this service; NONE: not yet */
	struct meter_time transfer; /* so far */
	unsigned verifiers, keystores;
	double wall, cpu; /* up to here it is accounted for */
} m;

static double
clock_ms(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void
set_up(void)
{
	for (unsigned i = 0; !m.known && i < FDS; i++)
		m.of[i] = NONE;
	m.known = true;
}

bool
meter_place(const char *text)
{
	const char *value = strchr(text, '=');
	size_t size = value != NULL ? (size_t)(value - text) : 0;

	set_up();
	for (unsigned i = 0; i < METER_SERVICES; i++) {
		if (size != strlen(meter_names[i]) ||
		    strncmp(text, meter_names[i], size) != 0)
			continue;
		if (value[1] == '/')
			m.path[i] = strdup(value + 1);
		else
			m.port[i] = (unsigned)atoi(value + 1);
		return true;
	}
	return false;
}

static enum meter_hop
hop_of(int fd)
{
	return m.known && fd >= 0 && fd < FDS ? m.of[fd] : NONE;
}

static struct meter_time *
current(void)
{
	if (m.transfers)
		return &m.transfer;
	return m.depth > 0 ? &m.time[m.of[m.open[m.depth - 1]]] : &m.phase;
}

/* What has passed since the last account goes to whom it belongs. */
static void
account(void)
{
	double wall = clock_ms(CLOCK_MONOTONIC);
	double cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
	struct meter_time *t = current();

	t->wall += wall - m.wall;
	t->cpu += cpu - m.cpu;
	m.wall = wall;
	m.cpu = cpu;
}

static void
begin(int fd, enum meter_hop hop)
{
	if (!m.known || fd < 0 || fd >= FDS)
		return;
	if (m.transfers && hop != NONE) {
		m.with = hop;
	} else if (m.on && hop != NONE && m.depth < NESTED) {
		account();
		m.open[m.depth++] = fd;
	}
	m.of[fd] = hop;
}

static void
end(int fd)
{
	if (hop_of(fd) == NONE)
		return;
	for (unsigned i = m.depth; i-- > 0;) {
		if (m.open[i] != fd)
			continue;
		account();
		memmove(&m.open[i], &m.open[i + 1],
		    (m.depth - i - 1) * sizeof(m.open[0]));
		m.depth--;
	}
	m.of[fd] = NONE;
}

static double
wait_begins(enum meter_hop hop)
{
	return m.on && hop != NONE ? clock_ms(CLOCK_MONOTONIC) : 0;
}

static void
wait_ends(enum meter_hop hop, double since)
{
	if (since == 0)
		return;
	current()->waited += clock_ms(CLOCK_MONOTONIC) - since;
	current()->calls += hop != METER_HOPS;
}

void
meter_start(void)
{
	set_up();
	memset(m.time, 0, sizeof(m.time));
	memset(&m.phase, 0, sizeof(m.phase));
	m.depth = m.verifiers = m.keystores = 0;
	m.transfers = false;
	m.wall = clock_ms(CLOCK_MONOTONIC);
	m.cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
	m.on = true;
}

/* Moves what is in `from`, up to now. */
static void
move(struct meter_time *to, struct meter_time *from)
{
	to->wall += from->wall;
	to->waited += from->waited;
	to->cpu += from->cpu;
	to->calls += from->calls;
	memset(from, 0, sizeof(*from));
}

static void
name_phase(enum meter_hop hop)
{
	account();
	move(&m.time[hop], &m.phase);
}

void
meter_line(const char *line)
{
	if (!m.on || strstr(line, " control=") == NULL)
		return;
	if (strstr(line, " facility=collector ") != NULL)
		name_phase(METER_COLLECT);
	else if (strstr(line, " facility=verifier ") != NULL)
		name_phase(m.verifiers++ == 0 ? METER_OFFLINE : METER_TOKEN);
	else
		name_phase(m.keystores++ == 0 ? METER_PREPARE : METER_RELEASE);
}

void
meter_stop(struct meter_time out[METER_HOPS])
{
	name_phase(METER_REST);
	m.on = false;
	memcpy(out, m.time, sizeof(m.time));
}

static void *
next(const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	bench_must(symbol != NULL, name);
	return symbol;
}

#define NEXT(name) \
	static __typeof__(&name) real; \
	if (real == NULL) \
	real = (__typeof__(&name))next(#name)

static enum meter_hop
of_path(const char *path)
{
	for (unsigned i = 0; i < METER_SERVICES; i++)
		if (m.path[i] != NULL && strcmp(m.path[i], path) == 0)
			return (enum meter_hop)i;
	return NONE;
}

static enum meter_hop
of_address(const struct sockaddr *address)
{
	const struct sockaddr_in *in = (const void *)address;

	for (unsigned i = 0; i < METER_SERVICES; i++)
		if (m.port[i] != 0 && address->sa_family == AF_INET &&
		    ntohs(in->sin_port) == m.port[i])
			return (enum meter_hop)i;
	return NONE;
}

SEEN int
open(const char *path, int flags, ...)
{
	NEXT(open);
	va_list ap;
	int mode, fd;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	fd = real(path, flags, mode);
	begin(fd, of_path(path));
	return fd;
}

SEEN int
connect(int fd, const struct sockaddr *address, socklen_t size)
{
	NEXT(connect);

	begin(fd, of_address(address));
	return real(fd, address, size);
}

SEEN int
close(int fd)
{
	NEXT(close);

	end(fd);
	return real(fd);
}

SEEN ssize_t
read(int fd, void *data, size_t size)
{
	NEXT(read);
	enum meter_hop hop = hop_of(fd);
	double since = wait_begins(hop);
	ssize_t n = real(fd, data, size);

	wait_ends(hop, since);
	return n;
}

SEEN ssize_t
write(int fd, const void *data, size_t size)
{
	NEXT(write);
	enum meter_hop hop = hop_of(fd);
	double since = wait_begins(hop);
	ssize_t n = real(fd, data, size);

	wait_ends(hop, since);
	return n;
}

/* On loopback the kernel may run the service in the sender's place. */
SEEN ssize_t
send(int fd, const void *data, size_t size, int flags)
{
	NEXT(send);
	enum meter_hop hop = hop_of(fd);
	double since = wait_begins(hop);
	ssize_t n = real(fd, data, size, flags);

	wait_ends(hop, since);
	return n;
}

/* A service's sockets do not block: beside send() only this waits for them. */
SEEN int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
	NEXT(poll);
	enum meter_hop hop = NONE;
	double since;
	int n;

	for (nfds_t i = 0; hop == NONE && timeout != 0 && i < count; i++)
		hop = hop_of(fds[i].fd);
	if (m.transfers && hop != NONE)
		m.with = hop;
	since = wait_begins(hop);
	n = real(fds, count, timeout);
	wait_ends(hop, since);
	return n;
}

SEEN int
ioctl(int fd, unsigned long request, ...)
{
	NEXT(ioctl);
	enum meter_hop hop = hop_of(fd);
	double since;
	va_list ap;
	void *argument;
	int n;

	va_start(ap, request);
	argument = va_arg(ap, void *);
	va_end(ap);
	since = wait_begins(hop);
	n = real(fd, request, argument);
	wait_ends(hop, since);
	return n;
}

/* A pause before asking again is the service's or the device's fault. */
SEEN int
nanosleep(const struct timespec *time, struct timespec *left)
{
	NEXT(nanosleep);
	double since = wait_begins(METER_REST);
	int n = real(time, left);

	wait_ends(METER_REST, since);
	return n;
}

/*
 * Of the module's libcurl, which this program is not linked with.  What it
 * does with a service that nobody named belongs to whom it would without.
 */
SEEN CURLcode
curl_easy_perform(CURL *curl)
{
	static CURLcode (*real)(CURL *);
	bool on = m.on && !m.transfers;
	CURLcode code;

	if (real == NULL) {
		void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD);

		bench_must(library != NULL, "libcurl.so.4");
		real = (CURLcode(*)(CURL *))dlsym(library, "curl_easy_perform");
		bench_must(real != NULL, "curl_easy_perform");
	}
	if (on) {
		account();
		m.with = NONE;
		m.transfers = true;
	}
	code = real(curl);
	if (on) {
		account();
		m.transfers = false;
		move(m.with != NONE ? &m.time[m.with] : current(), &m.transfer);
	}
	return code;
}
