/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guestanswer: AzureGuest's encrypted answer.  Base64url of a JSON object: a
 * key that the asker's TPM decrypts (RSAES-PKCS1-v1_5), and under it the token
 * by AES-256-GCM with the additional data "Transport Key".
 */
#ifndef TEE_AZURE_GUESTANSWER_H
#define TEE_AZURE_GUESTANSWER_H

#include <stddef.h>
#include <tee/module.h>

#define AZURE_INNER_MAX 512 /* an RSA-4096 ciphertext */
#define AZURE_ANSWER_WHY 160

/* Decrypts the inner key into `out`, of 256 bytes, which the caller wipes. */
typedef enum tee_verdict azure_unwrap(void *user, const uint8_t *data,
    size_t size, uint8_t *out, size_t *out_size);

/*
 * The token, malloc'd.  TEE_DENY with a sentence in `why` where the answer is
 * malformed or was changed on the way; else what `unwrap` said.
 */
enum tee_verdict tee_azure_guest_answer(const char *text, size_t size,
    azure_unwrap *, void *user, char **token, char why[AZURE_ANSWER_WHY]);

#endif
