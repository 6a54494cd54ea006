/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Relying parties that share what they verified over a real Redis: what one
 * granted another knows, and nothing that anybody else puts there is known
 * to anybody.
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_redis_kit.h"

START_TEST(two_hosts)
{
	struct host a = { NULL }, b = { NULL };
	char answer[512];

	rk_start(NULL);
	host_open(&a);
	host_open(&b);
	ck_assert(!host_knew(&a));
	ck_assert(host_knew(&b));
	rk_command("dbsize", answer, sizeof(answer));
	ck_assert_int_eq(atoi(answer), 2); /* evidence, and the peer */
	/* Another's evidence is not in it. */
	meet_somebody();
	ck_assert(!host_knew(&b));
	host_close(&a);
	host_close(&b);
}
END_TEST

/* They end in the server, too, no later than the evidence: in five minutes. */
START_TEST(values_end)
{
	struct host a = { NULL };
	char answer[512];

	rk_start(NULL);
	host_open(&a);
	ck_assert(!host_knew(&a));
	rk_command("eval \"local most, least = 0, 1e9 "
		   "for _,k in ipairs(redis.call('keys','*')) do "
		   "local t = redis.call('ttl',k) "
		   "most = math.max(most,t) least = math.min(least,t) end "
		   "return least >= 290 and most <= 300\" 0",
	    answer, sizeof(answer));
	ck_assert_str_eq(answer, "1");
	rk_command("keys 'libtee:v1:*'", answer, sizeof(answer));
	ck_assert_uint_eq(strlen(answer), strlen("libtee:v1:") + 64);
	host_close(&a);
}
END_TEST

/* Forgotten here after it was verified there: it is verified again. */
START_TEST(forgotten)
{
	struct host a = { NULL }, b = { NULL }, c = { NULL };

	rk_start(NULL);
	host_open(&a);
	host_open(&b);
	host_open(&c);
	ck_assert(!host_knew(&a));
	tee_trust_forget(b.trust, rk_scene.peer.did, rk_scene.peer.did_size);
	ck_assert(!host_knew(&b));
	/* Who was not told goes on: a revocation goes to every verifier. */
	ck_assert(host_knew(&c));
	host_close(&a);
	host_close(&b);
	host_close(&c);
}
END_TEST

/* What whoever can write there does to each value v. */
static const struct {
	const char *name;
	const char *lua;
	bool foreign; /* and that is logged */
} deeds[] = {
	{ "version", "string.char(255)..string.sub(v,2)", true },
	{ "key", "string.sub(v,1,19)..flip(v,20)..string.sub(v,21)", true },
	{ "peer", "string.sub(v,1,49)..flip(v,50)..string.sub(v,51)", true },
	{ "end", "string.sub(v,1,72)..flip(v,73)..string.sub(v,74)", true },
	{ "size", "string.sub(v,1,74)..flip(v,75)..string.sub(v,76)", true },
	{ "claims", "string.sub(v,1,99)..flip(v,100)..string.sub(v,101)",
	    true },
	{ "mac", "string.sub(v,1,-2)..flip(v,#v)", true },
	{ "shorter", "string.sub(v,1,-2)", true },
	{ "longer", "v..'x'", true },
	{ "empty", "''", true },
	{ "huge", "string.rep('x',100000)", false },
	{ "swapped", "vs[#vs + 1 - i]", true },
};

START_TEST(forged)
{
	struct host a = { NULL }, b = { NULL };
	char command[1024], answer[512];

	rk_start(NULL);
	host_open(&a);
	host_open(&b);
	ck_assert(!host_knew(&a));
	snprintf(command, sizeof(command),
	    "eval \"local function flip(v,n) "
	    "return string.char(bit.bxor(string.byte(v,n),1)) end "
	    "local ks, vs = redis.call('keys','*'), {} "
	    "for i,k in ipairs(ks) do vs[i] = redis.call('get',k) end "
	    "for i,k in ipairs(ks) do local v = vs[i] "
	    "redis.call('set',k,%s) end return #ks\" 0",
	    deeds[_i].lua);
	rk_command(command, answer, sizeof(answer));
	ck_assert_str_eq(answer, "2");
	ck_assert_msg(!host_knew(&b), "%s", deeds[_i].name);
	ck_assert_msg(rk_said("reason=cache_mac") == deeds[_i].foreign,
	    "%s: %s", deeds[_i].name, rk_scene.party.trace.text);
	/* However often, it is said once a minute. */
	meet_somebody();
	ck_assert(!host_knew(&b));
	ck_assert_uint_le(rk_times("reason=cache_mac"), 1);
	host_close(&a);
	host_close(&b);
}
END_TEST

