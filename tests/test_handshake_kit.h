/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshake_kit: an agent whose seed is known, so that it can sign whatever a
 * row wants, honest or not; the relying parties that it meets; and one
 * meeting of the two, stage by stage.
 *
 *   recipe    what the agent is going to sign, changed before signing
 *   response  what went over the wire, changed after signing
 */
#ifndef TESTS_TEST_HANDSHAKE_KIT_H
#define TESTS_TEST_HANDSHAKE_KIT_H

#include <jansson.h>
#include <tee/trust.h>

#include "libtee/trust/challenge.h"
#include "tests/test_transaction_kit.h"

#define HS_VERIFIER "did:mesh:verifier-1"
#define HS_PROFILE(assurance, require, options) \
	{ \
		assurance, require, NULL, \
		    LINE("mocktee", \
			"level = 'tee_vm'; debug = false; " \
			"tcb_status = 'up_to_date'; " \
			"measurement = 'golden'; " options), \
		    NULL \
	}
/* 676f6c64656e: "golden" in hex. */
#define HS_PINNED \
	"max_age = '5m'; key_origin = ['skr']; " \
	"measurements = { launch = ['676f6c64656e']; };"
#define HS_UNPINNED "max_age = '5m';"

enum hs_shape {
	HS_NONE = 0,  /* no evidence */
	HS_CHALLENGE, /* bound to this handshake's challenge */
	HS_ACQUIRED,  /* bound to a challenge of its own */
	HS_STARTUP    /* upstream's binding_hash */
};

struct hs_keys {
	uint8_t seed[TEE_SEED_SIZE];
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	char did[42];
};

struct hs_recipe {
	/* What the identity key signs. */
	const uint8_t *seed;
	const char *did;
	struct trust_challenge asked;
	char response_nonce[33];
	/* What the evidence is bound to, and what the hardware reports. */
	enum hs_shape shape;
	struct trust_challenge bound;
	const char *evidence_did;
	const uint8_t *evidence_key;
	const char *evidence_origin;
	tee_instant issued;
	tee_instant expires;
	bool no_report;    /* no item a verifier could look at */
	bool other_report; /* the hardware reports another binding */
	/* A member of the evidence after its binding was made. */
	const char *edit;
	json_t *value; /* NULL: the member goes */
	/* What the attestation key signs. */
	const uint8_t *attested_seed;
	const char *verifier;
	struct trust_challenge attested;
	const char *origin;
};

/* One meeting. */
struct hs_scene {
	struct hs_keys agent;
	struct hs_keys other; /* an attacker's own, as good as anybody's */
	struct hs_recipe recipe;
	struct trust_challenge challenge; /* as the verifier keeps it */
	json_t *response;
	char *raw; /* in place of the response's text, where set */
	struct tee_peer peer;
	char did[1100]; /* room for a changed peer.did */
	bool recalled;  /* what is asked last is tee_handshake_recall */
	struct result party;
	struct tee_trust *trust;
	/* Of the last verification. */
	int error;
	struct tee_handshake *handshake;
};

void hs_keys(struct hs_keys *, uint8_t seed_byte);
void hs_sign(const uint8_t seed[TEE_SEED_SIZE], const void *message,
    size_t size, uint8_t signature[TEE_SIGNATURE_SIZE]);

/* options NULL: its own DID and no requirement. */
void hs_open(struct hs_scene *, const struct script *,
    const struct tee_trust_options *);
struct tee_trust_options hs_options(void);
/* A new challenge, an honest recipe, the peer as the registry knows it. */
void hs_begin(struct hs_scene *, enum hs_shape);
/* Signs the recipe into a response. */
void hs_answer(struct hs_scene *);
/* Presents it; the reason, or "" where it was verified. */
const char *hs_verify(struct hs_scene *);
const char *hs_recall(struct hs_scene *);
/* Ends the meeting; the relying party stays. */
void hs_end(struct hs_scene *);
void hs_close(struct hs_scene *);

/* Changes of a response. */
void hs_set(struct hs_scene *, const char *member, json_t *value);
void hs_set_in(struct hs_scene *, const char *member, json_t *value);
void hs_cut(struct hs_scene *, const char *member);
void hs_flip(struct hs_scene *, const char *member, size_t at);

/* The key came from a file, by the recipe. */
void hs_origin_local(struct hs_scene *);
/* A challenge of another session. */
struct trust_challenge hs_another(bool freshness);

#endif
