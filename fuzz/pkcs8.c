/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pkcs8: any bytes as a released RSA key.  What is taken OpenSSL reads too,
 * as the same numbers; what is refused leaves nothing behind.
 */
#include "config.h"

#include <string.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/rsakey.h"

const char fuzz_target[] = "pkcs8";

static bool
same(EVP_PKEY *key, const char *name, const struct azure_rsa *rsa,
    enum azure_rsa_part part)
{
	BIGNUM *theirs = NULL;
	BIGNUM *ours = BN_bin2bn(rsa->part[part], (int)rsa->size[part], NULL);
	bool ok = EVP_PKEY_get_bn_param(key, name, &theirs) == 1 &&
	    BN_cmp(theirs, ours) == 0;

	BN_free(theirs);
	BN_free(ours);
	return ok;
}

/* OpenSSL refuses numbers of no use, such as an even n. */
static void
check(const struct azure_rsa *rsa, const uint8_t *data, size_t size)
{
	const uint8_t *p = data;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)size), *opened;

	if (key != NULL) {
		fuzz_must(same(key, OSSL_PKEY_PARAM_RSA_N, rsa, AZURE_RSA_N) &&
			same(key, OSSL_PKEY_PARAM_RSA_E, rsa, AZURE_RSA_E) &&
			same(key, OSSL_PKEY_PARAM_RSA_D, rsa, AZURE_RSA_D),
		    "the numbers that OpenSSL reads");
		opened = tee_azure_rsa_open(rsa);
		fuzz_must(opened != NULL && EVP_PKEY_eq(opened, key) == 1,
		    "opens as the same key");
		EVP_PKEY_free(opened);
	}
	EVP_PKEY_free(key);
	ERR_clear_error();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct azure_rsa none;
	static struct azure_rsa rsa;

	memset(&rsa, 0x5a, sizeof(rsa));
	fuzz_accepted = tee_azure_rsa_pkcs8(&rsa, data, size);
	if (fuzz_accepted)
		check(&rsa, data, size);
	else
		fuzz_must(memcmp(&rsa, &none, sizeof(none)) == 0,
		    "a refusal leaves nothing");
	return 0;
}
