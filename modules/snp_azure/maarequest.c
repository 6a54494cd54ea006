/* SPDX-License-Identifier: Apache-2.0 */
/* maarequest: see maarequest.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/reader.h"
#include "modules/snp_azure/maarequest.h"

/* TPM 2.0 Library, part 2: TPMT_SIGNATURE of an RSA key. */
#define ALG_RSASSA 0x0014
#define ALG_SHA256 0x000b

/* NULL, which no json_object_set_new takes, where memory is out. */
static json_t *
encoded(enum tee_base64 kind, struct azure_span span)
{
	char *text = tee_b64_encode(kind, span.data, span.size);
	json_t *value = text != NULL ? json_string_nocheck(text) : NULL;

	free(text);
	return value;
}

static json_t *
url(struct azure_span span)
{
	return encoded(TEE_BASE64_URL, span);
}

static json_t *
standard(struct azure_span span)
{
	return encoded(TEE_BASE64_STANDARD, span);
}

static struct azure_span
text(const char *s)
{
	return (struct azure_span){ (const uint8_t *)s, strlen(s) };
}

/* The object's own text, encoded; takes the reference. */
static json_t *
nested(enum tee_base64 kind, json_t *object)
{
	char *dump = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
	json_t *value = dump != NULL ? encoded(kind, text(dump)) : NULL;

	free(dump);
	json_decref(object);
	return value;
}

static char *
finish(json_t *object)
{
	char *dump = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return dump;
}

static json_t *
endorsements(struct azure_span uvm)
{
	return nested(TEE_BASE64_URL, json_pack("{s:[o]}", "Uvm", url(uvm)));
}

static json_t *
snp_report(const struct azure_snp_request *r)
{
	json_t *report = json_pack("{s:o,s:o}", "SnpReport", url(r->report),
	    "VcekCertChain", url(r->certs));

	if (r->uvm.data == NULL ||
	    json_object_set_new(report, "Endorsements", endorsements(r->uvm)) ==
		0)
		return report;
	json_decref(report);
	return NULL;
}

char *
tee_azure_snp_request(const struct azure_snp_request *r)
{
	json_t *body =
	    json_pack("{s:o}", "report", nested(TEE_BASE64_URL, snp_report(r)));

	if (r->runtime.data == NULL ||
	    json_object_set_new(body, "runtimeData",
		json_pack("{s:o,s:s}", "data", url(r->runtime), "dataType",
		    "JSON")) == 0)
		return finish(body);
	json_decref(body);
	return NULL;
}

/* MAA takes the bare signature, without the TPM's header. */
static json_t *
signature(struct azure_span tpmt)
{
	struct azure_span bare = { NULL, 0 };
	struct tee_reader r;

	tee_reader_init(&r, tpmt.data, tpmt.size);
	if (tee_reader_be16(&r) != ALG_RSASSA ||
	    tee_reader_be16(&r) != ALG_SHA256)
		return NULL;
	bare.size = tee_reader_be16(&r);
	bare.data = tee_reader_bytes(&r, bare.size);
	if (r.bad || bare.size == 0 || tee_reader_left(&r) != 0)
		return NULL;
	return standard(bare);
}

static json_t *
pcr_set(void)
{
	json_t *set = json_array();

	for (unsigned i = 0; set != NULL && i < AZURE_GUEST_PCRS; i++)
		json_array_append_new(set, json_integer(i));
	return set;
}

static json_t *
pcrs(const uint8_t (*pcr)[32])
{
	json_t *list = json_array();

	for (unsigned i = 0; list != NULL && i < AZURE_GUEST_PCRS; i++)
		json_array_append_new(list,
		    json_pack("{s:i,s:o}", "Index", (int)i, "Digest",
			standard((struct azure_span){ pcr[i], 32 })));
	return list;
}

static json_t *
tpm_info(const struct azure_guest_request *r)
{
	/* clang-format off */
	return json_pack(
	    "{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
	    "AikCert", standard(r->ak_cert),
	    "AikPub", standard(r->ak_public),
	    "PcrQuote", standard(r->quote),
	    "PcrSignature", signature(r->quote_signature),
	    "EncKeyPub", standard(r->enckey),
	    "EncKeyCertifyInfo", standard(r->certify),
	    "EncKeyCertifyInfoSignature", signature(r->certify_signature),
	    "PcrSet", pcr_set(),
	    "PCRs", pcrs(r->pcr));
	/* clang-format on */
}

/* Here the chain is standard base64 and the report is not. */
static json_t *
isolation_info(const struct azure_guest_request *r)
{
	json_t *proof = json_pack("{s:o,s:o}", "SnpReport", url(r->report),
	    "VcekCertChain", standard(r->certs));

	return json_pack("{s:s,s:{s:o,s:o}}", "Type", "SevSnp", "Evidence",
	    "Proof", nested(TEE_BASE64_STANDARD, proof), "RunTimeData",
	    standard(r->runtime));
}

static json_t *
client_payload(struct azure_span binding)
{
	char *value =
	    tee_b64_encode(TEE_BASE64_STANDARD, binding.data, binding.size);
	json_t *payload = value != NULL ?
	    json_pack("{s:o}", "nonce", standard(text(value))) :
	    NULL;

	free(value);
	return payload;
}

static json_t *
attestation_info(const struct azure_guest_request *r)
{
	/* clang-format off */
	return json_pack(
	    "{s:s,s:o,s:o,s:o,s:i,s:i,s:o,s:o,s:o,s:o}",
	    "AttestationProtocolVersion", "2.0",
	    "OSType", standard(text("Linux")),
	    "OSDistro", standard(text(r->distribution)),
	    "OSBuild", standard(text("NotApplication")),
	    "OSVersionMajor", (int)r->major,
	    "OSVersionMinor", (int)r->minor,
	    "TcgLogs", standard(r->tcg_log),
	    "ClientPayload", client_payload(r->binding),
	    "TpmInfo", tpm_info(r),
	    "IsolationInfo", isolation_info(r));
	/* clang-format on */
}

char *
tee_azure_guest_request(const struct azure_guest_request *r)
{
	json_t *info = nested(TEE_BASE64_URL, attestation_info(r));

	return finish(
	    info != NULL ? json_pack("{s:o}", "AttestationInfo", info) : NULL);
}

char *
tee_azure_maa_answer_token(const void *answer, size_t size)
{
	tee_auto_json *root = tee_json_object(answer, size, NULL);
	const char *token = tee_json_text(root, "token");

	return token != NULL && token[0] != '\0' ? strdup(token) : NULL;
}
