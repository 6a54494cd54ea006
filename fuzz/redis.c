/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis: any bytes as the answer of a server.  The first byte says in which
 * pieces the others come; it makes no difference.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/redis/answer.h"

const char fuzz_target[] = "redis";

/* State and answer after pieces of this size; how many bytes were taken. */
static enum redis_answer_state
read_in(size_t piece, const uint8_t *data, size_t size,
    struct redis_answer *answer)
{
	struct redis_reader *r = redis_reader_new();
	enum redis_answer_state state = REDIS_ANSWER_MORE;

	fuzz_must(r != NULL, "memory");
	while (size > 0 && state == REDIS_ANSWER_MORE) {
		if (piece > size)
			piece = size;
		state = redis_reader_feed(r, data, piece, answer);
		data += piece;
		size -= piece;
	}
	redis_reader_free(&r);
	/* More than one answer, where its end was the end of a piece. */
	return size > 0 ? REDIS_ANSWER_BAD : state;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct redis_answer whole, pieces;
	enum redis_answer_state state;

	fuzz_accepted = false;
	if (size < 2)
		return 0;
	state = read_in(size - 1, data + 1, size - 1, &whole);
	fuzz_must(read_in(data[0] + 1u, data + 1, size - 1, &pieces) == state,
	    "pieces make no difference");
	if (state != REDIS_ANSWER_WHOLE)
		return 0;
	fuzz_must(whole.size <= sizeof(whole.bytes) && whole.size < size,
	    "sizes");
	fuzz_must(whole.kind == pieces.kind && whole.size == pieces.size &&
		memcmp(whole.bytes, pieces.bytes, whole.size) == 0,
	    "the same answer");
	fuzz_accepted = whole.kind != REDIS_ANSWER_NONE;
	return 0;
}
