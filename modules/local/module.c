/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local: a software key from a file, or made there on first use.  It proves
 * nothing about where it is: its ceiling is `local`.  See tee_local(8).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "modules/local/keyfile.h"

struct local {
	char *path;
	bool create;
};

/* The line's secret memory: the work area first, then the seed. */
static uint8_t *
area(struct tee_call *call)
{
	return tee_call_secret(call, KEYFILE_MAX + TEE_SEED_SIZE);
}

static enum tee_verdict
local_open(const struct tee_config *config, void **state)
{
	const char *path = NULL;
	struct local *local;
	bool create = false;

	if (tee_option_path(config, "file", &path) < 0 ||
	    tee_option_bool(config, "create", &create) < 0)
		return TEE_DENY;
	if (path == NULL) {
		tee_option_error(config, "file", "is needed: the key's path");
		return TEE_DENY;
	}
	local = calloc(1, sizeof(*local));
	if (local == NULL || (local->path = strdup(path)) == NULL) {
		free(local);
		return TEE_DENY;
	}
	local->create = create;
	*state = local;
	return TEE_OK;
}

static void
local_close(void *state)
{
	struct local *local = state;

	free(local->path);
	free(local);
}

static enum tee_verdict
local_prepare(struct tee_call *call, void *state)
{
	const struct local *local = state;
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
	uint8_t *work = area(call), *seed;
	enum keyfile_result r;
	const char *why;

	if (work == NULL)
		return TEE_UNAVAILABLE;
	seed = work + KEYFILE_MAX;
	r = keyfile_read(local->path, work, seed, &why);
	if (r == KEYFILE_ABSENT && local->create)
		r = keyfile_create(local->path, work, seed, &why);
	switch (r) {
	case KEYFILE_READ:
		if (tee_call_seed_public(seed, key) != 0)
			return TEE_UNAVAILABLE;
		tee_call_public_key(call, key);
		return TEE_OK;
	case KEYFILE_ABSENT:
		tee_call_log(call, LOG_ERR, "key_file",
		    "%s: %s (create = "
		    "true makes one on first use)",
		    local->path, why);
		return TEE_UNAVAILABLE;
	case KEYFILE_BAD:
		break;
	}
	tee_call_log(call, LOG_ERR, "key_file", "%s: %s", local->path, why);
	return TEE_DENY;
}

static enum tee_verdict
local_release(struct tee_call *call, void *state)
{
	uint8_t *work = area(call);

	(void)state;
	if (work == NULL || tee_call_deliver(call, work + KEYFILE_MAX) != 0)
		return TEE_DENY;
	return TEE_OK;
}

static const struct tee_module_option options[] = {
	{ "file", TEE_KEYSTORE, "absolute path of the key (PEM or raw seed)" },
	{ "create", TEE_KEYSTORE, "true: make the key on first use" },
	{ NULL, 0, NULL }
};

extern TEE_EXPORT const struct tee_module tee_module;
const struct tee_module tee_module = {
	.abi = TEE_MODULE_ABI,
	.size = sizeof(struct tee_module),
	.name = "local",
	.summary = "software key from a file",
	.ceiling = TEE_ORIGIN_LOCAL,
	.options = options,
	.open = local_open,
	.close = local_close,
	.prepare = local_prepare,
	.release = local_release,
};
