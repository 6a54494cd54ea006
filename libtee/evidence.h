/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence: a typed bag of items, what they are bound to, and when.  The
 * model knows no JSON; evidence_json.c reads and writes AgentMesh's form.
 */
#ifndef LIBTEE_EVIDENCE_H
#define LIBTEE_EVIDENCE_H

#include "libtee/binding.h"
#include "libtee/clock.h"

#define TEE_ITEM_MAX (1024 * 1024) /* bytes in one item */
#define TEE_ITEMS_MAX 32
#define TEE_EVIDENCE_JSON_MAX (8 * 1024 * 1024)

struct tee_item {
	char *type;
	uint8_t *data;
	size_t size;
};

struct tee_evidence {
	struct tee_item items[TEE_ITEMS_MAX];
	size_t item_count;
	char *platform;
	char *opaque; /* AgentMesh's evidence string where it is not ours */
	char *did;
	size_t did_size;
	char *challenge_id;
	size_t challenge_id_size;
	char *nonce;
	size_t nonce_size;
	uint8_t key_hash[32];
	uint8_t binding[TEE_BINDING_SIZE];
	enum tee_key_origin key_origin; /* asserted, established by nobody */
	bool secure_boot;
	char *measurements; /* JSON object text, asserted likewise */
	tee_instant issued;
	tee_instant expires;
};

struct tee_evidence *tee_evidence_new(void);
int tee_evidence_put(struct tee_evidence *, const char *type, const void *data,
    size_t size) TEE_MUST_USE;
/* "private.": between the lines of one transaction, never on the wire. */
bool tee_evidence_private(const char *type);
void tee_evidence_forget_private(struct tee_evidence *);
/* Forgets every item from number `count` on. */
void tee_evidence_forget(struct tee_evidence *, size_t count);
const struct tee_item *tee_evidence_item(const struct tee_evidence *,
    const char *type);
/* Sets the binding inputs and computes the binding from them. */
int tee_evidence_bind(struct tee_evidence *, struct tee_bytes did,
    const struct tee_challenge *, const uint8_t key_hash[32]) TEE_MUST_USE;
/* Deep; NULL where there is no memory. */
struct tee_evidence *tee_evidence_copy(const struct tee_evidence *);
struct tee_bytes tee_evidence_did(const struct tee_evidence *);

#endif
