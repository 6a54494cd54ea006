/* SPDX-License-Identifier: Apache-2.0 */
/*
 * offline: a verifier line that asks no service.  Whoever sends evidence
 * chooses its shape, so what a line asks of one shape refuses the other.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "modules/snp_azure/caci.h"
#include "modules/snp_azure/cvm.h"
#include "modules/snp_azure/facility.h"

enum shape { SHAPE_ANY = 0, SHAPE_CVM, SHAPE_CONTAINER };

struct azure_offline {
	struct snp_verifier *snp;
	struct azure_cvm_policy cvm;
	struct azure_caci_policy container;
	enum shape shape;
	const char *why; /* the first option that asked for that shape */
};

/* Nobody would enforce these here: the line must not look as if. */
static bool
refuse_maa(const struct tee_config *config)
{
	static const char *const names[] = { "endpoint", "ca_file", "attest",
		"signers", "jwks_file", "max_token_age", "compliance",
		"policy_hash", "tcti" };
	bool ok = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (tee_option(config, names[i]) == NULL)
			continue;
		tee_option_error(config, names[i],
		    "is of mode \"maa\", and this line judges offline");
		ok = false;
	}
	return ok;
}

/* False where another option has asked for the other shape. */
static bool
want(struct azure_offline *o, const struct tee_config *config, const char *name,
    enum shape shape)
{
	if (o->shape == SHAPE_ANY) {
		o->shape = shape;
		o->why = name;
	}
	if (o->shape == shape)
		return true;
	tee_option_error(config, name,
	    "asks for a %s, but %s asks for the other kind of guest",
	    shape == SHAPE_CVM ? "confidential VM" : "confidential container",
	    o->why);
	return false;
}

static bool
read_source(struct azure_offline *o, const struct tee_config *config)
{
	static const char *const words[] = { "auto", "vtpm", "guest-device",
		NULL };
	unsigned index = 0;

	if (tee_option_word(config, "source", words, &index) < 0)
		return false;
	return index == 0 ||
	    want(o, config, "source", index == 1 ? SHAPE_CVM : SHAPE_CONTAINER);
}

/* To take any policy asks for nothing. */
static bool
asks(const struct azure_offline *o, const struct tee_config *config,
    const char *name)
{
	if (strcmp(name, "secure_boot") == 0)
		return o->cvm.secure_boot;
	if (strcmp(name, "cce_policy") == 0)
		return o->container.cce.count > 0;
	return tee_option(config, name) != NULL;
}

static bool
read_shape(struct azure_offline *o, const struct tee_config *config)
{
	static const struct {
		const char *name;
		enum shape shape;
	} rows[] = { { "pcrs", SHAPE_CVM }, { "user_data", SHAPE_CVM },
		{ "secure_boot", SHAPE_CVM }, { "cce_policy", SHAPE_CONTAINER },
		{ "uvm_issuer", SHAPE_CONTAINER },
		{ "uvm_feed", SHAPE_CONTAINER },
		{ "uvm_min_svn", SHAPE_CONTAINER } };

	if (!read_source(o, config))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (asks(o, config, rows[i].name) &&
		    !want(o, config, rows[i].name, rows[i].shape))
			return false;
	return true;
}

struct azure_offline *
tee_azure_offline_new(const struct tee_config *config)
{
	struct azure_offline *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	if (refuse_maa(config) && tee_azure_cvm_policy_read(&o->cvm, config) &&
	    tee_azure_caci_policy_read(&o->container, config) &&
	    read_shape(o, config))
		o->snp = tee_snp_verifier_new(config);
	if (o->snp == NULL)
		tee_azure_offline_free(&o);
	return o;
}

void
tee_azure_offline_free(struct azure_offline **o)
{
	if (*o == NULL)
		return;
	if ((*o)->snp != NULL)
		tee_snp_verifier_free((*o)->snp);
	tee_azure_cvm_policy_clear(&(*o)->cvm);
	tee_azure_caci_policy_clear(&(*o)->container);
	free(*o);
	*o = NULL;
}

static bool
has(struct tee_call *call, const char *type)
{
	size_t size;

	return tee_call_item(call, type, &size) != NULL;
}

static bool
judge_shape(struct tee_call *call, const struct azure_offline *o,
    enum shape have)
{
	static const char name[] = "azure.shape";
	const char *what = have == SHAPE_CVM ? "a confidential VM" :
					       "a confidential container";

	if (o->shape == SHAPE_ANY)
		tee_call_check(call, name, TEE_CHECK_NOT_ASKED, "%s", what);
	else if (o->shape == have)
		tee_call_check(call, name, TEE_CHECK_PASS, "%s, as %s asks",
		    what, o->why);
	else
		tee_call_check(call, name, TEE_CHECK_FAIL,
		    "%s, which has not what %s asks for", what, o->why);
	return o->shape == SHAPE_ANY || o->shape == have;
}

enum tee_verdict
tee_azure_offline_verify(struct tee_call *call, struct azure_offline *o)
{
	bool cvm = has(call, "azure.hcl-report");

	if (!cvm && !has(call, "snp.report")) {
		tee_call_check(call, "azure.shape", TEE_CHECK_NOT_DONE,
		    "the evidence has neither azure.hcl-report nor "
		    "snp.report");
		return TEE_UNAVAILABLE;
	}
	if (!judge_shape(call, o, cvm ? SHAPE_CVM : SHAPE_CONTAINER))
		return TEE_DENY;
	return cvm ? tee_azure_cvm_judge(call, o->snp, &o->cvm) :
		     tee_azure_caci_judge(call, o->snp, &o->container);
}
