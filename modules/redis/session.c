/* SPDX-License-Identifier: Apache-2.0 */
/* session: see session.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>
#include <openssl/crypto.h>

#include "modules/common/file.h"
#include "modules/redis/session.h"

struct redis_session {
	struct redis_stream stream;
	struct redis_reader *reader;
};

static bool
hear(struct redis_session *s, uint64_t until, struct redis_answer *answer)
{
	enum redis_answer_state state = REDIS_ANSWER_MORE;
	uint8_t piece[REDIS_ANSWER_MAX];
	size_t n;

	while (state == REDIS_ANSWER_MORE) {
		n = redis_stream_receive(&s->stream, piece, sizeof(piece),
		    until);
		if (n == 0)
			return false;
		state = redis_reader_feed(s->reader, piece, n, answer);
	}
	return state == REDIS_ANSWER_WHOLE;
}

bool
redis_session_ask(struct redis_session *s, int argc, const char **argv,
    const size_t *sizes, uint64_t until, struct redis_answer *answer)
{
	char *command = NULL;
	int size = redisFormatCommandArgv(&command, argc, argv, sizes);
	bool sent;

	if (size < 0)
		return false;
	sent = redis_stream_send(&s->stream, command, (size_t)size, until);
	/* It may have been the one with the password. */
	OPENSSL_cleanse(command, (size_t)size);
	redisFreeCommand(command);
	return sent && hear(s, until, answer);
}

static const char *
say_password(struct redis_session *s, const char *user, const uint8_t *password,
    size_t size, uint64_t until)
{
	const char *argv[] = { "AUTH", user, (const char *)password };
	size_t sizes[] = { 4, user != NULL ? strlen(user) : 0, size };
	struct redis_answer answer;

	if (user == NULL) {
		argv[1] = argv[2];
		sizes[1] = sizes[2];
	}
	if (!redis_session_ask(s, user != NULL ? 3 : 2, argv, sizes, until,
		&answer))
		return "AUTH: no answer in time";
	return answer.kind == REDIS_ANSWER_OK ?
	    NULL :
	    "AUTH: the server refuses user or password";
}

/* The password lives no longer than it takes to say it. */
static const char *
log_in(struct redis_session *s, const struct redis_login *login, uint64_t until)
{
	const char *why;
	uint8_t *password;
	size_t size = 0, used;

	if (login->password_file == NULL)
		return NULL;
	password = tee_file_read_private(login->password_file,
	    REDIS_PASSWORD_MAX, &size, &why);
	if (password == NULL)
		return "password_file: not there, not private (chmod 600), "
		       "or too long";
	for (used = size; used > 0 && password[used - 1] == '\n';)
		used--;
	why = say_password(s, login->user, password, used, until);
	OPENSSL_cleanse(password, size);
	free(password);
	return why;
}

struct redis_session *
redis_session_new(const struct redis_target *to,
    const struct redis_login *login, uint64_t until, const char **why)
{
	struct redis_session *s = calloc(1, sizeof(*s));

	*why = "no memory";
	if (s == NULL)
		return NULL;
	s->stream.fd = -1;
	s->reader = redis_reader_new();
	if (s->reader != NULL)
		*why = redis_stream_open(&s->stream, to, until);
	if (*why == NULL)
		*why = log_in(s, login, until);
	if (*why != NULL)
		redis_session_free(&s);
	return s;
}

void
redis_session_free(struct redis_session **session)
{
	if (*session == NULL)
		return;
	redis_stream_close(&(*session)->stream);
	redis_reader_free(&(*session)->reader);
	free(*session);
	*session = NULL;
}
