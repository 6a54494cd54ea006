/* SPDX-License-Identifier: Apache-2.0 */
/* webpki: see webpki.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "modules/common/roots.h"
#include "modules/common/webpki.h"

static X509_STORE *
open_store(const struct tee_webpki *w)
{
	if (w->roots == NULL)
		return tee_roots_system();
	return X509_STORE_up_ref(w->roots) == 1 ? w->roots : NULL;
}

bool
tee_webpki_chain(const struct tee_webpki *w, STACK_OF(X509) * chain,
    char why[TEE_WEBPKI_WHY])
{
	X509_STORE *store = open_store(w);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	bool ok = false;

	snprintf(why, TEE_WEBPKI_WHY, "no roots to check it with");
	if (store != NULL && ctx != NULL && sk_X509_num(chain) > 0 &&
	    X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain) ==
		1) {
		param = X509_STORE_CTX_get0_param(ctx);
		X509_VERIFY_PARAM_set_time(param, w->now);
		X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
		X509_VERIFY_PARAM_set_auth_level(param, 2);
		ok = X509_verify_cert(ctx) == 1;
		snprintf(why, TEE_WEBPKI_WHY, "%s (certificate %d)",
		    X509_verify_cert_error_string(
			X509_STORE_CTX_get_error(ctx)),
		    X509_STORE_CTX_get_error_depth(ctx));
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return ok;
}

bool
tee_webpki_names_below(X509 *leaf, const char *host)
{
	char name[TEE_WEBPKI_NAME];
	int n = snprintf(name, sizeof(name), "*.%s", host);

	/* Compared as text: neither wildcard stands for the other. */
	return n > 0 && (size_t)n < sizeof(name) &&
	    X509_check_host(leaf, name, (size_t)n,
		X509_CHECK_FLAG_NO_WILDCARDS |
		    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
		NULL) == 1;
}

bool
tee_webpki_host(X509 *leaf, const char *host)
{
	if (X509_check_ip_asc(leaf, host, 0) == 1)
		return true;
	return X509_check_host(leaf, host, strlen(host),
		   X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
		       X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
		   NULL) == 1;
}
