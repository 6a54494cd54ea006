/* SPDX-License-Identifier: Apache-2.0 */
/*
 * challenge: what an agent is asked to sign.  What is read is written and
 * read back as the same; nothing with a colon or an upper-case digit is taken,
 * so that the signed text has one reading.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/trust/response.h"

const char fuzz_target[] = "challenge";

static bool
digits(const char *s, size_t count)
{
	return strlen(s) == count && strspn(s, "0123456789abcdef") == count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trust_challenge c, again;
	char message[TRUST_MESSAGE_MAX], *text;
	const struct tee_bytes did = { "did:mesh:a", 10 };
	size_t n;

	fuzz_accepted =
	    trust_challenge_read((const char *)data, size, &c) == NULL;
	if (!fuzz_accepted)
		return 0;
	fuzz_must(strncmp(c.id, "challenge_", 10) == 0 &&
		digits(c.id + 10, 16) && digits(c.nonce, TRUST_NONCE) &&
		(c.freshness[0] == '\0' ||
		    digits(c.freshness, TRUST_FRESHNESS)),
	    "lower-case digits alone");
	fuzz_must(c.lifetime >= 1 && c.lifetime <= TRUST_LIFETIME_MAX &&
		c.issued >= 0 && trust_challenge_end(&c) > c.issued,
	    "times in order");
	fuzz_must(trust_challenge_time(&c, c.issued, 0) == TRUST_VALID &&
		trust_challenge_time(&c, trust_challenge_end(&c), 0) ==
		    TRUST_EXPIRED &&
		trust_challenge_time(&c, trust_challenge_end(&c) - 1, 0) ==
		    TRUST_VALID,
	    "valid to its last microsecond");
	text = trust_challenge_write(&c);
	fuzz_must(text != NULL &&
		trust_challenge_read(text, strlen(text), &again) == NULL &&
		memcmp(&c, &again, sizeof(c)) == 0,
	    "written and read again");
	free(text);
	n = trust_response_message(&c, "00112233445566778899aabbccddeeff", did,
	    message);
	fuzz_must(n > 0 && n == strlen(message), "a text to sign");
	return 0;
}
