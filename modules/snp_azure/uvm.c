/* SPDX-License-Identifier: Apache-2.0 */
/* uvm: see uvm.h; whether one counts is uvm_judge.c's. */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>

#include "modules/common/json.h"
#include "modules/snp_azure/uvm.h"

#define SHA_384 (-43)
#define CWT_ISSUER 1
#define CWT_SUBJECT 2
#define CWT_ISSUED_AT 6
#define JSON_TYPE "application/json"
#define RAW_TYPE "application/octet-stream"
#define TYPE_TEXT 64

static bool
refuse(struct azure_uvm *u, const char *why)
{
	u->error = why;
	return false;
}

/* Not before 1970, and within what a time_t of 64 bits can hold. */
static bool
read_time(struct azure_uvm *u, const cbor_item_t *item)
{
	int64_t at;

	if (!tee_cbor_time(item, &at) || at < 0)
		return refuse(u, "no time of signing");
	u->signed_at = (time_t)at;
	return true;
}

static bool
is_type(const struct azure_uvm *u, int64_t label, const char *type)
{
	char text[TYPE_TEXT];

	return tee_cbor_text(tee_cbor_at(u->cose.header, label), text,
		   sizeof(text)) &&
	    strcmp(text, type) == 0;
}

/* "104", and since 2025 also as a number, which must be the same. */
static bool
read_json_svn(struct azure_uvm *u, const json_t *root)
{
	const json_t *number =
	    json_object_get(root, "x-ms-sevsnpvm-guestsvn-int");
	int64_t svn, again;

	if (tee_json_text(root, "x-ms-sevsnpvm-guestsvn") == NULL ||
	    !tee_json_integer(root, "x-ms-sevsnpvm-guestsvn", &svn))
		return refuse(u, "no svn in the payload");
	if (number != NULL && (!tee_json_whole(number, &again) || again != svn))
		return refuse(u, "two svns that differ");
	u->svn = (uint64_t)svn;
	return true;
}

static bool
read_json_measurement(struct azure_uvm *u, const json_t *root)
{
	const char *hex =
	    tee_json_text(root, "x-ms-sevsnpvm-launchmeasurement");
	size_t size = 0;

	if (hex == NULL || strlen(hex) != 2 * sizeof(u->measurement) ||
	    OPENSSL_hexstr2buf_ex(u->measurement, sizeof(u->measurement), &size,
		hex, '\0') != 1 ||
	    size != sizeof(u->measurement))
		return refuse(u, "no launch measurement of 96 hex digits");
	return true;
}

static bool
read_json(struct azure_uvm *u)
{
	tee_auto_json *root = NULL;

	if (!is_type(u, TEE_COSE_CONTENT_TYPE, JSON_TYPE))
		return refuse(u, "the payload is not " JSON_TYPE);
	root = tee_json_object(u->cose.payload, u->cose.payload_size, NULL);
	if (root == NULL)
		return refuse(u,
		    "the payload is no JSON object, or has a "
		    "name twice");
	return read_json_svn(u, root) && read_json_measurement(u, root);
}

static bool
read_first_format(struct azure_uvm *u)
{
	const cbor_item_t *header = u->cose.header;

	if (!tee_cbor_text(tee_cbor_named(header, "iss"), u->issuer,
		sizeof(u->issuer)))
		return refuse(u, "no issuer");
	if (!tee_cbor_text(tee_cbor_named(header, "feed"), u->feed,
		sizeof(u->feed)))
		return refuse(u, "no feed");
	return read_time(u, tee_cbor_named(header, "signingtime")) &&
	    read_json(u);
}

static bool
read_envelope(struct azure_uvm *u)
{
	int64_t hash;

	if (!tee_cbor_integer(tee_cbor_at(u->cose.header,
				  TEE_COSE_PAYLOAD_HASH),
		&hash) ||
	    hash != SHA_384)
		return refuse(u, "the payload is not said to be a SHA-384");
	if (!is_type(u, TEE_COSE_PREIMAGE_TYPE, RAW_TYPE))
		return refuse(u, "what was measured is not " RAW_TYPE);
	if (u->cose.payload_size != sizeof(u->measurement))
		return refuse(u, "the payload is no launch measurement");
	memcpy(u->measurement, u->cose.payload, sizeof(u->measurement));
	return true;
}

static bool
read_second_format(struct azure_uvm *u, cbor_item_t *item)
{
	const cbor_item_t *claims = tee_cbor_map(item);
	int64_t svn;

	if (claims == NULL)
		return refuse(u, "its claims are no map, or have a key twice");
	if (!tee_cbor_text(tee_cbor_at(claims, CWT_ISSUER), u->issuer,
		sizeof(u->issuer)))
		return refuse(u, "no issuer");
	if (!tee_cbor_text(tee_cbor_at(claims, CWT_SUBJECT), u->feed,
		sizeof(u->feed)))
		return refuse(u, "no feed");
	if (!tee_cbor_integer(tee_cbor_named(claims, "svn"), &svn) || svn < 0)
		return refuse(u, "no svn");
	u->svn = (uint64_t)svn;
	return read_time(u, tee_cbor_at(claims, CWT_ISSUED_AT)) &&
	    read_envelope(u);
}

bool
tee_azure_uvm_parse(struct azure_uvm *u, const void *data, size_t size)
{
	cbor_item_t *claims;

	memset(u, 0, sizeof(*u));
	if (!tee_cose_parse(&u->cose, data, size))
		return refuse(u, u->cose.error);
	if (u->cose.chain == NULL)
		return refuse(u, "no x5chain");
	claims = tee_cbor_at(u->cose.header, TEE_COSE_CWT_CLAIMS);
	return claims != NULL ? read_second_format(u, claims) :
				read_first_format(u);
}

void
tee_azure_uvm_free(struct azure_uvm *u)
{
	tee_cose_free(&u->cose);
	memset(u, 0, sizeof(*u));
}
