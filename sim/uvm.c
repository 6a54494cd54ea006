/* SPDX-License-Identifier: Apache-2.0 */
/* uvm: see uvm.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "sim/cbor.h"
#include "sim/jose.h"
#include "sim/uvm.h"

/* COSE and CWT labels; -38 is PS384, held as 37 by CBOR. */
#define LABEL_ALG 1
#define LABEL_CWT 15
#define LABEL_X5CHAIN 33
#define PS384 37
#define CWT_ISS 1
#define CWT_FEED 2

#define CERTS 3
#define SALT 48
#define MEASUREMENT 48
#define FINGERPRINT 32
#define FEED "ContainerPlat-AMD-UVM"
#define EKU "1.3.6.1.4.1.311.76.59.1.2"

/* SHA-256 of Microsoft's root, as its did:x509 names it. */
static const uint8_t microsoft[FINGERPRINT] = { 0x23, 0xff, 0xe2, 0xb8, 0xbd,
	0xb9, 0xa1, 0x71, 0x15, 0x15, 0xd4, 0xcf, 0xfd, 0xa0, 0x4b, 0xc7, 0xf7,
	0x93, 0xd5, 0x13, 0xc7, 0x6c, 0x24, 0x3f, 0x10, 0x20, 0x50, 0x7d, 0x86,
	0x69, 0xb7, 0xdb };

struct cose {
	struct sim_cbor_item headers, payload, signature;
	X509 *cert[CERTS];
	struct sim_cbor_item iss, feed;
	bool ps384;
	uint64_t svn; /* of the second format */
};

static bool
read_certs(struct sim_cbor *in, struct cose *cose)
{
	struct sim_cbor_item list, der;

	if (!tee_sim_cbor_take(in, SIM_CBOR_ARRAY, &list) ||
	    list.value != CERTS)
		return false;
	for (unsigned i = 0; i < CERTS; i++) {
		const uint8_t *at;

		if (!tee_sim_cbor_take(in, SIM_CBOR_BYTES, &der))
			return false;
		at = der.data;
		cose->cert[i] = d2i_X509(NULL, &at, (long)der.value);
		if (cose->cert[i] == NULL || at != der.data + der.value)
			return false;
	}
	return true;
}

/* CWT claims, where the second format keeps what it says. */
static bool
read_claims(struct sim_cbor *in, struct cose *cose)
{
	struct sim_cbor_item map, key, value;

	if (!tee_sim_cbor_take(in, SIM_CBOR_MAP, &map))
		return false;
	for (uint64_t i = 0; i < map.value && !in->bad; i++) {
		if (!tee_sim_cbor_next(in, &key))
			return false;
		if (key.type == SIM_CBOR_UINT && key.value == CWT_ISS) {
			tee_sim_cbor_take(in, SIM_CBOR_TEXT, &cose->iss);
		} else if (key.type == SIM_CBOR_UINT && key.value == CWT_FEED) {
			tee_sim_cbor_take(in, SIM_CBOR_TEXT, &cose->feed);
		} else if (tee_sim_cbor_is_text(&key, "svn")) {
			if (tee_sim_cbor_take(in, SIM_CBOR_UINT, &value))
				cose->svn = value.value;
		} else {
			tee_sim_cbor_skip(in);
		}
	}
	return !in->bad;
}

static bool
read_header(struct sim_cbor *in, struct cose *cose)
{
	struct sim_cbor_item key, value;

	if (!tee_sim_cbor_next(in, &key))
		return false;
	if (key.type == SIM_CBOR_UINT && key.value == LABEL_ALG) {
		cose->ps384 = tee_sim_cbor_take(in, SIM_CBOR_NINT, &value) &&
		    value.value == PS384;
		return !in->bad;
	}
	if (key.type == SIM_CBOR_UINT && key.value == LABEL_X5CHAIN)
		return read_certs(in, cose);
	if (key.type == SIM_CBOR_UINT && key.value == LABEL_CWT)
		return read_claims(in, cose);
	if (tee_sim_cbor_is_text(&key, "iss"))
		return tee_sim_cbor_take(in, SIM_CBOR_TEXT, &cose->iss);
	if (tee_sim_cbor_is_text(&key, "feed"))
		return tee_sim_cbor_take(in, SIM_CBOR_TEXT, &cose->feed);
	return tee_sim_cbor_skip(in);
}

