/* SPDX-License-Identifier: Apache-2.0 */
/* teed: see teed.h. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "teectl/teed.h"
#include "teectl/text.h"

#define SUFFIX ".sock"
#define QUESTION 1 /* the id of the only one on a connection */
#define PATIENCE_MAX 3600

error_t
teed_place_parse(int key, char *arg, struct argp_state *state,
    struct teed_place *place, unsigned patience)
{
	char *end;
	unsigned long n;

	switch (key) {
	case ARGP_KEY_INIT:
		place->patience = patience;
		return 0;
	case KEY_RUN_DIR:
		command_set(state, "run-dir", &place->run_dir, arg);
		return 0;
	case KEY_TIMEOUT:
		command_set(state, "timeout", &place->timeout, arg);
		n = strtoul(arg, &end, 10);
		if (arg[0] < '0' || arg[0] > '9' || *end != '\0' || n < 1 ||
		    n > PATIENCE_MAX)
			argp_error(state, "--timeout takes 1 to %d seconds",
			    PATIENCE_MAX);
		place->patience = (unsigned)n;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void __attribute__((format(printf, 3, 4)))
fail(struct teed_answer *a, int error, const char *fmt, ...)
{
	char detail[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	free(a->detail);
	a->detail = strdup(detail);
	a->error = error;
	free(a->data);
	a->data = NULL;
	a->size = 0;
}

static bool
find(const struct teed_place *place, const char *target, struct teed_answer *a)
{
	const char *dir = place->run_dir != NULL ? place->run_dir : TEE_RUN_DIR;
	const char *name = strrchr(target, '/');
	size_t n;

	if (name != NULL)
		a->path = strdup(target);
	else if (asprintf(&a->path, "%s/%s" SUFFIX, dir, target) < 0)
		a->path = NULL;
	name = name != NULL ? name + 1 : target;
	n = strlen(name);
	if (strchr(target, '/') != NULL && n > strlen(SUFFIX) &&
	    strcmp(name + n - strlen(SUFFIX), SUFFIX) == 0)
		n -= strlen(SUFFIX);
	a->profile = strndup(name, n);
	if (a->path != NULL && a->profile != NULL)
		return true;
	fail(a, TEE_E_MEMORY, "no memory");
	return false;
}

static long
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until something can be read or written; false where it took too long. */
static bool
wait_for(int fd, short events, long deadline)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		long left = deadline - milliseconds();
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;

		if (n != -1 || errno != EINTR)
			return n > 0;
	}
}

/* Nobody listens at a socket of a teed that was killed. */
static void
cannot_connect(struct teed_answer *a, int error)
{
	a->absent = error == ENOENT || error == ECONNREFUSED;
	fail(a, error == EACCES || error == EPERM ? TEE_E_PEER : TEE_E_TEED,
	    "connect: %s%s",
	    error == EAGAIN ? "its queue is full" : strerror(error),
	    error == ENOENT ?
		": teed does not run, or serves no profile of that name" :
		"");
}

static int
connect_to(struct teed_answer *a)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(a->path) >= sizeof(to.sun_path)) {
		fail(a, TEE_E_ARGUMENT, "the path has more than %zu bytes",
		    sizeof(to.sun_path) - 1);
		return -1;
	}
	memcpy(to.sun_path, a->path, strlen(a->path));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const void *)&to, sizeof(to)) == 0)
		return fd;
	cannot_connect(a, errno);
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
append(struct teed_answer *a, const struct tee_wire *w)
{
	char *grown;

	if (w->size > TEE_WIRE_ANSWER - a->size) {
		fail(a, TEE_E_TEED, "an answer of more than %u bytes",
		    TEE_WIRE_ANSWER);
		return false;
	}
	grown = realloc(a->data, a->size + w->size + 1);
	if (grown == NULL) {
		fail(a, TEE_E_MEMORY, "no memory");
		return false;
	}
	if (w->size > 0)
		memcpy(grown + a->size, w->payload, w->size);
	a->data = grown;
	a->size += w->size;
	grown[a->size] = '\0';
	return true;
}

