/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mock: plays a script, for tests.  It denies unless told otherwise, refuses
 * words it does not know, vouches for nothing (ceiling `local`) and is never
 * installed.  See tee_mock(8).
 */
#include "config.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <tee/module.h>

/*
 * The tests build it a second time under another name and with a ceiling
 * above `local`, to stand for a platform where they have none.
 */
#ifndef MOCK_NAME
#define MOCK_NAME "mock"
#define MOCK_CEILING TEE_ORIGIN_LOCAL
#endif

#if TEE_MODULE_ABI != 1
#error "look at every entry point again before following a new module ABI"
#endif

enum act {
	ACT_DENY = 0,
	ACT_OK,
	ACT_UNAVAILABLE,
	ACT_GARBAGE, /* a value that is no verdict */
	ACT_CRASH
};

static const char *const acts[] = { "deny", "ok", "unavailable", "garbage",
	"crash", NULL };

struct mock {
	enum act act;
	enum act release;
	enum act then;  /* the answer after `after` calls */
	uint64_t after; /* 0: the answer never changes */
	atomic_ullong calls;
	uint64_t delay_ms;
	bool wrong_binding;
	bool no_binding;
	bool wrong_key;
	bool no_key;
	uint64_t seed; /* every byte of the key's seed */
	bool has_level;
	unsigned level;
	bool has_tcb;
	unsigned tcb;
	bool debug;
	char *platform;
	char *measurement;  /* text, claimed as "launch" */
	char *host_data;    /* text, claimed as "host_data" */
	char *check;        /* name of a check that fails */
	char *undone;       /* name of a check that is not done */
	char *say;          /* detail of a log line */
	char *put;          /* type of an item to put */
	char *need;         /* type of an item that must be there */
	char *did;          /* the DID that must be known */
	char *file;         /* says the verdict, read at each call */
	uint8_t *tcb_parts; /* eight bytes, or NULL */
	uint8_t *root;      /* a root's digest that must be trusted */
	uint64_t not_after; /* seconds since 1970; 0: not claimed */
};

static int
read_act(const struct tee_config *config, const char *name, enum act *out)
{
	unsigned index = 0;
	int r = tee_option_word(config, name, acts, &index);

	if (r == 1)
		*out = (enum act)index;
	return r;
}

static bool
read_claims(const struct tee_config *config, struct mock *m)
{
	static const char *const levels[] = { "standard", "secure_boot",
		"tee_vm", "tee_container", "tee_hardware", NULL };
	static const char *const tcbs[] = { "unknown", "out_of_date",
		"up_to_date", NULL };
	int level = tee_option_word(config, "level", levels, &m->level);
	int tcb = tee_option_word(config, "tcb_status", tcbs, &m->tcb);
	size_t n = 1, k = 1;

	m->has_level = level == 1;
	m->has_tcb = tcb == 1;
	return level >= 0 && tcb >= 0 &&
	    tee_option_bool(config, "debug", &m->debug) >= 0 &&
	    tee_option_u64(config, "not_after", 1, INT32_MAX, &m->not_after) >=
	    0 &&
	    tee_option_hexlist(config, "tcb", 8, &m->tcb_parts, &n) >= 0 &&
	    tee_option_hexlist(config, "root", TEE_SPKI_DIGEST_SIZE, &m->root,
		&k) >= 0 &&
	    n == 1 && k == 1;
}

static bool
read_faults(const struct tee_config *config, struct mock *m)
{
	return read_act(config, "then", &m->then) >= 0 &&
	    tee_option_u64(config, "after", 1, 1000, &m->after) >= 0 &&
	    tee_option_u64(config, "delay_ms", 0, 60000, &m->delay_ms) >= 0 &&
	    tee_option_u64(config, "seed", 0, 255, &m->seed) >= 0 &&
	    tee_option_bool(config, "wrong_binding", &m->wrong_binding) >= 0 &&
	    tee_option_bool(config, "no_binding", &m->no_binding) >= 0 &&
	    tee_option_bool(config, "wrong_key", &m->wrong_key) >= 0 &&
	    tee_option_bool(config, "no_key", &m->no_key) >= 0;
}

/* True where the option is absent, or copied. */
static bool
copy_option(const struct tee_config *config, const char *name, char **out)
{
	const char *s = tee_option(config, name);

	return s == NULL || (*out = strdup(s)) != NULL;
}

static void
mock_close(void *state)
{
	struct mock *m = state;

	free(m->platform);
	free(m->measurement);
	free(m->host_data);
	free(m->check);
	free(m->undone);
	free(m->say);
	free(m->put);
	free(m->need);
	free(m->did);
	free(m->file);
	free(m->tcb_parts);
	free(m->root);
	free(m);
}