/* 18([protected, unprotected, payload, signature]) and nothing behind. */
static bool
read_cose(const struct sim_blob *blob, struct cose *cose)
{
	struct sim_cbor in = { blob->data, blob->size, false }, headers;
	struct sim_cbor_item item;

	if (!tee_sim_cbor_next(&in, &item) || item.type != SIM_CBOR_TAG ||
	    item.value != 18 ||
	    !tee_sim_cbor_take(&in, SIM_CBOR_ARRAY, &item) || item.value != 4 ||
	    !tee_sim_cbor_take(&in, SIM_CBOR_BYTES, &cose->headers) ||
	    !tee_sim_cbor_skip(&in) ||
	    !tee_sim_cbor_take(&in, SIM_CBOR_BYTES, &cose->payload) ||
	    !tee_sim_cbor_take(&in, SIM_CBOR_BYTES, &cose->signature) ||
	    in.left != 0)
		return false;
	headers = (struct sim_cbor){ cose->headers.data,
		(size_t)cose->headers.value, false };
	if (!tee_sim_cbor_take(&headers, SIM_CBOR_MAP, &item))
		return false;
	for (uint64_t i = 0; i < item.value; i++)
		if (!read_header(&headers, cose))
			return false;
	return headers.left == 0 && cose->cert[0] != NULL &&
	    cose->iss.data != NULL && cose->feed.data != NULL;
}

static bool
put_bytes(struct sim_blob *out, const uint8_t *data, uint64_t size)
{
	const uint8_t head[] = { 0x5a, (uint8_t)(size >> 24),
		(uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size };
	const uint8_t small[] = { 0x59, head[3], head[4] };
	const uint8_t tiny[] = { size < 24 ? (uint8_t)(0x40 | size) : 0x58,
		(uint8_t)size };
	const uint8_t *first = size > 0xffff ? head :
	    size > 0xff                      ? small :
					       tiny;
	size_t length = size > 0xffff ? sizeof(head) :
	    size > 0xff               ? sizeof(small) :
	    size > 23                 ? sizeof(tiny) :
					1;

	return tee_sim_blob_append(out, first, length) &&
	    tee_sim_blob_append(out, data, (size_t)size);
}

/* Sig_structure of RFC 9052, 4.4, with empty external data. */
bool
tee_sim_uvm_signed(struct sim_blob *out, const uint8_t *headers,
    size_t headers_size, const uint8_t *payload, size_t payload_size)
{
	static const uint8_t start[] = "\x84\x6aSignature1";

	return tee_sim_blob_append(out, start, sizeof(start) - 1) &&
	    put_bytes(out, headers, headers_size) && put_bytes(out, NULL, 0) &&
	    put_bytes(out, payload, payload_size);
}

static bool
signature_holds(const struct cose *cose)
{
	struct sim_blob text = { NULL, 0 };
	EVP_PKEY *key = X509_get0_pubkey(cose->cert[0]);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;
	bool ok = cose->ps384 && ctx != NULL && EVP_PKEY_is_a(key, "RSA") &&
	    tee_sim_uvm_signed(&text, cose->headers.data,
		(size_t)cose->headers.value, cose->payload.data,
		(size_t)cose->payload.value) &&
	    EVP_DigestVerifyInit(ctx, &how, EVP_sha384(), NULL, key) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(how, SALT) == 1 &&
	    EVP_DigestVerify(ctx, cose->signature.data,
		(size_t)cose->signature.value, text.data, text.size) == 1;

	EVP_MD_CTX_free(ctx);
	tee_sim_blob_free(&text);
	return ok;
}

static bool
has_eku(X509 *cert)
{
	EXTENDED_KEY_USAGE *list =
	    X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	char oid[64];
	bool found = false;

	for (int i = 0; i < sk_ASN1_OBJECT_num(list); i++) {
		OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(list, i), 1);
		found = found || strcmp(oid, EKU) == 0;
	}
	EXTENDED_KEY_USAGE_free(list);
	return found;
}

