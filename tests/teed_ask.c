/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed_ask: one connection to teed, driven by lines on standard input, one
 * line out for each packet that comes back:
 *
 *	VERB [HEX]      asks, with this payload; prints its answer whole
 *	raw HEX         sends this packet as it is
 *	wait SECONDS    prints what comes unasked for so long
 *
 *	ok HEX | WORD TEXT | event N TEXT | end
 *
 * A text answer is printed as text where it begins with '{'.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "libtee/text.h"
#include "libtee/wire.h"

static const struct {
	const char *word;
	enum tee_wire_verb verb;
} verbs[] = { { "sign", TEE_WIRE_SIGN }, { "key", TEE_WIRE_KEY },
	{ "attest", TEE_WIRE_ATTEST }, { "status", TEE_WIRE_STATUS },
	{ "renew", TEE_WIRE_RENEW }, { "revoke", TEE_WIRE_REVOKE } };

static int fd;
static uint32_t id;

static void
print_bytes(const uint8_t *p, size_t size)
{
	static char hex[2 * TEE_WIRE_PAYLOAD + 1];

	if (size > 0 && p[0] == '{') {
		fwrite(p, 1, size, stdout);
		return;
	}
	tee_hex_encode(p, size, hex);
	fputs(hex, stdout);
}

/* False: it was not the end of what is waited for. */
static bool
print(const struct tee_wire *w, bool first)
{
	if (w->verb == TEE_WIRE_EVENT) {
		printf("event %u %.*s\n", w->size > 0 ? w->payload[0] : 0,
		    w->size > 0 ? (int)w->size - 1 : 0,
		    (const char *)w->payload + 1);
		return false;
	}
	if (w->status != TEE_WIRE_OK) {
		const char *word = tee_error_word(w->status);

		printf("%s %.*s\n", word != NULL ? word : "?", (int)w->size,
		    (const char *)w->payload);
		return true;
	}
	if (first)
		fputs("ok ", stdout);
	print_bytes(w->payload, w->size);
	if (w->flags & TEE_WIRE_MORE)
		return false;
	putchar('\n');
	return true;
}

static bool
listen_for(int milliseconds, bool answer)
{
	uint8_t packet[TEE_WIRE_PACKET];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct tee_wire w;
	bool first = true;

	while (poll(&p, 1, milliseconds) > 0) {
		ssize_t n = recv(fd, packet, sizeof(packet), 0);

		if (n < 0 && errno == ECONNRESET)
			continue; /* the reason follows */
		if (n <= 0 || !tee_wire_read(packet, (size_t)n, &w)) {
			puts(n <= 0 ? "end" : "nonsense");
			return false;
		}
		if (print(&w, first) && answer)
			return true;
		first = w.verb == TEE_WIRE_EVENT;
	}
	if (answer)
		puts("silence");
	return !answer;
}

static size_t
unhex(const char *hex, uint8_t *out, size_t room)
{
	size_t n = strlen(hex);

	return n / 2 <= room && tee_hex_decode(hex, n, out, n / 2) ? n / 2 : 0;
}

static bool
ask(const char *word, const char *hex)
{
	uint8_t packet[TEE_WIRE_PACKET], payload[TEE_WIRE_PAYLOAD];
	struct tee_wire w = { .id = ++id, .payload = payload };
	size_t n;

	w.size = unhex(hex, payload, sizeof(payload));
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].word, word) == 0)
			w.verb = (uint8_t)verbs[i].verb;
	n = tee_wire_write(&w, packet, sizeof(packet));
	if (strcmp(word, "raw") == 0)
		n = unhex(hex, packet, sizeof(packet));
	(void)!send(fd, packet, n, MSG_NOSIGNAL);
	return listen_for(20000, true);
}

int
main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	static char line[2 * TEE_WIRE_PACKET + 64], hex[sizeof(line)];
	char word[16];

	if (argc != 2)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", argv[1]);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const void *)&to, sizeof(to)) != 0) {
		perror("teed_ask");
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		hex[0] = '\0';
		if (sscanf(line, "%15s %s", word, hex) < 1)
			continue;
		if (strcmp(word, "wait") == 0) {
			if (!listen_for((int)(strtod(hex, NULL) * 1000), false))
				return 1;
		} else if (!ask(word, hex)) {
			return 1;
		}
	}
	return 0;
}
