/* SPDX-License-Identifier: Apache-2.0 */
/* trust_kit: see test_trust_kit.h. */
#include "config.h"

#include <check.h>
#include <string.h>

#include "tests/test_trust_kit.h"

struct tee_claims *
kit_claims(uint64_t mark)
{
	struct tee_claims *c = tee_claims_new();
	uint8_t launch[48] = { 0 }, host[32] = { 7 };

	if (c == NULL)
		return NULL;
	memcpy(launch, &mark, sizeof(mark));
	c->verdict = TEE_OK;
	c->asserted = TEE_ASSERTED_LEVEL | TEE_ASSERTED_DEBUG |
	    TEE_ASSERTED_TCB_STATUS | TEE_ASSERTED_TCB;
	c->level = TEE_LEVEL_TEE_VM;
	c->key_origin = TEE_ORIGIN_SKR;
	c->tcb_status = TEE_TCB_UP_TO_DATE;
	c->debug_disabled = true;
	c->binding_seen = c->binding_match = true;
	c->verified_at = KIT_NOW;
	memcpy(c->tcb, "\1\2\3\4\5\6\7\10", sizeof(c->tcb));
	tee_claims_name(c, &c->texts, "platform", "amd-sev-snp", 11);
	tee_claims_name(c, &c->measurements, "launch", launch, sizeof(launch));
	tee_claims_name(c, &c->measurements, "host_data", host, sizeof(host));
	tee_claims_check(c, "snp.signature", TEE_CHECK_PASS, "by the VCEK");
	tee_claims_check(c, "floor.launch", TEE_CHECK_NOT_ASKED, "");
	return c;
}

uint64_t
kit_mark(const struct tee_claims *c)
{
	const struct tee_named *launch =
	    tee_named_find(&c->measurements, "launch");
	uint64_t mark = 0;

	ck_assert_ptr_nonnull(launch);
	memcpy(&mark, launch->data, sizeof(mark));
	return mark;
}

void
kit_id(uint64_t number, uint8_t out[32])
{
	memset(out, 0x5a, 32);
	memcpy(out, &number, sizeof(number));
}

bool
kit_verify(struct trust_cache *cache, uint64_t key, uint64_t peer,
    tee_instant now, tee_instant expires)
{
	struct tee_claims *claims = kit_claims(key), *known;
	uint8_t id[32], name[32];
	bool asked;

	kit_id(key, id);
	kit_id(peer, name);
	asked = trust_cache_begin(cache, id, now, &known) == TRUST_MISS_YOURS;
	if (asked)
		trust_cache_end(cache, id, name, claims, expires);
	tee_claims_free(&known);
	tee_claims_free(&claims);
	return asked;
}

bool
kit_hit(struct trust_cache *cache, uint64_t key, tee_instant now)
{
	struct tee_claims *claims;
	uint8_t id[32];

	kit_id(key, id);
	switch (trust_cache_begin(cache, id, now, &claims)) {
	case TRUST_HIT:
		ck_assert_uint_eq(kit_mark(claims), key);
		tee_claims_free(&claims);
		return true;
	case TRUST_MISS_YOURS:
		trust_cache_end(cache, id, id, NULL, 0);
		break;
	case TRUST_FULL:
		break;
	}
	ck_assert_ptr_null(claims);
	return false;
}
