/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packed: claims as another host may have packed them.  Whatever is taken is
 * a grant with all that a grant needs, its words can be shown, and packing it
 * again gives the same bytes: there is one spelling of each.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/trust/packed.h"

const char fuzz_target[] = "packed";

static void
check_list(const struct tee_named_list *list, bool text)
{
	fuzz_must(list->count <= TEE_NAMED_MAX, "no more than there is room");
	for (size_t i = 0; i < list->count; i++) {
		const struct tee_named *n = &list->entry[i];

		fuzz_must(tee_named_find(list, n->name) == n, "once each");
		fuzz_must(n->name[0] != '\0', "a name");
		fuzz_must(n->data[n->size] == '\0', "ends");
		fuzz_must(!text || strlen((char *)n->data) == n->size, "text");
		fuzz_touch(n->data, n->size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tee_claims *c = trust_unpack(tee_claims_new(), data, size);
	uint8_t again[TRUST_PACKED_MAX];

	fuzz_accepted = c != NULL;
	if (c == NULL)
		return 0;
	fuzz_must(c->verdict == TEE_OK && !c->broken && !c->incomplete,
	    "a grant");
	fuzz_must(c->binding_seen && c->binding_match, "bound");
	fuzz_must(c->level <= TEE_LEVEL_TEE_HARDWARE &&
		c->key_origin <= TEE_ORIGIN_GENERATED &&
		c->tcb_status <= TEE_TCB_UP_TO_DATE,
	    "values that there are");
	fuzz_must(c->residency == NULL && c->check_count == 1 &&
		strcmp(c->checks[0].name, "cache.report") == 0 &&
		c->checks[0].result != TEE_CHECK_FAIL,
	    "one check");
	check_list(&c->texts, true);
	check_list(&c->measurements, false);
	fuzz_must(trust_pack(c, again) == size &&
		memcmp(again, data, size) == 0,
	    "one spelling");
	tee_claims_free(&c);
	return 0;
}
