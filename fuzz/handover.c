/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover: any bytes as an errand (first byte e) or as a worker's report (r).
 * What is taken is exactly what would be written again; what is refused leaves
 * nothing and grants nothing.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "teed/handover.h"

const char fuzz_target[] = "handover";

static void
check_text(const char *s, size_t size)
{
	if (s == NULL)
		return;
	fuzz_touch(s, size);
	fuzz_must(s[size] == '\0', "a text ends");
}

static void
check_standing(const struct tee_standing *s)
{
	check_text(s->did, s->did_size);
	fuzz_must(s->origin <= TEE_ORIGIN_GENERATED, "an origin is one");
}

static void
same(bool written, uint8_t *bytes, size_t n, const uint8_t *data, size_t size)
{
	fuzz_must(written && n == size && memcmp(bytes, data, size) == 0,
	    "it is written as it was read");
	free(bytes);
}

static void
errand(const uint8_t *data, size_t size)
{
	struct teed_errand e;
	uint8_t *bytes;
	bool written;
	size_t n;

	fuzz_accepted = teed_errand_read(data, size, &e);
	fuzz_must(fuzz_accepted == (e.kind != 0) &&
		fuzz_accepted == (e.path != NULL),
	    "whole, or not at all");
	if (!fuzz_accepted)
		return;
	check_standing(&e.standing);
	fuzz_must(e.kind == TEED_ACQUIRE || e.standing.did != NULL,
	    "who is renewed or attested is known");
	fuzz_must(e.kind != TEED_ATTEST ||
		(e.challenge_id_size > 0 && e.nonce_size > 0),
	    "a challenge is one");
	check_text(e.challenge_id, e.challenge_id_size);
	check_text(e.nonce, e.nonce_size);
	written = teed_errand_write(&e, &bytes, &n);
	same(written, bytes, n, data, size);
	teed_errand_clear(&e);
}

static void
report(const uint8_t *data, size_t size)
{
	struct teed_report p;
	uint8_t *bytes;
	bool written;
	size_t n;

	fuzz_accepted = teed_report_read(data, size, &p);
	fuzz_must(fuzz_accepted || p.error == TEE_E_SYSTEM,
	    "what is refused is no grant");
	fuzz_must(p.error >= 0 && p.error <= TEE_E_TEED, "an error is one");
	if (!fuzz_accepted)
		return;
	check_standing(&p.release.standing);
	fuzz_must(memchr(p.release.reason, '\0', sizeof(p.release.reason)) !=
		    NULL &&
		memchr(p.release.detail, '\0', sizeof(p.release.detail)) !=
		    NULL,
	    "words end");
	written = teed_report_write(&p, &bytes, &n);
	same(written, bytes, n, data, size);
	teed_report_clear(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == 'e')
		errand(data + 1, size - 1);
	else if (size > 0 && data[0] == 'r')
		report(data + 1, size - 1);
	return 0;
}
