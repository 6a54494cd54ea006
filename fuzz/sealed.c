/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealed: any bytes as a sealed file.  What is taken has exactly one spelling,
 * and does not open with a key that it was not sealed to.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/rsa.h>

#include "fuzz/fuzz.h"
#include "modules/common/base64.h"
#include "modules/common/sealed.h"

const char fuzz_target[] = "sealed";

static void
is_part(const char **at, const void *data, size_t size)
{
	char *text = tee_b64_encode(TEE_BASE64_URL, data, size);

	fuzz_must(text != NULL && **at == '.' &&
		strncmp(*at + 1, text, strlen(text)) == 0,
	    "a part has one spelling");
	*at += 1 + strlen(text);
	free(text);
}

static void
check(const struct tee_sealed *s, const char *text)
{
	const char *at = text + strlen(s->header);

	fuzz_must(strncmp(text, s->header, strlen(s->header)) == 0,
	    "the header is kept as it came");
	is_part(&at, s->key, s->key_size);
	is_part(&at, s->iv, sizeof(s->iv));
	is_part(&at, s->seed, sizeof(s->seed));
	is_part(&at, s->tag, sizeof(s->tag));
	fuzz_must(at[strspn(at, " \t\r\n")] == '\0', "nothing follows");
	fuzz_must(s->did_size > 0 && s->did_size <= TEE_SEALED_DID_MAX,
	    "a DID of some length");
	fuzz_touch(s->did, s->did_size);
	fuzz_must(strlen(s->kid) < TEE_SEALED_MAX, "a kid that ends");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static EVP_PKEY *stranger;
	static const uint8_t none[TEE_SEED_SIZE];
	char why[TEE_SEALED_WHY] = "", *text;
	uint8_t seed[TEE_SEED_SIZE] = { 1 };
	struct tee_sealed s;

	if (stranger == NULL)
		stranger = EVP_RSA_gen(2048);
	fuzz_accepted = tee_sealed_parse(&s, data, size, why);
	if (fuzz_accepted) {
		text = fuzz_string(data, size);
		check(&s, text);
		free(text);
		fuzz_must(!tee_sealed_open(&s, stranger, seed) &&
			memcmp(seed, none, sizeof(none)) == 0,
		    "a stranger's key opens nothing");
	} else {
		fuzz_must(strlen(why) > 0, "a refusal says why");
	}
	tee_sealed_free(&s);
	return 0;
}
