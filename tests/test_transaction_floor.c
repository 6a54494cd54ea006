/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor, one row per requirement, and what several verifiers' claims
 * come to: they meet, they never join.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/profile.h"
#include "tests/test_transaction_kit.h"

static struct result r;

struct row {
	const char *name;
	const char *require;
	const char *verifier;
	int error;
	const char *words; /* in the event that decided */
};

static void
acquire(const struct row *row)
{
	struct script script = { "tee", row->require, REPORT, row->verifier,
		TEE_KEY };

	txn_acquire(&script, NULL, &r);
}

static void
run(const struct row *row)
{
	const char *event;

	acquire(row);
	ck_assert_msg(r.error == row->error, "%s gives %d:\n%s", row->name,
	    r.error, r.trace.text);
	event = txn_event(&r.trace, r.error == 0 ? "GRANT" : "DENY");
	ck_assert_msg(event != NULL && strstr(event, row->words) != NULL,
	    "%s: no \"%s\" in %s", row->name, row->words,
	    event != NULL ? event : "(no event)");
	txn_free(&r);
}

#define RUN(rows) \
	do { \
		size_t i_; \
		for (i_ = 0; i_ < sizeof(rows) / sizeof((rows)[0]); i_++) \
			run(&(rows)[i_]); \
	} while (0)

#define V(options) LINE("mocktee", OK options)
#define SOUND "level = 'tee_vm'; debug = false; "
#define GRANTED 0, "origin=tee_generated"
#define DENIED(reason) TEE_E_DENIED, "reason=" reason
#define ROOT_TAIL \
	"9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f" \
	"9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f"
#define ROOT "9f" ROOT_TAIL

/* Each requirement unmet, unmentioned, and met. */
START_TEST(requirements)
{
	static const struct row rows[] = {
		{ "level too low", "",
		    V("level = 'secure_boot'; debug = "
		      "false;"),
		    DENIED("floor.confidential_level") },
		{ "level not said", "", V("debug = false;"),
		    DENIED("floor.confidential_level") },
		{ "level required higher",
		    "confidential_level = "
		    "'tee_container';",
		    V(SOUND), DENIED("floor.confidential_level") },
		{ "level higher than required",
		    "confidential_level = "
		    "'tee_container';",
		    V("level = 'tee_hardware'; debug = "
		      "false;"),
		    GRANTED },
		{ "debug is on", "", V("level = 'tee_vm'; debug = true;"),
		    DENIED("floor.debug") },
		{ "debug is on and forbidden", "debug = false;",
		    V("level = 'tee_vm'; debug = true;"),
		    DENIED("floor.debug") },
		{ "debug is on and allowed", "debug = true;",
		    V("level = 'tee_vm'; debug = true;"), GRANTED },
		{ "tcb out of date", "tcb_status = [ 'up_to_date' ];",
		    V(SOUND "tcb_status = 'out_of_date';"),
		    DENIED("floor.tcb_status") },
		{ "tcb not said", "tcb_status = [ 'up_to_date' ];", V(SOUND),
		    DENIED("floor.tcb_status") },
		{ "tcb listed",
		    "tcb_status = [ 'up_to_date', 'out_of_date' ]"
		    ";",
		    V(SOUND "tcb_status = 'out_of_date';"), GRANTED },
		{ "measurement differs",
		    "measurements = { launch = [ '6d32' "
		    "]; };",
		    V(SOUND "measurement = 'm1';"),
		    DENIED("floor.measurements.launch") },
		{ "measurement is a prefix",
		    "measurements = { launch = [ "
		    "'6d3100' ]; };",
		    V(SOUND "measurement = 'm1';"),
		    DENIED("floor.measurements.launch") },
		{ "measurement not said",
		    "measurements = { launch = [ '6d31'"
		    " ]; };",
		    V(SOUND), DENIED("floor.measurements.launch") },
		{ "another measurement is pinned too",
		    "measurements = { "
		    "launch = [ '6d31' ]; host = [ '00' ]; };",
		    V(SOUND "measurement = 'm1';"),
		    DENIED("floor.measurements.host") },
		{ "measurement among those listed",
		    "measurements = { launch "
		    "= [ '6d32', '6D31' ]; };",
		    V(SOUND "measurement = 'm1';"), GRANTED },
		{ "key origin not listed", "key_origin = [ 'skr' ];", V(SOUND),
		    DENIED("floor.key_origin") },
		{ "key origin listed",
		    "key_origin = [ 'skr', "
		    "'tee_generated' ];",
		    V(SOUND), GRANTED },
		{ "a root that nobody named", "", V(SOUND "root = '" ROOT "';"),
		    DENIED("deny") },
		{ "a root that is named",
		    "allow_simulated = true; roots = [ "
		    "'" ROOT "' ];",
		    V(SOUND "root = '" ROOT "';"), 0, "simulated=true" },
		{ "another root is named",
		    "allow_simulated = true; roots = "
		    "[ '" ROOT "' ];",
		    V(SOUND "root = '00" ROOT_TAIL "';"), DENIED("deny") },
	};

	RUN(rows);
}
END_TEST

