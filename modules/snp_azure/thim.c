/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thim: Trusted Hardware Identity Management, which IMDS speaks for: the
 * certificates of the processor below this guest.  See imds.h.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "modules/common/http.h"
#include "modules/common/json.h"
#include "modules/common/reader.h"
#include "modules/snp_azure/imds.h"
#include "modules/snp_azure/thim.h"

#define ANSWER_MAX (64 * 1024) /* real ones have 7 KiB */
#define REPORTED_TCB 0x180     /* in the report */
#define TCB_DIGITS 16
#define URL_MAX 256

/* 410: IMDS is being updated, seventy seconds at most. */
static const unsigned again[] = { 404, 408, 429, 500, 502, 503, 504, 0 };
static const struct tee_http_hop hop = { .name = "IMDS (THIM)",
	.advice = "is this an Azure confidential machine, and does its "
		  "firewall let 169.254.169.254 through?",
	.plain = true,
	.connect_ms = 3000,
	.total_ms = 10000,
	.tries = 4,
	.backoff_ms = 1000,
	.again = again,
	.gone_every_ms = 10000,
	.gone_for_ms = 70000 };

char *
tee_azure_imds_base(const struct tee_config *config)
{
	const char *value = tee_option(config, "imds");
	size_t size;

	if (value == NULL)
		value = AZURE_IMDS_BASE;
	size = strlen(value);
	while (size > 0 && value[size - 1] == '/')
		size--;
	if ((strncmp(value, "http://", 7) != 0 &&
		strncmp(value, "https://", 8) != 0) ||
	    size > URL_MAX / 2 || strpbrk(value, "?#@ ") != NULL) {
		tee_option_error(config, "imds",
		    "expected http://host, by default " AZURE_IMDS_BASE);
		return NULL;
	}
	return strndup(value, size);
}

struct azure_thim *
tee_azure_thim_new(const struct tee_config *config)
{
	struct azure_thim *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	if (!tee_snp_supply_init(&t->supply, config, "cert_cache") ||
	    !tee_snp_kds_read(&t->kds, config, "kds", "amd") ||
	    (t->base = tee_azure_imds_base(config)) == NULL)
		tee_azure_thim_free(&t);
	return t;
}

void
tee_azure_thim_free(struct azure_thim **t)
{
	if (*t == NULL)
		return;
	tee_snp_supply_clear(&(*t)->supply);
	tee_snp_kds_clear(&(*t)->kds);
	free((*t)->base);
	free(*t);
	*t = NULL;
}

/* Sixteen digits, most significant byte first. */
static bool
parse_tcb(const char *text, uint64_t *out)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; text != NULL && i < TCB_DIGITS; i++) {
		char c = text[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') :
		    c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 :
		    c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 :
					   16;

		if (digit == 16)
			return false;
		n = n << 4 | digit;
	}
	*out = n;
	return text != NULL && text[TCB_DIGITS] == '\0';
}

static bool
is_pem(const char *text)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";

	return text != NULL && strncmp(text, begin, sizeof(begin) - 1) == 0;
}

static char *
join(const char *vcek, const char *chain)
{
	size_t size = strlen(vcek), more = strlen(chain);
	bool gap = size > 0 && vcek[size - 1] != '\n';
	char *pem = malloc(size + gap + more + 1);

	if (pem == NULL)
		return NULL;
	memcpy(pem, vcek, size);
	if (gap)
		pem[size++] = '\n';
	memcpy(pem + size, chain, more + 1);
	return pem;
}

bool
tee_azure_thim_parse(struct azure_thim_answer *out, const void *data,
    size_t size, char why[AZURE_THIM_WHY])
{
	tee_auto_json *root = NULL;
	const char *vcek, *chain, *wrong = NULL;

	out->pem = NULL;
	out->tcb = 0;
	_Static_assert(AZURE_THIM_WHY >= TEE_JSON_WHY, "a reason fits");
	root = tee_json_object(data, size, why);
	if (root == NULL)
		return false;
	vcek = tee_json_text(root, "vcekCert");
	chain = tee_json_text(root, "certificateChain");
	if (!is_pem(vcek))
		wrong = "vcekCert is no certificate in PEM";
	else if (!is_pem(chain))
		wrong = "certificateChain is no certificate in PEM";
	else if (!parse_tcb(tee_json_text(root, "tcbm"), &out->tcb))
		wrong = "tcbm is not sixteen hexadecimal digits";
	else if ((out->pem = join(vcek, chain)) == NULL)
		wrong = "no memory";
	if (wrong != NULL)
		snprintf(why, AZURE_THIM_WHY, "%s", wrong);
	return wrong == NULL;
}

