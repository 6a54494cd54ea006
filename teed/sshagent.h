/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sshagent: the ssh-agent protocol (draft-ietf-sshm-ssh-agent) for one key,
 * as far as signing goes: which key there is, and signatures by it.  Keys
 * cannot be added, removed or locked; extensions are declined.  Framing
 * alone: no descriptor, no key.
 *
 *	message: length (4), type (1), contents
 */
#ifndef TEED_SSHAGENT_H
#define TEED_SSHAGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEED_SSH_MESSAGE 16384 /* the longest that is taken */
#define TEED_SSH_ANSWER 2048

struct teed_ssh; /* what came of a message that is not whole yet */
struct teed_ssh *teed_ssh_new(void);
void teed_ssh_free(struct teed_ssh **);

enum teed_ssh_kind {
	TEED_SSH_NONSENSE = 0, /* the stream cannot be gone on with */
	TEED_SSH_PART,         /* all was taken, nothing is whole */
	TEED_SSH_LIST,
	TEED_SSH_SIGN,
	TEED_SSH_OTHER /* to be declined */
};

struct teed_ssh_request {
	const uint8_t *key; /* SIGN: the key's blob */
	size_t key_size;
	const uint8_t *data; /* SIGN: what is to be signed */
	size_t size;
	uint32_t flags;
};

/*
 * Takes from *bytes up to one whole message and moves on; what a request
 * points to lives until the next call.
 */
enum teed_ssh_kind teed_ssh_take(struct teed_ssh *, const uint8_t **bytes,
    size_t *size, struct teed_ssh_request *out);

/* The key's blob: "ssh-ed25519" and 32 bytes; 51 bytes in all. */
#define TEED_SSH_BLOB 51
void teed_ssh_blob(const uint8_t public_key[32], uint8_t out[TEED_SSH_BLOB]);

/* Answers, whole; their size.  No key: an empty list. */
size_t teed_ssh_list(const uint8_t *public_key, const char *comment,
    uint8_t out[TEED_SSH_ANSWER]);
size_t teed_ssh_signature(const uint8_t signature[64],
    uint8_t out[TEED_SSH_ANSWER]);
size_t teed_ssh_failure(uint8_t out[TEED_SSH_ANSWER]);

#endif