/* Two required verifiers: the result is never more than the lesser. */
START_TEST(meet_decides)
{
	static const struct row rows[] = {
		{ "lower level of two",
		    "confidential_level = "
		    "'tee_container';",
		    V("level = 'tee_hardware'; debug = "
		      "false;") ", " V(SOUND),
		    DENIED("floor.confidential_level") },
		{ "one of two does not say the level", "",
		    V(SOUND) ", " V("debug = false;"),
		    DENIED("floor.confidential_level") },
		{ "one of two sees debug", "",
		    V(SOUND) ", " V("level = 'tee_vm'; debug = true;"),
		    DENIED("floor.debug") },
		{ "worse tcb of two", "tcb_status = [ 'up_to_date' ];",
		    V(SOUND "tcb_status = 'up_to_date';") ", " V(
			SOUND "tcb_status = 'out_of_date';"),
		    DENIED("floor.tcb_status") },
		{ "one of two does not say the tcb",
		    "tcb_status = [ "
		    "'up_to_date' ];",
		    V(SOUND "tcb_status = 'up_to_date';") ", " V(SOUND),
		    DENIED("floor.tcb_status") },
		{ "two measurements of one guest", "",
		    V(SOUND "measurement = 'm1';") ", " V(
			SOUND "measurement = 'm2';"),
		    DENIED("claims") },
		{ "two platforms of one guest", "",
		    V(SOUND "platform = 'a';") ", " V(SOUND "platform = 'b';"),
		    DENIED("claims") },
		{ "one of two does not say the measurement",
		    "measurements = { launch = [ '6d31' ]; };",
		    V(SOUND "measurement = 'm1';") ", " V(SOUND),
		    DENIED("floor.measurements.launch") },
		{ "unless it has no authority for it",
		    "measurements = { launch = [ '6d31' ]; };",
		    V(SOUND
			"measurement = 'm1';") ", { control = 'required'; module "
					       "= 'mocktee'; authority = [ 'tee', 'tcb' ]; options = { " OK
						   SOUND "}; }",
		    GRANTED },
		{ "nobody has authority for the tee", "",
		    "{ control = "
		    "'required'; module = 'mocktee'; authority = [ 'tcb' ]; "
		    "options = { " OK SOUND "}; }",
		    DENIED("floor.confidential_level") },
		{ "one of two saw another binding", "",
		    V(SOUND) ", " V(SOUND "wrong_binding = true;"),
		    TEE_E_DENIED, "verdict=deny" },
		{ "one of two trusts a simulator",
		    "allow_simulated = true; "
		    "roots = [ '" ROOT "' ];",
		    V(SOUND) ", " V(SOUND "root = '" ROOT "';"), 0,
		    "simulated=true" },
		{ "only who was asked speaks",
		    "confidential_level = "
		    "'tee_container';",
		    "{ control = 'oneof'; group = 'g'; "
		    "module = 'mocktee'; options = { " OK SOUND "}; }, "
		    "{ control = 'oneof'; group = 'g'; module = 'mocktee'; "
		    "options = { " OK "level = 'tee_hardware'; debug = "
		    "false; }; }",
		    DENIED("floor.confidential_level") },
		{ "an advisory verifier lends nothing",
		    "tcb_status = [ 'up_to_date' ];",
		    V(SOUND) ", { control "
			     "= 'advisory'; module = 'mocktee'; options = { " GOOD
			     " }; }",
		    DENIED("floor.tcb_status") },
		{ "an advisory verifier takes nothing", "",
		    V(SOUND) ", { "
			     "control = 'advisory'; module = 'mocktee'; options = { " OK
			     "platform = 'x'; }; }",
		    GRANTED },
	};

	RUN(rows);
}
END_TEST

