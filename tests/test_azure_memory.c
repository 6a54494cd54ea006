/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a release leaves in the memory of the process that asked for it: of
 * the key that wraps, the vault's key, our wrapping key and the seed nothing,
 * once the transaction is over.  The vault is another process, so that only
 * what travelled can be found at all.
 */
#include "config.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <check.h>
#include <openssl/rand.h>

#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/snp_azure/wrapping.h"
#include "tests/memscan_key.h"
#include "tests/testlib_jose.h"
#include "tests/testlib_skr_line.h"

#define SECRETS 4

struct pipes {
	int to[2], from[2];
};

struct secret {
	const char *name;
	struct memscan_key *key;
	unsigned found_before, found_after;
	char where[512];
};

struct vault {
	const char *kty;
	struct sim_blob key; /* as it is released */
	uint8_t kek[AZURE_KEK_SIZE];
	uint8_t seed[TEE_SEED_SIZE];
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	struct secret secret[SECRETS];
};

static void
send_bytes(int fd, const void *data, size_t size)
{
	ck_assert_int_eq(write(fd, &size, sizeof(size)), sizeof(size));
	ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
}

/* malloc'd, with a NUL behind. */
static char *
receive(int fd, size_t *size)
{
	char *data;
	size_t have = 0;

	ck_assert_int_eq(read(fd, size, sizeof(*size)), sizeof(*size));
	data = calloc(1, *size + 1);
	while (have < *size) {
		ssize_t n = read(fd, data + have, *size - have);

		ck_assert_int_gt(n, 0);
		have += (size_t)n;
	}
	return data;
}

static void
step(const struct pipes *p)
{
	char c = '.';

	if (write(p->from[1], &c, 1) != 1 || read(p->to[0], &c, 1) != 1)
		_exit(3);
}

/* The asking process.  Its own wrapping key goes through the pipe, not kept. */
static void
victim(const struct pipes *p)
{
	size_t size;
	char *options = receive(p->to[0], &size), *body;
	struct skr_line l;
	tee_auto_json *jwk = NULL;
	char *text;

	if (skr_line_begin(&l, options) != TEE_OK)
		_exit(4);
	jwk = skr_line_jwk(&l);
	text = json_dumps(jwk, 0);
	send_bytes(p->from[1], text, strlen(text));
	/* struct scratch begins with the wrapping key. */
	send_bytes(p->from[1], l.slot.scratch.data, l.slot.scratch.size);
	step(p);
	body = receive(p->to[0], &size);
	if (skr_line_take(&l, body) != TEE_OK) {
		fprintf(stderr, "%s\n", l.c.log);
		_exit(5);
	}
	step(p);
	skr_line_end(&l);
	free(body);
	free(text);
	free(options);
	step(p);
	_exit(0);
}

static void
add_window(struct memscan_key *key, const uint8_t *at)
{
	uint64_t window;

	memcpy(&window, at, sizeof(window));
	if (window == 0 || key->count == MEMSCAN_PATTERNS)
		return;
	key->pattern[key->count].window = window;
	key->pattern[key->count++].kind = MEMSCAN_SEED;
	key->bloom[window & 0xffff] = 1;
}

/* As it is, and least byte first as big numbers are kept. */
static void
add_secret(struct memscan_key *key, const uint8_t *data, size_t size)
{
	uint8_t reversed[4096];

	ck_assert_uint_le(size, sizeof(reversed));
	for (size_t i = 0; i < size; i++)
		reversed[i] = data[size - 1 - i];
	for (size_t i = 0; i + 8 <= size; i += 8) {
		add_window(key, data + i);
		add_window(key, reversed + i);
	}
}

static void
add_rsa(struct memscan_key *key, const struct azure_rsa *rsa)
{
	for (unsigned i = AZURE_RSA_D; i < AZURE_RSA_PARTS; i++)
		add_secret(key, rsa->part[i], rsa->size[i]);
}

static void
vault_open(struct vault *v, bool symmetric)
{
	struct azure_rsa *rsa = calloc(1, sizeof(*rsa));
	EVP_PKEY *key = symmetric ? NULL : jose_key(2048);

	memset(v, 0, sizeof(*v));
	RAND_bytes(v->seed, sizeof(v->seed));
	RAND_bytes(v->kek, sizeof(v->kek));
	ck_assert_int_eq(tee_call_seed_public(v->seed, v->public_key), 0);
	v->secret[0].name = "seed";
	v->secret[0].key = memscan_key_new(v->seed, "", 0);
	for (unsigned i = 1; i < SECRETS; i++)
		v->secret[i].key = calloc(1, sizeof(struct memscan_key));
	v->secret[1].name = "key that wraps";
	add_secret(v->secret[1].key, v->kek, sizeof(v->kek));
	v->secret[2].name = "vault's key";
	v->secret[3].name = "wrapping key";
	v->kty = symmetric ? "oct-HSM" : "RSA-HSM";
	if (symmetric) {
		tee_sim_blob_append(&v->key, v->seed, sizeof(v->seed));
	} else {
		skr_pkcs8(key, &v->key);
		skr_seal(key, v->seed, NULL);
		ck_assert(tee_azure_rsa_pkcs8(rsa, v->key.data, v->key.size));
		add_rsa(v->secret[2].key, rsa);
	}
	EVP_PKEY_free(key);
	free(rsa);
}

static void
vault_close(struct vault *v)
{
	for (unsigned i = 0; i < SECRETS; i++)
		memscan_key_free(&v->secret[i].key);
	tee_sim_blob_free(&v->key);
}