/*
 * did:x509 of a known root.  Dates are not looked at: leaves expire within a
 * year, and what they endorsed stays true.
 */
static bool
issuer_known(const struct cose *cose, EVP_PKEY *own)
{
	uint8_t print[FINGERPRINT];
	char *text, iss[160];
	bool ok = X509_digest(cose->cert[2], EVP_sha256(), print, NULL) == 1 &&
	    (memcmp(print, microsoft, sizeof(print)) == 0 ||
		(own != NULL &&
		    EVP_PKEY_eq(X509_get0_pubkey(cose->cert[2]), own) == 1)) &&
	    X509_verify(cose->cert[2], X509_get0_pubkey(cose->cert[2])) == 1 &&
	    X509_verify(cose->cert[1], X509_get0_pubkey(cose->cert[2])) == 1 &&
	    X509_verify(cose->cert[0], X509_get0_pubkey(cose->cert[1])) == 1 &&
	    has_eku(cose->cert[0]);

	text = ok ? tee_sim_b64url(print, sizeof(print)) : NULL;
	snprintf(iss, sizeof(iss), "did:x509:0:sha256:%s::eku:" EKU,
	    text != NULL ? text : "");
	free(text);
	return ok && tee_sim_cbor_is_text(&cose->iss, iss);
}

/* First format: JSON, with the SVN as text and, lately, as a number. */
static bool
read_json(const struct cose *cose, uint8_t measurement[MEASUREMENT],
    uint64_t *svn)
{
	json_t *root = json_loadb((const char *)cose->payload.data,
	    (size_t)cose->payload.value, JSON_REJECT_DUPLICATES, NULL);
	const char *hex = json_string_value(
	    json_object_get(root, "x-ms-sevsnpvm-launchmeasurement"));
	const char *text =
	    json_string_value(json_object_get(root, "x-ms-sevsnpvm-guestsvn"));
	char *end = NULL;
	size_t size = 0;
	bool ok = hex != NULL && text != NULL &&
	    OPENSSL_hexstr2buf_ex(measurement, MEASUREMENT, &size, hex, '\0') ==
		1 &&
	    size == MEASUREMENT;

	if (ok)
		*svn = strtoull(text, &end, 10);
	ok = ok && end != text && *end == '\0';
	json_decref(root);
	return ok;
}

static const char *
judge(const struct cose *cose, const struct sim_evidence *evidence,
    EVP_PKEY *own, uint64_t *svn)
{
	uint8_t measurement[MEASUREMENT];

	if (!signature_holds(cose))
		return "the UVM endorsement's signature is not valid";
	if (!issuer_known(cose, own))
		return "the UVM endorsement is nobody's that is known";
	if (!tee_sim_cbor_is_text(&cose->feed, FEED))
		return "the UVM endorsement is of another feed";
	if (cose->payload.value == MEASUREMENT) {
		memcpy(measurement, cose->payload.data, MEASUREMENT);
		*svn = cose->svn;
	} else if (!read_json(cose, measurement, svn)) {
		return "the UVM endorsement endorses nothing";
	}
	if (memcmp(measurement,
		evidence->report + tee_sim_field("measurement")->offset,
		MEASUREMENT) != 0)
		return "the UVM endorsement is of another measurement";
	return NULL;
}

const char *
tee_sim_uvm_judge(const struct sim_blob *blob,
    const struct sim_evidence *evidence, EVP_PKEY *own_root, uint64_t *svn)
{
	struct cose cose = { .ps384 = false };
	const char *wrong = "the UVM endorsement is no COSE_Sign1";

	if (read_cose(blob, &cose))
		wrong = judge(&cose, evidence, own_root, svn);
	for (unsigned i = 0; i < CERTS; i++)
		X509_free(cose.cert[i]);
	return wrong;
}
