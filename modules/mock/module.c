/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mock: plays a script, for tests.  It denies unless told otherwise, refuses
 * words it does not know, vouches for nothing (ceiling `local`) and is never
 * installed.  See tee_mock(8).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <tee/module.h>

#if TEE_MODULE_ABI != 1
#error "look at every entry point again before following a new module ABI"
#endif

enum act {
	ACT_DENY = 0,
	ACT_OK,
	ACT_UNAVAILABLE,
	ACT_GARBAGE,	/* a value that is no verdict */
	ACT_CRASH
};

static const char *const acts[] = { "deny", "ok", "unavailable", "garbage",
	"crash", NULL };

struct mock {
	enum act act;
	enum act release;
	uint64_t delay_ms;
	bool wrong_binding;
	bool wrong_key;
	bool has_level;
	unsigned level;
	bool has_tcb;
	unsigned tcb;
	bool debug;
	char *measurement;	/* hex, claimed as "launch" */
	char *check;		/* name of a check that fails */
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

	m->has_level = level == 1;
	m->has_tcb = tcb == 1;
	return level >= 0 && tcb >= 0 &&
	    tee_option_bool(config, "debug", &m->debug) >= 0;
}

static char *
copy_option(const struct tee_config *config, const char *name)
{
	const char *s = tee_option(config, name);

	return s != NULL ? strdup(s) : NULL;
}

static enum tee_verdict
mock_open(const struct tee_config *config, void **state)
{
	struct mock *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return TEE_DENY;
	m->debug = true;
	if (read_act(config, "verdict", &m->act) < 0) {
		free(m);
		return TEE_DENY;
	}
	m->release = m->act;
	if (read_act(config, "release", &m->release) < 0 ||
	    tee_option_u64(config, "delay_ms", 0, 60000, &m->delay_ms) < 0 ||
	    tee_option_bool(config, "wrong_binding", &m->wrong_binding) < 0 ||
	    tee_option_bool(config, "wrong_key", &m->wrong_key) < 0 ||
	    !read_claims(config, m)) {
		free(m);
		return TEE_DENY;
	}
	m->measurement = copy_option(config, "measurement");
	m->check = copy_option(config, "fail_check");
	*state = m;
	return TEE_OK;
}

static void
mock_close(void *state)
{
	struct mock *m = state;

	free(m->measurement);
	free(m->check);
	free(m);
}

static enum tee_verdict
play(struct tee_call *call, const struct mock *m, enum act act)
{
	struct timespec pause = { (time_t)(m->delay_ms / 1000),
		(long)(m->delay_ms % 1000) * 1000000 };

	(void)call;
	if (m->delay_ms > 0)
		nanosleep(&pause, NULL);
	switch (act) {
	case ACT_OK:
		return TEE_OK;
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
	const struct mock *m = state;
	size_t size;
	const uint8_t *binding = tee_call_binding(call, &size);

	if (m->act == ACT_OK && binding != NULL &&
	    tee_call_put_item(call, "mock.report", binding, size) != 0)
		return TEE_DENY;
	return play(call, m, m->act);
}

static void
claim(struct tee_call *call, const struct mock *m)
{
	uint8_t field[TEE_BINDING_SIZE] = { 0 };
	size_t size;
	const uint8_t *report = tee_call_item(call, "mock.report", &size);

	if (report != NULL && size == sizeof(field))
		memcpy(field, report, size);
	field[0] ^= m->wrong_binding;
	tee_call_saw_binding(call, field, sizeof(field));
	tee_call_claim_platform(call, "mock");
	tee_call_claim_debug(call, m->debug);
	if (m->has_level)
		tee_call_claim_level(call,
		    (enum tee_confidential_level)m->level);
	if (m->has_tcb)
		tee_call_claim_tcb_status(call, (enum tee_tcb_status)m->tcb);
	if (m->measurement != NULL)
		tee_call_claim_measurement(call, "launch",
		    (const uint8_t *)m->measurement, strlen(m->measurement));
	if (m->check != NULL)
		tee_call_check(call, m->check, TEE_CHECK_FAIL, "scripted");
}

static enum tee_verdict
mock_verify(struct tee_call *call, void *state)
{
	const struct mock *m = state;

	claim(call, m);
	return play(call, m, m->act);
}

static enum tee_verdict
mock_prepare(struct tee_call *call, void *state)
{
	const struct mock *m = state;
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	uint8_t *seed = tee_call_secret(call, TEE_SEED_SIZE);

	if (seed == NULL)
		return TEE_UNAVAILABLE;
	memset(seed, 0x42, TEE_SEED_SIZE);
	if (tee_call_seed_public(seed, key) != 0)
		return TEE_UNAVAILABLE;
	tee_call_public_key(call, key);
	return play(call, m, m->act);
}

static enum tee_verdict
mock_release(struct tee_call *call, void *state)
{
	const struct mock *m = state;
	uint8_t *seed = tee_call_secret(call, TEE_SEED_SIZE);

	if (seed == NULL)
		return TEE_DENY;
	seed[0] ^= m->wrong_key;
	if (m->release == ACT_OK && tee_call_deliver(call, seed) != 0)
		return TEE_DENY;
	return play(call, m, m->release);
}

static const struct tee_module_option options[] = {
	{ "verdict", TEE_COLLECTOR | TEE_VERIFIER | TEE_KEYSTORE,
	    "deny (default), ok, unavailable, garbage, crash" },
	{ "release", TEE_KEYSTORE, "the same for release alone" },
	{ "delay_ms", TEE_COLLECTOR | TEE_VERIFIER | TEE_KEYSTORE,
	    "pause before answering" },
	{ "wrong_binding", TEE_VERIFIER, "say another binding was seen" },
	{ "wrong_key", TEE_KEYSTORE, "deliver another key than prepared" },
	{ "level", TEE_VERIFIER, "confidential level to claim" },
	{ "tcb_status", TEE_VERIFIER, "tcb status to claim" },
	{ "debug", TEE_VERIFIER, "debug claim, true by default" },
	{ "measurement", TEE_VERIFIER, "text claimed as measurement launch" },
	{ "fail_check", TEE_VERIFIER, "name of a check that fails" },
	{ NULL, 0, NULL }
};

extern TEE_EXPORT const struct tee_module tee_module;
const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = "mock",
	.summary = "scripted answers for tests",
	.ceiling = TEE_ORIGIN_LOCAL,
	.options = options,
	.open = mock_open,
	.close = mock_close,
	.collect = mock_collect,
	.verify = mock_verify,
	.prepare = mock_prepare,
	.release = mock_release,
};
