/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vek: AMD's extensions in a certificate that is well-formed around them.
 * The input is a list of (suffix of the OID, value); the target wraps it into
 * a certificate, so that mutation works on the extensions, not on DER
 * lengths.  Which extensions there are is decided here a second time.
 *
 *   1 byte   length of the suffix below 1.3.6.1.4.1.3704.1, modulo 4
 *   n bytes  the suffix, DER content
 *   1 byte   length of the value
 *   m bytes  the value
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/common/certset.h"
#include "modules/common/reader.h"
#include "modules/snp/vek.h"

#define RECORDS 24 /* of at most 280 bytes: they always fit */
#define BUFFER TEE_CERT_MAX

const char fuzz_target[] = "vek";

static const uint8_t arc[] = { 0x2b, 6, 1, 4, 1, 0x9c, 0x78, 1 };

/* Everything that stands before the extensions in a TBSCertificate. */
static const uint8_t head[] = { 0xa0, 3, 2, 1, 2, /* version 3 */
	2, 1, 1,                                  /* serialNumber */
	0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3, 0x30,
	0,        /* issuer */
	0x30, 30, /* validity */
	0x17, 13, '2', '6', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0',
	'Z', 0x17, 13, '3', '6', '0', '1', '0', '1', '0', '0', '0', '0', '0',
	'0', 'Z', 0x30, 0, /* subject */
	0x30, 12, 0x30, 7, 6, 5, 0x2b, 0x81, 4, 0, 0x22, 3, 1, 0 };
static const uint8_t tail[] = {
	0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3, 3, 1,
	0 /* signature */
};

/* DER is written from its end: what is inside has its length by then. */
struct der {
	uint8_t bytes[BUFFER];
	size_t at;
};

static void
put(struct der *d, const void *data, size_t size)
{
	fuzz_must(size <= d->at, "the certificate fits");
	d->at -= size;
	if (size > 0)
		memcpy(d->bytes + d->at, data, size);
}

/* Wraps everything from here to `end` into one element. */
static void
wrap(struct der *d, uint8_t tag, size_t end)
{
	size_t size = end - d->at;
	uint8_t h[4] = { tag, 0x82, (uint8_t)(size >> 8), (uint8_t)size };

	if (size < 0x80) {
		h[1] = (uint8_t)size;
		put(d, h, 2);
	} else if (size < 0x100) {
		h[1] = 0x81;
		h[2] = (uint8_t)size;
		put(d, h, 3);
	} else {
		put(d, h, 4);
	}
}

struct record {
	const uint8_t *suffix;
	size_t suffix_size;
	const uint8_t *value;
	size_t value_size;
};

/* Base 128: no leading 0x80, and the last byte of an arc has no high bit. */
static bool
is_oid(const struct record *e)
{
	bool inside = false;

	for (size_t i = 0; i < e->suffix_size; i++) {
		if (!inside && e->suffix[i] == 0x80)
			return false;
		inside = e->suffix[i] >= 0x80;
	}
	return !inside;
}

static size_t
records(const uint8_t *data, size_t size, struct record out[RECORDS])
{
	struct tee_reader r;
	size_t n = 0;

	tee_reader_init(&r, data, size);
	while (n < RECORDS && tee_reader_left(&r) > 0) {
		struct record *e = &out[n];

		e->suffix_size = tee_reader_u8(&r) % 4;
		e->suffix = tee_reader_bytes(&r, e->suffix_size);
		e->value_size = tee_reader_u8(&r);
		e->value = tee_reader_bytes(&r, e->value_size);
		if (r.bad)
			break;
		n += (size_t)is_oid(e);
	}
	return n;
}

static void
extension(struct der *d, const struct record *e)
{
	size_t end = d->at, oid;

	put(d, e->value, e->value_size);
	wrap(d, V_ASN1_OCTET_STRING, end);
	oid = d->at;
	put(d, e->suffix, e->suffix_size);
	put(d, arc, sizeof(arc));
	wrap(d, V_ASN1_OBJECT, oid);
	wrap(d, 0x30, end);
}

static void
certificate(struct der *d, const struct record *list, size_t count)
{
	size_t end = d->at = BUFFER, tbs;

	put(d, tail, sizeof(tail));
	tbs = d->at;
	while (count-- > 0)
		extension(d, &list[count]);
	if (d->at != tbs) {
		wrap(d, 0x30, tbs);
		wrap(d, 0xa3, tbs);
	}
	put(d, head, sizeof(head));
	wrap(d, 0x30, tbs);
	wrap(d, 0x30, end);
}

/* Whether AMD's table knows this OID; a byte of 9 is Turin's fmcSPL. */
static bool
known(const struct record *e)
{
	return (e->suffix_size == 1 && e->suffix[0] >= 1 && e->suffix[0] <= 5 &&
		   e->suffix[0] != 3) ||
	    (e->suffix_size == 2 && e->suffix[0] == 3 && e->suffix[1] >= 1 &&
		e->suffix[1] <= 9);
}

static bool
doubled(const struct record *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (known(&list[i]) &&
			    list[i].suffix_size == list[k].suffix_size &&
			    memcmp(list[i].suffix, list[k].suffix,
				list[i].suffix_size) == 0)
				return true;
	return false;
}

static size_t
found(const struct snp_vek *vek)
{
	size_t n = (size_t)vek->has_struct_version +
	    (size_t)(vek->product_name != NULL) + (size_t)(vek->hwid != NULL) +
	    (size_t)(vek->csp_id != NULL);

	for (size_t i = 0; i < SNP_TCB_PARTS; i++)
		n += (size_t)vek->has_part[i];
	return n;
}

static void
check(const struct snp_vek *vek, const struct record *list, size_t count)
{
	size_t expected = 0;

	for (size_t i = 0; i < count; i++)
		expected += (size_t)known(&list[i]);
	fuzz_must(!doubled(list, count), "no extension twice");
	fuzz_must(found(vek) == expected, "every known extension is taken");
	fuzz_must(vek->hwid == NULL || vek->hwid_size == 8 ||
		vek->hwid_size == 64,
	    "hwID has 8 or 64 bytes");
	fuzz_must(vek->csp_id == NULL ||
		(vek->csp_id_size > 0 && vek->csp_id_size <= SNP_CSP_ID_MAX),
	    "CSP_ID's size");
	for (size_t i = 0; i < SNP_TCB_PARTS; i++)
		fuzz_must(vek->has_part[i] || vek->tcb.part[i] == 0,
		    "an absent part is zero");
	fuzz_touch(vek->product_name, vek->product_name_size);
	fuzz_touch(vek->hwid, vek->hwid_size);
	fuzz_touch(vek->csp_id, vek->csp_id_size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tee_pki *pki;
	static struct der d;
	struct record list[RECORDS];
	size_t count = records(data, size, list);
	struct tee_certset set;
	struct snp_vek vek;

	if (pki == NULL)
		pki = tee_pki_new();
	fuzz_must(pki != NULL, "OpenSSL is there");
	certificate(&d, list, count);
	tee_certset_init(&set, pki, NULL, NULL);
	fuzz_must(tee_certset_add(&set, d.bytes + d.at, BUFFER - d.at) &&
		set.cert_count == 1,
	    "the certificate around it is well-formed");
	tee_snp_vek_parse(&vek, set.certs[0]->x509);
	fuzz_accepted = vek.error == NULL && found(&vek) > 0;
	if (vek.error == NULL)
		check(&vek, list, count);
	tee_certset_free(&set);
	return 0;
}
