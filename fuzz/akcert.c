/* SPDX-License-Identifier: Apache-2.0 */
/*
 * akcert: any bytes as the NV index of the AK's certificate.  What is taken
 * is one certificate from the first byte on, whole, by somebody else; what
 * follows it makes no difference.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/x509.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/vtpm.h"

const char fuzz_target[] = "akcert";

static void
check(const uint8_t *data, size_t cut, size_t size)
{
	const unsigned char *end = data;
	X509 *cert = d2i_X509(NULL, &end, (long)cut);
	uint8_t *padded = calloc(1, AZURE_AK_CERT_MAX);

	fuzz_must(cut <= size, "inside");
	fuzz_must(cert != NULL && end == data + cut, "whole");
	fuzz_must(X509_NAME_cmp(X509_get_subject_name(cert),
		      X509_get_issuer_name(cert)) != 0,
	    "not issued by itself");
	fuzz_must(tee_azure_ak_cert_size(data, cut) == cut, "without padding");
	memcpy(padded, data, cut);
	fuzz_must(tee_azure_ak_cert_size(padded, AZURE_AK_CERT_MAX) == cut,
	    "with padding");
	free(padded);
	X509_free(cert);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t cut = tee_azure_ak_cert_size(data, size);

	fuzz_accepted = cut > 0;
	if (cut > 0)
		check(data, cut, size);
	return 0;
}
