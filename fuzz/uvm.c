/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uvm: any bytes as the endorsement of a utility VM, in either format, and
 * what its certificates say about who signed it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "modules/snp_azure/uvm.h"

const char fuzz_target[] = "uvm";

static void
check_text(const char *text, size_t room)
{
	size_t size = strnlen(text, room);

	fuzz_must(size < room, "a text ends");
	for (size_t i = 0; i < size; i++)
		fuzz_must(text[i] >= 0x20 && text[i] <= 0x7e,
		    "a text can be printed");
}

/* Under its own root the chain may hold, under any other it does not. */
static void
check_chain(const struct azure_uvm *u)
{
	struct tee_didx509 name;
	unsigned char digest[EVP_MAX_MD_SIZE];
	X509 *last =
	    sk_X509_value(u->cose.chain, sk_X509_num(u->cose.chain) - 1);
	const char *why = NULL;
	unsigned size = 0;

	if (!tee_didx509_parse(&name, u->issuer)) {
		tee_didx509_free(&name);
		return;
	}
	fuzz_must(X509_digest(last, EVP_sha256(), digest, &size) == 1 &&
		size == sizeof(name.root),
	    "a digest");
	memcpy(name.root, digest, size);
	fuzz_must(tee_didx509_judge(&name, u->cose.chain, u->signed_at, &why) ||
		why != NULL,
	    "a refusal says why");
	name.root[0] ^= 1;
	fuzz_must(!tee_didx509_judge(&name, u->cose.chain, u->signed_at, &why),
	    "another root");
	tee_didx509_free(&name);
}

static void
check(const struct azure_uvm *u)
{
	check_text(u->issuer, sizeof(u->issuer));
	check_text(u->feed, sizeof(u->feed));
	fuzz_must(u->svn <= INT64_MAX, "an svn is no negative number");
	fuzz_must(u->signed_at >= 0, "a time");
	fuzz_must(u->cose.chain != NULL && sk_X509_num(u->cose.chain) >= 1,
	    "a chain");
	fuzz_must(tee_cbor_at(u->cose.header, 15) == NULL ||
		memcmp(u->measurement, u->cose.payload,
		    AZURE_UVM_MEASUREMENT) == 0,
	    "an envelope's payload is the measurement");
	check_chain(u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct azure_uvm u;

	fuzz_accepted = tee_azure_uvm_parse(&u, data, size);
	fuzz_must(fuzz_accepted == (u.error == NULL), "a refusal says why");
	if (fuzz_accepted)
		check(&u);
	tee_azure_uvm_free(&u);
	return 0;
}
