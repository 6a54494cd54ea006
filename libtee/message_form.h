/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_form: the forms of message.h, each read to its last byte, and the
 * position in a message that they share.
 */
#ifndef LIBTEE_MESSAGE_FORM_H
#define LIBTEE_MESSAGE_FORM_H

#include "libtee/message.h"

/* Once something did not fit, `bad` stays set and nothing fits any more. */
struct tee_part {
	const uint8_t *p;
	size_t left;
	bool bad;
};
/* The next bytes, or NULL. */
const uint8_t *tee_part_take(struct tee_part *, size_t size);
bool tee_part_exactly(struct tee_part *, const void *bytes, size_t size);

bool tee_form_is_handshake(const struct tee_message_key *,
    const uint8_t *message, size_t size);
bool tee_form_is_layer2(const struct tee_message_key *, const uint8_t *preimage,
    size_t size);
bool tee_form_is_registration(const struct tee_message_key *,
    const uint8_t *message, size_t size);
bool tee_form_is_sshsig(const char *namespace, const uint8_t *message,
    size_t size);
bool tee_form_is_ssh(const struct tee_message_key *, const uint8_t *message,
    size_t size);
bool tee_form_is_jws(const uint8_t *message, size_t size);

#endif
