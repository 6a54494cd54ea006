/* SPDX-License-Identifier: Apache-2.0 */
/* kds: see kds.h; AMD 57230, chapter 4. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "modules/common/cert.h"
#include "modules/snp/kds.h"

#define CHAIN_MAX (32 * 1024)

static const unsigned again[] = { 408, 429, 500, 502, 503, 504, 0 };

/* The pause after a 429 is some ten seconds, in AMD's own words. */
static const struct tee_http_hop hop = { .name = "AMD KDS",
	.advice = "check the way out to kdsintf.amd.com, or keep certificates "
		  "(cert_cache, certs_file)",
	.connect_ms = 5000,
	.total_ms = 15000,
	.tries = 4,
	.backoff_ms = 3000,
	.again = again };

bool
tee_snp_kds_read(struct snp_kds *kds, const struct tee_config *config,
    const char *name, const char *fallback)
{
	const char *value = tee_option(config, name);
	size_t size;

	kds->base = NULL;
	kds->trust = NULL;
	if (value == NULL)
		value = fallback;
	if (strcmp(value, "off") == 0)
		return true;
	if (strcmp(value, "amd") == 0)
		value = SNP_KDS_BASE;
	size = strlen(value);
	if (strncmp(value, "https://", 8) != 0 || size > SNP_KDS_URL / 2 ||
	    strpbrk(value, "?#@ ") != NULL) {
		tee_option_error(config, name,
		    "expected off, amd or https://host");
		return false;
	}
	while (size > 8 && value[size - 1] == '/')
		size--;
	kds->base = strndup(value, size);
	return kds->base != NULL;
}

void
tee_snp_kds_clear(struct snp_kds *kds)
{
	free(kds->base);
	kds->base = NULL;
}

static const char *
query_name(enum snp_product product, size_t i, enum snp_tcb_part *part)
{
	static const struct {
		enum snp_tcb_part part;
		const char *name;
	} parts[] = { { SNP_TCB_FMC, "fmcSPL" }, { SNP_TCB_BL, "blSPL" },
		{ SNP_TCB_TEE, "teeSPL" }, { SNP_TCB_SNP, "snpSPL" },
		{ SNP_TCB_UCODE, "ucodeSPL" } };

	if (i >= sizeof(parts) / sizeof(parts[0]))
		return NULL;
	*part = parts[i].part;
	return tee_snp_tcb_has(product, parts[i].part) ? parts[i].name : "";
}

void
tee_snp_kds_vcek_url(const struct snp_kds *kds, enum snp_product product,
    const struct snp_report *report, char out[SNP_KDS_URL])
{
	struct snp_tcb tcb = tee_snp_tcb_split(product, report->reported_tcb);
	enum snp_tcb_part part = SNP_TCB_FMC;
	const char *name;
	char separator = '?';
	int n = snprintf(out, SNP_KDS_URL, "%s/vcek/v1/%s/", kds->base,
	    tee_snp_product_name(product));

	for (size_t i = 0; i < tee_snp_product_hwid_size(product); i++)
		n += snprintf(out + n, SNP_KDS_URL - (size_t)n, "%02x",
		    report->chip_id[i]);
	for (size_t i = 0; (name = query_name(product, i, &part)) != NULL;
	     i++) {
		if (name[0] == '\0')
			continue;
		n += snprintf(out + n, SNP_KDS_URL - (size_t)n, "%c%s=%u",
		    separator, name, tcb.part[part]);
		separator = '&';
	}
}

/* DER in, PEM appended. */
static bool
add_der(BIO *out, const uint8_t *der, size_t size)
{
	const unsigned char *p = der;
	X509 *cert = d2i_X509(NULL, &p, (long)size);
	bool ok = cert != NULL && p == der + size &&
	    PEM_write_bio_X509(out, cert) == 1;

	X509_free(cert);
	return ok;
}

static enum tee_verdict
not_what_was_asked(struct tee_call *call, const char *what)
{
	tee_call_log(call, LOG_ERR, "kds_answer", "AMD KDS: %s", what);
	return TEE_UNAVAILABLE;
}

