/* SPDX-License-Identifier: Apache-2.0 */
/* identity_ask: the two services that give tokens, and how they are asked. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <curl/curl.h>
#include <openssl/crypto.h>

#include "modules/common/file.h"
#include "modules/snp_azure/identity.h"

#define ASSERTION_MAX (32 * 1024)
#define URL_MAX 1024

static const unsigned again[] = { 404, 408, 429, 500, 502, 503, 504, 0 };
static const struct tee_http_hop imds_hop = { .name = "IMDS (identity)",
	.advice = "has this machine a managed identity, and is client_id "
		  "given where it has several?",
	.plain = true,
	.connect_ms = 3000,
	.total_ms = 10000,
	.tries = 4,
	.backoff_ms = 1000,
	.again = again,
	.gone_every_ms = 10000,
	.gone_for_ms = 70000 };

static const unsigned authority_again[] = { 408, 429, 500, 502, 503, 504, 0 };
static const struct tee_http_hop authority_hop = { .name = "identity authority",
	.advice = "check client_id, tenant_id and the federated credential "
		  "(issuer, subject, audience)",
	.connect_ms = 5000,
	.total_ms = 15000,
	.tries = 4,
	.backoff_ms = 1000,
	.again = authority_again };

static enum tee_verdict
ask_imds(struct tee_call *call, const struct azure_identity *i,
    const char *resource, struct tee_http_response *answer)
{
	static const char *const headers[] = { "Metadata: true", NULL };
	struct tee_http_request request = { .hop = &imds_hop,
		.headers = headers,
		.limit = 2 * AZURE_TOKEN_MAX };
	char *escaped = curl_easy_escape(NULL, resource, 0);
	char url[URL_MAX];
	enum tee_verdict verdict = TEE_UNAVAILABLE;

	if (escaped != NULL) {
		snprintf(url, sizeof(url),
		    "%s/metadata/identity/oauth2/token?api-version=2018-02-01"
		    "&resource=%s%s%s",
		    i->imds, escaped, i->client_id != NULL ? "&client_id=" : "",
		    i->client_id != NULL ? i->client_id : "");
		request.url = url;
		verdict = tee_http(call, &request, answer);
	}
	curl_free(escaped);
	return verdict;
}

/* The projected token: one line, rewritten by the kubelet, a secret. */
static char *
read_assertion(struct tee_call *call, const char *path, size_t *size)
{
	uint8_t *data = tee_file_read(path, ASSERTION_MAX, size);
	size_t had = *size, n = 0;
	char *text = NULL;

	while (data != NULL && n < had && data[n] > ' ' && data[n] < 0x7f)
		n++;
	/* Characters that a form would need escaped are in no JWT. */
	if (data != NULL && n > 0 &&
	    (n == had || (n + 1 == had && data[n] == '\n')) &&
	    memchr(data, '&', n) == NULL && memchr(data, '%', n) == NULL &&
	    memchr(data, '+', n) == NULL)
		text = strndup((const char *)data, n);
	if (text == NULL)
		tee_call_log(call, LOG_ERR, "federated_token",
		    "%s: cannot be read, or is no token; is the service "
		    "account's token projected into this container?",
		    path);
	if (data != NULL)
		OPENSSL_clear_free(data, had);
	*size = n;
	return text;
}

static char *
form_of(const struct azure_identity *i, const char *resource,
    const char *assertion, size_t *size)
{
	static const char fmt[] = "client_id=%s&scope=%s%%2F.default"
				  "&client_assertion_type=urn%%3Aietf%%3A"
				  "params%%3Aoauth%%3Aclient-assertion-type"
				  "%%3Ajwt-bearer"
				  "&grant_type=client_credentials"
				  "&client_assertion=%s";
	char *escaped = curl_easy_escape(NULL, resource, 0);
	size_t room = sizeof(fmt) + 512 + strlen(assertion);
	char *form = escaped == NULL ? NULL : malloc(room);
	int n = form == NULL ?
	    -1 :
	    snprintf(form, room, fmt, i->client_id, escaped, assertion);

	curl_free(escaped);
	if (n >= 0 && (size_t)n < room) {
		*size = (size_t)n;
		return form;
	}
	if (form != NULL)
		OPENSSL_clear_free(form, room);
	return NULL;
}

static enum tee_verdict
ask_authority(struct tee_call *call, const struct azure_identity *i,
    const char *resource, struct tee_http_response *answer)
{
	struct tee_http_request request = { .hop = &authority_hop,
		.content_type = "application/x-www-form-urlencoded",
		.limit = 2 * AZURE_TOKEN_MAX,
		.trust = i->trust };
	size_t assertion_size = 0, size = 0;
	char *assertion = read_assertion(call, i->token_file, &assertion_size);
	char *form =
	    assertion == NULL ? NULL : form_of(i, resource, assertion, &size);
	char url[URL_MAX];
	enum tee_verdict verdict = TEE_UNAVAILABLE;

	if (form != NULL) {
		snprintf(url, sizeof(url), "%s/%s/oauth2/v2.0/token",
		    i->authority, i->tenant_id);
		request.url = url;
		request.body = form;
		request.body_size = size;
		verdict = tee_http(call, &request, answer);
		OPENSSL_cleanse(form, size);
	}
	free(form);
	if (assertion != NULL)
		OPENSSL_cleanse(assertion, assertion_size);
	free(assertion);
	return verdict;
}

enum tee_verdict
tee_azure_identity_renew(struct tee_call *call, struct azure_identity *i,
    const char *resource)
{
	const char *name = i->kind == AZURE_IDENTITY_MANAGED ?
	    imds_hop.name :
	    authority_hop.name;
	struct tee_http_response answer = { 0 };
	char why[AZURE_TOKEN_WHY];
	enum tee_verdict verdict = i->kind == AZURE_IDENTITY_MANAGED ?
	    ask_imds(call, i, resource, &answer) :
	    ask_authority(call, i, resource, &answer);

	i->kept->resource[0] = '\0';
	if (verdict == TEE_OK &&
	    !tee_azure_access_token_parse(answer.body, answer.size,
		tee_call_now(call), i->kept->token, sizeof(i->kept->token),
		&i->kept->expires, why)) {
		tee_call_log(call, LOG_ERR, "token_answer", "%s: %s", name,
		    why);
		verdict = TEE_UNAVAILABLE;
	}
	if (verdict == TEE_OK)
		snprintf(i->kept->resource, sizeof(i->kept->resource), "%s",
		    resource);
	tee_http_response_free(&answer);
	return verdict;
}
