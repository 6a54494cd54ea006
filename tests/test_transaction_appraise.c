/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tee_attest and tee_appraise: an agent answers a challenge, a relying party
 * judges the answer as it came over the wire, and every mismatch is refused
 * with its own reason.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/evidence.h"
#include "tests/test_transaction_kit.h"

static const struct script agent = { "tee", NULL, REPORT, TEE_VERIFIER_LINE,
	TEE_KEY };
static const struct script peer = { "tee", "max_age = '1m';", NULL,
	TEE_VERIFIER_LINE, NULL };
static const struct tee_challenge asked = { "challenge_1", 11, "nonce-1", 7 };
static const struct tee_challenge other_id = { "challenge_2", 11, "nonce-1",
	7 };
static const struct tee_challenge other_nonce = { "challenge_1", 11, "nonce-2",
	7 };

static struct result a, p;
static struct tee_evidence *evidence;
static uint8_t key[TEE_PUBLIC_KEY_SIZE];

/* Over the wire and back. */
static struct tee_evidence *
carry(struct tee_evidence *from)
{
	struct tee_evidence *to = NULL;
	char *json = NULL;

	ck_assert_int_eq(tee_evidence_to_json(from, &json), 0);
	ck_assert_int_eq(tee_evidence_from_json(json, strlen(json), &to), 0);
	tee_evidence_free(&from);
	free(json);
	return to;
}

static void
set_up(void)
{
	txn_acquire(&agent, NULL, &a);
	ck_assert_int_eq(a.error, 0);
	tee_key_public(a.key, key);
	ck_assert_int_eq(tee_attest(a.tee, a.key, &asked, &evidence), 0);
	evidence = carry(evidence);
	ck_assert_int_eq(txn_open(&peer, NULL, &p), 0);
}

static void
tear_down(void)
{
	tee_evidence_free(&evidence);
	txn_free(&a);
	txn_free(&p);
}

/* Denied with that reason, and with claims that grant nothing. */
static void
refused(const struct tee_expected *expected, const char *reason,
    const char *detail)
{
	struct tee_claims *claims = NULL;
	const char *event;
	int error;

	memset(&p.trace, 0, sizeof(p.trace));
	error = tee_appraise(p.tee, evidence, expected, &claims);
	event = txn_event(&p.trace, "DENY");
	ck_assert_msg(error == TEE_E_DENIED, "%s gives %d", detail, error);
	ck_assert_msg(event != NULL && strstr(event, "call=appraise ") &&
		strstr(event, reason) && strstr(event, detail),
	    "expected %s %s in %s", reason, detail, p.trace.text);
	ck_assert_ptr_nonnull(claims);
	ck_assert_str_eq(tee_claims_verdict(claims), "deny");
	ck_assert_int_eq(tee_claims_key_origin(claims), TEE_ORIGIN_LOCAL);
	tee_claims_free(&claims);
}

static void
accepted(const struct tee_expected *expected)
{
	struct tee_claims *claims = NULL;

	memset(&p.trace, 0, sizeof(p.trace));
	ck_assert_msg(tee_appraise(p.tee, evidence, expected, &claims) == 0,
	    "%s", p.trace.text);
	ck_assert_str_eq(tee_claims_verdict(claims), "ok");
	tee_claims_free(&claims);
}

START_TEST(as_asked)
{
	struct tee_expected x = { .challenge = &asked };
	size_t size;

	accepted(&x);
	x.did = tee_key_did(a.key, &size);
	x.did_size = size;
	x.public_key = key;
	accepted(&x);
}
END_TEST

START_TEST(expectations)
{
	uint8_t other[TEE_PUBLIC_KEY_SIZE] = { 1 };
	struct tee_expected x = { .challenge = &other_id };

	refused(&x, "reason=evidence.expected", "another challenge");
	x.challenge = &other_nonce;
	refused(&x, "reason=evidence.expected", "another nonce");
	x.challenge = &asked;
	x.did = "did:mesh:other";
	x.did_size = 14;
	refused(&x, "reason=evidence.expected", "another DID");
	x.did = NULL;
	x.public_key = other;
	refused(&x, "reason=evidence.expected", "another public key");
	x.public_key = key;
	accepted(&x);
}
END_TEST

/* A prefix is another value. */
START_TEST(lengths)
{
	struct tee_challenge shorter = asked;
	struct tee_expected x = { .challenge = &shorter };
	size_t size;

	shorter.nonce_size--;
	refused(&x, "reason=evidence.expected", "another nonce");
	shorter = asked;
	shorter.id_size--;
	refused(&x, "reason=evidence.expected", "another challenge");
	shorter = asked;
	x.did = tee_key_did(a.key, &size);
	x.did_size = size - 1;
	refused(&x, "reason=evidence.expected", "another DID");
}
END_TEST

START_TEST(unsolicited)
{
	struct tee_expected x = { .unsolicited = false };

	refused(NULL, "reason=evidence.expected", "no challenge");
	refused(&x, "reason=evidence.expected", "no challenge");
	x.unsolicited = true;
	accepted(&x);
	/* It waives the challenge only where none was given. */
	x.challenge = &other_nonce;
	refused(&x, "reason=evidence.expected", "another nonce");
}
END_TEST

