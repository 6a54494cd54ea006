/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: JSON that came from outside, read strictly: bounded in size and
 * depth, no duplicate names, no NUL in texts.  What is missing or of another
 * type reads as absent, so that callers decide by what they found.
 */
#ifndef TEE_COMMON_JSON_H
#define TEE_COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#define TEE_JSON_MAX (1024 * 1024)
#define TEE_JSON_WHY 160

static inline void
tee_json_cleanup(json_t **root)
{
	json_decref(*root);
}
#define tee_auto_json __attribute__((cleanup(tee_json_cleanup))) json_t

/*
 * An object that fills the bytes, or NULL with a sentence in `why` (which may
 * be NULL).  Where one integer is beyond 63 bits, which real services send, all
 * become reals: tee_json_whole reads either.
 */
json_t *tee_json_object(const void *data, size_t size, char why[TEE_JSON_WHY]);

/* A member's text, NULL where absent or no string. */
const char *tee_json_text(const json_t *object, const char *name);
/* The object `name`, NULL where absent or no object. */
json_t *tee_json_member(const json_t *object, const char *name);
/*
 * A number without a fraction that is known exactly: a JSON integer, or a real
 * of less than 2^53 either side of zero.
 */
bool tee_json_whole(const json_t *value, int64_t *out);
/* Such a number, or the text of one where the service writes numbers so. */
bool tee_json_integer(const json_t *object, const char *name, int64_t *out);
/* Whether the member is exactly this text. */
bool tee_json_is(const json_t *object, const char *name, const char *text);

#endif
