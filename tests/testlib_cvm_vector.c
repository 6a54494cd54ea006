/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cvm_vector: see testlib_cvm_vector.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <jansson.h>
#include <openssl/crypto.h>

#include "tests/testlib_cvm_vector.h"

#define REFERENCE 512

static const uint8_t rsassa_sha256[] = { 0x00, 0x14, 0x00, 0x0b, 0x01, 0x00 };

static void
load_member(const char *ref, const char *member, struct sim_blob *out)
{
	char name[REFERENCE];

	snprintf(name, sizeof(name), "%s/%s", ref, member);
	vector_load(name, out);
}

/* TPMT_SIGNATURE around the bare bytes of RSASSA. */
static void
put_signature(struct cvm_evidence *e, const void *data, size_t size)
{
	ck_assert_uint_eq(size, 256);
	cvm_put(e, CVM_SIGNATURE, rsassa_sha256, sizeof(rsassa_sha256));
	ck_assert(tee_sim_blob_append(&e->item[CVM_SIGNATURE], data, size));
}

static void
take_pcr(struct cvm_evidence *e, size_t i, const json_t *value)
{
	size_t k, size = 0;
	json_t *byte;

	ck_assert_uint_lt(i, AZURE_PCRS);
	if (json_is_string(value))
		ck_assert_int_eq(OPENSSL_hexstr2buf_ex(e->pcr[i],
				     AZURE_PCR_SIZE, &size,
				     json_string_value(value), '\0'),
		    1);
	json_array_foreach(value, k, byte)
	{
		ck_assert_uint_lt(k, AZURE_PCR_SIZE);
		e->pcr[i][k] = (uint8_t)json_integer_value(byte);
		size = k + 1;
	}
	ck_assert_uint_eq(size, AZURE_PCR_SIZE);
	e->pcrs_given |= UINT32_C(1) << i;
}

/* The file before '#', and in it the list of PCRs. */
static void
take_pcrs(struct cvm_evidence *e, const char *ref)
{
	const char *member = strchr(ref, '#');
	char file[REFERENCE];
	struct sim_blob blob = { NULL, 0 };
	json_t *root, *value;
	size_t i;

	ck_assert_ptr_nonnull(member);
	snprintf(file, sizeof(file), "%.*s", (int)(member - ref), ref);
	vector_load(file, &blob);
	root = json_loadb((char *)blob.data, blob.size, 0, NULL);
	json_array_foreach(json_object_get(json_object_get(root, member + 1),
			       "pcrs"),
	    i, value)
	{
		take_pcr(e, i, value);
	}
	json_decref(root);
	tee_sim_blob_free(&blob);
}

static void
load_evidence(struct cvm_evidence *e, const char *ref)
{
	struct sim_blob signature = { NULL, 0 };

	load_member(ref, "message", &e->item[CVM_QUOTE]);
	load_member(ref, "signature", &signature);
	put_signature(e, signature.data, signature.size);
	tee_sim_blob_free(&signature);
	take_pcrs(e, ref);
}

static void
load_cleanroom(struct cvm_evidence *e, const char *ref)
{
	struct sim_blob blob = { NULL, 0 };
	size_t quote;
	char name[16];

	load_member(ref, "tpmQuote", &blob);
	quote = (size_t)blob.data[0] << 8 | blob.data[1];
	ck_assert_uint_gt(blob.size, 2 + quote);
	cvm_put(e, CVM_QUOTE, blob.data + 2, quote);
	cvm_put(e, CVM_SIGNATURE, blob.data + 2 + quote, blob.size - 2 - quote);
	tee_sim_blob_free(&blob);
	for (unsigned i = 0; i < AZURE_PCRS; i++) {
		snprintf(name, sizeof(name), "pcrs/%u", i);
		load_member(ref, name, &blob);
		ck_assert_uint_eq(blob.size, AZURE_PCR_SIZE);
		memcpy(e->pcr[i], blob.data, blob.size);
		tee_sim_blob_free(&blob);
	}
	e->pcrs_given = 0xffffff;
	/* As it lay in the NV index: DER and zeros. */
	load_member(ref, "aikCert", &blob);
	ck_assert_uint_eq(blob.size, 4096);
	cvm_put(e, CVM_AK_CERT, blob.data, blob.size);
	tee_sim_blob_free(&blob);
}

static size_t
take_count(const struct sim_blob *blob, size_t *at)
{
	ck_assert_uint_le(*at + 8, blob->size);
	*at += 8;
	return (size_t)blob->data[*at - 8] | (size_t)blob->data[*at - 7] << 8;
}

static void
load_kinvolk(struct cvm_evidence *e, const char *ref)
{
	struct sim_blob blob = { NULL, 0 };
	size_t at = 0, n;

	vector_load(ref, &blob);
	n = take_count(&blob, &at);
	put_signature(e, blob.data + at, n);
	at += n;
	n = take_count(&blob, &at);
	cvm_put(e, CVM_QUOTE, blob.data + at, n);
	at += n;
	n = take_count(&blob, &at);
	ck_assert(n == AZURE_PCRS && blob.size == at + sizeof(e->pcr));
	memcpy(e->pcr, blob.data + at, sizeof(e->pcr));
	e->pcrs_given = 0xffffff;
	tee_sim_blob_free(&blob);
}

static void
load_split(struct cvm_evidence *e, const char *ref)
{
	char name[REFERENCE];

	snprintf(name, sizeof(name), "%s.tpms_attest.bin", ref);
	vector_load(name, &e->item[CVM_QUOTE]);
	snprintf(name, sizeof(name), "%s.tpmt_signature.bin", ref);
	vector_load(name, &e->item[CVM_SIGNATURE]);
	snprintf(name, sizeof(name), "%s.pcrs.json", ref);
	vector_load(name, &e->item[CVM_PCRS]);
}

void
cvm_load_quote(struct cvm_evidence *e, enum cvm_form form, const char *ref)
{
	switch (form) {
	case CVM_FORM_EVIDENCE:
		load_evidence(e, ref);
		break;
	case CVM_FORM_CLEANROOM:
		load_cleanroom(e, ref);
		break;
	case CVM_FORM_KINVOLK:
		load_kinvolk(e, ref);
		break;
	case CVM_FORM_SPLIT:
		load_split(e, ref);
		return;
	case CVM_FORM_NONE:
		return;
	}
	cvm_put_pcrs(e);
}

/* Offsets of TPM 2.0 part 2, 10.12.8; nothing of the product's parser. */
static void
take_binding(struct cvm_evidence *e)
{
	const struct sim_blob *quote = &e->item[CVM_QUOTE];
	size_t at = 6, n;

	ck_assert_uint_gt(quote->size, 48);
	at += 2 + ((size_t)quote->data[at] << 8 | quote->data[at + 1]);
	n = (size_t)quote->data[at] << 8 | quote->data[at + 1];
	ck_assert(n <= sizeof(e->snp.binding) && at + 2 + n < quote->size);
	memcpy(e->snp.binding, quote->data + at + 2, n);
	e->snp.binding_size = n > 0 ? n : TEE_BINDING_SIZE;
}

void
cvm_load(struct cvm_evidence *e, const char *hcl, enum cvm_form form,
    const char *quote, const char *certs, time_t at)
{
	memset(e, 0, sizeof(*e));
	e->snp.untrusted = true;
	e->snp.now = at;
	e->snp.binding_size = TEE_BINDING_SIZE;
	vector_load(hcl, &e->item[CVM_HCL]);
	cvm_load_quote(e, form, quote);
	vector_load_all(certs, &e->snp.certs);
	if (form != CVM_FORM_NONE)
		take_binding(e);
}
