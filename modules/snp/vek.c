/* SPDX-License-Identifier: Apache-2.0 */
/* vek: see vek.h. */
#include "config.h"

#include <string.h>

#include "modules/common/reader.h"
#include "modules/snp/vek.h"

/* 1.3.6.1.4.1.3704.1, DER content of the OBJECT IDENTIFIER. */
static const uint8_t arc[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01 };

enum {
	TAIL_STRUCT_VERSION = 1,
	TAIL_PRODUCT_NAME = 2,
	TAIL_TCB = 3,
	TAIL_HWID = 4,
	TAIL_CSP_ID = 5
};

/* 1.3.6.1.4.1.3704.1.3.N */
static const enum snp_tcb_part parts[] = { [1] = SNP_TCB_BL,
	[2] = SNP_TCB_TEE,
	[3] = SNP_TCB_SNP,
	[4] = SNP_TCB_SPL4,
	[5] = SNP_TCB_SPL5,
	[6] = SNP_TCB_SPL6,
	[7] = SNP_TCB_SPL7,
	[8] = SNP_TCB_UCODE,
	[9] = SNP_TCB_FMC };

/* One DER element with this tag and a short length, and nothing after it. */
static const uint8_t *
element(const uint8_t *data, size_t size, uint8_t tag, size_t *length)
{
	struct tee_reader r;

	tee_reader_init(&r, data, size);
	if (tee_reader_u8(&r) != tag)
		return NULL;
	*length = tee_reader_u8(&r);
	if (r.bad || *length != tee_reader_left(&r))
		return NULL;
	return tee_reader_bytes(&r, *length);
}

/* INTEGER 0..255; DER puts a zero byte before what is above 127. */
static bool
small_integer(const uint8_t *data, size_t size, uint8_t *out)
{
	size_t length;
	const uint8_t *v = element(data, size, V_ASN1_INTEGER, &length);

	if (v == NULL)
		return false;
	if (length == 1 && v[0] < 0x80)
		*out = v[0];
	else if (length == 2 && v[0] == 0 && v[1] >= 0x80)
		*out = v[1];
	else
		return false;
	return true;
}

static const char *
text(const uint8_t *data, size_t size, size_t *length)
{
	const uint8_t *v = element(data, size, V_ASN1_IA5STRING, length);

	if (v == NULL || *length == 0 || *length > SNP_CSP_ID_MAX)
		return NULL;
	for (size_t i = 0; i < *length; i++)
		if (v[i] < 0x20 || v[i] > 0x7e)
			return NULL;
	return (const char *)v;
}

/* AMD writes hwID raw; its document says OCTET STRING.  Sizes tell which. */
static bool
hwid(struct snp_vek *vek, const uint8_t *data, size_t size)
{
	size_t length;

	if (size == 8 || size == 64) {
		vek->hwid = data;
		vek->hwid_size = size;
		return true;
	}
	data = element(data, size, V_ASN1_OCTET_STRING, &length);
	if (data == NULL || (length != 8 && length != 64))
		return false;
	vek->hwid = data;
	vek->hwid_size = length;
	return true;
}

static const char *
tcb_part(struct snp_vek *vek, unsigned n, const uint8_t *data, size_t size)
{
	enum snp_tcb_part part;

	if (n == 0 || n >= sizeof(parts) / sizeof(parts[0]))
		return NULL;
	part = parts[n];
	if (vek->has_part[part])
		return "a TCB extension that is there twice";
	if (!small_integer(data, size, &vek->tcb.part[part]))
		return "a TCB extension that is no INTEGER 0..255";
	vek->has_part[part] = true;
	return NULL;
}

static const char *
struct_version(struct snp_vek *vek, const uint8_t *data, size_t size)
{
	uint8_t v;

	if (vek->has_struct_version)
		return "structVersion is there twice";
	if (!small_integer(data, size, &v))
		return "structVersion is no INTEGER 0..255";
	vek->has_struct_version = true;
	vek->struct_version = v;
	return NULL;
}

static const char *
single(struct snp_vek *vek, unsigned tail, const uint8_t *data, size_t size)
{
	switch (tail) {
	case TAIL_STRUCT_VERSION:
		return struct_version(vek, data, size);
	case TAIL_PRODUCT_NAME:
		if (vek->product_name != NULL)
			return "productName is there twice";
		vek->product_name = text(data, size, &vek->product_name_size);
		return vek->product_name == NULL ?
		    "productName is no IA5String" :
		    NULL;
	case TAIL_HWID:
		if (vek->hwid != NULL)
			return "hwID is there twice";
		return hwid(vek, data, size) ?
		    NULL :
		    "hwID has neither 8 nor 64 bytes";
	case TAIL_CSP_ID:
		if (vek->csp_id != NULL)
			return "CSP_ID is there twice";
		vek->csp_id = text(data, size, &vek->csp_id_size);
		return vek->csp_id == NULL ? "CSP_ID is no IA5String" : NULL;
	}
	return NULL;
}

static const char *
extension(struct snp_vek *vek, X509_EXTENSION *ext)
{
	const ASN1_OBJECT *type = X509_EXTENSION_get_object(ext);
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(ext);
	const uint8_t *oid = OBJ_get0_data(type);
	size_t length = OBJ_length(type);
	const uint8_t *data = ASN1_STRING_get0_data(value);
	size_t size = (size_t)ASN1_STRING_length(value);

	if (length <= sizeof(arc) || memcmp(oid, arc, sizeof(arc)) != 0)
		return NULL;
	if (length == sizeof(arc) + 1)
		return single(vek, oid[sizeof(arc)], data, size);
	if (length == sizeof(arc) + 2 && oid[sizeof(arc)] == TAIL_TCB)
		return tcb_part(vek, oid[sizeof(arc) + 1], data, size);
	return NULL;
}

void
tee_snp_vek_parse(struct snp_vek *vek, const X509 *cert)
{
	const char *error;

	memset(vek, 0, sizeof(*vek));
	for (int i = 0; i < X509_get_ext_count(cert); i++) {
		error = extension(vek, X509_get_ext(cert, i));
		if (vek->error == NULL)
			vek->error = error;
	}
}
