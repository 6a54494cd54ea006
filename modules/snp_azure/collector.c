/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collector: AzureSEVSNPCollector.  A confidential VM's evidence is a report
 * that the paravisor makes at its leisure and a quote of the vTPM that
 * carries the binding; a container's is a report that carries it itself.
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "modules/common/json.h"
#include "modules/snp_azure/device.h"
#include "modules/snp_azure/facility.h"
#include "modules/snp_azure/hclcache.h"
#include "modules/snp_azure/selection.h"

struct azure_collector {
	struct azure_place place;
	struct azure_thim *thim;
	char *security_context; /* "": the newest */
	uint32_t selection;
	bool has_turn;
	pthread_mutex_t turn; /* of the vTPM and of the cache */
	struct azure_hclcache cache;
};

static bool
read_selection(struct azure_collector *c, const struct tee_config *config)
{
	const char *text = tee_option(config, "quote_pcrs");

	if (tee_azure_selection_parse(text != NULL ? text : "0-7",
		&c->selection))
		return true;
	tee_option_error(config, "quote_pcrs",
	    "expected PCRs 0 to 23, such as \"0-7\" or \"0-7,11\"");
	return false;
}

static bool
read_options(struct azure_collector *c, const struct tee_config *config)
{
	const char *context = "";

	if (!tee_azure_place_read(&c->place, config) ||
	    !tee_azure_hclcache_read(&c->cache, config) ||
	    tee_option_path(config, "security_context", &context) < 0 ||
	    !read_selection(c, config))
		return false;
	c->security_context = strdup(context);
	c->thim = tee_azure_thim_new(config);
	return c->security_context != NULL && c->thim != NULL;
}

struct azure_collector *
tee_azure_collector_new(const struct tee_config *config)
{
	struct azure_collector *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->has_turn = pthread_mutex_init(&c->turn, NULL) == 0;
	if (!c->has_turn || !read_options(c, config))
		tee_azure_collector_free(&c);
	return c;
}

void
tee_azure_collector_free(struct azure_collector **collector)
{
	struct azure_collector *c = *collector;

	*collector = NULL;
	if (c == NULL)
		return;
	tee_azure_thim_free(&c->thim);
	tee_azure_hclcache_clear(&c->cache);
	tee_azure_place_clear(&c->place);
	free(c->security_context);
	if (c->has_turn)
		pthread_mutex_destroy(&c->turn);
	free(c);
}

static json_t *
pcrs_json(const struct azure_quote *q)
{
	json_t *root = json_object();
	char name[4], hex[65];

	for (unsigned i = 0; i < 24 && root != NULL; i++) {
		if ((q->selection >> i & 1) == 0)
			continue;
		snprintf(name, sizeof(name), "%u", i);
		for (unsigned k = 0; k < 32; k++)
			snprintf(hex + 2 * k, 3, "%02x", q->pcr[i][k]);
		if (json_object_set_new(root, name, json_string(hex)) != 0) {
			json_decref(root);
			root = NULL;
		}
	}
	return root;
}

static bool
put_pcrs(struct tee_call *call, const struct azure_quote *q)
{
	json_t *root = pcrs_json(q);
	char *text = root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;
	bool put = text != NULL &&
	    tee_call_put_item(call, "tpm.pcrs", text, strlen(text)) == 0;

	json_decref(root);
	free(text);
	return put;
}

static bool
put(struct tee_call *call, const char *type, const struct azure_bytes *bytes)
{
	return tee_call_put_item(call, type, bytes->data, bytes->size) == 0;
}

static enum tee_verdict
put_all(struct tee_call *call, const struct azure_hclcache *cache,
    const struct azure_quote *q)
{
	if (put(call, "azure.hcl-report", &cache->hcl) &&
	    put(call, "tpm.quote", &q->attest) &&
	    put(call, "tpm.quote-signature", &q->signature) &&
	    put_pcrs(call, q) &&
	    (cache->ak_cert.size == 0 ||
		put(call, "tpm.ak-cert", &cache->ak_cert)) &&
	    (cache->certs == NULL ||
		tee_call_put_item(call, "snp.certs", cache->certs,
		    strlen(cache->certs)) == 0))
		return TEE_OK;
	tee_call_log(call, LOG_ERR, "evidence",
	    "an item of the vTPM's evidence is there already");
	return TEE_DENY;
}

static enum tee_verdict
quote(struct tee_call *call, struct azure_collector *c, struct azure_vtpm *vtpm,
    const uint8_t *binding, size_t size)
{
	uint8_t user_data[AZURE_USER_DATA_SIZE] = { 0 };
	struct azure_quote *q;
	enum tee_verdict verdict;

	memcpy(user_data, binding, size);
	verdict =
	    tee_azure_hclcache_renew(&c->cache, call, vtpm, c->thim, user_data);
	if (verdict != TEE_OK)
		return verdict;
	q = calloc(1, sizeof(*q));
	if (q == NULL)
		return TEE_UNAVAILABLE;
	verdict = tee_azure_vtpm_quote(vtpm, binding, size, c->selection, q);
	if (verdict == TEE_OK)
		verdict = put_all(call, &c->cache, q);
	free(q);
	return verdict;
}

/*
 * Threads of this line take turns, so that one renewal serves all who wait
 * for it; the vTPM would serialise them in any case.
 */
static bool
take_turn(struct tee_call *call, struct azure_collector *c)
{
	unsigned left = tee_call_remaining_ms(call);
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += left / 1000;
	until.tv_nsec += (long)(left % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	if (pthread_mutex_clocklock(&c->turn, CLOCK_MONOTONIC, &until) == 0)
		return true;
	tee_call_log(call, LOG_ERR, "vtpm_busy",
	    "vTPM: other transactions of this line still use it; raise the "
	    "line's timeout");
	return false;
}

static enum tee_verdict
collect_vtpm(struct tee_call *call, struct azure_collector *c)
{
	size_t size;
	const uint8_t *binding = tee_call_binding(call, &size);
	struct azure_vtpm *vtpm;
	enum tee_verdict verdict;

	if (binding == NULL || size > AZURE_QUALIFYING_MAX)
		return TEE_DENY;
	if (!take_turn(call, c))
		return TEE_UNAVAILABLE;
	verdict = tee_azure_vtpm_open(call, c->place.tcti, &vtpm);
	if (verdict == TEE_OK) {
		verdict = quote(call, c, vtpm, binding, size);
		tee_azure_vtpm_close(&vtpm);
	}
	pthread_mutex_unlock(&c->turn);
	return verdict;
}

enum tee_verdict
tee_azure_collect(struct tee_call *call, struct azure_collector *c)
{
	switch (tee_azure_place_shape(&c->place)) {
	case AZURE_SHAPE_DEVICE:
		return tee_azure_device_collect(call, &c->place, c->thim,
		    c->security_context);
	case AZURE_SHAPE_VTPM:
		return collect_vtpm(call, c);
	}
	return TEE_DENY;
}
