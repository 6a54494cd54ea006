/* SPDX-License-Identifier: Apache-2.0 */
/* session: a connection that is logged in, and questions over it. */
#ifndef MODULES_REDIS_SESSION_H
#define MODULES_REDIS_SESSION_H

#include "modules/redis/answer.h"
#include "modules/redis/stream.h"

#define REDIS_PASSWORD_MAX 512

struct redis_session;

struct redis_login {
	const char *user;          /* NULL: none */
	const char *password_file; /* NULL: nobody logs in */
};

/* NULL with the hop that failed: a sentence that stays. */
struct redis_session *redis_session_new(const struct redis_target *,
    const struct redis_login *, uint64_t until, const char **why);
void redis_session_free(struct redis_session **);
/* One command; false: the session is of no more use. */
bool redis_session_ask(struct redis_session *, int argc, const char **argv,
    const size_t *sizes, uint64_t until, struct redis_answer *);

#endif
