/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence: AgentMesh's JSON.  What is read can be written, and what was
 * written reads back as the same evidence; writing it again gives the same
 * text.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <tee/tee.h>

#include "fuzz/fuzz.h"
#include "libtee/evidence.h"

const char fuzz_target[] = "evidence";

static void
check_bytes(const char *a, size_t a_size, const char *b, size_t b_size,
    const char *what)
{
	fuzz_must(a != NULL && b != NULL && a_size == b_size &&
		memcmp(a, b, a_size) == 0,
	    what);
}

static void
check_text(const char *a, const char *b, const char *what)
{
	fuzz_must((a == NULL) == (b == NULL), what);
	if (a != NULL)
		check_bytes(a, strlen(a), b, strlen(b), what);
}

static void
check_items(const struct tee_evidence *a, const struct tee_evidence *b)
{
	fuzz_must(a->item_count == b->item_count &&
		a->item_count <= TEE_ITEMS_MAX,
	    "as many items");
	for (size_t i = 0; i < a->item_count; i++) {
		const struct tee_item *x = &a->items[i];
		const struct tee_item *y = tee_evidence_item(b, x->type);

		fuzz_must(y != NULL && x->size == y->size &&
			x->size <= TEE_ITEM_MAX &&
			memcmp(x->data, y->data, x->size) == 0,
		    "an item");
	}
	fuzz_must(a->opaque == NULL || a->item_count == 0,
	    "another provider's evidence has no items");
}

/* An absent runtime_measurements is written as an empty object. */
static const char *
measurements(const struct tee_evidence *e)
{
	return e->measurements != NULL ? e->measurements : "{}";
}

static void
check_same(const struct tee_evidence *a, const struct tee_evidence *b)
{
	check_items(a, b);
	check_text(a->platform, b->platform, "platform");
	check_text(a->opaque, b->opaque, "opaque evidence");
	check_text(measurements(a), measurements(b), "measurements");
	check_bytes(a->did, a->did_size, b->did, b->did_size, "DID");
	check_bytes(a->challenge_id, a->challenge_id_size, b->challenge_id,
	    b->challenge_id_size, "challenge id");
	check_bytes(a->nonce, a->nonce_size, b->nonce, b->nonce_size, "nonce");
	fuzz_must(memcmp(a->key_hash, b->key_hash, 32) == 0, "key hash");
	fuzz_must(memcmp(a->binding, b->binding, 32) == 0, "binding");
	fuzz_must(a->key_origin == b->key_origin, "key origin");
	fuzz_must(a->secure_boot == b->secure_boot, "secure boot");
	fuzz_must(a->issued == b->issued && a->expires == b->expires, "times");
	fuzz_must(a->issued >= 0 && a->issued < a->expires, "times in order");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tee_evidence *first = NULL, *second = NULL;
	char *once = NULL, *twice = NULL;

	fuzz_accepted =
	    tee_evidence_from_json((const char *)data, size, &first) == 0;
	fuzz_must(fuzz_accepted == (first != NULL), "a refusal gives nothing");
	if (first == NULL)
		return 0;
	fuzz_must(tee_evidence_to_json(first, &once) == 0,
	    "what was read can be written");
	fuzz_must(tee_evidence_from_json(once, strlen(once), &second) == 0,
	    "what was written can be read");
	check_same(first, second);
	fuzz_must(tee_evidence_to_json(second, &twice) == 0 &&
		strcmp(once, twice) == 0,
	    "the same text again");
	free(once);
	free(twice);
	tee_evidence_free(&first);
	tee_evidence_free(&second);
	return 0;
}
