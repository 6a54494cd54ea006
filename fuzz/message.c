/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message: any bytes as a message that is to be signed, under every class at
 * once and under each alone.  At most one form takes it, and what is taken
 * begins as its form does.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/message.h"

const char fuzz_target[] = "message";

static const uint8_t public_key[32] = "a public key of 32 bytes, indeed";
static const char did[] = "did:mesh:0123456789abcdef0123456789abcdef";
/* 2026-01-01T12:00:00Z, as the seeds have it. */
static const struct tee_message_key key = { public_key, did, sizeof(did) - 1,
	1767268800 * TEE_SECOND };

static const struct {
	const char *rule;
	const char *begins;
	size_t size;
} forms[] = { { "handshake", "challenge_", 10 }, { "registration", "", 0 },
	{ "raw:apps:v1:", "apps:v1:", 8 },
	{ "sshsig:git", "SSHSIG\0\0\0\3git", 13 }, { "jws", "", 0 },
	{ "ssh", "\0\0\0", 3 } };

static enum tee_message_class
under(const char *rule, const uint8_t *data, size_t size, bool layer2)
{
	struct tee_message_rules rules = { .count = 0 };
	enum tee_message_class class;
	const char *why;

	fuzz_must(tee_message_rules_add(&rules, rule, &why), "a rule");
	class = layer2 ? tee_message_allows_layer2(&rules, &key, data, size) :
			 tee_message_allows(&rules, &key, data, size);
	tee_message_rules_clear(&rules);
	return class;
}

/* As a rule itself: what is taken, is taken again. */
static void
as_rule(const uint8_t *data, size_t size)
{
	struct tee_message_rules rules = { .count = 0 };
	char *text = fuzz_string(data, size);
	const char *why = NULL;

	if (!tee_message_rules_add(&rules, text, &why))
		fuzz_must(why != NULL && rules.count == 0, "a reason");
	else
		fuzz_must(why == NULL && rules.count == 1, "a rule");
	tee_message_rules_clear(&rules);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned taken = 0;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (under(forms[i].rule, data, size, false) == TEE_MESSAGE_NONE)
			continue;
		taken++;
		fuzz_must(size >= forms[i].size &&
			memcmp(data, forms[i].begins, forms[i].size) == 0,
		    "its beginning");
	}
	fuzz_must(taken <= 1, "one form");
	fuzz_accepted = taken == 1;
	if (under("handshake", data, size, true) != TEE_MESSAGE_NONE) {
		fuzz_must(taken == 0 && memmem(data, size, did, key.did_size),
		    "a second layer of this DID, never signed itself");
		fuzz_accepted = true;
	}
	as_rule(data, size);
	return 0;
}
