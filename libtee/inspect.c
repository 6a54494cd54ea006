/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inspect: one verifier over evidence files, outside any transaction.  Every
 * check is reported; nothing here grants anything.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/call.h"
#include "libtee/loader.h"

#define BUDGET_MS 60000

static int
open_config(const struct tee_inspection *in, struct tee_config *config,
    const struct tee_module *m)
{
	size_t i;
	int error = 0;

	for (i = 0; error == 0 && i < in->option_count; i++)
		error = tee_config_add(config, in->options[i].name,
		    in->options[i].value, 1);
	return error == 0 ? tee_config_check(config, m) : error;
}

static int
fill_evidence(const struct tee_inspection *in, struct tee_evidence *e)
{
	size_t i;
	int error = 0;

	for (i = 0; error == 0 && i < in->item_count; i++)
		error = tee_evidence_put(e, in->items[i].type,
		    in->items[i].data, in->items[i].size);
	return error;
}

/* "incomplete": nothing failed, but a grant would need more. */
static void
conclude(struct tee_claims *c, enum tee_verdict verdict)
{
	c->verdict = verdict;
	c->incomplete = verdict == TEE_UNAVAILABLE &&
	    tee_claims_checks_verdict(c) == TEE_UNAVAILABLE;
}

static void
run(const struct tee_inspection *in, const struct tee_module *m, void *state,
    struct tee_evidence *e, const struct tee_log *log, struct tee_claims *c)
{
	struct tee_reference floor = { .allow_simulated = in->root != NULL };
	uint8_t root[1][TEE_SPKI_DIGEST_SIZE];
	tee_instant now =
	    in->at != 0 ? (tee_instant)in->at * TEE_SECOND : tee_clock_now();
	struct tee_call call = {
		.log = *log,
		.transaction = "inspect",
		.module = m->name,
		.facility = TEE_VERIFIER,
		.floor = &floor,
		.evidence = e,
		.may_put = true, /* into a copy that nobody sees */
		.binding = in->report_data,
		.binding_size = in->report_data_size,
		.now = (time_t)(now / TEE_SECOND),
		.deadline = tee_clock_monotonic_ms() + BUDGET_MS,
		.claims = c,
	};

	if (in->root != NULL) {
		memcpy(root[0], in->root, sizeof(root[0]));
		floor.roots = root;
		floor.root_count = 1;
	}
	conclude(c, tee_call_run(&call, m->verify, state));
	c->verified_at = now;
}

int
tee_inspect(const struct tee_inspection *in, const struct tee_options *o,
    struct tee_claims **out)
{
	struct tee_log log = { o != NULL ? o->log : NULL,
		o != NULL ? o->log_user : NULL };
	struct tee_config config = { .facility = TEE_VERIFIER,
		.file = "inspect",
		.line = 1,
		.log = log };
	struct tee_loader loader = { .dir = TEE_MODULE_DIR };
	char why[TEE_LOADER_WHY];
	struct tee_evidence *e = NULL;
	struct tee_loaded loaded;
	void *state = NULL;
	int error;

	if (in == NULL || out == NULL || in->verifier == NULL ||
	    in->report_data_size > 64 || !tee_clock_has(in->at) ||
	    (o != NULL && o->size != sizeof(*o)))
		return TEE_E_ARGUMENT;
	*out = NULL;
	error =
	    tee_loader_load(&loader, in->verifier, TEE_VERIFIER, &loaded, why);
	if (error != 0) {
		tee_log_line(&log, LOG_ERR, "%s", why);
		return error;
	}
	error = open_config(in, &config, loaded.module);
	if (error == 0 && loaded.module->open != NULL &&
	    loaded.module->open(&config, &state) != TEE_OK)
		error = TEE_E_ARGUMENT;
	if (error == 0) {
		e = tee_evidence_new();
		*out = tee_claims_new();
		error = e != NULL && *out != NULL ? fill_evidence(in, e) :
						    TEE_E_MEMORY;
		if (error == 0)
			run(in, loaded.module, state, e, &log, *out);
		else
			tee_claims_free(out);
		if (loaded.module->close != NULL)
			loaded.module->close(state);
	}
	tee_evidence_free(&e);
	tee_config_clear(&config);
	return error;
}
