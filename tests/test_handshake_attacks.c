/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every attack of the tables meets a relying party that the honest answer
 * satisfies, and is refused with its own reason.  With --accepted it prints
 * the attacks that were let in instead: break-handshake.sh wants some, once
 * it has broken a check.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_handshake_rows.h"

static const struct script scripts[HS_PARTIES] = {
	[HS_OPTIONAL] = HS_PROFILE("local", HS_PINNED, OK),
	[HS_REQUIRES] = HS_PROFILE("tee", HS_PINNED, OK),
	[HS_TRUSTING] = HS_PROFILE("tee", HS_UNPINNED, OK),
	[HS_UNMEASURED] =
	    HS_PROFILE("tee", "max_age = '5m'; key_origin = ['skr'];", OK),
	[HS_DENYING] = HS_PROFILE("tee", HS_PINNED, "verdict = 'deny';"),
	[HS_BLIND] = HS_PROFILE("tee", HS_PINNED, "verdict = 'unavailable';"),
	[HS_BARE] = { "local", NULL, NULL, NULL, LOCAL_KEY },
	[HS_CROWDED] = HS_PROFILE("local", HS_PINNED, OK),
	[HS_SCORING] = HS_PROFILE("local", HS_PINNED, OK),
	[HS_POLICED] = HS_PROFILE("local", HS_PINNED, OK),
	[HS_TURNING] =
	    HS_PROFILE("tee", HS_PINNED, OK " after = '1'; then = 'deny';"),
	[HS_LASTING] = HS_PROFILE("tee",
	    "max_age = '1h'; key_origin = ['skr']; "
	    "measurements = { launch = ['676f6c64656e']; };",
	    OK),
};

static const char policy_text[] =
    "{\"name\":\"tcb\",\"version\":\"1.0\",\"rules\":[{\"name\":\"current\","
    "\"condition\":{\"field\":\"tcb_status\",\"operator\":\"eq\","
    "\"value\":\"up_to_date\"},\"action\":\"allow\",\"priority\":1}]}";

bool hs_broken;
static struct tee_policy *policy;
static struct hs_scene scene;

static void
open_party(enum hs_party party)
{
	struct tee_trust_options options = hs_options();
	char why[TEE_POLICY_WHY];

	options.required_score = party == HS_SCORING ? 700 : 0;
	options.replay_entries = party == HS_CROWDED ? 4 : 0;
	if (party == HS_POLICED) {
		ck_assert_int_eq(tee_policy_new(&policy), 0);
		ck_assert_msg(tee_policy_add_json(policy, policy_text,
				  strlen(policy_text), why) == 0,
		    "%s", why);
		options.policy = policy;
	}
	hs_open(&scene, &scripts[party], &options);
}

static void
close_party(void)
{
	hs_close(&scene);
	tee_policy_free(&policy);
}

static const char *
attack(const struct hs_attack *row)
{
	hs_begin(&scene, row->shape);
	if (row->prepare != NULL)
		row->prepare(&scene);
	hs_answer(&scene);
	if (row->spoil != NULL)
		row->spoil(&scene);
	return scene.recalled ? hs_recall(&scene) : hs_verify(&scene);
}

static void
refused(const struct hs_attack *rows, size_t count, size_t i)
{
	const struct hs_attack *row = &rows[i];
	const char *reason;
	char head[64];

	ck_assert_uint_lt(i, count);
	open_party(row->party);
	reason = attack(row);
	ck_assert_msg(strcmp(reason, row->reason) == 0,
	    "\"%s\" gives \"%s\", expected \"%s\"", row->name, reason,
	    row->reason);
	ck_assert_int_eq(scene.error,
	    strcmp(reason, "unavailable") == 0 ? TEE_E_UNAVAILABLE :
						 TEE_E_DENIED);
	ck_assert_ptr_null(tee_handshake_claims(scene.handshake));
	ck_assert_int_eq(tee_handshake_verified(scene.handshake), false);
	snprintf(head, sizeof(head), "reason=%s ", row->reason);
	/* Recalling writes no line: it would be most of what it costs. */
	if (!scene.recalled)
		ck_assert_msg(trace_has(&scene.party.trace, "event=DENY ",
				  head) &&
			trace_has(&scene.party.trace, "event=DENY ",
			    "call=handshake "),
		    "\"%s\" left no DENY: %s", row->name,
		    scene.party.trace.text);
	close_party();
}