static bool
read_script(const struct tee_config *config, struct mock *m)
{
	if (read_act(config, "verdict", &m->act) < 0)
		return false;
	m->release = m->act;
	return read_act(config, "release", &m->release) >= 0 &&
	    read_faults(config, m) && read_claims(config, m) &&
	    copy_option(config, "platform", &m->platform) &&
	    copy_option(config, "measurement", &m->measurement) &&
	    copy_option(config, "host_data", &m->host_data) &&
	    copy_option(config, "fail_check", &m->check) &&
	    copy_option(config, "undone_check", &m->undone) &&
	    copy_option(config, "say", &m->say) &&
	    copy_option(config, "put", &m->put) &&
	    copy_option(config, "need", &m->need) &&
	    copy_option(config, "did", &m->did) &&
	    copy_option(config, "verdict_file", &m->file);
}

static enum tee_verdict
mock_open(const struct tee_config *config, void **state)
{
	struct mock *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return TEE_DENY;
	m->debug = true;
	m->seed = 0x42;
	if (!read_script(config, m)) {
		mock_close(m);
		return TEE_DENY;
	}
	*state = m;
	return TEE_OK;
}

/* What one line leaves for another, and whom the core says it is about. */
static bool
exchange(struct tee_call *call, const struct mock *m)
{
	size_t size;
	const char *did = tee_call_did(call, &size);

	if (m->need != NULL && tee_call_item(call, m->need, &size) == NULL)
		return false;
	if (m->did != NULL &&
	    (did == NULL || size != strlen(m->did) ||
		memcmp(did, m->did, size) != 0))
		return false;
	return m->put == NULL ||
	    tee_call_put_item(call, m->put, "mock", 4) == 0;
}

/* Its first word; a test changes its mind while a daemon runs. */
static enum act
read_file(const struct mock *m, enum act act)
{
	char word[16] = "";
	FILE *f = fopen(m->file, "re");
	unsigned i;

	if (f == NULL)
		return act;
	if (fscanf(f, "%15s", word) == 1)
		for (i = 0; acts[i] != NULL; i++)
			if (strcmp(acts[i], word) == 0)
				act = (enum act)i;
	fclose(f);
	return act;
}

static enum tee_verdict
play(struct tee_call *call, struct mock *m, enum act act)
{
	struct timespec pause = { (time_t)(m->delay_ms / 1000),
		(long)(m->delay_ms % 1000) * 1000000 };

	if (m->after != 0 && atomic_fetch_add(&m->calls, 1) >= m->after)
		act = m->then;
	if (m->file != NULL)
		act = read_file(m, act);
	if (m->say != NULL)
		tee_call_log(call, LOG_WARNING, "scripted", "%s", m->say);
	if (m->delay_ms > 0)
		nanosleep(&pause, NULL);
	switch (act) {
	case ACT_OK:
		return exchange(call, m) ? TEE_OK : TEE_DENY;
	case ACT_UNAVAILABLE:
		return TEE_UNAVAILABLE;
	case ACT_GARBAGE:
		return (enum tee_verdict)1;
	case ACT_CRASH:
		abort();
	case ACT_DENY:
		break;
	}
	return TEE_DENY;
}

static enum tee_verdict
mock_collect(struct tee_call *call, void *state)
{
	struct mock *m = state;
	size_t size;
	const uint8_t *binding = tee_call_binding(call, &size);

	if (m->act == ACT_OK && binding != NULL &&
	    tee_call_put_item(call, "mock.report", binding, size) != 0)
		return TEE_DENY;
	return play(call, m, m->act);
}

static void
say_binding(struct tee_call *call, const struct mock *m)
{
	uint8_t field[TEE_BINDING_SIZE] = { 0 };
	size_t size;
	const uint8_t *report = tee_call_item(call, "mock.report", &size);

	if (m->no_binding)
		return;
	if (report != NULL && size == sizeof(field))
		memcpy(field, report, size);
	field[0] ^= m->wrong_binding;
	tee_call_saw_binding(call, field, sizeof(field));
}

static void
claim(struct tee_call *call, const struct mock *m)
{
	tee_call_claim_platform(call,
	    m->platform != NULL ? m->platform : "mock");
	tee_call_claim_debug(call, m->debug);
	if (m->has_level)
		tee_call_claim_level(call,
		    (enum tee_confidential_level)m->level);
	if (m->has_tcb)
		tee_call_claim_tcb_status(call, (enum tee_tcb_status)m->tcb);
	if (m->tcb_parts != NULL)
		tee_call_claim_tcb(call, m->tcb_parts);
	if (m->not_after != 0)
		tee_call_claim_expires(call, (time_t)m->not_after);
	if (m->measurement != NULL)
		tee_call_claim_measurement(call, "launch",
		    (const uint8_t *)m->measurement, strlen(m->measurement));
	if (m->host_data != NULL)
		tee_call_claim_measurement(call, "host_data",
		    (const uint8_t *)m->host_data, strlen(m->host_data));
	if (m->check != NULL)
		tee_call_check(call, m->check, TEE_CHECK_FAIL, "scripted");
	if (m->undone != NULL)
		tee_call_check(call, m->undone, TEE_CHECK_NOT_DONE, "scripted");
}

