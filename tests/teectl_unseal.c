/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teectl_unseal KEY.pem FILE: the seed of a sealed file in hex, as the
 * keystore would open it with the vault's private key.  For teectl_seal.sh.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <openssl/pem.h>

#include "modules/common/file.h"
#include "modules/common/sealed.h"

static EVP_PKEY *
read_key(const char *path)
{
	FILE *f = fopen(path, "r");
	EVP_PKEY *key =
	    f != NULL ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;

	if (f != NULL)
		fclose(f);
	return key;
}

int
main(int argc, char **argv)
{
	uint8_t seed[TEE_SEED_SIZE];
	char why[TEE_SEALED_WHY];
	struct tee_sealed s = { 0 };
	size_t size = 0;
	EVP_PKEY *key = argc == 3 ? read_key(argv[1]) : NULL;
	uint8_t *data =
	    key != NULL ? tee_file_read(argv[2], TEE_SEALED_MAX, &size) : NULL;
	bool opens = data != NULL && tee_sealed_parse(&s, data, size, why) &&
	    tee_sealed_open(&s, key, seed);

	for (unsigned i = 0; opens && i < sizeof(seed); i++)
		printf("%02x", seed[i]);
	puts(opens ? "" : "does not open");
	tee_sealed_free(&s);
	EVP_PKEY_free(key);
	free(data);
	return opens ? 0 : 1;
}
