/* SPDX-License-Identifier: Apache-2.0 */
/* cert_use: what a certificate says that its key may be used for. */
#include "config.h"

#include <openssl/x509v3.h>

#include "modules/common/cert.h"

#define USE_SIGN_CERTS 5 /* bits of keyUsage, RFC 5280 4.2.1.3 */
#define USE_SIGN_LISTS 6

static void
read_usage(struct tee_cert *cert)
{
	ASN1_BIT_STRING *usage =
	    X509_get_ext_d2i(cert->x509, NID_key_usage, NULL, NULL);

	cert->signs_certs =
	    usage != NULL && ASN1_BIT_STRING_get_bit(usage, USE_SIGN_CERTS);
	cert->signs_lists =
	    usage != NULL && ASN1_BIT_STRING_get_bit(usage, USE_SIGN_LISTS);
	ASN1_BIT_STRING_free(usage);
}

static void
read_constraints(struct tee_cert *cert)
{
	BASIC_CONSTRAINTS *bc =
	    X509_get_ext_d2i(cert->x509, NID_basic_constraints, NULL, NULL);

	cert->is_ca = bc != NULL && bc->ca != 0;
	cert->path_length = bc != NULL && bc->pathlen != NULL ?
	    ASN1_INTEGER_get(bc->pathlen) :
	    -1;
	BASIC_CONSTRAINTS_free(bc);
}

static bool
is_unknown_critical(X509_EXTENSION *ext)
{
	int nid;

	if (X509_EXTENSION_get_critical(ext) != 1)
		return false;
	nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
	return nid != NID_basic_constraints && nid != NID_key_usage;
}

void
tee_cert_read_use(struct tee_cert *cert)
{
	read_usage(cert);
	read_constraints(cert);
	for (int i = 0; i < X509_get_ext_count(cert->x509); i++)
		if (is_unknown_critical(X509_get_ext(cert->x509, i)))
			cert->unknown_critical = true;
}