/* Components one by one: neither verifier's TCB, but the least of each. */
START_TEST(tcb_by_component)
{
	static const struct row row = { "tcb", "",
		V(SOUND "tcb = '0102030405060708';") ", " V(
		    SOUND "tcb = '0801070206030504';"),
		GRANTED };
	char *json = NULL;

	acquire(&row);
	ck_assert_int_eq(r.error, 0);
	ck_assert_int_eq(tee_claims_to_json(tee_key_claims(r.key), &json), 0);
	ck_assert_ptr_nonnull(strstr(json, "\"tcb\": \"0101030205030504\""));
	free(json);
	txn_free(&r);
}
END_TEST

/* The lease ends with the shortest of the claims, and never in the past. */
START_TEST(shortest_lifetime)
{
	long long now = (long long)(tee_clock_now() / TEE_SECOND);
	char verifiers[1024];
	struct row row = { "lifetime", "", verifiers, GRANTED };

	snprintf(verifiers, sizeof(verifiers),
	    V(SOUND "not_after = '%lld';") ", " V(SOUND "not_after = '%lld';"),
	    now + 600, now + 120);
	acquire(&row);
	ck_assert_int_eq(r.error, 0);
	ck_assert_int_le(tee_key_expires(r.key), now + 122);
	ck_assert_int_ge(tee_key_expires(r.key), now + 100);
	txn_free(&r);
	snprintf(verifiers, sizeof(verifiers), V(SOUND "not_after = '%lld';"),
	    now - 1);
	acquire(&row);
	ck_assert_int_eq(r.error, TEE_E_DENIED);
	txn_free(&r);
}
END_TEST

static const struct script sound = { "tee", NULL, REPORT, V(SOUND), TEE_KEY };

START_TEST(caller_level)
{
	struct tee_options options = { .size = sizeof(options) };

	options.min_level = TEE_LEVEL_TEE_CONTAINER;
	txn_acquire(&sound, &options, &r);
	ck_assert_int_eq(r.error, TEE_E_DENIED);
	ck_assert_ptr_nonnull(strstr(txn_event(&r.trace, "DENY"),
	    "reason=floor.confidential_level"));
	txn_free(&r);
	options.min_level = TEE_LEVEL_TEE_VM;
	txn_acquire(&sound, &options, &r);
	ck_assert_int_eq(r.error, 0);
	txn_free(&r);
}
END_TEST

/* A floor below the profile's loosens nothing. */
START_TEST(caller_only_tightens)
{
	static const struct script low = { "tee", NULL, REPORT,
		V("level = 'secure_boot'; debug = false;"), TEE_KEY };
	struct tee_options options = { .size = sizeof(options) };

	options.min_level = TEE_LEVEL_STANDARD;
	txn_acquire(&low, &options, &r);
	ck_assert_int_eq(r.error, TEE_E_DENIED);
	txn_free(&r);
}
END_TEST

START_TEST(caller_refuses_simulated)
{
	static const struct script simulated = { "tee",
		"allow_simulated = "
		"true; roots = [ '" ROOT "' ];",
		REPORT, V(SOUND "root = '" ROOT "';"), TEE_KEY };
	struct tee_options options = { .size = sizeof(options),
		.refuse_simulated = true };

	txn_acquire(&simulated, &options, &r);
	ck_assert_int_eq(r.error, TEE_E_DENIED);
	txn_free(&r);
	options.refuse_simulated = false;
	txn_acquire(&simulated, &options, &r);
	ck_assert_int_eq(r.error, 0);
	ck_assert(tee_claims_simulated(tee_key_claims(r.key)));
	txn_free(&r);
}
END_TEST

START_TEST(caller_requires_tee)
{
	static const struct script local = { .assurance = "local",
		.keystore = LOCAL_KEY };
	struct tee_options options = { .size = sizeof(options),
		.require_tee = true };

	ck_assert_int_eq(txn_open(&local, &options, &r), TEE_E_PROFILE);
	ck_assert(trace_has(&r.trace, kit_path("agent.conf"),
	    "the caller requires assurance \"tee\""));
	ck_assert_int_eq(txn_open(&sound, &options, &r), 0);
	txn_free(&r);
	options.size--;
	ck_assert_int_eq(txn_open(&sound, &options, &r), TEE_E_ARGUMENT);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_test(tcase, requirements);
	tcase_add_test(tcase, meet_decides);
	tcase_add_test(tcase, tcb_by_component);
	tcase_add_test(tcase, shortest_lifetime);
	tcase_add_test(tcase, caller_level);
	tcase_add_test(tcase, caller_only_tightens);
	tcase_add_test(tcase, caller_refuses_simulated);
	tcase_add_test(tcase, caller_requires_tee);
}

int
main(void)
{
	return txn_main("transaction_floor", add);
}
