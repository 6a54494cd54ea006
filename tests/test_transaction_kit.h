/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transaction_kit: profiles as short texts, and what one transaction on them
 * gave: its error, its key or claims, its log.
 *
 * Texts are written with 'single' quotes and become double ones, so that a
 * table row reads like the profile it makes.
 */
#ifndef TESTS_TEST_TRANSACTION_KIT_H
#define TESTS_TEST_TRANSACTION_KIT_H

#include "libtee/claims.h"
#include "tests/test_profile_kit.h"

#define LINE(module, options) \
	"{ control = 'required'; module = '" module "'; options = { " options \
	" }; }"
#define TRIED(module, options) \
	"{ control = 'oneof'; group = 'g'; module = '" module \
	"'; options = { " options " }; }"
#define OK "verdict = 'ok';"
/* A platform where nothing is wrong. */
#define REPORT LINE("mock", OK)
#define GOOD OK " level = 'tee_vm'; debug = false; tcb_status = 'up_to_date';"
#define TEE_VERIFIER_LINE LINE("mocktee", GOOD)
#define TEE_KEY LINE("mocktee", OK)
#define LOCAL_KEY LINE("mock", OK)

/* NULL and "" leave a part out. */
struct script {
	const char *assurance;
	const char *require; /* body of the group */
	const char *collector;
	const char *verifier;
	const char *keystore; /* without: a relying party's profile */
};

struct result {
	int error;
	struct trace trace;
	struct tee *tee;
	struct tee_key *key;
};

/* 77 where this kernel or sandbox keeps no keys, else the exit status. */
int txn_main(const char *name, void (*add)(TCase *));

/* Opens the script's profile; the caller's floor is optional. */
int txn_open(const struct script *, const struct tee_options *,
    struct result *);
/* Opens and acquires; free with txn_free. */
void txn_acquire(const struct script *, const struct tee_options *,
    struct result *);
void txn_free(struct result *);

/* The line of an event ("GRANT"), or NULL; a static buffer. */
const char *txn_event(const struct trace *, const char *event);
/* Which stages ran, in order: "keystore collector verifier keystore". */
const char *txn_order(const struct trace *);
/* The check's result word, or "absent". */
const char *txn_check(const struct tee_claims *, const char *name);

#endif
