/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_http_call: the call, trust and options of testlib_http.h. */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "libtee/clock.h"
#include "tests/testlib_http.h"

static void
keep_line(void *user, int priority, const char *line)
{
	struct http_call *c = user;
	size_t have = strlen(c->log);

	snprintf(c->log + have, sizeof(c->log) - have, "%d %s\n", priority,
	    line);
}

void
http_call_begin(struct http_call *c, unsigned budget_ms, const uint8_t root[32])
{
	memset(c, 0, sizeof(*c));
	if (root != NULL)
		memcpy(c->root[0], root, 32);
	c->floor.roots = c->root;
	c->floor.root_count = root != NULL;
	c->floor.allow_simulated = true;
	c->call.transaction = "test";
	c->call.module = "test";
	c->call.facility = TEE_VERIFIER;
	c->call.log.fn = keep_line;
	c->call.log.user = c;
	c->call.floor = &c->floor;
	c->call.evidence = tee_evidence_new();
	c->call.may_put = true;
	c->call.claims = tee_claims_new();
	c->call.now = time(NULL);
	c->call.deadline = tee_clock_monotonic_ms() + budget_ms;
}

void
http_call_trust(struct http_call *c, const uint8_t root[32])
{
	ck_assert_uint_lt(c->floor.root_count, 2);
	memcpy(c->root[c->floor.root_count++], root, 32);
}

void
http_call_end(struct http_call *c)
{
	tee_evidence_free(&c->call.evidence);
	tee_claims_free(&c->call.claims);
}

bool
http_call_logged(const struct http_call *c, const char *reason,
    const char *words)
{
	char copy[sizeof(c->log)], word[64], *rest = copy, *line;

	memcpy(copy, c->log, sizeof(copy));
	snprintf(word, sizeof(word), "reason=%s ", reason);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (strstr(line, word) != NULL && strstr(line, words) != NULL)
			return true;
	fprintf(stderr, "no line with %s and \"%s\":\n%s", word, words, c->log);
	return false;
}

void
http_config(struct tee_config *config, enum tee_facility facility,
    const char *options, struct http_call *log)
{
	char copy[1024], *rest = copy, *one, *value;

	memset(config, 0, sizeof(*config));
	config->facility = facility;
	config->file = "test";
	config->line = 1;
	if (log != NULL) {
		config->log.fn = keep_line;
		config->log.user = log;
	}
	ck_assert_uint_lt(strlen(options), sizeof(copy));
	strcpy(copy, options);
	while ((one = strsep(&rest, "|")) != NULL && *one != '\0') {
		value = strchr(one, '=');
		ck_assert_ptr_nonnull(value);
		*value++ = '\0';
		ck_assert_int_eq(tee_config_add(config, one, value, 1), 0);
	}
}

const char *
http_ca_file(const struct tls_ca *ca)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	static char path[4160];
	char folder[4096];
	FILE *file;

	ck_assert_ptr_nonnull(realpath(build != NULL ? build : ".", folder));
	snprintf(path, sizeof(path), "%s/tests/tmp", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/tests/tmp/ca-%d.pem", folder,
	    (int)getpid());
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(tls_ca_pem(ca), file);
	fclose(file);
	return path;
}

struct tee_http_trust *
http_trust_of(const struct tls_ca *ca)
{
	const char *path = http_ca_file(ca);
	struct tee_http_trust *trust = NULL;
	struct tee_config config;
	char option[4200];

	snprintf(option, sizeof(option), "ca_file=%s", path);
	http_config(&config, TEE_VERIFIER, option, NULL);
	ck_assert_int_eq(tee_http_trust_read(&config, "ca_file", &trust), 1);
	tee_config_clear(&config);
	remove(path);
	return trust;
}

uint64_t
http_ms(void)
{
	return tee_clock_monotonic_ms();
}
