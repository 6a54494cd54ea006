/* SPDX-License-Identifier: Apache-2.0 */
/* device: see device.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <openssl/evp.h>

#include "modules/common/json.h"
#include "modules/common/runtime.h"
#include "modules/snp/source.h"
#include "modules/snp_azure/context.h"
#include "modules/snp_azure/device.h"

static bool
put(struct tee_call *call, const char *type, const void *data, size_t size)
{
	if (tee_call_put_item(call, type, data, size) == 0)
		return true;
	tee_call_log(call, LOG_ERR, "evidence",
	    "%s is there already, or too large", type);
	return false;
}

/* What a public RSA key has, and none of what makes it a private one. */
static bool
is_public(const json_t *jwk)
{
	static const char *const private[] = { "d", "p", "q", "dp", "dq", "qi",
		"oth", "k" };

	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		if (json_object_get(jwk, private[i]) != NULL)
			return false;
	return tee_json_is(jwk, "kty", "RSA") &&
	    tee_json_text(jwk, "n") != NULL && tee_json_text(jwk, "e") != NULL;
}

/* The binding and zeros behind it, as the paravisor of a VM writes it. */
static void
user_data_text(const uint8_t data[TEE_USER_DATA_SIZE],
    char out[2 * TEE_USER_DATA_SIZE + 1])
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < TEE_USER_DATA_SIZE; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * TEE_USER_DATA_SIZE] = '\0';
}

/* The bytes are made once: what is hashed is what leaves as evidence. */
static char *
runtime_data(const uint8_t *key, size_t key_size,
    const uint8_t binding[TEE_USER_DATA_SIZE])
{
	char user_data[2 * TEE_USER_DATA_SIZE + 1];
	tee_auto_json *jwk = tee_json_object(key, key_size, NULL);
	tee_auto_json *root = NULL;

	if (jwk == NULL || !is_public(jwk))
		return NULL;
	user_data_text(binding, user_data);
	root = json_pack("{s:[O],s:s}", "keys", jwk, "user-data", user_data);
	return root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;
}

/* q->user_data holds the binding, and becomes what the report shall carry. */
static bool
bind_key(struct snp_question *q)
{
	size_t size;
	const uint8_t *key =
	    tee_call_item(q->call, "azure.wrapping-key", &size);
	char *text;
	bool ok;

	if (key == NULL)
		return true;
	text = runtime_data(key, size, q->user_data);
	if (text == NULL) {
		tee_call_log(q->call, LOG_ERR, "wrapping_key",
		    "azure.wrapping-key is no public RSA key as JWK");
		return false;
	}
	memset(q->user_data, 0, sizeof(q->user_data));
	ok = EVP_Digest(text, strlen(text), q->user_data, NULL, EVP_sha256(),
		 NULL) == 1 &&
	    put(q->call, "snp.runtime-data", text, strlen(text));
	free(text);
	return ok;
}

static enum tee_verdict
ask(const struct snp_question *q, const char *device, struct snp_answer *a)
{
	enum tee_verdict verdict;

	if (device != NULL && device[0] != '\0')
		return tee_snp_ask_device(q, device, a);
	verdict = tee_snp_ask_device(q, "/dev/sev-guest", a);
	if (!a->absent)
		return verdict;
	a->absent = false;
	return tee_snp_ask_old_device(q, "/dev/sev", a);
}

/*
 * What the host left at launch, unless the firmware was updated since: then
 * its certificate is of another TCB than the report.
 */
static char *
host_certs(struct tee_call *call, const struct azure_context_file *file,
    const uint8_t *report)
{
	struct azure_thim_answer answer;
	char why[AZURE_THIM_WHY];

	if (file->data == NULL)
		return NULL;
	if (!tee_azure_thim_parse(&answer, file->data, file->size, why)) {
		tee_call_log(call, LOG_NOTICE, "host_amd_cert",
		    "host-amd-cert-base64: %s; asking THIM", why);
		return NULL;
	}
	if (tee_azure_thim_fits(&answer, report))
		return answer.pem;
	tee_call_log(call, LOG_NOTICE, "host_amd_cert",
	    "host-amd-cert-base64 is of TCB %016" PRIx64
	    ", the report of another; asking THIM",
	    answer.tcb);
	free(answer.pem);
	return NULL;
}

static bool
put_context(struct tee_call *call, const struct azure_context *c)
{
	return (c->policy.data == NULL ||
		   put(call, "azure.cce-policy", c->policy.data,
		       c->policy.size)) &&
	    (c->endorsement.data == NULL ||
		put(call, "azure.uvm-endorsement", c->endorsement.data,
		    c->endorsement.size));
}

/*
 * The report and its certificates.  Where even a fresh answer of THIM is of
 * another TCB, the firmware may have been updated under us: both once more.
 */
static enum tee_verdict
obtain(const struct snp_question *q, const char *device,
    struct azure_thim *thim, const struct azure_context_file *host,
    struct snp_answer *a, char **pem)
{
	enum tee_verdict verdict = TEE_UNAVAILABLE;
	bool stale = true;

	for (unsigned i = 0; i < 2 && stale; i++) {
		stale = false;
		memset(a, 0, sizeof(*a));
		verdict = ask(q, device, a);
		if (verdict != TEE_OK)
			return verdict;
		*pem = host_certs(q->call, host, a->report);
		if (*pem == NULL)
			verdict = tee_azure_thim_ask(q->call, thim, a->report,
			    pem, &stale);
	}
	return verdict;
}

static enum tee_verdict
collect(const struct snp_question *q, const char *device,
    struct azure_thim *thim, const struct azure_context *context)
{
	struct snp_answer *a = calloc(1, sizeof(*a));
	enum tee_verdict verdict = TEE_UNAVAILABLE;
	char *pem = NULL;

	if (a != NULL)
		verdict =
		    obtain(q, device, thim, &context->host_certs, a, &pem);
	if (verdict == TEE_OK &&
	    (!put(q->call, "snp.report", a->report, SNP_REPORT_SIZE) ||
		!put(q->call, "snp.certs", pem, strlen(pem)) ||
		!put_context(q->call, context)))
		verdict = TEE_DENY;
	free(pem);
	free(a);
	return verdict;
}

enum tee_verdict
tee_azure_device_collect(struct tee_call *call, const struct azure_place *place,
    struct azure_thim *thim, const char *security_context)
{
	struct snp_question q = { .call = call };
	struct azure_context context;
	enum tee_verdict verdict;
	size_t size;
	const uint8_t *binding = tee_call_binding(call, &size);

	if (binding == NULL || size > sizeof(q.user_data))
		return TEE_DENY;
	memcpy(q.user_data, binding, size);
	if (!bind_key(&q))
		return TEE_DENY;
	verdict = tee_azure_context_read(call, security_context, &context);
	if (verdict == TEE_OK)
		verdict = collect(&q, place->device, thim, &context);
	tee_azure_context_free(&context);
	return verdict;
}
