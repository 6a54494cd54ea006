/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maa_guest: AzureGuest: a token that also says what the TPM measured, and
 * names a key of that TPM which secrets can be released to.  MAA encrypts the
 * answer to the very key, so only the machine that asked can read it.
 */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "modules/common/file.h"
#include "modules/snp_azure/guestanswer.h"
#include "modules/snp_azure/maa.h"
#include "modules/snp_azure/maarequest.h"
#include "modules/snp_azure/vtpm.h"

#define TCG_LOG "/sys/kernel/security/tpm0/binary_bios_measurements"
#define TCG_LOG_MAX (512 * 1024)
#define OS_RELEASE "/etc/os-release"
#define OS_RELEASE_MAX 16384
#define NAME_MAX_SIZE 64
#define PCRS ((1u << AZURE_GUEST_PCRS) - 1)

/* Some 100 KiB, so not on the stack. */
struct guest {
	struct azure_vtpm *vtpm;
	struct azure_enckey made; /* where the evidence brought none */
	struct azure_quote quote;
	struct azure_bytes ak_cert, ak_public;
	struct azure_span context;
	struct azure_guest_request request;
	uint8_t *tcg_log;
	char distribution[NAME_MAX_SIZE];
};

static struct azure_span
span(const struct azure_bytes *bytes)
{
	return (struct azure_span){ bytes->data, bytes->size };
}

static bool
take(struct tee_call *call, const char *type, struct azure_span *out)
{
	out->data = tee_call_item(call, type, &out->size);
	return out->data != NULL;
}

/* The keystore's, so that what is released can be decrypted; all or none. */
static enum tee_verdict
take_key(struct tee_call *call, struct guest *g)
{
	struct azure_guest_request *r = &g->request;
	enum tee_verdict verdict;

	if (take(call, "tpm.enc-key", &r->enckey)) {
		if (take(call, "tpm.enc-key-certify", &r->certify) &&
		    take(call, "tpm.enc-key-signature",
			&r->certify_signature) &&
		    take(call, "private.tpm-enc-key-context", &g->context))
			return TEE_OK;
		tee_call_log(call, LOG_ERR, "maa_enc_key",
		    "tpm.enc-key came without its certification or context: "
		    "this machine cannot use it");
		return TEE_DENY;
	}
	verdict = tee_azure_vtpm_enckey(g->vtpm, &g->made);
	r->enckey = span(&g->made.public);
	r->certify = span(&g->made.certify);
	r->certify_signature = span(&g->made.signature);
	g->context = span(&g->made.context);
	return verdict;
}

/* The freshness is the payload's, so the quote carries nothing of its own. */
static enum tee_verdict
take_quote(struct tee_call *call, struct guest *g)
{
	struct azure_guest_request *r = &g->request;
	enum tee_verdict verdict =
	    tee_azure_vtpm_quote(g->vtpm, NULL, 0, PCRS, &g->quote);

	if (verdict == TEE_OK)
		verdict = tee_azure_vtpm_ak_public(g->vtpm, &g->ak_public);
	if (verdict == TEE_OK && !take(call, "tpm.ak-cert", &r->ak_cert)) {
		verdict = tee_azure_vtpm_ak_cert(g->vtpm, &g->ak_cert);
		r->ak_cert = span(&g->ak_cert);
		if (verdict != TEE_OK)
			tee_call_check(call, "maa.evidence", TEE_CHECK_NOT_DONE,
			    "AzureGuest wants the AK's certificate, and Azure "
			    "has written none into this vTPM yet: try later");
	}
	r->quote = span(&g->quote.attest);
	r->quote_signature = span(&g->quote.signature);
	r->ak_public = span(&g->ak_public);
	r->pcr = (const uint8_t(*)[32])g->quote.pcr;
	return verdict;
}

/* KEY=value or KEY="value", of a line of its own. */
static bool
release_value(const char *text, const char *key, char out[NAME_MAX_SIZE])
{
	size_t n = strlen(key);

	for (const char *at = text; at != NULL; at = strchr(at, '\n')) {
		at += *at == '\n' ? 1 : 0;
		if (strncmp(at, key, n) != 0 || at[n] != '=')
			continue;
		at += n + 1;
		at += *at == '"' ? 1 : 0;
		snprintf(out, NAME_MAX_SIZE, "%.*s", (int)strcspn(at, "\"\n"),
		    at);
		return true;
	}
	return false;
}

