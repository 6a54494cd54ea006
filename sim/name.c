/* SPDX-License-Identifier: Apache-2.0 */
/* name: see name.h. */
#include "config.h"

#include "sim/name.h"

struct sim_name
tee_sim_name(const char *cn)
{
	return (struct sim_name){ .ou = "Engineering",
		.c = "US",
		.l = "Santa Clara",
		.st = "CA",
		.o = "Advanced Micro Devices",
		.cn = cn };
}

static bool
add(X509_NAME *name, int nid, const char *value)
{
	int type =
	    nid == NID_countryName ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;

	return value == NULL ||
	    X509_NAME_add_entry_by_NID(name, nid, type,
		(const unsigned char *)value, -1, -1, 0) == 1;
}

bool
tee_sim_name_fill(X509_NAME *out, const struct sim_name *name)
{
	return add(out, NID_organizationalUnitName, name->ou) &&
	    add(out, NID_countryName, name->c) &&
	    add(out, NID_localityName, name->l) &&
	    add(out, NID_stateOrProvinceName, name->st) &&
	    add(out, NID_organizationName, name->o) &&
	    add(out, NID_commonName, name->cn) &&
	    add(out, NID_commonName, name->second_cn) &&
	    add(out, NID_pkcs9_emailAddress, name->email);
}
