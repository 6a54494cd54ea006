/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maatoken_binding: what a token is bound to.
 *
 *   C-ACI   REPORT_DATA, or the user-data of our own runtime data, of which
 *           the token's REPORT_DATA is the hash
 *   CVM     anyone who holds its HCL report can have a token of it, so the
 *           token alone binds nothing: the paravisor's user-data, or a quote
 *           by the AK that the token vouches for, or in a passport the client
 *           payload, since only the TPM of whoever asked decrypts the answer
 *
 * The payload of a token that this line asked for is what this line wrote: it
 * says nothing about who sent the evidence, which may be of this very machine.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "modules/common/base64.h"
#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/common/runtime.h"
#include "modules/snp_azure/hcl.h"
#include "modules/snp_azure/quote.h"
#include "modules/snp_azure/maatoken.h"

#define FIELD 64

struct field {
	uint8_t data[FIELD];
	size_t size; /* 0: there is none */
};

/* Whether it is our binding, with zeros behind it. */
static bool
is_binding(const struct tee_call *call, const struct field *f)
{
	uint8_t expected[FIELD] = { 0 };
	size_t size;
	const uint8_t *binding = tee_call_binding(call, &size);

	if (binding == NULL || size == 0 || size > f->size)
		return false;
	memcpy(expected, binding, size);
	return CRYPTO_memcmp(expected, f->data, f->size) == 0;
}

static void
saw(struct tee_call *call, const struct field *f, const char *where)
{
	tee_call_check(call, "token.binding", TEE_CHECK_PASS, "%s", where);
	tee_call_saw_binding(call, f->data, f->size);
}

static void
unbound(struct tee_call *call, const char *why)
{
	tee_call_check(call, "token.binding", TEE_CHECK_FAIL, "%s", why);
}

/* The token speaks of this very runtime data: its hash, recomputed. */
static bool
own_runtime(struct tee_call *call, const struct azure_maatoken *t,
    const uint8_t *data, size_t size)
{
	uint8_t report_data[FIELD];
	bool ok = data != NULL &&
	    tee_azure_maatoken_hex(t->tee, AZURE_SVN "reportdata", report_data,
		sizeof(report_data)) &&
	    tee_runtime_hashes_to(data, size, report_data);

	AZURE_TOKEN_JUDGE(call, "token.runtime-data", ok, "%s",
	    ok ? "the token's REPORT_DATA is the hash of our own" :
		 "the token's REPORT_DATA is not the hash of our own");
	return ok;
}

static void
bind_container(struct tee_call *call, const struct azure_maatoken *t)
{
	struct tee_runtime runtime;
	struct field f = { .size = FIELD };
	size_t size;
	const uint8_t *data = tee_call_item(call, "snp.runtime-data", &size);

	if (data == NULL) {
		if (tee_azure_maatoken_hex(t->tee, AZURE_SVN "reportdata",
			f.data, FIELD))
			saw(call, &f, "REPORT_DATA");
		else
			unbound(call, "no REPORT_DATA in the token");
		return;
	}
	if (!tee_runtime_parse(&runtime, data, size) || !runtime.has_user_data)
		unbound(call, "our runtime data carries no user-data");
	else if (own_runtime(call, t, data, size)) {
		memcpy(f.data, runtime.user_data, FIELD);
		saw(call, &f, "user-data of our runtime data");
	} else
		unbound(call, "the token is about other runtime data");
	tee_runtime_free(&runtime);
}

static void
set_field(struct field *f, const uint8_t *data, size_t size)
{
	f->size = data != NULL && size <= FIELD ? size : 0;
	if (f->size > 0)
		memcpy(f->data, data, f->size);
}

/* Base64 of what was sent, as MAA writes it; NULL: none, or no base64. */
static uint8_t *
sent(const struct azure_maatoken *t, size_t *size)
{
	const char *wire = tee_json_text(t->client, "nonce");

	return wire != NULL ?
	    tee_b64_decode(TEE_BASE64_STANDARD, wire, strlen(wire), size) :
	    NULL;
}

/* What we send is base64 itself; see maarequest.h. */
static void
read_base64(const uint8_t *text, size_t size, struct field *f)
{
	size_t n = 0;
	uint8_t *bytes =
	    tee_b64_decode(TEE_BASE64_STANDARD, (const char *)text, size, &n);

	set_field(f, bytes, n);
	free(bytes);
}

static void
read_hex(const uint8_t *text, size_t size, struct field *f)
{
	char digits[2 * FIELD + 1] = "";
	size_t n = 0;

	f->size = 0;
	if (size >= sizeof(digits))
		return;
	memcpy(digits, text, size);
	ERR_set_mark(); /* most are no hex */
	if (strlen(digits) == size &&
	    OPENSSL_hexstr2buf_ex(f->data, FIELD, &n, digits, '\0') == 1)
		f->size = n;
	ERR_pop_to_mark();
}

/* Of a token that this line asked for. */
static void
read_own_nonce(const struct azure_maatoken *t, struct field *f)
{
	size_t size = 0;
	uint8_t *text = sent(t, &size);

	f->size = 0;
	if (text != NULL)
		read_base64(text, size, f);
	free(text);
}

/*
 * Of a token that some other client asked for: the bytes as base64, as we send
 * them, or as they are, or in hex.  What is the binding counts; where none is,
 * the first that there is stands for what it is bound to.
 */
