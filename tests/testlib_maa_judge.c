/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_maa_judge: the line and the call of testlib_maa.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>

#include "libtee/option.h"
#include "modules/snp_azure/facility.h"
#include "tests/testlib_maa.h"

#define TEXT 4096

static void
keep_line(void *user, int priority, const char *line)
{
	char *log = user;
	size_t have = strlen(log);

	(void)priority;
	snprintf(log + have, 8192 - have, "%s\n", line);
}

const char *
maa_file(const char *name, const void *data, size_t size)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	static char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/tmp",
	    build != NULL ? build : ".");
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/tests/tmp/%s.%ld",
	    build != NULL ? build : ".", name, (long)getpid());
	file = fopen(path, "wb");
	ck_assert_msg(file != NULL, "%s", path);
	ck_assert_uint_eq(fwrite(data, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
	return path;
}

struct azure_maa *
maa_line(const char *options, char log[8192])
{
	struct tee_config config = { .facility = TEE_VERIFIER,
		.file = "test",
		.line = 1 };
	char copy[TEXT], *rest = copy, *one, *value;
	struct azure_maa *maa;

	config.log.fn = log != NULL ? keep_line : NULL;
	config.log.user = log;
	ck_assert_uint_lt(strlen(options), sizeof(copy));
	strcpy(copy, options);
	while ((one = strsep(&rest, "|")) != NULL && *one != '\0') {
		value = strchr(one, '=');
		ck_assert_msg(value != NULL, "%s", one);
		*value++ = '\0';
		ck_assert_int_eq(tee_config_add(&config, one, value, 1), 0);
	}
	maa = tee_azure_maa_new(&config);
	tee_config_clear(&config);
	return maa;
}

static enum tee_verdict
verify(struct tee_call *call, void *state)
{
	return tee_azure_maa_verify(call, state);
}

static void
fill(struct maa_scene *s)
{
	char *token = s->token != NULL ? strdup(s->token) : maa_token(s);

	tee_evidence_free(&s->evidence);
	s->evidence = tee_evidence_new();
	for (size_t i = 0; i < s->item_count; i++)
		ck_assert_int_eq(tee_evidence_put(s->evidence, s->item[i].type,
				     s->item[i].data, s->item[i].size),
		    0);
	if (!s->no_token)
		ck_assert_int_eq(tee_evidence_put(s->evidence, "maa.token",
				     token, strlen(token)),
		    0);
	free(token);
}

struct tee_claims *
maa_judge_with(struct maa_scene *s, struct azure_maa *maa)
{
	uint8_t root[1][TEE_SPKI_DIGEST_SIZE];
	struct tee_reference floor = { .roots = root,
		.root_count = 1,
		.allow_simulated = true };
	struct tee_call call = {
		.log = { keep_line, s->log },
		.transaction = "test",
		.module = "snp_azure",
		.facility = TEE_VERIFIER,
		.floor = s->root != NULL ? &floor : NULL,
		.binding = s->no_binding ? NULL : s->binding,
		.binding_size = s->no_binding ? 0 : sizeof(s->binding),
		.may_put = true,
		.now = s->now,
		.deadline = tee_clock_monotonic_ms() +
		    (s->budget_ms != 0 ? s->budget_ms : 20000),
		.claims = tee_claims_new(),
	};

	if (s->root != NULL)
		memcpy(root[0], s->root, sizeof(root[0]));
	fill(s);
	call.evidence = s->evidence;
	call.claims->verdict = tee_call_run(&call, verify, maa);
	return call.claims;
}

struct tee_claims *
maa_judge(struct maa_scene *s, const char *options)
{
	char *keys = json_dumps(s->jwks, JSON_COMPACT), text[TEXT];
	const char *path = maa_file("jwks", keys, strlen(keys));
	struct azure_maa *maa;
	struct tee_claims *claims;

	if (options != NULL && options[0] == '!')
		snprintf(text, sizeof(text), "%s", options + 1);
	else
		snprintf(text, sizeof(text), "endpoint=%s|jwks_file=%s%s%s",
		    MAA_ENDPOINT, path,
		    options != NULL && options[0] != '\0' ? "|" : "",
		    options != NULL ? options : "");
	maa = maa_line(text, s->log);
	ck_assert_msg(maa != NULL, "%s: %s", text, s->log);
	claims = maa_judge_with(s, maa);
	tee_azure_maa_free(&maa);
	unlink(path);
	free(keys);
	return claims;
}
