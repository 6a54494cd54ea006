/* SPDX-License-Identifier: Apache-2.0 */
/* endorsement: see endorsement.h. */
#include "config.h"

#include <cbor.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/rsa.h>

#include "sim/endorsement.h"

#define LABEL_ALG 1
#define LABEL_CONTENT_TYPE 3
#define LABEL_CWT 15
#define LABEL_X5CHAIN 33
#define LABEL_X5T 34
#define LABEL_PAYLOAD_HASH 258
#define LABEL_PREIMAGE_TYPE 259
#define ALG_PS384 37   /* -38 */
#define HASH_SHA384 42 /* -43 */
#define HASH_SHA256 15 /* -16 */

/* Adds and lets go of both. */
static bool
put(cbor_item_t *map, cbor_item_t *key, cbor_item_t *value)
{
	return cbor_map_add(map,
	    (struct cbor_pair){ cbor_move(key), cbor_move(value) });
}

static cbor_item_t *
number(uint64_t n)
{
	return n <= UINT8_MAX ? cbor_build_uint8((uint8_t)n) :
				cbor_build_uint16((uint16_t)n);
}

static cbor_item_t *
x5chain(const struct sim_signer_chain *chain)
{
	cbor_item_t *list = cbor_new_definite_array(3);

	for (unsigned i = 0; i < 3; i++) {
		unsigned char *der = NULL;
		int size = i2d_X509(chain->cert[i], &der);

		if (size > 0)
			cbor_array_push(list,
			    cbor_move(
				cbor_build_bytestring(der, (size_t)size)));
		OPENSSL_free(der);
	}
	return list;
}

static cbor_item_t *
x5t(const struct sim_signer_chain *chain)
{
	cbor_item_t *list = cbor_new_definite_array(2);
	unsigned char digest[32];
	unsigned size = sizeof(digest);

	X509_digest(chain->cert[0], EVP_sha256(), digest, &size);
	cbor_array_push(list, cbor_move(cbor_build_negint8(HASH_SHA256)));
	cbor_array_push(list, cbor_move(cbor_build_bytestring(digest, size)));
	return list;
}

static cbor_item_t *
cwt(const struct sim_endorsement *e)
{
	cbor_item_t *map = cbor_new_definite_map(4);

	put(map, number(1), cbor_build_string(e->issuer));
	put(map, number(2), cbor_build_string(e->feed));
	put(map, number(6), cbor_build_uint64((uint64_t)e->signing_time));
	put(map, cbor_build_string("svn"),
	    cbor_build_uint64(strtoull(e->svn, NULL, 10)));
	return map;
}

static void
name_in_header(cbor_item_t *map, const struct sim_endorsement *e)
{
	put(map, cbor_build_string("iss"), cbor_build_string(e->issuer));
	put(map, cbor_build_string("feed"), cbor_build_string(e->feed));
	put(map, cbor_build_string("signingtime"),
	    cbor_build_tag(1,
		cbor_move(cbor_build_uint64((uint64_t)e->signing_time))));
}

static bool
protect(const struct sim_endorsement *e, const struct sim_signer_chain *chain,
    unsigned char **out, size_t *size)
{
	cbor_item_t *map = cbor_new_definite_map(10);
	size_t room = 0;

	put(map, number(LABEL_ALG), cbor_build_negint8(ALG_PS384));
	put(map, number(LABEL_X5CHAIN), x5chain(chain));
	put(map, number(LABEL_X5T), x5t(chain));
	if (e->hash_envelope) {
		put(map, number(LABEL_CWT), cwt(e));
		put(map, number(LABEL_PAYLOAD_HASH),
		    cbor_build_negint8(HASH_SHA384));
		put(map, number(LABEL_PREIMAGE_TYPE),
		    cbor_build_string("application/octet-stream"));
	} else {
		put(map, number(LABEL_CONTENT_TYPE),
		    cbor_build_string("application/json"));
		name_in_header(map, e);
	}
	*size = cbor_serialize_alloc(map, out, &room);
	cbor_decref(&map);
	return *size > 0;
}

static size_t
payload(const struct sim_endorsement *e, char out[256])
{
	char hex[97];

	if (e->hash_envelope) {
		memcpy(out, e->measurement, sizeof(e->measurement));
		return sizeof(e->measurement);
	}
	for (unsigned i = 0; i < sizeof(e->measurement); i++)
		snprintf(hex + (size_t)2 * i, 3, "%02x", e->measurement[i]);
	return (size_t)snprintf(out, 256,
	    "{\"x-ms-sevsnpvm-guestsvn\":\"%s\","
	    "\"x-ms-sevsnpvm-guestsvn-int\":%s,"
	    "\"x-ms-sevsnpvm-launchmeasurement\":\"%s\"}",
	    e->svn, e->svn, hex);
}

/* ["Signature1", protected, '', payload] */
static bool
to_sign(const unsigned char *head, size_t head_size, const char *body,
    size_t body_size, unsigned char **out, size_t *size)
{
	cbor_item_t *list = cbor_new_definite_array(4);
	size_t room = 0;

	cbor_array_push(list, cbor_move(cbor_build_string("Signature1")));
	cbor_array_push(list,
	    cbor_move(cbor_build_bytestring(head, head_size)));
	cbor_array_push(list, cbor_move(cbor_build_bytestring(head, 0)));
	cbor_array_push(list,
	    cbor_move(cbor_build_bytestring((cbor_data)body, body_size)));
	*size = cbor_serialize_alloc(list, out, &room);
	cbor_decref(&list);
	return *size > 0;
}

static bool
sign(EVP_PKEY *key, const unsigned char *data, size_t size,
    unsigned char out[512], size_t *out_size)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	bool ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, &pctx, EVP_sha384(), NULL, key) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) == 1;

	*out_size = 512;
	ok = ok && EVP_DigestSign(ctx, out, out_size, data, size) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool
assemble(const unsigned char *head, size_t head_size, const char *body,
    size_t body_size, const unsigned char *signature, size_t signature_size,
    struct sim_blob *out)
{
	cbor_item_t *list = cbor_new_definite_array(4), *tagged;
	unsigned char *bytes = NULL;
	size_t room = 0, size;
	bool ok;

	cbor_array_push(list,
	    cbor_move(cbor_build_bytestring(head, head_size)));
	cbor_array_push(list, cbor_move(cbor_new_definite_map(0)));
	cbor_array_push(list,
	    cbor_move(cbor_build_bytestring((cbor_data)body, body_size)));
	cbor_array_push(list,
	    cbor_move(cbor_build_bytestring(signature, signature_size)));
	tagged = cbor_build_tag(18, cbor_move(list));
	size = cbor_serialize_alloc(tagged, &bytes, &room);
	ok = size > 0 && tee_sim_blob_append(out, bytes, size);
	free(bytes);
	cbor_decref(&tagged);
	return ok;
}

bool
tee_sim_endorse(const struct sim_endorsement *e,
    const struct sim_signer_chain *chain, struct sim_blob *out)
{
	unsigned char *head = NULL, *input = NULL, signature[512];
	size_t head_size, input_size, signature_size;
	char body[256];
	size_t body_size = payload(e, body);
	bool ok = protect(e, chain, &head, &head_size) &&
	    to_sign(head, head_size, body, body_size, &input, &input_size) &&
	    sign(chain->key[0], input, input_size, signature,
		&signature_size) &&
	    assemble(head, head_size, body, body_size, signature,
		signature_size, out);

	free(head);
	free(input);
	return ok;
}