/*
 * "word: detail; what to try": the first and the last are this library's own
 * words for the code, which are said beside it.
 */
static void
cut_own_words(char *text, int error)
{
	const char *word = tee_error_word(error), *hint = tee_explain(error);
	size_t n = strlen(word), size = strlen(text), k = strlen(hint);

	if (size > k + 2 && strcmp(text + size - k, hint) == 0 &&
	    strncmp(text + size - k - 2, "; ", 2) == 0)
		text[size - k - 2] = '\0';
	if (strncmp(text, word, n) == 0 && strncmp(text + n, ": ", 2) == 0)
		memmove(text, text + n + 2, strlen(text + n + 2) + 1);
}

/* A refusal names a code of this library; any other number is none. */
static void
refused(struct teed_answer *a, const struct tee_wire *w)
{
	bool known = w->status != 0 && tee_error_word(w->status) != NULL;
	char text[1024];

	snprintf(text, sizeof(text), "%.*s", (int)w->size,
	    (const char *)w->payload);
	if (known)
		cut_own_words(text, w->status);
	fail(a, known ? w->status : TEE_E_TEED, "%s", text);
}

enum reading { READING_FAILED = 0, READING_MORE, READING_DONE };

/* What teed says without being asked is not the answer. */
static enum reading
take(struct teed_answer *a, enum tee_wire_verb verb, const uint8_t *packet,
    size_t size)
{
	struct tee_wire w;

	if (!tee_wire_read(packet, size, &w)) {
		fail(a, TEE_E_TEED,
		    "what answers does not speak version %d of "
		    "the protocol",
		    TEE_WIRE_VERSION);
		return READING_FAILED;
	}
	if (w.verb == TEE_WIRE_EVENT)
		return READING_MORE;
	if (w.verb != ((unsigned)verb | TEE_WIRE_ANSWERS) || w.id != QUESTION) {
		/* Turned away at the door, before anything was asked. */
		if (w.status != TEE_WIRE_OK && w.status != 0)
			refused(a, &w);
		else
			fail(a, TEE_E_TEED, "an answer to another question");
		return READING_FAILED;
	}
	if (w.status != TEE_WIRE_OK) {
		refused(a, &w);
		return READING_FAILED;
	}
	if (!append(a, &w))
		return READING_FAILED;
	return w.flags & TEE_WIRE_MORE ? READING_MORE : READING_DONE;
}

static bool
send_question(int fd, struct teed_answer *a, enum tee_wire_verb verb)
{
	struct tee_wire w = { .verb = (uint8_t)verb, .id = QUESTION };
	uint8_t packet[TEE_WIRE_HEADER];
	size_t size = tee_wire_write(&w, packet, sizeof(packet));

	/* One that was turned away can still read why. */
	if (size > 0 &&
	    (send(fd, packet, size, MSG_NOSIGNAL) == (ssize_t)size ||
		errno == EPIPE))
		return true;
	fail(a, TEE_E_TEED, "send: %s", strerror(errno));
	return false;
}

/*
 * One packet; 0 where there will be none.  Where teed closed with our question
 * unread the kernel says ECONNRESET once, and then what teed said before.
 */
static size_t
receive(int fd, long deadline, uint8_t *packet, size_t room,
    struct teed_answer *a)
{
	bool reset = false;

	while (wait_for(fd, POLLIN, deadline)) {
		ssize_t n = recv(fd, packet, room, 0);

		if (n > 0)
			return (size_t)n;
		if (n == 0 || (errno == ECONNRESET && reset)) {
			fail(a, TEE_E_TEED, "it closed the connection");
			return 0;
		}
		reset = reset || errno == ECONNRESET;
		if (errno != ECONNRESET && errno != EAGAIN && errno != EINTR) {
			fail(a, TEE_E_TEED, "recv: %s", strerror(errno));
			return 0;
		}
	}
	fail(a, TEE_E_TEED, "no answer in time");
	return 0;
}