static char *
vault_answers(struct vault *v, const char *jwk_text)
{
	tee_auto_json *jwk = tee_json_object(jwk_text, strlen(jwk_text), NULL);
	char why[TEE_JWK_WHY], *body;
	EVP_PKEY *to = tee_jwk_rsa(jwk, why);
	struct sim_blob wrapped = { 0 };

	ck_assert_msg(to != NULL, "%s", why);
	skr_wrap(to, AZURE_ENC_256, v->kek, v->key.data, v->key.size, &wrapped);
	body = skr_answer(jwk, AZURE_ENC_256, v->kty, &wrapped);
	tee_sim_blob_free(&wrapped);
	EVP_PKEY_free(to);
	return body;
}

/* Which of the numbers that the process sent is its own private key. */
static void
learn_wrapping_key(struct vault *v, const uint8_t *scratch, size_t size)
{
	const struct azure_rsa *rsa =
	    (const void *)(scratch + offsetof(struct azure_wrapping, rsa));

	ck_assert_uint_ge(size, sizeof(struct azure_wrapping));
	ck_assert_uint_eq(rsa->size[AZURE_RSA_N], 256);
	ck_assert_uint_eq(rsa->size[AZURE_RSA_P], 128);
	add_rsa(v->secret[3].key, rsa);
	ck_assert_uint_gt(v->secret[3].key->count, 100);
}

static void
await(const struct pipes *p)
{
	char c;

	ck_assert_int_eq(read(p->from[0], &c, 1), 1);
}

static void
go_on(const struct pipes *p)
{
	ck_assert_int_eq(write(p->to[1], ".", 1), 1);
}

static void
scan(struct vault *v, struct memscan_copy *copy, bool after)
{
	for (unsigned i = 0; i < SECRETS; i++) {
		struct secret *s = &v->secret[i];
		struct memscan_hits hits;

		memscan_search(copy, s->key, &hits);
		*(after ? &s->found_after : &s->found_before) = hits.total;
		if (after)
			memcpy(s->where, hits.where, sizeof(s->where));
	}
	memscan_copy_free(&copy);
}

static void
line_options(const struct vault *v, bool symmetric, bool ahead, char out[4600])
{
	int n =
	    snprintf(out, 4600, "|key_ahead=%s%s%s", ahead ? "true" : "false",
		symmetric ? "|seed=oct|public_key=" : "|sealed=",
		symmetric ? "" : skr_sealed_file());

	for (unsigned i = 0; symmetric && i < TEE_PUBLIC_KEY_SIZE; i++)
		n += snprintf(out + n, 4600 - (size_t)n, "%02x",
		    v->public_key[i]);
}

/* From the fork to the two copies of the other process's memory. */
static void
release(struct vault *v, bool symmetric, bool ahead)
{
	char options[4600], *jwk, *scratch, *body;
	struct pipes p;
	size_t size;
	pid_t pid;
	int status;

	(void)skr_sealed_file(); /* named before there are two processes */
	ck_assert(pipe(p.to) == 0 && pipe(p.from) == 0);
	pid = fork();
	if (pid == 0)
		victim(&p);
	vault_open(v, symmetric);
	line_options(v, symmetric, ahead, options);
	send_bytes(p.to[1], options, strlen(options));
	jwk = receive(p.from[0], &size);
	scratch = receive(p.from[0], &size);
	learn_wrapping_key(v, (uint8_t *)scratch, size);
	await(&p);
	body = vault_answers(v, jwk);
	go_on(&p);
	send_bytes(p.to[1], body, strlen(body));
	await(&p);
	scan(v, memscan_take(pid), false);
	go_on(&p);
	await(&p);
	scan(v, memscan_take(pid), true);
	go_on(&p);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	free(jwk);
	free(scratch);
	free(body);
	skr_files_remove();
}

static bool
can_scan(void)
{
	struct memscan_copy *copy;
	pid_t pid = fork();
	bool ok;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	copy = memscan_take(pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok = copy != NULL;
	memscan_copy_free(&copy);
	return ok;
}

START_TEST(released)
{
	bool symmetric = _i % 2 == 1;
	struct vault v;

	release(&v, symmetric, _i >= 2);
	/* While the transaction runs the core holds these two, so that the
	 * scan is known to find what is there. */
	ck_assert_uint_gt(v.secret[0].found_before, 0);
	ck_assert_uint_gt(v.secret[3].found_before, 100);
	/* These are over before that. */
	ck_assert_msg(v.secret[1].found_before == 0, "%s", v.secret[1].name);
	ck_assert_msg(v.secret[2].found_before == 0, "%s: %u", v.secret[2].name,
	    v.secret[2].found_before);
	ck_assert(symmetric || v.secret[2].key->count > 100);
	for (unsigned i = 0; i < SECRETS; i++)
		ck_assert_msg(v.secret[i].found_after == 0, "%s: %u in %s",
		    v.secret[i].name, v.secret[i].found_after,
		    v.secret[i].where);
	vault_close(&v);
}
END_TEST

int
main(void)
{
	TCase *tcase;
	SRunner *runner;
	Suite *suite;
	int failed;

	/* The shadow of AddressSanitizer alone has terabytes. */
	if (UNDER_ASAN || !can_scan()) {
		puts("skipped: no process may look into another here");
		return 77;
	}
	suite = suite_create("azure_memory");
	tcase = tcase_create("all");
	runner = srunner_create(suite);
	skr_open();
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, released, 0, 4);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	skr_close();
	return failed > 0;
}
