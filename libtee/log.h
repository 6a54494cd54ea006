/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: lines to the caller's callback, errno preserved, never a secret and
 * never raw evidence.  Without a callback nothing happens.
 */
#ifndef LIBTEE_LOG_H
#define LIBTEE_LOG_H

#include <stdarg.h>
#include <syslog.h>
#include <tee/tee.h>

struct tee_log {
	tee_log_fn *fn;
	void *user;
};

/* Events that operators filter on; each has a fixed journald MESSAGE_ID. */
enum tee_event {
	TEE_EVENT_GRANT,
	TEE_EVENT_DENY,
	TEE_EVENT_DOWNGRADE,
	TEE_EVENT_REVOKE,
	TEE_EVENT_RENEW
};

void tee_log_line(const struct tee_log *, int priority, const char *fmt, ...)
    TEE_PRINTF(3, 4);
void tee_log_event(const struct tee_log *, enum tee_event, const char *fmt, ...)
    TEE_PRINTF(3, 4);

#endif
