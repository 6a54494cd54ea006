/* SPDX-License-Identifier: Apache-2.0 */
/* answer: see answer.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>

#include "modules/redis/answer.h"

/* Room for the longest value and what stands around it. */
#define WIRE_MAX (REDIS_ANSWER_MAX + 64)

#if HIREDIS_MAJOR < 1
typedef int element_count;
#else
typedef size_t element_count;
#endif

struct redis_reader {
	redisReader *parser;
	size_t fed; /* of this answer */
	struct redis_answer answer;
};

/* An error, or a status that is not OK, is an answer that says nothing. */
static void *
take_string(const redisReadTask *task, char *text, size_t size)
{
	struct redis_answer *a = task->privdata;

	if (task->parent != NULL || size > sizeof(a->bytes))
		return NULL;
	a->kind = REDIS_ANSWER_NONE;
	if (task->type == REDIS_REPLY_STRING)
		a->kind = REDIS_ANSWER_BYTES;
	else if (task->type == REDIS_REPLY_STATUS && size == 2 &&
	    memcmp(text, "OK", 2) == 0)
		a->kind = REDIS_ANSWER_OK;
	a->size = size;
	memcpy(a->bytes, text, size);
	return a;
}

/* Nothing that is asked here is answered by a list or a number. */
static void *
refuse_array(const redisReadTask *task, element_count elements)
{
	(void)task;
	(void)elements;
	return NULL;
}

static void *
refuse_integer(const redisReadTask *task, long long value)
{
	(void)task;
	(void)value;
	return NULL;
}

static void *
take_nothing(const redisReadTask *task)
{
	struct redis_answer *a = task->privdata;

	a->kind = REDIS_ANSWER_NOTHING;
	a->size = 0;
	return a;
}

static void
keep(void *object)
{
	(void)object; /* it is the reader's own */
}

static redisReplyObjectFunctions functions = {
	.createString = take_string,
	.createArray = refuse_array,
	.createInteger = refuse_integer,
	.createNil = take_nothing,
	.freeObject = keep,
};

struct redis_reader *
redis_reader_new(void)
{
	struct redis_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->parser = redisReaderCreateWithFunctions(&functions);
	if (r->parser == NULL) {
		free(r);
		return NULL;
	}
	r->parser->privdata = &r->answer;
	return r;
}

void
redis_reader_free(struct redis_reader **reader)
{
	if (*reader == NULL)
		return;
	redisReaderFree((*reader)->parser);
	free(*reader);
	*reader = NULL;
}

enum redis_answer_state
redis_reader_feed(struct redis_reader *r, const uint8_t *bytes, size_t size,
    struct redis_answer *out)
{
	void *object = NULL;

	if (size > WIRE_MAX - r->fed)
		return REDIS_ANSWER_BAD;
	r->fed += size;
	if (redisReaderFeed(r->parser, (const char *)bytes, size) != REDIS_OK ||
	    redisReaderGetReply(r->parser, &object) != REDIS_OK)
		return REDIS_ANSWER_BAD;
	if (object == NULL)
		return REDIS_ANSWER_MORE;
	/* What follows one answer would be taken for the next one. */
	if (object != &r->answer || r->parser->pos != r->parser->len)
		return REDIS_ANSWER_BAD;
	r->fed = 0;
	*out = r->answer;
	return REDIS_ANSWER_WHOLE;
}
