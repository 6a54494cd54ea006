/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the lines of one transaction leave for each other: items that a
 * preparing keystore, a collector or a verifier puts, in the order of events;
 * private ones that no peer ever sees; the DID; and a keystore that stands on
 * a simulator's root.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libtee/transaction.h"
#include "tests/test_transaction_kit.h"

static struct result r;

#define SOUND OK " level = 'tee_vm'; debug = false; "
#define ROOT "9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f"
#define SIMULATED "allow_simulated = true; roots = ['" ROOT "'];"

struct row {
	const char *name;
	struct script script;
	int error;
};

#define ROW(name, c, v, k, error) \
	{ \
		name, \
		    { "tee", NULL, LINE("mock", OK c), \
			    LINE("mocktee", SOUND v), LINE("mocktee", OK k) }, \
		    error \
	}

static void
run(const struct row *row)
{
	txn_acquire(&row->script, NULL, &r);
	ck_assert_msg(r.error == row->error, "%s gives %d:\n%s", row->name,
	    r.error, r.trace.text);
	txn_free(&r);
}

/* keystore's prepare, collector, verifier, keystore's release. */
START_TEST(handed_on)
{
	static const struct row rows[] = {
		ROW("prepare to collector", "need = 'a.b';", "",
		    "put = 'a.b'; "
		    "release = 'unavailable';",
		    TEE_E_UNAVAILABLE),
		ROW("prepare to collector, missing", "need = 'a.c';", "",
		    "put = 'a.b'; release = 'unavailable';", TEE_E_DENIED),
		ROW("collector to verifier", "put = 'a.b';", "need = 'a.b';",
		    "", 0),
		ROW("verifier to nobody before it", "need = 'a.b';",
		    "put = 'a.b';", "", TEE_E_DENIED),
		ROW("a type that is there", "put = 'a.b';", "put = 'a.b';", "",
		    TEE_E_DENIED),
		ROW("releasing, it puts no more", "", "", "put = 'a.b';",
		    TEE_E_DENIED),
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(&rows[i]);
}
END_TEST

/* What a verifier obtained goes with the evidence; private items do not. */
START_TEST(shown_to_peers)
{
	static const struct script script = { "tee", NULL,
		LINE("mock", OK "put = 'private.note';"),
		LINE("mocktee",
		    SOUND "need = 'private.note'; put = 'm.token';"),
		TEE_KEY };

	txn_acquire(&script, NULL, &r);
	ck_assert_msg(r.error == 0, "%s", r.trace.text);
	ck_assert_ptr_nonnull(tee_evidence_item(r.key->evidence, "m.token"));
	ck_assert_ptr_nonnull(
	    tee_evidence_item(r.key->evidence, "mock.report"));
	ck_assert_ptr_null(tee_evidence_item(r.key->evidence, "private.note"));
	txn_free(&r);
}
END_TEST

/* A peer may not leave notes for our own lines either. */
START_TEST(private_from_outside)
{
	static const struct {
		const char *type;
		bool accepted;
	} rows[] = { { "mock.note", true }, { "private.note", false },
		{ "privately.noted", true } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tee_evidence *e = tee_evidence_new(), *back = NULL;
		struct tee_challenge c = { "c", 1, "n", 1 };
		uint8_t hash[32] = { 1 };
		char *json = NULL;

		ck_assert_int_eq(tee_evidence_bind(e,
				     (struct tee_bytes){ "did:x", 5 }, &c,
				     hash),
		    0);
		ck_assert_int_eq(tee_evidence_put(e, rows[i].type, "x", 1), 0);
		e->platform = strdup("mock");
		e->issued = TEE_SECOND;
		e->expires = 2 * TEE_SECOND;
		ck_assert_int_eq(tee_evidence_to_json(e, &json), 0);
		ck_assert_msg((tee_evidence_from_json(json, strlen(json),
				   &back) == 0) == rows[i].accepted,
		    "%s", rows[i].type);
		free(json);
		tee_evidence_free(&back);
		tee_evidence_free(&e);
	}
}
END_TEST

/* "auto": known once the key is; the kit's key gives this DID. */
START_TEST(whose)
{
	static const struct row rows[] = {
		ROW("verifier, another", "", "did = 'did:mesh:0';", "",
		    TEE_E_DENIED),
		ROW("prepare does not know yet", "", "", "did = 'auto';",
		    TEE_E_DENIED),
	};
	char good[256];
	struct row known = ROW("known", "", "", "", 0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(&rows[i]);
	txn_acquire(&known.script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	snprintf(good, sizeof(good),
	    "{ control = 'required'; module = 'mocktee'; options = { " SOUND
	    "did = '%.*s'; }; }",
	    (int)r.key->standing.did_size, r.key->standing.did);
	txn_free(&r);
	known.script.verifier = good;
	run(&known);
}
END_TEST

/* The claims say so, and a profile that names no such root gets nothing. */
START_TEST(simulated_keystore)
{
	struct script script = { "tee", SIMULATED, REPORT,
		LINE("mocktee", SOUND),
		LINE("mocktee", OK "root = '" ROOT "';") };

	txn_acquire(&script, NULL, &r);
	ck_assert_msg(r.error == 0, "%s", r.trace.text);
	ck_assert(r.key->claims->simulated);
	ck_assert_ptr_nonnull(
	    strstr(txn_event(&r.trace, "GRANT"), "simulated=true"));
	txn_free(&r);
	script.require = NULL;
	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, TEE_E_DENIED);
	txn_free(&r);
	script.require = SIMULATED;
	script.keystore = TEE_KEY;
	txn_acquire(&script, NULL, &r);
	ck_assert_int_eq(r.error, 0);
	ck_assert(!r.key->claims->simulated);
	txn_free(&r);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, handed_on);
	tcase_add_test(t, shown_to_peers);
	tcase_add_test(t, private_from_outside);
	tcase_add_test(t, whose);
	tcase_add_test(t, simulated_keystore);
}

int
main(void)
{
	return txn_main("items", add);
}
