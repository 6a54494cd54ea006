/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed_script: answers at a socket as it was told to, right or wrong.
 *
 *	teed_script SOCKET LOG VERB=ANSWER...
 *
 * VERB is status, renew or revoke; a verb that was not named is refused.
 * ANSWER is
 *	file:PATH   OK, with the file's content in as many packets as it takes
 *	key:GENERATION,SERIAL,EXPIRES,DID   OK, with this key
 *	ok          OK, with nothing
 *	WORD:TEXT   refused, with the code of this word of libtee
 *	code:NUMBER refused, with a number that is no code
 *	event:ANSWER, late:ANSWER   first an event; first a fifth of a second
 *	close, silent, short, version, long, question, flood   nonsense
 *	door        refused with id 0, and closed, before a question is read
 * It goes on in the background once it listens, says its process id, and logs
 * each request as a line of hex.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "libtee/wire.h"

static int rule_count;
static char **rules;

static void
say(int fd, const struct tee_wire *w)
{
	uint8_t packet[TEE_WIRE_PACKET];
	size_t size = tee_wire_write(w, packet, sizeof(packet));

	(void)send(fd, packet, size, MSG_NOSIGNAL);
}

static void
say_all(int fd, struct tee_wire *w, const uint8_t *data, size_t size)
{
	w->status = TEE_WIRE_OK;
	do {
		w->payload = data;
		w->size = size < TEE_WIRE_PAYLOAD ? size : TEE_WIRE_PAYLOAD;
		data += w->size;
		size -= w->size;
		w->flags = size > 0 ? TEE_WIRE_MORE : 0;
		say(fd, w);
	} while (size > 0);
}

static void
say_file(int fd, struct tee_wire *w, const char *path)
{
	static uint8_t data[1u << 20];
	FILE *f = fopen(path, "r");
	size_t n = f != NULL ? fread(data, 1, sizeof(data), f) : 0;

	if (f != NULL)
		fclose(f);
	say_all(fd, w, data, n);
}

static void
say_key(int fd, struct tee_wire *w, const char *text)
{
	struct tee_wire_key key = { 0 };
	uint8_t payload[1024];
	char did[256];

	if (sscanf(text, "%u,%d,%lu,%255s", &key.generation, &key.serial,
		&key.expires, did) != 4)
		exit(99);
	memset(key.public_key, 0xa5, sizeof(key.public_key));
	key.did = did;
	key.did_size = strlen(did);
	say_all(fd, w, payload,
	    tee_wire_write_key(&key, payload, sizeof(payload)));
}

static void
refuse(int fd, struct tee_wire *w, int code, const char *text)
{
	w->status = (uint8_t)code;
	w->payload = (const uint8_t *)text;
	w->size = strlen(text);
	say(fd, w);
}

/* What no teed says. */
static bool
say_nonsense(int fd, struct tee_wire *w, const char *kind)
{
	uint8_t packet[TEE_WIRE_PACKET + 1] = { TEE_WIRE_VERSION, w->verb, 0,
		TEE_WIRE_OK, 0, 0, 0, (uint8_t)w->id };
	unsigned sent;

	if (strcmp(kind, "silent") == 0)
		(void)recv(fd, packet, 1, 0); /* until the client goes */
	else if (strcmp(kind, "short") == 0)
		(void)send(fd, packet, TEE_WIRE_HEADER - 1, MSG_NOSIGNAL);
	else if (strcmp(kind, "long") == 0)
		(void)send(fd, packet, sizeof(packet), MSG_NOSIGNAL);
	else if (strcmp(kind, "version") == 0) {
		packet[0]++;
		(void)send(fd, packet, TEE_WIRE_HEADER, MSG_NOSIGNAL);
	} else if (strcmp(kind, "question") == 0) {
		packet[7]++;
		(void)send(fd, packet, TEE_WIRE_HEADER, MSG_NOSIGNAL);
	} else if (strcmp(kind, "flood") == 0) {
		packet[2] = TEE_WIRE_MORE;
		for (sent = 0; sent <= TEE_WIRE_ANSWER;
		     sent += TEE_WIRE_PAYLOAD)
			if (send(fd, packet, TEE_WIRE_PACKET, MSG_NOSIGNAL) < 0)
				break;
	} else
		return strcmp(kind, "close") == 0;
	return true;
}

