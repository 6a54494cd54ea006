/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cose: any bytes as a COSE_Sign1.  One that is taken is written again by
 * libcbor to the very same bytes, so nothing in it was skipped or read twice;
 * and no key that did not sign it verifies it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/common/cose.h"

const char fuzz_target[] = "cose";

static bool
inside(const struct tee_cose *c, const uint8_t *part, size_t size,
    unsigned which)
{
	const uint8_t *whole;
	size_t whole_size;

	return tee_cbor_bytes(cbor_array_handle(c->message)[which], &whole,
		   &whole_size) &&
	    part == whole && size == whole_size;
}

/* libcbor may write a float otherwise: of NaN there is more than one. */
static bool
has_float(const cbor_item_t *item)
{
	if (cbor_isa_float_ctrl(item))
		return !cbor_float_ctrl_is_ctrl(item);
	if (cbor_isa_tag(item))
		return has_float(cbor_move(cbor_tag_item(item)));
	if (cbor_isa_array(item))
		for (size_t i = 0; i < cbor_array_size(item); i++)
			if (has_float(cbor_array_handle(item)[i]))
				return true;
	if (cbor_isa_map(item))
		for (size_t i = 0; i < cbor_map_size(item); i++)
			if (has_float(cbor_map_handle(item)[i].key) ||
			    has_float(cbor_map_handle(item)[i].value))
				return true;
	return false;
}

static void
check(const struct tee_cose *c, EVP_PKEY *key, const uint8_t *data, size_t size)
{
	unsigned char *again = NULL;
	size_t room = 0, written;
	int64_t algorithm;

	if (data[0] == 0xd2) {
		data++;
		size--;
	}
	written = cbor_serialize_alloc(c->message, &again, &room);
	fuzz_must(written == size &&
		(has_float(c->message) || memcmp(again, data, size) == 0),
	    "libcbor writes the same bytes");
	free(again);
	written = cbor_serialize_alloc(c->header, &again, &room);
	fuzz_must(written == c->protected_size &&
		(has_float(c->header) ||
		    memcmp(again, c->protected, written) == 0),
	    "and the same header");
	free(again);
	fuzz_must(inside(c, c->protected, c->protected_size, 0) &&
		inside(c, c->payload, c->payload_size, 2) &&
		inside(c, c->signature, c->signature_size, 3),
	    "the parts lie inside");
	fuzz_must(tee_cbor_integer(tee_cbor_at(c->header, 1), &algorithm) &&
		algorithm == TEE_COSE_PS384,
	    "PS384 and nothing else");
	fuzz_must(tee_cbor_at(c->header, 2) == NULL, "nothing critical");
	fuzz_must(c->chain == NULL ||
		(sk_X509_num(c->chain) >= 1 &&
		    sk_X509_num(c->chain) <= TEE_COSE_CHAIN),
	    "a chain has an end");
	fuzz_must(!tee_cose_verify(c, key) && !tee_cose_verify(c, NULL),
	    "no other key verifies it");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static EVP_PKEY *key;
	struct tee_cose c;

	if (key == NULL)
		key = EVP_RSA_gen(2048);
	fuzz_must(key != NULL, "OpenSSL is there");
	fuzz_accepted = tee_cose_parse(&c, data, size);
	fuzz_must(fuzz_accepted == (c.error == NULL), "a refusal says why");
	if (fuzz_accepted)
		check(&c, key, data, size);
	tee_cose_free(&c);
	return 0;
}