static enum tee_verdict
get(struct tee_call *call, const struct snp_kds *kds, const char *url,
    size_t limit, bool fallback, struct tee_http_response *answer)
{
	struct tee_http_request request = { .hop = &hop,
		.url = url,
		.limit = limit,
		.trust = kds->trust,
		.fallback = fallback };

	return tee_http(call, &request, answer);
}

static enum tee_verdict
add_chain(struct tee_call *call, const struct snp_kds *kds,
    enum snp_product product, BIO *out)
{
	struct tee_http_response answer;
	enum tee_verdict verdict;
	char url[SNP_KDS_URL];

	snprintf(url, sizeof(url), "%s/vcek/v1/%s/cert_chain", kds->base,
	    tee_snp_product_name(product));
	verdict = get(call, kds, url, CHAIN_MAX, false, &answer);
	if (verdict == TEE_OK &&
	    (strncmp((const char *)answer.body, "-----BEGIN ", 11) != 0 ||
		BIO_write(out, answer.body, (int)answer.size) !=
		    (int)answer.size))
		verdict = not_what_was_asked(call, "cert_chain is no PEM");
	tee_http_response_free(&answer);
	return verdict;
}

static enum tee_verdict
add_vcek(struct tee_call *call, const struct snp_kds *kds,
    enum snp_product product, const struct snp_report *report, bool fallback,
    BIO *out)
{
	struct tee_http_response answer;
	enum tee_verdict verdict;
	char url[SNP_KDS_URL];

	tee_snp_kds_vcek_url(kds, product, report, url);
	verdict = get(call, kds, url, TEE_CERT_MAX, fallback, &answer);
	if (verdict == TEE_OK && !add_der(out, answer.body, answer.size))
		verdict =
		    not_what_was_asked(call, "the VCEK is no certificate");
	tee_http_response_free(&answer);
	return verdict;
}

static enum tee_verdict
fetch_product(struct tee_call *call, const struct snp_kds *kds,
    enum snp_product product, const struct snp_report *report, bool fallback,
    char **pem)
{
	BIO *out = BIO_new(BIO_s_mem());
	enum tee_verdict verdict = out == NULL ?
	    TEE_UNAVAILABLE :
	    add_vcek(call, kds, product, report, fallback, out);
	char *text;
	long size;

	if (verdict == TEE_OK)
		verdict = add_chain(call, kds, product, out);
	if (verdict == TEE_OK) {
		size = BIO_get_mem_data(out, &text);
		*pem = size > 0 ? strndup(text, (size_t)size) : NULL;
		if (*pem == NULL)
			verdict = TEE_UNAVAILABLE;
	}
	BIO_free(out);
	return verdict;
}

enum tee_verdict
tee_snp_kds_fetch(struct tee_call *call, const struct snp_kds *kds,
    const struct snp_report *report, char **pem)
{
	enum snp_product product = tee_snp_report_has_cpuid(report) ?
	    tee_snp_product_cpuid(report->family, report->model) :
	    SNP_PRODUCT_UNKNOWN;
	enum tee_verdict verdict;

	*pem = NULL;
	if (tee_snp_report_signer(report) != SNP_SIGNER_VCEK ||
	    tee_snp_bytes_zero(report->chip_id, SNP_CHIP_ID_SIZE)) {
		tee_call_log(call, LOG_ERR, "kds_unknown_chip",
		    "AMD KDS has certificates of chips alone, and this report "
		    "is signed by a VLEK or hides its chip; the host or "
		    "certs_file must supply them");
		return TEE_UNAVAILABLE;
	}
	if (product != SNP_PRODUCT_UNKNOWN)
		return fetch_product(call, kds, product, report, false, pem);
	if (tee_snp_report_has_cpuid(report)) {
		tee_call_log(call, LOG_ERR, "kds_unknown_chip",
		    "AMD KDS: family %#x, model %#x is no product known here",
		    report->family, report->model);
		return TEE_UNAVAILABLE;
	}
	/* Version 2 does not say; firmware of Turin writes later ones. */
	verdict = fetch_product(call, kds, SNP_MILAN, report, true, pem);
	return verdict == TEE_OK ?
	    verdict :
	    fetch_product(call, kds, SNP_GENOA, report, false, pem);
}