/* A value of another type is an error of the server, and a miss. */
START_TEST(other_type)
{
	struct host a = { NULL }, b = { NULL };
	char answer[512];

	rk_start(NULL);
	host_open(&a);
	host_open(&b);
	ck_assert(!host_knew(&a));
	rk_command("eval \"for _,k in ipairs(redis.call('keys','*')) do "
		   "redis.call('del',k) redis.call('lpush',k,'x') end "
		   "return 1\" 0",
	    answer, sizeof(answer));
	ck_assert_str_eq(answer, "1");
	ck_assert(!host_knew(&b));
	ck_assert(rk_said("reason=cache_away"));
	host_close(&a);
	host_close(&b);
}
END_TEST

/* The same profile under another key is another fleet. */
START_TEST(other_fleet)
{
	static const struct script other = { "tee",
		"key_origin = ['tee_generated'];", REPORT, TEE_VERIFIER_LINE,
		LINE("mocktee", OK " seed = '7';") };
	struct host a = { NULL }, b = { NULL };
	struct result stranger;

	rk_start(NULL);
	host_open(&a);
	host_open(&b);
	txn_acquire(&other, NULL, &stranger);
	ck_assert_int_eq(stranger.error, 0);
	tee_trust_close(&b.trust);
	ck_assert_int_eq(host_open_trust(&b, stranger.key), 0);
	ck_assert(!host_knew(&a));
	ck_assert(!host_knew(&b));
	ck_assert(rk_said("reason=cache_mac"));
	host_close(&a);
	host_close(&b);
	txn_free(&stranger);
}
END_TEST

/* Another profile looks elsewhere, and finds nothing. */
START_TEST(other_profile)
{
	struct host a = { NULL }, b = { NULL };

	rk_start(NULL);
	host_open(&a);
	rk_timeout("201ms");
	host_open(&b);
	ck_assert(!host_knew(&a));
	ck_assert(!host_knew(&b));
	ck_assert(!rk_said("reason=cache_mac"));
	host_close(&a);
	host_close(&b);
}
END_TEST

START_TEST(without_a_key)
{
	struct host a = { NULL };

	host_open(&a);
	tee_trust_close(&a.trust);
	ck_assert_int_eq(host_open_trust(&a, NULL), TEE_E_ARGUMENT);
	ck_assert(rk_said("cache needs the verifier's own key"));
	host_close(&a);
}
END_TEST

/* ---- many at once ---- */

static void *
look_up(void *arg)
{
	struct host *h = arg;
	struct tee_handshake *out = NULL;

	for (int i = 0; i < 50; i++) {
		if (tee_handshake_recall(h->trust, &rk_scene.peer, &out) != 0 ||
		    !tee_handshake_cached(out)) {
			tee_handshake_free(&out);
			return NULL;
		}
		tee_handshake_free(&out);
		tee_trust_forget(h->trust, "did:mesh:x", 10);
	}
	return h;
}

/* More than there are connections; all hear the right answer, or verify. */
START_TEST(crowd)
{
	struct host a = { NULL }, host[8] = { { NULL } };
	pthread_t thread[COUNT(host)];
	void *fine;

	rk_start(NULL);
	host_open(&a);
	ck_assert(!host_knew(&a));
	for (size_t i = 0; i < COUNT(host); i++)
		host_open(&host[i]);
	for (size_t i = 0; i < COUNT(host); i++)
		pthread_create(&thread[i], NULL, look_up, &host[i]);
	for (size_t i = 0; i < COUNT(host); i++) {
		pthread_join(thread[i], &fine);
		ck_assert_ptr_nonnull(fine);
		host_close(&host[i]);
	}
	ck_assert(!rk_said("reason="));
	host_close(&a);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, two_hosts);
	tcase_add_test(tcase, values_end);
	tcase_add_test(tcase, forgotten);
	tcase_add_loop_test(tcase, forged, 0, (int)COUNT(deeds));
	tcase_add_test(tcase, other_type);
	tcase_add_test(tcase, other_fleet);
	tcase_add_test(tcase, other_profile);
	tcase_add_test(tcase, without_a_key);
	tcase_add_test(tcase, crowd);
}

int
main(void)
{
	return rk_main("redis", add);
}
