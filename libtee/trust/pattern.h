/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern: the part of Python's regular expressions whose search takes time
 * linear in the text: re.search(pattern, text, re.DOTALL) as yes or no.
 *
 *   taken      literals, . [ ] [^ ] with ranges, ( ) (?: ), |,
 *              * + ? and their lazy forms, ^ $ \A \Z \b \B, \d \D \w \W \s \S,
 *              \n \t \r \f \v \a, a backslash before what is no letter or digit
 *   refused    AgentMesh refuses, silently: more than 200 characters, {, (+,
 *              (.*)*, (.+)+, and what Python cannot compile
 *   refused    beyond this part: lookaround, references, flags, names,
 *              possessive repeats, \x \u \N and octal escapes
 *
 * Classes such as \w depend on Unicode's tables in Python: over a text that is
 * not ASCII their answer is an error here, never a guess.
 */
#ifndef LIBTEE_TRUST_PATTERN_H
#define LIBTEE_TRUST_PATTERN_H

#include <stddef.h>

#include "libtee/trust/value.h"

#define TEE_PATTERN_MAX 200       /* characters, as AgentMesh has it */
#define TEE_PATTERN_TEXT_MAX 4096 /* bytes of a text that is searched */

struct tee_pattern;

/* `pattern` is UTF-8 with a NUL behind it.  NULL and *why, a constant; *why
 * is NULL where there is no memory. */
struct tee_pattern *tee_pattern_new(const char *pattern, size_t size,
    const char **why);
void tee_pattern_free(struct tee_pattern *);
enum tee_answer tee_pattern_search(const struct tee_pattern *, const char *text,
    size_t size);
/* Whether a text that is not ASCII is an error. */
bool tee_pattern_ascii(const struct tee_pattern *);

#endif
