/* SPDX-License-Identifier: Apache-2.0 */
/* collector: see collector.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "modules/snp/collector.h"
#include "modules/snp/kds.h"
#include "modules/snp/source.h"
#include "modules/snp/supply.h"
#include "modules/snp/table.h"

enum source { SOURCE_AUTO = 0, SOURCE_DEVICE, SOURCE_TSM };

static const char *const sources[] = { "auto", "guest-device", "configfs-tsm",
	NULL };

struct snp_collector {
	enum source source;
	char *device; /* NULL: the two well-known ones */
	char *tsm;
	bool has_vmpl;
	uint64_t vmpl;
	/* For hosts that supply no certificates. */
	struct snp_kds kds;
	struct snp_supply *supply; /* NULL: as they come */
};

static char *
copy_path(const struct tee_config *config, const char *name,
    const char *fallback)
{
	const char *path = fallback;

	if (tee_option_path(config, name, &path) < 0)
		return NULL;
	return strdup(path);
}

/* Nobody is asked over the network unless the line says so. */
static bool
read_supply(struct snp_collector *c, const struct tee_config *config)
{
	if (!tee_snp_kds_read(&c->kds, config, "kds", "off"))
		return false;
	if (c->kds.base == NULL) {
		if (tee_option(config, "cert_cache") == NULL)
			return true;
		tee_option_error(config, "cert_cache",
		    "of use only where kds is not \"off\"");
		return false;
	}
	c->supply = calloc(1, sizeof(*c->supply));
	return c->supply != NULL &&
	    tee_snp_supply_init(c->supply, config, "cert_cache");
}

struct snp_collector *
tee_snp_collector_new(const struct tee_config *config)
{
	struct snp_collector *c = calloc(1, sizeof(*c));
	unsigned source = SOURCE_AUTO;
	int vmpl;

	if (c == NULL)
		return NULL;
	vmpl = tee_option_u64(config, "vmpl", 0, 3, &c->vmpl);
	c->has_vmpl = vmpl == 1;
	c->device = copy_path(config, "device", "");
	c->tsm = copy_path(config, "configfs", "/sys/kernel/config/tsm/report");
	if (vmpl < 0 || c->device == NULL || c->tsm == NULL ||
	    tee_option_word(config, "source", sources, &source) < 0 ||
	    !read_supply(c, config)) {
		tee_snp_collector_free(c);
		return NULL;
	}
	c->source = (enum source)source;
	return c;
}

void
tee_snp_collector_free(struct snp_collector *c)
{
	if (c->supply != NULL)
		tee_snp_supply_clear(c->supply);
	free(c->supply);
	tee_snp_kds_clear(&c->kds);
	free(c->device);
	free(c->tsm);
	free(c);
}

static enum tee_verdict
ask_devices(const struct snp_collector *c, const struct snp_question *q,
    struct snp_answer *a)
{
	enum tee_verdict verdict;

	if (c->device[0] != '\0')
		return tee_snp_ask_device(q, c->device, a);
	verdict = tee_snp_ask_device(q, "/dev/sev-guest", a);
	if (a->absent) {
		a->absent = false;
		verdict = tee_snp_ask_old_device(q, "/dev/sev", a);
	}
	return verdict;
}

static enum tee_verdict
ask(const struct snp_collector *c, const struct snp_question *q,
    struct snp_answer *a)
{
	enum tee_verdict verdict;

	switch (c->source) {
	case SOURCE_DEVICE:
		return ask_devices(c, q, a);
	case SOURCE_TSM:
		return tee_snp_ask_tsm(q, c->tsm, a);
	case SOURCE_AUTO:
		break;
	}
	verdict = tee_snp_ask_tsm(q, c->tsm, a);
	if (!a->absent)
		return verdict;
	a->absent = false;
	return ask_devices(c, q, a);
}

/* What the table really fills; a buffer's zeros would be no certificates. */
static size_t
table_extent(const struct snp_answer *a)
{
	struct snp_table table;
	size_t extent = 0;

	if (a->certs_size == 0)
		return 0;
	/* Garbage goes to the verifier whole, which names it. */
	if (!tee_snp_table_parse(&table, a->certs, a->certs_size))
		return a->certs_size;
	for (size_t i = 0; i < table.count; i++) {
		size_t end = (size_t)(table.entry[i].data - a->certs) +
		    table.entry[i].size;

		extent = end > extent ? end : extent;
	}
	return extent;
}

static enum tee_verdict
put(struct tee_call *call, const struct snp_answer *a, const void *certs,
    size_t certs_size)
{
	if (tee_call_put_item(call, "snp.report", a->report, SNP_REPORT_SIZE) !=
		0 ||
	    (certs_size > 0 &&
		tee_call_put_item(call, "snp.certs", certs, certs_size) != 0)) {
		tee_call_log(call, LOG_ERR, "evidence",
		    "snp.report or snp.certs is there already");
		return TEE_DENY;
	}
	return TEE_OK;
}

static enum tee_verdict
ask_kds(struct tee_call *call, void *kds, const struct snp_report *report,
    char **pem)
{
	return tee_snp_kds_fetch(call, kds, report, pem);
}

/* Whose host gave no certificates gets them from where the line says. */
static enum tee_verdict
supply_and_put(struct tee_call *call, const struct snp_collector *c,
    const struct snp_answer *a)
{
	struct snp_kds kds = c->kds;
	struct snp_report report;
	enum tee_verdict verdict;
	char *pem = NULL;

	if (c->supply == NULL ||
	    !tee_snp_report_parse(&report, a->report, SNP_REPORT_SIZE))
		return put(call, a, NULL, 0);
	verdict = tee_snp_supply(call, c->supply, &report, ask_kds, &kds, &pem);
	if (verdict == TEE_OK)
		verdict = put(call, a, pem, strlen(pem));
	free(pem);
	return verdict;
}

enum tee_verdict
tee_snp_collect(struct tee_call *call, const struct snp_collector *c)
{
	struct snp_question q = { .call = call,
		.has_vmpl = c->has_vmpl,
		.vmpl = (uint32_t)c->vmpl };
	struct snp_answer *a;
	enum tee_verdict verdict;
	size_t size, extent;
	const uint8_t *binding = tee_call_binding(call, &size);

	if (binding == NULL || size > sizeof(q.user_data))
		return TEE_DENY;
	memcpy(q.user_data, binding, size);
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return TEE_UNAVAILABLE;
	verdict = ask(c, &q, a);
	if (verdict == TEE_OK) {
		extent = table_extent(a);
		verdict = extent > 0 ? put(call, a, a->certs, extent) :
				       supply_and_put(call, c, a);
	}
	free(a);
	return verdict;
}
