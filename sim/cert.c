/* SPDX-License-Identifier: Apache-2.0 */
/* cert: see cert.h; the default shapes stand in shape.c. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/x509v3.h>

#include "sim/cert.h"
#include "sim/name.h"

struct sim_ext *
tee_sim_cert_ext(struct sim_cert_spec *spec, const char *oid)
{
	for (size_t i = 0; i < spec->exts; i++)
		if (strcmp(spec->ext[i].oid, oid) == 0)
			return &spec->ext[i];
	return NULL;
}

bool
tee_sim_cert_ext_add(struct sim_cert_spec *spec, const char *oid,
    const void *der, size_t size)
{
	struct sim_ext *ext = &spec->ext[spec->exts];

	if (spec->exts == SIM_EXT_MAX || size > sizeof(ext->value))
		return false;
	memset(ext, 0, sizeof(*ext));
	ext->oid = oid;
	ext->size = size;
	memcpy(ext->value, der, size);
	spec->exts++;
	return true;
}

void
tee_sim_cert_ext_remove(struct sim_cert_spec *spec, const char *oid)
{
	size_t kept = 0;

	for (size_t i = 0; i < spec->exts; i++)
		if (strcmp(spec->ext[i].oid, oid) != 0)
			spec->ext[kept++] = spec->ext[i];
	spec->exts = kept;
}

static bool
replace(struct sim_cert_spec *spec, const char *oid, const void *der,
    size_t size)
{
	struct sim_ext *ext = tee_sim_cert_ext(spec, oid);

	if (ext == NULL)
		return tee_sim_cert_ext_add(spec, oid, der, size);
	if (size > sizeof(ext->value))
		return false;
	memcpy(ext->value, der, size);
	ext->size = size;
	return true;
}

/* What is above 127 takes a zero byte before it. */
bool
tee_sim_cert_ext_integer(struct sim_cert_spec *spec, const char *oid, uint8_t n)
{
	const uint8_t small[] = { V_ASN1_INTEGER, 1, n };
	const uint8_t large[] = { V_ASN1_INTEGER, 2, 0, n };

	return n < 0x80 ? replace(spec, oid, small, sizeof(small)) :
			  replace(spec, oid, large, sizeof(large));
}

bool
tee_sim_cert_ext_text(struct sim_cert_spec *spec, const char *oid,
    const char *text)
{
	uint8_t der[SIM_EXT_SIZE];
	size_t length = strlen(text);

	if (length > sizeof(der) - 2)
		return false;
	der[0] = V_ASN1_IA5STRING;
	der[1] = (uint8_t)length;
	memcpy(der + 2, text, length);
	return replace(spec, oid, der, length + 2);
}

static bool
add_basic_constraints(X509 *cert, const struct sim_cert_spec *spec)
{
	BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();
	bool ok = bc != NULL;

	if (ok) {
		bc->ca = spec->ca ? 0xff : 0;
		if (spec->pathlen >= 0) {
			bc->pathlen = ASN1_INTEGER_new();
			ok = bc->pathlen != NULL &&
			    ASN1_INTEGER_set(bc->pathlen, spec->pathlen) == 1;
		}
		ok = ok &&
		    X509_add1_ext_i2d(cert, NID_basic_constraints, bc, 1,
			X509V3_ADD_APPEND) == 1;
	}
	BASIC_CONSTRAINTS_free(bc);
	return ok;
}

/* Bit 0 of the BIT STRING is KU_DIGITAL_SIGNATURE (0x80). */
static bool
add_key_usage(X509 *cert, uint32_t usage)
{
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	bool ok = bits != NULL;

	for (int i = 0; ok && i < 8; i++)
		if ((usage & (0x80u >> i)) != 0)
			ok = ASN1_BIT_STRING_set_bit(bits, i, 1) == 1;
	ok = ok &&
	    X509_add1_ext_i2d(cert, NID_key_usage, bits, 1,
		X509V3_ADD_APPEND) == 1;
	ASN1_BIT_STRING_free(bits);
	return ok;
}