START_TEST(times)
{
	struct tee_expected x = { .challenge = &asked };
	time_t now = (time_t)(evidence->issued / TEE_SECOND);

	x.at = now + 59;
	accepted(&x);
	x.at = now + 62;
	refused(&x, "reason=evidence.max_age", "max_age");
	x.at = now + 302;
	refused(&x, "reason=evidence.expired", "expires_at has passed");
	x.at = now - 58;
	accepted(&x);
	x.at = now - 62;
	refused(&x, "reason=evidence.future", "timestamp");
}
END_TEST

/* Items measured for one challenge, presented with another's inputs. */
START_TEST(transplanted_items)
{
	struct tee_expected x = { .challenge = &other_nonce };
	struct tee_evidence *e = tee_evidence_new();
	const struct tee_item *item =
	    tee_evidence_item(evidence, "mock.report");

	ck_assert_ptr_nonnull(item);
	ck_assert_int_eq(tee_evidence_put(e, item->type, item->data,
			     item->size),
	    0);
	ck_assert_int_eq(tee_evidence_bind(e, tee_evidence_did(evidence),
			     &other_nonce, evidence->key_hash),
	    0);
	e->platform = strdup("mock");
	e->issued = evidence->issued;
	e->expires = evidence->expires;
	tee_evidence_free(&evidence);
	evidence = carry(e);
	refused(&x, "reason=", "");
	ck_assert(trace_has(&p.trace, "tee txn=", "verdict=deny"));
}
END_TEST

START_TEST(flipped_bit)
{
	struct tee_expected x = { .challenge = &asked };

	evidence->items[0].data[31] ^= 1;
	evidence = carry(evidence);
	refused(&x, "reason=", "");
	evidence->items[0].data[31] ^= 1;
	evidence = carry(evidence);
	accepted(&x);
}
END_TEST

static enum tee_key_origin
origin_by(const char *require, const char *verifier)
{
	struct tee_expected x = { .challenge = &asked };
	struct script script = { "tee", require, NULL, verifier, NULL };
	struct tee_claims *claims = NULL;
	enum tee_key_origin origin;

	txn_free(&p);
	ck_assert_msg(txn_open(&script, NULL, &p) == 0, "%s", p.trace.text);
	ck_assert_int_eq(tee_appraise(p.tee, evidence, &x, &claims), 0);
	origin = tee_claims_key_origin(claims);
	ck_assert_int_eq(tee_claims_key_bound(claims),
	    origin != TEE_ORIGIN_LOCAL);
	tee_claims_free(&claims);
	return origin;
}

static enum tee_key_origin
appraised_origin(const char *require)
{
	return origin_by(require, LINE("mocktee", GOOD "measurement = 'm1';"));
}

/*
 * Where the key came from is the peer's own word: it counts only from a
 * guest that is pinned, for an origin that is named.
 */
START_TEST(origin_needs_a_pin)
{
	ck_assert_int_eq(evidence->key_origin, TEE_ORIGIN_GENERATED);
	ck_assert_int_eq(appraised_origin(""), TEE_ORIGIN_LOCAL);
	ck_assert_int_eq(appraised_origin("measurements = { launch = [ "
					  "'6d31' ]; };"),
	    TEE_ORIGIN_LOCAL);
	ck_assert_int_eq(appraised_origin(
			     "measurements = { launch = [ "
			     "'6d31' ]; }; key_origin = [ 'tee_generated' ];"),
	    TEE_ORIGIN_GENERATED);
}
END_TEST

/* What the guest was launched with decides what it runs. */
START_TEST(origin_needs_host_data)
{
#define ORIGIN(more) \
	"measurements = { launch = [ '6d31' ]; " more "}; " \
	"key_origin = [ 'tee_generated' ];"
	static const char line[] =
	    LINE("mocktee", GOOD "measurement = 'm1'; host_data = 'h1';");
	struct tee_expected x = { .challenge = &asked };
	struct script script = { "tee", ORIGIN(""), NULL, line, NULL };

	txn_free(&p);
	ck_assert_msg(txn_open(&script, NULL, &p) == 0, "%s", p.trace.text);
	refused(&x, "reason=floor.key_origin", "local");
	ck_assert_int_eq(origin_by(ORIGIN("host_data = [ '6831' ]; "), line),
	    TEE_ORIGIN_GENERATED);
}
END_TEST

START_TEST(origin_not_established)
{
	struct tee_expected x = { .challenge = &asked };
	struct script script = peer;

	txn_free(&p);
	script.require = "key_origin = [ 'tee_generated' ];";
	ck_assert_int_eq(txn_open(&script, NULL, &p), 0);
	refused(&x, "reason=floor.key_origin", "local");
}
END_TEST

