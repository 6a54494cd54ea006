/* SPDX-License-Identifier: Apache-2.0 */
/* crl: see crl.h. */
#include "config.h"

#include <string.h>
#include <openssl/x509v3.h>

#include "sim/crl.h"
#include "sim/name.h"

#define DAY (24 * 60 * 60)

void
tee_sim_crl_init(struct sim_crl_spec *spec, const struct sim_platform *platform,
    const struct sim_keyset *keys)
{
	memset(spec, 0, sizeof(*spec));
	spec->issuer = tee_sim_name(tee_sim_product(platform->product)->ark);
	spec->issuer_key = keys->key[SIM_ARK];
	spec->this_update = platform->now - DAY;
	spec->next_update = platform->now + 365L * DAY;
	spec->number = 1;
}

static bool
set_time(X509_CRL *crl, time_t when, int (*set)(X509_CRL *, const ASN1_TIME *))
{
	ASN1_TIME *t = ASN1_TIME_set(NULL, when);
	bool ok = t != NULL && set(crl, t) == 1;

	ASN1_TIME_free(t);
	return ok;
}

static bool
add_number(X509_CRL *crl, int nid, int64_t value, int critical)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	bool ok = n != NULL && ASN1_INTEGER_set_int64(n, value) == 1 &&
	    X509_CRL_add1_ext_i2d(crl, nid, n, critical, X509V3_ADD_APPEND) ==
		1;

	ASN1_INTEGER_free(n);
	return ok;
}

static bool
add_unknown(X509_CRL *crl)
{
	static const uint8_t null[] = { V_ASN1_NULL, 0 };
	ASN1_OBJECT *oid = OBJ_txt2obj(SIM_OID_ARC "99", 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext = NULL;
	bool ok = oid != NULL && value != NULL &&
	    ASN1_OCTET_STRING_set(value, null, sizeof(null)) == 1 &&
	    (ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value)) != NULL &&
	    X509_CRL_add_ext(crl, ext, -1) == 1;

	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return ok;
}

static bool
revoke(X509_CRL *crl, const struct sim_crl_spec *spec, int64_t serial)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	ASN1_TIME *when = ASN1_TIME_set(NULL, spec->this_update);
	bool ok = entry != NULL && n != NULL && when != NULL &&
	    ASN1_INTEGER_set_int64(n, serial) == 1 &&
	    X509_REVOKED_set_serialNumber(entry, n) == 1 &&
	    X509_REVOKED_set_revocationDate(entry, when) == 1 &&
	    X509_CRL_add0_revoked(crl, entry) == 1;

	if (!ok)
		X509_REVOKED_free(entry);
	ASN1_TIME_free(when);
	ASN1_INTEGER_free(n);
	return ok;
}

static bool
fill(X509_CRL *crl, const struct sim_crl_spec *spec)
{
	X509_NAME *issuer = X509_NAME_new();
	bool ok = issuer != NULL && tee_sim_name_fill(issuer, &spec->issuer) &&
	    X509_CRL_set_version(crl, 1) == 1 &&
	    X509_CRL_set_issuer_name(crl, issuer) == 1 &&
	    set_time(crl, spec->this_update, X509_CRL_set1_lastUpdate) &&
	    (spec->no_next_update ||
		set_time(crl, spec->next_update, X509_CRL_set1_nextUpdate)) &&
	    (spec->number < 0 ||
		add_number(crl, NID_crl_number, spec->number, 0)) &&
	    (!spec->delta || add_number(crl, NID_delta_crl, 0, 1)) &&
	    (!spec->unknown_critical || add_unknown(crl));

	X509_NAME_free(issuer);
	for (size_t i = 0; ok && i < spec->revoked_count; i++)
		ok = revoke(crl, spec, spec->revoked[i]);
	return ok;
}

static X509_CRL *
read_back(X509_CRL *crl)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	int size = i2d_X509_CRL(crl, &der);
	X509_CRL *again = NULL;

	p = der;
	if (size > 0)
		again = d2i_X509_CRL(NULL, &p, size);
	OPENSSL_free(der);
	return again;
}

X509_CRL *
tee_sim_crl_mint(const struct sim_crl_spec *spec)
{
	X509_CRL *crl = X509_CRL_new(), *out = NULL;

	if (crl != NULL && spec->revoked_count <= SIM_CRL_REVOKED_MAX &&
	    fill(crl, spec) &&
	    tee_sim_sign_crl(&spec->signature, spec->issuer_key, crl))
		out = read_back(crl);
	X509_CRL_free(crl);
	return out;
}
