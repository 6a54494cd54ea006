/* SPDX-License-Identifier: Apache-2.0 */
/* record: see record.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "teed/record.h"

#ifndef JOURNAL
#define JOURNAL "/run/systemd/journal/socket"
#endif

static int journal = -1;
static bool levels;

bool
teed_record_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream != NULL &&
	    sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	    fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device &&
	    st.st_ino == inode;
}

bool
teed_record_open(enum teed_record_to to)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
		.sun_path = JOURNAL };

	levels = teed_record_is_journal();
	if (to == TEED_RECORD_STDERR)
		return true;
	journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (journal >= 0 &&
	    connect(journal, (const void *)&address, sizeof(address)) == 0)
		return true;
	if (journal >= 0)
		close(journal);
	journal = -1;
	return false;
}

/* " name=" of a line, up to the next space. */
static int
field(const char *line, const char *name, const char **value)
{
	const char *at = strstr(line, name);

	while (at != NULL && at != line && at[-1] != ' ')
		at = strstr(at + 1, name);
	if (at == NULL)
		return 0;
	*value = at + strlen(name);
	return (int)strcspn(*value, " \"");
}

/* A worker speaks for its own profile, whatever it says of others. */
static int
profile_of(const char *line, const char **value)
{
	return field(line,
	    strncmp(line, "worker=", 7) == 0 ? "worker=" : "profile=", value);
}

/* A line has no newline (log.c), so every field is of the simple form. */
static bool
to_journal(int priority, const char *line)
{
	const char *id = "", *profile = "";
	int id_size = field(line, "message_id=", &id);
	int profile_size = profile_of(line, &profile);
	char text[4096];
	int n = snprintf(text, sizeof(text),
	    "PRIORITY=%d\nSYSLOG_IDENTIFIER=teed\n%s%.*s%s%s%.*s%sMESSAGE=%s\n",
	    priority, id_size > 0 ? "MESSAGE_ID=" : "", id_size, id,
	    id_size > 0 ? "\n" : "", profile_size > 0 ? "TEE_PROFILE=" : "",
	    profile_size, profile, profile_size > 0 ? "\n" : "", line);

	return n > 0 && (size_t)n < sizeof(text) &&
	    send(journal, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) == n;
}

void
teed_record_line(void *user, int priority, const char *line)
{
	char text[4096];
	int n;

	(void)user;
	if (journal >= 0 && to_journal(priority, line))
		return;
	n = levels ? snprintf(text, sizeof(text), "<%d>%s\n", priority, line) :
		     snprintf(text, sizeof(text), "teed: %s\n", line);
	if (n > 0 && (size_t)n >= sizeof(text)) {
		n = sizeof(text) - 1;
		text[n - 1] = '\n';
	}
	if (n > 0 && write(STDERR_FILENO, text, (size_t)n) < 0)
		return; /* nobody listens; there is nowhere to say so */
}