bool
tee_azure_thim_fits(const struct azure_thim_answer *answer,
    const uint8_t *report)
{
	struct tee_reader r;

	tee_reader_init(&r, report + REPORTED_TCB, 8);
	return tee_reader_le64(&r) == answer->tcb;
}

/* One question and its answer, of whatever TCB. */
static enum tee_verdict
get(struct tee_call *call, const struct azure_thim *t, bool fallback,
    struct azure_thim_answer *out)
{
	static const char *const headers[] = { "Metadata: true", NULL };
	struct tee_http_request request = { .hop = &hop,
		.headers = headers,
		.limit = ANSWER_MAX,
		.fallback = fallback };
	struct tee_http_response answer;
	char url[URL_MAX], why[AZURE_THIM_WHY];
	enum tee_verdict verdict;

	snprintf(url, sizeof(url), "%s/metadata/THIM/amd/certification",
	    t->base);
	request.url = url;
	verdict = tee_http(call, &request, &answer);
	if (verdict == TEE_OK &&
	    !tee_azure_thim_parse(out, answer.body, answer.size, why)) {
		tee_call_log(call, fallback ? LOG_NOTICE : LOG_ERR,
		    "thim_answer", "%s: %s", hop.name, why);
		verdict = TEE_UNAVAILABLE;
	}
	tee_http_response_free(&answer);
	return verdict;
}

/* What one asking comes to, for the supply's callback. */
struct asking {
	struct azure_thim *thim;
	bool stale;
};

/* After a firmware update its cache is behind for a while. */
static enum tee_verdict
ask_thim(struct tee_call *call, struct asking *a,
    const struct snp_report *report, char **pem)
{
	bool fallback = a->thim->kds.base != NULL;
	struct azure_thim_answer answer;
	enum tee_verdict verdict;

	for (unsigned i = 0; i < 2; i++) {
		verdict = get(call, a->thim, fallback, &answer);
		if (verdict != TEE_OK)
			return verdict;
		if (tee_azure_thim_fits(&answer, report->raw)) {
			*pem = answer.pem;
			return TEE_OK;
		}
		free(answer.pem);
		tee_call_log(call, LOG_NOTICE, "thim_stale",
		    "%s: certificate of TCB %016llx, the report has another",
		    hop.name, (unsigned long long)answer.tcb);
	}
	a->stale = true;
	return TEE_UNAVAILABLE;
}

static enum tee_verdict
ask(struct tee_call *call, void *user, const struct snp_report *report,
    char **pem)
{
	struct asking *a = user;
	enum tee_verdict verdict = ask_thim(call, a, report, pem);

	if (verdict != TEE_OK && a->thim->kds.base != NULL)
		verdict = tee_snp_kds_fetch(call, &a->thim->kds, report, pem);
	if (verdict != TEE_OK && a->stale)
		tee_call_log(call, LOG_WARNING, "thim_stale",
		    "%s has no certificate of this report's TCB; Azure "
		    "refreshes it after firmware updates: try again later",
		    hop.name);
	a->stale = a->stale && verdict != TEE_OK;
	return verdict;
}

enum tee_verdict
tee_azure_thim_ask(struct tee_call *call, struct azure_thim *t,
    const uint8_t *report, char **pem, bool *stale)
{
	struct asking a = { .thim = t };
	struct snp_report parsed;
	enum tee_verdict verdict = TEE_DENY;

	*pem = NULL;
	if (tee_snp_report_parse(&parsed, report, SNP_REPORT_SIZE))
		verdict =
		    tee_snp_supply(call, &t->supply, &parsed, ask, &a, pem);
	else
		tee_call_log(call, LOG_ERR, "evidence",
		    "what should be an SNP report is none");
	*stale = a.stale;
	return verdict;
}
