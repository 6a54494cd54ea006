/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registration: the document with which an agent enters a registry: its DID,
 * its public key, the evidence that binds the two to a platform, and a proof
 * that whoever wrote it can sign with that key.  teectl(1) has the format.
 */
#ifndef TEECTL_REGISTRATION_H
#define TEECTL_REGISTRATION_H

#include <stdbool.h>
#include <jansson.h>
#include <tee/tee.h>

struct registration {
	json_t *root; /* borrowed */
	const char *did;
	size_t did_size;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	struct tee_evidence *evidence;
};

/* 0 or a TEE_E_* code; *out is the reader's to json_decref. */
int registration_make(const struct tee_key *, const struct tee_evidence *,
    json_t **out);
/* Does this JSON say that it is one?  What it is worth comes after. */
bool registration_is(const json_t *);
/* False, and why, where a member is missing or malformed. */
bool registration_read(json_t *, struct registration *, const char **why);
/* The signature is the public key's, over DID, key and evidence. */
bool registration_proves(const struct registration *);
void registration_clear(struct registration *);

#endif
