/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tee_acquire: the order of events, what a deny, an outage or garbage does
 * at each stage, checks, budgets, keys, ceilings, and the log's shape.
 */
#include "config.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_transaction_kit.h"

static struct result r;

struct row {
	const char *name;
	struct script script;
	int error;
	const char *words; /* in the event that decided */
	const char *order; /* which stages ran, or NULL */
};

static void
run(const struct row *row)
{
	const char *event, *order;

	txn_acquire(&row->script, NULL, &r);
	ck_assert_msg(r.error == row->error, "%s gives %d:\n%s", row->name,
	    r.error, r.trace.text);
	event = txn_event(&r.trace, r.error == 0 ? "GRANT" : "DENY");
	ck_assert_msg(event != NULL && strstr(event, row->words) != NULL,
	    "%s: no \"%s\" in %s", row->name, row->words,
	    event != NULL ? event : "(no event)");
	ck_assert_msg(!txn_event(&r.trace, r.error == 0 ? "DENY" : "GRANT"),
	    "%s: both granted and denied", row->name);
	order = txn_order(&r.trace);
	ck_assert_msg(row->order == NULL || strcmp(order, row->order) == 0,
	    "%s: ran \"%s\"", row->name, order);
	txn_free(&r);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define RUN(rows) \
	do { \
		size_t i_; \
		for (i_ = 0; i_ < COUNT(rows); i_++) \
			run(&(rows)[i_]); \
	} while (0)

#define TEE(c, v, k) \
	{ \
		"tee", NULL, c, v, k \
	}
#define ALL "keystore collector verifier keystore"

START_TEST(order_of_events)
{
	static const struct row rows[] = {
		{ "all well", TEE(REPORT, TEE_VERIFIER_LINE, TEE_KEY), 0,
		    "origin=tee_generated simulated=false", ALL },
		{ "local, nothing to measure",
		    { .assurance = "local", .keystore = LOCAL_KEY }, 0,
		    "origin=local", "keystore keystore" },
		{ "local, measured all the same",
		    { "local", NULL, REPORT, LINE("mock", OK " debug = false;"),
			LOCAL_KEY },
		    0, "origin=local", ALL },
	};

	RUN(rows);
}
END_TEST

#define PREPARED(v) \
	TEE(REPORT, TEE_VERIFIER_LINE, \
	    LINE("mocktee", "release = 'ok'; verdict = '" v "';"))
#define COLLECTED(v) \
	TEE(LINE("mock", "verdict = '" v "';"), TEE_VERIFIER_LINE, TEE_KEY)
#define VERIFIED(v) \
	TEE(REPORT, \
	    LINE("mocktee", \
		"level = 'tee_vm'; " \
		"debug = false; verdict = '" v "';"), \
	    TEE_KEY)
#define RELEASED(v) \
	TEE(REPORT, TEE_VERIFIER_LINE, \
	    LINE("mocktee", OK " release = '" v "';"))

START_TEST(each_stage)
{
	static const struct row rows[] = {
		{ "prepare denies", PREPARED("deny"), TEE_E_DENIED,
		    "verdict=deny", "keystore" },
		{ "prepare cannot be asked", PREPARED("unavailable"),
		    TEE_E_UNAVAILABLE, "verdict=unavailable", "keystore" },
		{ "prepare babbles", PREPARED("garbage"), TEE_E_DENIED,
		    "verdict=deny", "keystore" },
		{ "collect denies", COLLECTED("deny"), TEE_E_DENIED,
		    "verdict=deny", "keystore collector" },
		{ "collect cannot be asked", COLLECTED("unavailable"),
		    TEE_E_UNAVAILABLE, "verdict=unavailable",
		    "keystore collector" },
		{ "collect babbles", COLLECTED("garbage"), TEE_E_DENIED,
		    "verdict=deny", "keystore collector" },
		{ "verify denies", VERIFIED("deny"), TEE_E_DENIED,
		    "verdict=deny", "keystore collector verifier" },
		{ "verify cannot be asked", VERIFIED("unavailable"),
		    TEE_E_UNAVAILABLE, "verdict=unavailable",
		    "keystore collector verifier" },
		{ "verify babbles", VERIFIED("garbage"), TEE_E_DENIED,
		    "verdict=deny", "keystore collector verifier" },
		{ "release denies", RELEASED("deny"), TEE_E_DENIED,
		    "verdict=deny", ALL },
		{ "release cannot be asked", RELEASED("unavailable"),
		    TEE_E_UNAVAILABLE, "verdict=unavailable", ALL },
		{ "release babbles", RELEASED("garbage"), TEE_E_DENIED,
		    "verdict=deny", ALL },
	};

	RUN(rows);
}
END_TEST

#define CHECKED(options) TEE(REPORT, LINE("mocktee", GOOD options), TEE_KEY)

/* A verifier's ok is worth nothing beside its own checks. */
START_TEST(checks_beat_the_verdict)
{
	static const struct row rows[] = {
		{ "another binding", CHECKED("wrong_binding = true;"),
		    TEE_E_DENIED, "verdict=deny", NULL },
		{ "no word on the binding", CHECKED("no_binding = true;"),
		    TEE_E_UNAVAILABLE, "verdict=unavailable", NULL },
		{ "a failed check", CHECKED("fail_check = 'sig.chain';"),
		    TEE_E_DENIED, "reason=sig.chain", NULL },
		{ "a check not done", CHECKED("undone_check = 'sig.crl';"),
		    TEE_E_UNAVAILABLE, "verdict=unavailable", NULL },
		{ "failed and not done",
		    CHECKED("fail_check = 'a'; "
			    "undone_check = 'b';"),
		    TEE_E_DENIED, "reason=a", NULL },
		{ "the second collector denies",
		    TEE(REPORT ", { control = "
			       "'required'; module = 'mocktee'; }",
			TEE_VERIFIER_LINE, TEE_KEY),
		    TEE_E_DENIED, "verdict=deny", NULL },
		{ "an advisory verifier's failure is only logged",
		    TEE(REPORT,
			TEE_VERIFIER_LINE
			", { control = 'advisory'; "
			"module = 'mocktee'; options = { fail_check = 'a'; "
			"wrong_binding = true; level = 'standard'; }; }",
			TEE_KEY),
		    0, "origin=tee_generated", NULL },
	};

	RUN(rows);
}
END_TEST

#define SLOW(module, more) \
	"{ control = 'required'; module = '" module "'; " \
	"timeout = '1s'; options = { delay_ms = '1100'; " more " }; }"

START_TEST(budgets)
{
	static const struct row rows[] = {
		{ "a slow collector was not asked in time",
		    TEE(SLOW("mock", OK), TEE_VERIFIER_LINE, TEE_KEY),
		    TEE_E_UNAVAILABLE, "reason=timeout", "keystore collector" },
		{ "nor a slow verifier",
		    TEE(REPORT, SLOW("mocktee", GOOD), TEE_KEY),
		    TEE_E_UNAVAILABLE, "reason=timeout",
		    "keystore collector verifier" },
		{ "a slow deny stays a deny",
		    TEE(SLOW("mock", ""), TEE_VERIFIER_LINE, TEE_KEY),
		    TEE_E_DENIED, "reason=timeout", "keystore collector" },
		{ "a key half released is no key",
		    TEE(REPORT, TEE_VERIFIER_LINE, SLOW("mocktee", OK)),
		    TEE_E_DENIED, "reason=timeout", "keystore" },
	};

	RUN(rows);
}
END_TEST

#define KEYS(k) TEE(REPORT, TEE_VERIFIER_LINE, k)

START_TEST(which_key)
{
	static const struct row rows[] = {
		{ "another key than prepared",
		    KEYS(LINE("mocktee", OK "wrong_key = true;")), TEE_E_DENIED,
		    "another key than it prepared", ALL },
		{ "no key named before measuring",
		    KEYS(LINE("mocktee", OK "no_key = true;")), TEE_E_DENIED,
		    "did not say which key", "keystore" },
		{ "two keystores, two keys",
		    KEYS(TEE_KEY ", " LINE("mocktee", OK "seed = '1';")),
		    TEE_E_DENIED, "prepared different keys",
		    "keystore keystore" },
		{ "two keystores, one key", KEYS(TEE_KEY ", " TEE_KEY), 0,
		    "origin=tee_generated", NULL },
		{ "the second delivers another",
		    KEYS(TEE_KEY ", " LINE("mocktee", OK "wrong_key = true;")),
		    TEE_E_DENIED, "another key than it prepared", NULL },
		{ "a group's second member, after an outage",
		    KEYS(TRIED("mocktee",
			"verdict = 'unavailable';") ", " TRIED("mocktee",
			OK "seed = '9';")),
		    0, "origin=tee_generated", NULL },
		{ "no shopping after a deny",
		    KEYS(TRIED("mocktee", "") ", " TRIED("mocktee", OK)),
		    TEE_E_DENIED, "verdict=deny", "keystore" },
		{ "released is only what was prepared",
		    KEYS(TRIED("mocktee",
			OK
			"release = 'unavailable';") ", " TRIED("mocktee", OK)),
		    TEE_E_UNAVAILABLE, "verdict=unavailable", NULL },
	};

	RUN(rows);
}
END_TEST

/* Nobody vouches above the ceiling that is compiled into the module. */
START_TEST(ceilings)
{
	static const struct row rows[] = {
		{ "mock claims hardware",
		    TEE(REPORT,
			LINE("mock",
			    OK "level = 'tee_hardware'; debug = false;"),
			TEE_KEY),
		    TEE_E_DENIED, "reason=floor.confidential_level", NULL },
		{ "mock drags a good verifier down",
		    TEE(REPORT, TEE_VERIFIER_LINE ", " LINE("mock", GOOD),
			TEE_KEY),
		    TEE_E_DENIED, "reason=floor.confidential_level", NULL },
		{ "a TEE's key that nobody verified is local",
		    { "local", NULL, REPORT, LINE("mock", GOOD), TEE_KEY }, 0,
		    "origin=local", NULL },
		{ "a local key in a verified guest is local",
		    { "local", NULL, REPORT, TEE_VERIFIER_LINE, LOCAL_KEY }, 0,
		    "origin=local", NULL },
		{ "the least of two keystores",
		    { "local", NULL, REPORT, TEE_VERIFIER_LINE,
			TEE_KEY ", " LOCAL_KEY },
		    0, "origin=local", NULL },
	};

	RUN(rows);
}
END_TEST

/* The key that was granted, and what it may call itself. */
START_TEST(what_a_grant_gives)
{
	static const struct script script =
	    TEE(REPORT, TEE_VERIFIER_LINE, TEE_KEY);
	const struct tee_claims *claims;
	uint8_t signature[TEE_SIGNATURE_SIZE];
	size_t size = 0;

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	claims = tee_key_claims(r.key);
	ck_assert_int_eq(tee_claims_level(claims), TEE_LEVEL_TEE_VM);
	ck_assert_int_eq(tee_claims_key_origin(claims), TEE_ORIGIN_GENERATED);
	ck_assert(tee_claims_key_bound(claims));
	ck_assert(!tee_claims_debug(claims));
	ck_assert(!tee_claims_simulated(claims));
	ck_assert_str_eq(txn_check(claims, "binding"), "pass");
	ck_assert_str_eq(txn_check(claims, "floor.key_origin"), "pass");
	ck_assert_ptr_nonnull(tee_key_evidence(r.key));
	ck_assert_int_eq(strncmp(tee_key_did(r.key, &size), "did:mesh:", 9), 0);
	ck_assert_uint_eq(size, 9 + 32);
	ck_assert_int_eq(tee_sign(r.key, "m", 1, signature), 0);
	ck_assert_int_eq(tee_key_revoke(r.key), 0);
	ck_assert_int_ne(tee_sign(r.key, "m", 1, signature), 0);
	txn_free(&r);
}
END_TEST

static void
shaped(const struct trace *trace, const char *event, const char *pattern)
{
	const char *line = txn_event(trace, event);
	regex_t re;

	ck_assert_msg(line != NULL, "no %s in:\n%s", event, trace->text);
	ck_assert_int_eq(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(regexec(&re, line, 0, NULL, 0) == 0, "%s\nis not %s",
	    line, pattern);
	regfree(&re);
}

/* Operators and journald filters read these; they do not change. */
START_TEST(event_lines)
{
	static const struct script good =
	    TEE(REPORT, TEE_VERIFIER_LINE, TEE_KEY);
	static const struct script fall = { "prefer-tee", NULL,
		LINE("mock", "verdict = 'unavailable';"), TEE_VERIFIER_LINE,
		TRIED("mocktee", OK) ", " TRIED("mock", OK) };

	txn_acquire(&good, NULL, &r);
	shaped(&r.trace, "GRANT",
	    "^event=GRANT message_id=[0-9a-f]{32} "
	    "txn=[0-9a-f]{16} profile=agent origin=tee_generated "
	    "simulated=false key=[0-9]+ grantors=collector:mock,"
	    "verifier:mocktee,keystore:mocktee plan=sha256:[0-9a-f]{64}$");
	ck_assert_int_eq(tee_key_revoke(r.key), 0);
	shaped(&r.trace, "REVOKE",
	    "^event=REVOKE message_id=[0-9a-f]{32} "
	    "profile=agent key=[0-9]+ result=ok$");
	txn_free(&r);
	txn_acquire(&fall, NULL, &r);
	shaped(&r.trace, "DOWNGRADE",
	    "^event=DOWNGRADE "
	    "message_id=[0-9a-f]{32} txn=[0-9a-f]{16} profile=agent "
	    "requested=tee effective=local because=[a-z._]+$");
	txn_free(&r);
}
END_TEST

START_TEST(refusal_lines)
{
	static const struct script bad = CHECKED("fail_check = 'sig.chain';");

	txn_acquire(&bad, NULL, &r);
	shaped(&r.trace, "DENY",
	    "^event=DENY message_id=[0-9a-f]{32} "
	    "txn=[0-9a-f]{16} profile=agent call=acquire verdict=deny "
	    "reason=sig.chain detail=\"scripted\"$");
	ck_assert(trace_has(&r.trace, "tee txn=",
	    " profile=agent "
	    "facility=verifier line=3 control=required module=mocktee "
	    "verdict=deny ms="));
	txn_free(&r);
}
END_TEST

static bool
has_run_of(const char *text, char c, size_t length)
{
	size_t i, n = 0;

	for (i = 0; text[i] != '\0'; i++) {
		n = text[i] == c ? n + 1 : 0;
		if (n == length)
			return true;
	}
	return false;
}

/* The mock's seed is 32 times 'B' (0x42): no log, dump or claim has it. */
START_TEST(no_secret_leaves)
{
	static const struct script script =
	    TEE(REPORT, TEE_VERIFIER_LINE, TEE_KEY);
	char *texts[3] = { NULL };
	size_t i;

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	ck_assert_int_eq(tee_dump(r.tee, &texts[0]), 0);
	ck_assert_int_eq(tee_claims_to_json(tee_key_claims(r.key), &texts[1]),
	    0);
	ck_assert_int_eq(tee_evidence_to_json(tee_key_evidence(r.key),
			     &texts[2]),
	    0);
	ck_assert(has_run_of("xBBBBBBBB", 'B', 8));
	ck_assert(!has_run_of(r.trace.text, 'B', 8));
	ck_assert_ptr_null(strstr(r.trace.text, "42424242"));
	for (i = 0; i < 3; i++) {
		ck_assert(!has_run_of(texts[i], 'B', 8));
		ck_assert_ptr_null(strstr(texts[i], "42424242"));
		ck_assert_ptr_null(strstr(texts[i], "QkJCQkJC"));
		free(texts[i]);
	}
	txn_free(&r);
}
END_TEST

/* What a module or a peer says stays inside its line and its quotes. */
START_TEST(log_injection)
{
	static const struct script script = { "tee", NULL, REPORT,
		LINE("mocktee", "say = 'x\\nevent=GRANT forged=true';"),
		TEE_KEY };
	static const struct script quoted = { "tee", NULL, REPORT,
		LINE("mocktee", "say = 'x\\x22 verdict=ok y=\\x22';"),
		TEE_KEY };

	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, TEE_E_DENIED);
	ck_assert_msg(txn_event(&r.trace, "GRANT") == NULL, "%s", r.trace.text);
	txn_free(&r);
	txn_acquire(&quoted, NULL, &r);
	ck_assert(!trace_has(&r.trace, "", "\" verdict=ok y="));
	txn_free(&r);
}
END_TEST

START_TEST(arguments)
{
	static const struct script peer = { "tee", NULL, NULL,
		TEE_VERIFIER_LINE, NULL };
	struct tee_key *key = NULL;

	ck_assert_int_eq(txn_open(&peer, NULL, &r), 0);
	ck_assert_int_eq(tee_acquire(r.tee, &key), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_acquire(NULL, &key), TEE_E_ARGUMENT);
	ck_assert_int_eq(tee_acquire(r.tee, NULL), TEE_E_ARGUMENT);
	ck_assert_ptr_null(key);
	txn_free(&r);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, order_of_events);
	tcase_add_test(tcase, each_stage);
	tcase_add_test(tcase, checks_beat_the_verdict);
	tcase_add_test(tcase, budgets);
	tcase_add_test(tcase, which_key);
	tcase_add_test(tcase, ceilings);
	tcase_add_test(tcase, what_a_grant_gives);
	tcase_add_test(tcase, event_lines);
	tcase_add_test(tcase, refusal_lines);
	tcase_add_test(tcase, no_secret_leaves);
	tcase_add_test(tcase, log_injection);
	tcase_add_test(tcase, arguments);
}

int
main(void)
{
	return txn_main("transaction", add);
}