START_TEST(identity)
{
	refused(hs_identity_rows, hs_identity_count, (size_t)_i);
}
END_TEST

START_TEST(evidence)
{
	refused(hs_evidence_rows, hs_evidence_count, (size_t)_i);
}
END_TEST

START_TEST(text)
{
	refused(hs_text_rows, hs_text_count, (size_t)_i);
}
END_TEST

START_TEST(claims)
{
	refused(hs_claims_rows, hs_claims_count, (size_t)_i);
}
END_TEST

START_TEST(recall)
{
	refused(hs_recall_rows, hs_recall_count, (size_t)_i);
}
END_TEST

/* Otherwise the tables would prove nothing: everything might be refused. */
START_TEST(honest)
{
	static const enum hs_party parties[] = { HS_OPTIONAL, HS_REQUIRES,
		HS_POLICED };
	static const enum hs_shape shapes[] = { HS_CHALLENGE, HS_ACQUIRED,
		HS_STARTUP };
	size_t i, k;

	for (i = 0; i < sizeof(parties) / sizeof(parties[0]); i++) {
		open_party(parties[i]);
		for (k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
			hs_begin(&scene, shapes[k]);
			hs_answer(&scene);
			ck_assert_msg(strcmp(hs_verify(&scene), "") == 0,
			    "party %zu shape %zu: %s %s", i, k,
			    tee_handshake_reason(scene.handshake),
			    scene.party.trace.text);
			hs_end(&scene);
		}
		close_party();
	}
}
END_TEST

START_TEST(enough)
{
	ck_assert_uint_ge(hs_identity_count + hs_evidence_count +
		hs_text_count + hs_claims_count + hs_recall_count,
	    140);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, honest);
	tcase_add_test(tcase, enough);
	tcase_add_loop_test(tcase, identity, 0, (int)hs_identity_count);
	tcase_add_loop_test(tcase, evidence, 0, (int)hs_evidence_count);
	tcase_add_loop_test(tcase, text, 0, (int)hs_text_count);
	tcase_add_loop_test(tcase, claims, 0, (int)hs_claims_count);
	tcase_add_loop_test(tcase, recall, 0, (int)hs_recall_count);
}

/* The same rows without a verdict on them. */
static size_t
show_accepted(const struct hs_attack *rows, size_t count)
{
	size_t i, accepted = 0;

	for (i = 0; i < count; i++) {
		open_party(rows[i].party);
		if (attack(&rows[i])[0] == '\0') {
			printf("accepted: %s\n", rows[i].name);
			accepted++;
		}
		close_party();
	}
	return accepted;
}

START_TEST(accepted)
{
	size_t n = show_accepted(hs_identity_rows, hs_identity_count);

	n += show_accepted(hs_evidence_rows, hs_evidence_count);
	n += show_accepted(hs_text_rows, hs_text_count);
	n += show_accepted(hs_claims_rows, hs_claims_count);
	n += show_accepted(hs_recall_rows, hs_recall_count);
	printf("accepted %zu attacks\n", n);
	fflush(stdout);
}
END_TEST

static void
add_accepted(TCase *tcase)
{
	tcase_add_test(tcase, accepted);
}

int
main(int argc, char **argv)
{
	hs_broken = argc == 2 && strcmp(argv[1], "--accepted") == 0;
	if (hs_broken)
		return txn_main("handshake_broken", add_accepted);
	return txn_main("handshake_attacks", add);
}
