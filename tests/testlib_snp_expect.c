/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_snp_expect: what a judgement said, against what it should. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <check.h>

#include "tests/testlib_snp.h"

#define SAID_SIZE 4096

bool
snp_word(const char *words, const char *name)
{
	size_t length = strlen(name);

	while (words != NULL && *words != '\0') {
		size_t n = strcspn(words, " ");

		if (n == length && memcmp(words, name, n) == 0)
			return true;
		words += n + strspn(words + n, " ");
	}
	return false;
}

const struct tee_check *
snp_check(const struct tee_claims *c, const char *name)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (strcmp(c->checks[i].name, name) == 0)
			return &c->checks[i];
	return NULL;
}

static size_t
count_words(const char *words)
{
	size_t count = 0;

	while (words != NULL && *words != '\0') {
		count++;
		words += strcspn(words, " ");
		words += strspn(words, " ");
	}
	return count;
}

/* The checks with this result are the named ones, no fewer and no more. */
static bool
exactly(const struct tee_claims *c, enum tee_check_result result,
    const char *words)
{
	size_t found = 0;

	for (size_t i = 0; i < c->check_count; i++) {
		if (c->checks[i].result != result)
			continue;
		if (!snp_word(words, c->checks[i].name))
			return false;
		found++;
	}
	return found == count_words(words);
}

static bool
names_differ(const struct tee_claims *c)
{
	for (size_t i = 0; i < c->check_count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(c->checks[i].name, c->checks[j].name) == 0)
				return false;
	return true;
}

static const char *
say(const struct tee_claims *c, char said[SAID_SIZE])
{
	size_t used = 0;

	said[0] = '\0';
	for (size_t i = 0; i < c->check_count && used < SAID_SIZE - 1; i++) {
		const struct tee_check *k = &c->checks[i];

		if (k->result != TEE_CHECK_FAIL &&
		    k->result != TEE_CHECK_NOT_DONE)
			continue;
		used += (size_t)snprintf(said + used, SAID_SIZE - used,
		    "\n    %s %s: %s",
		    k->result == TEE_CHECK_FAIL ? "fail" : "not-done", k->name,
		    k->detail);
	}
	return said;
}

void
snp_expect(const char *row, const struct tee_claims *c, const char *fails,
    const char *not_done)
{
	enum tee_verdict want = count_words(fails) > 0 ? TEE_DENY :
	    count_words(not_done) > 0                  ? TEE_UNAVAILABLE :
							 TEE_OK;
	char said[SAID_SIZE];

	ck_assert_msg(exactly(c, TEE_CHECK_FAIL, fails) &&
		exactly(c, TEE_CHECK_NOT_DONE, not_done),
	    "%s: wanted fail \"%s\", not-done \"%s\"; got:%s", row,
	    fails != NULL ? fails : "", not_done != NULL ? not_done : "",
	    say(c, said));
	ck_assert_msg(c->verdict == want, "%s: verdict %#x, wanted %#x:%s", row,
	    (unsigned)c->verdict, (unsigned)want, say(c, said));
	ck_assert_msg(names_differ(c), "%s: a check is there twice", row);
	ck_assert_msg(!c->broken, "%s: a claim could not be kept", row);
}