static enum tee_verdict
mock_verify(struct tee_call *call, void *state)
{
	struct mock *m = state;

	say_binding(call, m);
	claim(call, m);
	if (m->root != NULL && !tee_call_extra_root(call, m->root))
		return TEE_DENY;
	return play(call, m, m->act);
}

static enum tee_verdict
mock_prepare(struct tee_call *call, void *state)
{
	struct mock *m = state;
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	uint8_t *seed = tee_call_secret(call, TEE_SEED_SIZE);

	if (seed == NULL)
		return TEE_UNAVAILABLE;
	memset(seed, (int)m->seed, TEE_SEED_SIZE);
	if (tee_call_seed_public(seed, key) != 0)
		return TEE_UNAVAILABLE;
	if (!m->no_key)
		tee_call_public_key(call, key);
	return play(call, m, m->act);
}

static enum tee_verdict
mock_release(struct tee_call *call, void *state)
{
	struct mock *m = state;
	uint8_t *seed = tee_call_secret(call, TEE_SEED_SIZE);

	if (seed == NULL)
		return TEE_DENY;
	seed[0] ^= m->wrong_key;
	if (m->release == ACT_OK && tee_call_deliver(call, seed) != 0)
		return TEE_DENY;
	if (m->root != NULL && !tee_call_extra_root(call, m->root))
		return TEE_DENY;
	return play(call, m, m->release);
}

/* It never keeps anything. */
static enum tee_verdict
mock_get(void *state, struct tee_cache_ask *ask, uint8_t *bytes, size_t room,
    size_t *size)
{
	const struct mock *m = state;

	(void)bytes;
	(void)room;
	(void)size;
	ask->why = "mock";
	return m->act == ACT_OK ? TEE_DENY : TEE_UNAVAILABLE;
}

static enum tee_verdict
mock_put(void *state, struct tee_cache_ask *ask, const uint8_t *bytes,
    size_t size, unsigned lifetime)
{
	const struct mock *m = state;

	(void)bytes;
	(void)size;
	(void)lifetime;
	ask->why = "mock";
	return m->act == ACT_OK ? TEE_OK : TEE_UNAVAILABLE;
}

#define ANY (TEE_COLLECTOR | TEE_VERIFIER | TEE_KEYSTORE)
static const struct tee_module_option options[] = {
	{ "verdict", ANY | TEE_CACHE,
	    "deny (default), ok, unavailable, garbage, crash" },
	{ "release", TEE_KEYSTORE, "the same for release alone" },
	{ "after", ANY, "how many calls are answered before `then` holds" },
	{ "then", ANY, "the answer from there on, deny by default" },
	{ "verdict_file", ANY, "a file that says it, read at each call" },
	{ "delay_ms", ANY, "pause before answering" },
	{ "say", ANY, "detail of a log line" },
	{ "put", ANY, "type of an item to put" },
	{ "need", ANY, "type of an item that must be there" },
	{ "did", ANY, "the DID that must be known" },
	{ "wrong_binding", TEE_VERIFIER, "say another binding was seen" },
	{ "no_binding", TEE_VERIFIER, "never say which binding was seen" },
	{ "wrong_key", TEE_KEYSTORE, "deliver another key than prepared" },
	{ "no_key", TEE_KEYSTORE, "never say which key will be delivered" },
	{ "seed", TEE_KEYSTORE, "the byte that makes up the key's seed" },
	{ "platform", TEE_VERIFIER, "platform to claim, mock by default" },
	{ "level", TEE_VERIFIER, "confidential level to claim" },
	{ "tcb_status", TEE_VERIFIER, "tcb status to claim" },
	{ "tcb", TEE_VERIFIER, "tcb to claim, eight bytes in hex" },
	{ "debug", TEE_VERIFIER, "debug claim, true by default" },
	{ "measurement", TEE_VERIFIER, "text claimed as measurement launch" },
	{ "host_data", TEE_VERIFIER, "text claimed as measurement host_data" },
	{ "not_after", TEE_VERIFIER, "end of the claims, seconds since 1970" },
	{ "root", TEE_VERIFIER | TEE_KEYSTORE,
	    "digest of a root that must be trusted" },
	{ "fail_check", TEE_VERIFIER, "name of a check that fails" },
	{ "undone_check", TEE_VERIFIER, "name of a check that is not done" },
	{ NULL, 0, NULL }
};

extern TEE_EXPORT const struct tee_module tee_module;
const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = MOCK_NAME,
	.summary = "scripted answers for tests",
	.ceiling = MOCK_CEILING,
	.options = options,
	.open = mock_open,
	.close = mock_close,
	.collect = mock_collect,
	.verify = mock_verify,
	.prepare = mock_prepare,
	.release = mock_release,
	.cache_get = mock_get,
	.cache_put = mock_put,
};
