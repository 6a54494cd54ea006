/* SPDX-License-Identifier: Apache-2.0 */
/* log: see log.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "libtee/log.h"

#define LINE_SIZE 2048

static void emit(const struct tee_log *, int, const char *, va_list)
    TEE_PRINTF(3, 0);

static void
emit(const struct tee_log *log, int priority, const char *fmt, va_list ap)
{
	char line[LINE_SIZE];
	int saved = errno;
	char *p;

	vsnprintf(line, sizeof(line), fmt, ap);
	/* One event is one line, whatever a file name or an option holds. */
	for (p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	log->fn(log->user, priority, line);
	errno = saved;
}

void
tee_log_line(const struct tee_log *log, int priority, const char *fmt, ...)
{
	va_list ap;

	if (log->fn == NULL)
		return;
	va_start(ap, fmt);
	emit(log, priority, fmt, ap);
	va_end(ap);
}

/* tee(7) prints this table. */
static const struct {
	const char *word;
	const char *message_id;
	int priority;
} events[] = {
	/* clang-format off */
	[TEE_EVENT_GRANT] = { "GRANT",
	    "6f0c9e5f4c0b4f0f8d1f5d7a2b9c3e11", LOG_NOTICE },
	[TEE_EVENT_DENY] = { "DENY",
	    "6f0c9e5f4c0b4f0f8d1f5d7a2b9c3e12", LOG_ERR },
	[TEE_EVENT_DOWNGRADE] = { "DOWNGRADE",
	    "6f0c9e5f4c0b4f0f8d1f5d7a2b9c3e13", LOG_WARNING },
	[TEE_EVENT_REVOKE] = { "REVOKE",
	    "6f0c9e5f4c0b4f0f8d1f5d7a2b9c3e14", LOG_WARNING },
	[TEE_EVENT_RENEW] = { "RENEW",
	    "6f0c9e5f4c0b4f0f8d1f5d7a2b9c3e15", LOG_NOTICE },
	/* clang-format on */
};

void
tee_log_event(const struct tee_log *log, enum tee_event event, const char *fmt,
    ...)
{
	char detail[LINE_SIZE - 256];
	va_list ap;

	if (log->fn == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	tee_log_line(log, events[event].priority, "event=%s message_id=%s %s",
	    events[event].word, events[event].message_id, detail);
}
