/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forms: what surrounds a transaction, for information: the binding, the
 * evidence's JSON both ways, a key's way into the keyring and out of it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <tee/tee.h>

#include "bench/bench.h"
#include "libtee/evidence.h"
#include "libtee/keyring.h"
#include "libtee/signer.h"

#define DID "did:mesh:0123456789abcdef0123456789abcdef"
#define ID "challenge_0123456789abcdef"
#define NONCE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"
#define REPORT 1184
#define CERTS 6000 /* an SNP chain in PEM */

struct forms {
	struct tee_challenge challenge;
	struct tee_evidence *evidence;
	char *json;
	uint8_t seed[TEE_SEED_SIZE];
	uint8_t key[TEE_PUBLIC_KEY_SIZE];
};

static void
binding(void *data)
{
	struct forms *f = data;
	uint8_t out[TEE_BINDING_SIZE];

	bench_must(tee_binding(DID, strlen(DID), &f->challenge, f->key, out) ==
		0,
	    "tee_binding");
}

static void
to_json(void *data)
{
	struct forms *f = data;
	char *json;

	bench_must(tee_evidence_to_json(f->evidence, &json) == 0,
	    "tee_evidence_to_json");
	free(json);
}

static void
from_json(void *data)
{
	struct forms *f = data;
	struct tee_evidence *e;

	bench_must(tee_evidence_from_json(f->json, strlen(f->json), &e) == 0,
	    "tee_evidence_from_json");
	tee_evidence_free(&e);
}

static void
custody(void *data)
{
	struct forms *f = data;
	struct tee_custody_spec spec = { .description = "tee:local:bench:" DID,
		.profile = "bench",
		.seed = f->seed,
		.public_key = f->key,
		.lifetime = 60,
		.operators = (gid_t)-1 };
	struct tee_custody *c;

	bench_must(tee_custody_store(&spec, &c) == 0, "tee_custody_store");
	tee_custody_free(&c);
}

static void
prepare(struct forms *f)
{
	static uint8_t bytes[CERTS];
	struct tee_evidence *e = tee_evidence_new();
	struct tee_bytes did = { DID, strlen(DID) };
	uint8_t hash[32] = { 1 };

	f->challenge =
	    (struct tee_challenge){ ID, strlen(ID), NONCE, strlen(NONCE) };
	memset(f->seed, 's', sizeof(f->seed));
	bench_must(tee_signer_public(f->seed, f->key) == 0, "public key");
	bench_must(e != NULL &&
		tee_evidence_put(e, "snp.report", bytes, REPORT) == 0 &&
		tee_evidence_put(e, "snp.certs", bytes, CERTS) == 0 &&
		tee_evidence_bind(e, did, &f->challenge, hash) == 0,
	    "evidence");
	e->platform = strdup("amd-sev-snp");
	e->issued = tee_clock_now();
	e->expires = e->issued + 300 * TEE_SECOND;
	f->evidence = e;
	bench_must(tee_evidence_to_json(e, &f->json) == 0, "JSON");
}

int
main(void)
{
	static struct forms f;
	const struct bench list[] = {
		{ "binding", 0, 100, 500, binding, NULL, &f },
		{ "evidence_to_json", 0, 100, 50, to_json, NULL, &f },
		{ "evidence_from_json", 0, 100, 50, from_json, NULL, &f },
		{ "keyring_store_and_invalidate", 0, 50, 20, custody, NULL,
		    &f },
	};

	bench_pin();
	prepare(&f);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		bench_run(&list[i]);
	free(f.json);
	tee_evidence_free(&f.evidence);
	return 0;
}