START_TEST(outage)
{
	struct tee_expected x = { .challenge = &asked };
	struct script script = peer;
	struct tee_claims *claims = NULL;

	txn_free(&p);
	script.verifier = LINE("mocktee", "verdict = 'unavailable';");
	ck_assert_int_eq(txn_open(&script, NULL, &p), 0);
	ck_assert_int_eq(tee_appraise(p.tee, evidence, &x, &claims),
	    TEE_E_UNAVAILABLE);
	ck_assert_str_eq(tee_claims_verdict(claims), "unavailable");
	tee_claims_free(&claims);
}
END_TEST

/* An agent that cannot measure gives no evidence at all. */
START_TEST(attest_fails_closed)
{
	static const struct {
		const char *collector;
		int error;
	} rows[] = {
		{ LINE("mock", ""), TEE_E_DENIED },
		{ LINE("mock", "verdict = 'unavailable';"), TEE_E_UNAVAILABLE },
		{ LINE("mock", "verdict = 'garbage';"), TEE_E_DENIED },
	};
	struct tee_evidence *none = NULL;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct script script = agent;

		script.collector = rows[i].collector;
		txn_free(&p);
		ck_assert_int_eq(txn_open(&script, NULL, &p), 0);
		ck_assert_int_eq(tee_attest(p.tee, a.key, &asked, &none),
		    rows[i].error);
		ck_assert_ptr_null(none);
		ck_assert_ptr_nonnull(
		    strstr(txn_event(&p.trace, "DENY"), "call=attest "));
	}
}
END_TEST

START_TEST(attest_inputs)
{
	struct tee_challenge bad[] = { { "", 0, "n", 1 }, { "c", 1, "", 0 },
		{ "\xff", 1, "n", 1 }, { "c", 1, "\xc0\x80", 2 } };
	struct tee_evidence *none = NULL;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(tee_attest(a.tee, a.key, &bad[i], &none),
		    TEE_E_BINDING);
		ck_assert_ptr_null(none);
	}
	ck_assert_int_eq(tee_attest(a.tee, a.key, NULL, &none), TEE_E_ARGUMENT);
}
END_TEST

/* expires_at is the peer's own word: max_age ends what rests on it. */
START_TEST(lifetime_is_not_the_peers)
{
	struct tee_expected x = { .challenge = &asked };
	time_t now = (time_t)(tee_clock_now() / TEE_SECOND);
	struct tee_claims *claims = NULL;

	evidence->expires = TEE_INSTANT_MAX;
	ck_assert_int_eq(tee_appraise(p.tee, evidence, &x, &claims), 0);
	ck_assert_int_ge(claims->expires, now);
	ck_assert_int_le(claims->expires, now + 61);
	tee_claims_free(&claims);
	/* A clock that is ahead by less than is allowed lends nothing. */
	evidence->issued += 50 * TEE_SECOND;
	ck_assert_int_eq(tee_appraise(p.tee, evidence, &x, &claims), 0);
	ck_assert_int_le(claims->expires, now + 61);
	tee_claims_free(&claims);
}
END_TEST

/* Times that no calendar has are refused before they are multiplied. */
START_TEST(times_out_of_range)
{
	static const time_t rows[] = { -1, INT64_MAX, INT64_MIN,
		(time_t)(INT64_MAX / TEE_SECOND) + 1, 253402300800 };
	struct tee_expected x = { .challenge = &asked };
	struct tee_inspection in = { .verifier = "mock" };
	struct tee_claims *claims = NULL;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		x.at = in.at = rows[i];
		ck_assert_int_eq(tee_appraise(p.tee, evidence, &x, &claims),
		    TEE_E_ARGUMENT);
		ck_assert_int_eq(tee_inspect(&in, NULL, &claims),
		    TEE_E_ARGUMENT);
		ck_assert_ptr_null(claims);
	}
}
END_TEST

/* A key without a platform: the reason says so. */
START_TEST(attest_without_collector)
{
	static const struct script local = { .assurance = "local",
		.keystore = LOCAL_KEY };
	struct tee_evidence *none = NULL;
	static struct result l;

	txn_acquire(&local, NULL, &l);
	ck_assert_int_eq(l.error, 0);
	ck_assert_int_eq(tee_attest(l.tee, l.key, &asked, &none), TEE_E_DENIED);
	ck_assert_ptr_nonnull(
	    strstr(txn_event(&l.trace, "DENY"), "reason=no_collector"));
	txn_free(&l);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, as_asked);
	tcase_add_test(tcase, expectations);
	tcase_add_test(tcase, lengths);
	tcase_add_test(tcase, unsolicited);
	tcase_add_test(tcase, times);
	tcase_add_test(tcase, transplanted_items);
	tcase_add_test(tcase, flipped_bit);
	tcase_add_test(tcase, origin_needs_a_pin);
	tcase_add_test(tcase, origin_needs_host_data);
	tcase_add_test(tcase, origin_not_established);
	tcase_add_test(tcase, outage);
	tcase_add_test(tcase, attest_fails_closed);
	tcase_add_test(tcase, attest_inputs);
	tcase_add_test(tcase, lifetime_is_not_the_peers);
	tcase_add_test(tcase, times_out_of_range);
	tcase_add_test(tcase, attest_without_collector);
}

int
main(void)
{
	return txn_main("transaction_appraise", add);
}