static void
read_nonce(const struct tee_call *call, const struct azure_maatoken *t,
    struct field *f)
{
	struct field form[3] = { { .size = 0 } };
	size_t size = 0;
	uint8_t *text = sent(t, &size);

	if (text != NULL) {
		read_base64(text, size, &form[0]);
		set_field(&form[1], text, size);
		read_hex(text, size, &form[2]);
	}
	free(text);
	f->size = 0;
	for (size_t i = 0; i < 3; i++) {
		if (is_binding(call, &form[i])) {
			*f = form[i];
			return;
		}
		if (f->size == 0)
			*f = form[i];
	}
}

static void
read_user_data(const struct azure_maatoken *t, struct field *f)
{
	f->size =
	    tee_azure_maatoken_hex(t->runtime, "user-data", f->data, FIELD) ?
	    FIELD :
	    0;
}

/* The one AK of the runtime claims that MAA compared with REPORT_DATA. */
static EVP_PKEY *
attestation_key(const struct azure_maatoken *t)
{
	char why[TEE_JWK_WHY];
	const json_t *key, *found = NULL;
	size_t i;

	json_array_foreach(json_object_get(t->runtime, "keys"), i, key)
	{
		if (!tee_json_is(key, "kid", "HCLAkPub"))
			continue;
		if (found != NULL)
			return NULL;
		found = key;
	}
	return found != NULL ? tee_jwk_rsa(found, why) : NULL;
}

static bool
read_quote(struct tee_call *call, const struct azure_maatoken *t,
    struct field *f)
{
	size_t attest_size, signature_size, extra_size = 0;
	const uint8_t *attest = tee_call_item(call, "tpm.quote", &attest_size);
	const uint8_t *signature =
	    tee_call_item(call, "tpm.quote-signature", &signature_size);
	const uint8_t *extra;
	struct azure_signature sig;
	struct azure_attest quote;
	EVP_PKEY *key;
	bool ok;

	f->size = 0;
	if (attest == NULL || signature == NULL)
		return false;
	key = attestation_key(t);
	ok = key != NULL &&
	    tee_azure_attest_parse(&quote, attest, attest_size) &&
	    tee_azure_attest_is_quote(&quote) &&
	    tee_azure_signature_parse(&sig, signature, signature_size) &&
	    tee_azure_attest_signed_by(&quote, &sig, key);
	EVP_PKEY_free(key);
	AZURE_TOKEN_JUDGE(call, "token.quote", ok, "%s",
	    ok ? "by the AK that the token vouches for" :
		 "not by the AK that the token vouches for");
	extra = ok ? tee_azure_attest_extra(&quote, &extra_size) : NULL;
	if (extra == NULL || extra_size == 0 || extra_size > FIELD)
		return false;
	memcpy(f->data, extra, extra_size);
	f->size = extra_size;
	return true;
}

/* The payload that we sent, in the answer: else it answers somebody else. */
static void
judge_payload(struct tee_call *call, const struct azure_maatoken *t)
{
	struct field nonce;
	size_t size;
	bool ours;

	if (tee_call_binding(call, &size) == NULL) {
		tee_call_check(call, "token.client-payload", TEE_CHECK_NOT_DONE,
		    "no binding that could have been sent");
		return;
	}
	read_own_nonce(t, &nonce);
	ours = is_binding(call, &nonce);
	AZURE_TOKEN_JUDGE(call, "token.client-payload", ours, "%s",
	    ours ? "what was sent" : "not what was sent");
}

/* Nothing that the core could compare with the binding, not even in part. */
static const char *
nothing(const struct azure_maatoken *t, bool passport)
{
	if (!passport)
		return "no user-data, and no quote of its AK";
	if (t->client == NULL)
		return "no client payload, no user-data, and no quote of its "
		       "AK";
	return json_object_get(t->client, "nonce") == NULL ?
	    "no nonce in the client payload, no user-data, and no quote of its "
	    "AK" :
	    "the client payload's nonce is something else, no user-data, and "
	    "no quote of its AK";
}

/* What is ours counts; else what there is, for the core to refuse. */
static void
bind_vm(struct tee_call *call, const struct azure_maatoken *t, bool passport)
{
	struct field nonce = { .size = 0 }, user_data, quote;

	if (passport)
		read_nonce(call, t, &nonce);
	else if (t->guest)
		judge_payload(call, t);
	read_user_data(t, &user_data);
	if (is_binding(call, &nonce))
		saw(call, &nonce, "client payload");
	else if (is_binding(call, &user_data))
		saw(call, &user_data, "user-data of the runtime claims");
	else if (read_quote(call, t, &quote))
		saw(call, &quote, "quote by the AK that the token vouches for");
	else if (nonce.size > 0)
		saw(call, &nonce, "client payload");
	else if (user_data.size > 0)
		saw(call, &user_data, "user-data of the runtime claims");
	else
		unbound(call, nothing(t, passport));
}

void
tee_azure_maatoken_bind(struct tee_call *call, const struct azure_maatoken *t,
    bool passport)
{
	size_t size;
	const uint8_t *blob = tee_call_item(call, "azure.hcl-report", &size);
	struct azure_hcl hcl;

	if (!tee_azure_maatoken_is_cvm(t)) {
		bind_container(call, t);
		return;
	}
	if (blob != NULL && tee_azure_hcl_parse(&hcl, blob, size))
		own_runtime(call, t, hcl.runtime, hcl.runtime_size);
	else if (blob != NULL)
		own_runtime(call, t, NULL, 0);
	bind_vm(call, t, passport);
}