static unsigned
number(const char **text)
{
	unsigned n = 0;

	for (; **text >= '0' && **text <= '9' && n < USHRT_MAX; (*text)++)
		n = n * 10 + (unsigned)(**text - '0');
	*text += **text == '.' ? 1 : 0;
	return n;
}

/* What the system calls itself; MAA repeats it and proves nothing by it. */
static void
take_system(struct guest *g)
{
	size_t size = 0;
	uint8_t *data = tee_file_read(OS_RELEASE, OS_RELEASE_MAX, &size);
	char *text = data != NULL ? strndup((const char *)data, size) : NULL;
	char version[NAME_MAX_SIZE] = "";
	const char *at = version;

	if (text == NULL || !release_value(text, "NAME", g->distribution))
		snprintf(g->distribution, sizeof(g->distribution), "Linux");
	if (text != NULL)
		(void)release_value(text, "VERSION_ID", version);
	g->request.distribution = g->distribution;
	g->request.major = number(&at);
	g->request.minor = number(&at);
	free(text);
	free(data);
}

/* Without it MAA refuses what its policy reads out of the log. */
static void
take_log(struct tee_call *call, struct guest *g)
{
	size_t size = 0;

	g->tcg_log = tee_file_read(TCG_LOG, TCG_LOG_MAX, &size);
	if (g->tcg_log == NULL)
		tee_call_log(call, LOG_NOTICE, "maa_tcg_log",
		    TCG_LOG ": %m; sent without the boot log");
	g->request.tcg_log.data = g->tcg_log;
	g->request.tcg_log.size = size;
}

static enum tee_verdict
unwrap(void *user, const uint8_t *data, size_t size, uint8_t *out,
    size_t *out_size)
{
	const struct guest *g = user;

	return tee_azure_vtpm_decrypt(g->vtpm, g->context.data, g->context.size,
	    AZURE_RSAES, data, size, out, out_size);
}

static enum tee_verdict
exchange(struct tee_call *call, const struct azure_maa *maa, struct guest *g,
    char **token)
{
	char *body = tee_azure_guest_request(&g->request), *sealed = NULL;
	char why[AZURE_ANSWER_WHY];
	enum tee_verdict verdict;

	if (body == NULL) {
		tee_call_log(call, LOG_ERR, "maa_request",
		    "the TPM's signatures are not RSASSA with SHA-256");
		return TEE_DENY;
	}
	verdict =
	    tee_azure_maa_post(call, maa, AZURE_PATH_GUEST, body, &sealed);
	free(body);
	if (verdict != TEE_OK)
		return verdict;
	verdict = tee_azure_guest_answer(sealed, strlen(sealed), unwrap, g,
	    token, why);
	free(sealed);
	tee_call_check(call, "maa.answer",
	    verdict == TEE_OK       ? TEE_CHECK_PASS :
		verdict == TEE_DENY ? TEE_CHECK_FAIL :
				      TEE_CHECK_NOT_DONE,
	    "%s", verdict == TEE_OK ? "decrypted by this machine's TPM" : why);
	return verdict;
}

static enum tee_verdict
ask(struct tee_call *call, const struct azure_maa *maa, struct guest *g,
    char **token)
{
	enum tee_verdict verdict =
	    tee_azure_vtpm_open(call, maa->policy.tcti, &g->vtpm);

	if (verdict == TEE_OK)
		verdict = take_key(call, g);
	if (verdict == TEE_OK)
		verdict = take_quote(call, g);
	if (verdict == TEE_OK) {
		take_system(g);
		take_log(call, g);
		verdict = exchange(call, maa, g, token);
	}
	tee_azure_vtpm_close(&g->vtpm);
	return verdict;
}

enum tee_verdict
tee_azure_maa_ask_guest(struct tee_call *call, const struct azure_maa *maa,
    const struct azure_snp_request *snp, char **token)
{
	struct guest *g = calloc(1, sizeof(*g));
	enum tee_verdict verdict;

	if (g == NULL)
		return TEE_UNAVAILABLE;
	g->request.report = snp->report;
	g->request.certs = snp->certs;
	g->request.runtime = snp->runtime;
	g->request.binding.data =
	    tee_call_binding(call, &g->request.binding.size);
	verdict = ask(call, maa, g, token);
	free(g->tcg_log);
	free(g);
	return verdict;
}