static void
answer(int fd, struct tee_wire *w, const char *how)
{
	static const struct timespec pause = { 0, 200 * 1000 * 1000 };
	struct tee_wire event = { .verb = TEE_WIRE_EVENT,
		.payload = (const uint8_t *)"\001x",
		.size = 2 };
	char word[32];
	int code;

	if (strncmp(how, "event:", 6) == 0) {
		say(fd, &event);
		answer(fd, w, how + 6);
	} else if (strncmp(how, "late:", 5) == 0) {
		nanosleep(&pause, NULL);
		answer(fd, w, how + 5);
	} else if (strncmp(how, "file:", 5) == 0) {
		say_file(fd, w, how + 5);
	} else if (strncmp(how, "key:", 4) == 0) {
		say_key(fd, w, how + 4);
	} else if (strncmp(how, "code:", 5) == 0) {
		refuse(fd, w, atoi(how + 5), "a code of tomorrow");
	} else if (strcmp(how, "ok") == 0) {
		say_all(fd, w, NULL, 0);
	} else if (!say_nonsense(fd, w, how)) {
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(how, ":"),
		    how);
		code = tee_error_from_word(word);
		if (code == 0 || strchr(how, ':') == NULL)
			exit(99);
		refuse(fd, w, code, strchr(how, ':') + 1);
	}
}

static const char *
rule_of(uint8_t verb)
{
	const char *name = verb == TEE_WIRE_STATUS ? "status=" :
	    verb == TEE_WIRE_RENEW                 ? "renew=" :
	    verb == TEE_WIRE_REVOKE                ? "revoke=" :
						     "other=";
	int i;

	for (i = 0; i < rule_count; i++)
		if (strncmp(rules[i], name, strlen(name)) == 0)
			return rules[i] + strlen(name);
	return "argument:there is no such verb";
}

static void
serve(int fd)
{
	uint8_t packet[TEE_WIRE_PACKET];
	struct tee_wire w, door = { .verb = TEE_WIRE_ANSWERS };
	ssize_t n, i;

	if (rule_count > 0 && strcmp(rules[0], "door") == 0) {
		refuse(fd, &door, TEE_E_PEER, "not for this user");
		return;
	}
	n = recv(fd, packet, sizeof(packet), 0);
	for (i = 0; i < n; i++)
		printf("%02x%c", packet[i], i + 1 < n ? ' ' : '\n');
	fflush(stdout);
	if (n <= 0 || !tee_wire_read(packet, (size_t)n, &w))
		return;
	w.verb |= TEE_WIRE_ANSWERS;
	answer(fd, &w, rule_of(w.verb & (uint8_t)~TEE_WIRE_ANSWERS));
}

int
main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int door = socket(AF_UNIX, SOCK_SEQPACKET, 0), fd;
	pid_t child;

	if (argc < 3 || strlen(argv[1]) >= sizeof(at.sun_path))
		return 99;
	strcpy(at.sun_path, argv[1]);
	rules = argv + 3;
	rule_count = argc - 3;
	(void)unlink(argv[1]);
	signal(SIGPIPE, SIG_IGN);
	if (bind(door, (const void *)&at, sizeof(at)) != 0 ||
	    listen(door, 8) != 0)
		return 99;
	child = fork();
	if (child != 0) {
		printf("%d\n", (int)child);
		return child < 0 ? 99 : 0;
	}
	/* Whatever goes wrong, nothing of a test stays behind for long. */
	alarm(60);
	if (freopen(argv[2], "w", stdout) == NULL)
		return 99;
	while ((fd = accept(door, NULL, NULL)) >= 0) {
		serve(fd);
		close(fd);
	}
	return 99;
}