static ASN1_OCTET_STRING *
key_id(EVP_PKEY *key)
{
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	unsigned char *der = NULL, digest[20];
	int size = i2d_PublicKey(key, &der);
	bool ok = id != NULL && size > 0 &&
	    EVP_Digest(der, (size_t)size, digest, NULL, EVP_sha1(), NULL) ==
		1 &&
	    ASN1_OCTET_STRING_set(id, digest, sizeof(digest)) == 1;

	OPENSSL_free(der);
	if (!ok) {
		ASN1_OCTET_STRING_free(id);
		id = NULL;
	}
	return id;
}

static bool
add_subject_key_id(X509 *cert, const struct sim_cert_spec *spec)
{
	ASN1_OCTET_STRING *id = key_id(spec->key);
	bool ok = id != NULL &&
	    X509_add1_ext_i2d(cert, NID_subject_key_identifier, id, 0,
		X509V3_ADD_APPEND) == 1;

	ASN1_OCTET_STRING_free(id);
	return ok;
}

static bool
add_authority_key_id(X509 *cert, const struct sim_cert_spec *spec)
{
	AUTHORITY_KEYID *akid = AUTHORITY_KEYID_new();
	bool ok = akid != NULL &&
	    (akid->keyid = key_id(spec->issuer_key)) != NULL &&
	    X509_add1_ext_i2d(cert, NID_authority_key_identifier, akid, 0,
		X509V3_ADD_APPEND) == 1;

	AUTHORITY_KEYID_free(akid);
	return ok;
}

static bool
add_distribution_point(X509 *cert, const char *url)
{
	char value[160];
	X509_EXTENSION *ext;
	bool ok;

	if ((size_t)snprintf(value, sizeof(value), "URI:%s", url) >=
	    sizeof(value))
		return false;
	ext =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_crl_distribution_points, value);
	ok = ext != NULL && X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

static bool
add_raw(X509 *cert, const struct sim_ext *raw)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(raw->oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext = NULL;
	bool ok = oid != NULL && value != NULL &&
	    ASN1_OCTET_STRING_set(value, raw->value, (int)raw->size) == 1 &&
	    (ext = X509_EXTENSION_create_by_OBJ(NULL, oid, raw->critical,
		 value)) != NULL &&
	    X509_add_ext(cert, ext, -1) == 1;

	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return ok;
}

/* In the order of AMD's own: only the root's key usage comes first. */
static bool
add_extensions(X509 *cert, const struct sim_cert_spec *spec)
{
	bool self = spec->key == spec->issuer_key;
	bool usage = spec->key_usage != 0;

	if ((self && usage && !add_key_usage(cert, spec->key_usage)) ||
	    (spec->key_ids && !add_subject_key_id(cert, spec)) ||
	    (spec->key_ids && !self && !add_authority_key_id(cert, spec)) ||
	    (spec->basic_constraints && !add_basic_constraints(cert, spec)) ||
	    (!self && usage && !add_key_usage(cert, spec->key_usage)) ||
	    (spec->crl_url != NULL &&
		!add_distribution_point(cert, spec->crl_url)))
		return false;
	for (size_t i = 0; i < spec->exts; i++)
		if (!add_raw(cert, &spec->ext[i]))
			return false;
	return true;
}

static bool
fill(X509 *cert, const struct sim_cert_spec *spec)
{
	return X509_set_version(cert, spec->version - 1) == 1 &&
	    ASN1_INTEGER_set_int64(X509_get_serialNumber(cert), spec->serial) ==
	    1 &&
	    tee_sim_name_fill(X509_get_subject_name(cert), &spec->subject) &&
	    tee_sim_name_fill(X509_get_issuer_name(cert), &spec->issuer) &&
	    ASN1_TIME_set(X509_getm_notBefore(cert), spec->not_before) !=
	    NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(cert), spec->not_after) != NULL &&
	    X509_set_pubkey(cert, spec->key) == 1 && add_extensions(cert, spec);
}

static X509 *
read_back(X509 *cert)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	int size = i2d_X509(cert, &der);
	X509 *again = NULL;

	p = der;
	if (size > 0)
		again = d2i_X509(NULL, &p, size);
	OPENSSL_free(der);
	return again;
}

X509 *
tee_sim_cert_mint(const struct sim_cert_spec *spec)
{
	X509 *cert = X509_new(), *out = NULL;

	if (cert != NULL && fill(cert, spec) &&
	    tee_sim_sign_cert(&spec->signature, spec->issuer_key, cert))
		out = read_back(cert);
	X509_free(cert);
	return out;
}