static void
converse(int fd, unsigned patience, enum tee_wire_verb verb,
    struct teed_answer *a)
{
	long deadline = milliseconds() + (long)patience * 1000;
	/* One byte more shows a packet that is too long. */
	uint8_t packet[TEE_WIRE_PACKET + 1];
	enum reading reading =
	    send_question(fd, a, verb) ? READING_MORE : READING_FAILED;

	while (reading == READING_MORE) {
		size_t n = receive(fd, deadline, packet, sizeof(packet), a);

		reading = n > 0 ? take(a, verb, packet, n) : READING_FAILED;
	}
}

void
teed_ask(const struct teed_place *place, const char *target,
    enum tee_wire_verb verb, struct teed_answer *a)
{
	int fd;

	*a = (struct teed_answer){ 0 };
	if (!find(place, target, a))
		return;
	fd = connect_to(a);
	if (fd < 0)
		return;
	converse(fd, place->patience, verb, a);
	close(fd);
}

void
teed_answer_fail(struct teed_answer *a, const char *detail)
{
	fail(a, TEE_E_TEED, "%s", detail);
}

void
teed_answer_clear(struct teed_answer *a)
{
	free(a->path);
	free(a->profile);
	free(a->detail);
	free(a->data);
	*a = (struct teed_answer){ 0 };
}

json_t *
teed_error_json(const struct teed_answer *a)
{
	/* clang-format off */
	return json_pack("{s:i, s:s?, s:s, s:s, s:o, s:o}", "code", a->error,
	    "word", tee_error_word(a->error), "message",
	    tee_strerror(a->error), "next", tee_explain(a->error), "socket",
	    text_json(a->path != NULL ? a->path : ""), "detail",
	    text_json(a->detail != NULL ? a->detail : ""));
	/* clang-format on */
}

enum status
teed_explain(const struct teed_answer *a, const char *what)
{
	fprintf(stderr, "teectl: %s ", what);
	text_print(stderr, a->profile != NULL ? a->profile : "?");
	fprintf(stderr, ": %s\n  socket  ", tee_strerror(a->error));
	text_print(stderr, a->path != NULL ? a->path : "?");
	if (a->detail != NULL && a->detail[0] != '\0') {
		fputs("\n  detail  ", stderr);
		text_print(stderr, a->detail);
	}
	fprintf(stderr, "\n  next    %s\n", tee_explain(a->error));
	return command_status(a->error);
}

static int
is_socket_name(const struct dirent *d)
{
	size_t n = strlen(d->d_name), k = strlen(SUFFIX);

	return n > k && strcmp(d->d_name + n - k, SUFFIX) == 0;
}

bool
teed_list(const char *run_dir, char ***names, size_t *count)
{
	struct dirent **found;
	int i,
	    n = scandir(run_dir != NULL ? run_dir : TEE_RUN_DIR, &found,
		is_socket_name, alphasort);

	*names = NULL;
	*count = 0;
	if (n < 0)
		return false;
	*names = calloc((size_t)n + 1, sizeof(**names));
	for (i = 0; i < n; i++) {
		size_t size = strlen(found[i]->d_name) - strlen(SUFFIX);

		if (*names != NULL)
			(*names)[*count] = strndup(found[i]->d_name, size);
		*count += *names != NULL && (*names)[*count] != NULL;
		free(found[i]);
	}
	free(found);
	errno = ENOMEM;
	return *names != NULL && *count == (size_t)n;
}

void
teed_list_clear(char ***names, size_t *count)
{
	while (*count > 0)
		free((*names)[--*count]);
	free(*names);
	*names = NULL;
}

json_t *
teed_status(const struct teed_place *place, const char *target,
    struct teed_answer *a)
{
	json_t *root;

	teed_ask(place, target, TEE_WIRE_STATUS, a);
	if (a->error != 0)
		return NULL;
	root = json_loadb(a->data, a->size, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(root) &&
	    json_is_string(json_object_get(root, "profile")) &&
	    json_is_string(json_object_get(root, "state")))
		return root;
	json_decref(root);
	teed_answer_fail(a, "its status is no document of this version");
	return NULL;
}
