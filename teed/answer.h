/* SPDX-License-Identifier: Apache-2.0 */
/* answer: what the files that answer clients share. */
#ifndef TEED_ANSWER_H
#define TEED_ANSWER_H

#include "teed/service.h"

uint64_t teed_nanoseconds(void);

/* Why there is no key, or which there is. */
void teed_refuse_absence(struct teed_service *, struct teed_client *,
    const struct tee_wire *);
void teed_answer_key(struct teed_service *, struct teed_client *,
    const struct tee_wire *);
/* The kernel says that it is over: by an operator's hand, or by time. */
void teed_answer_lost(struct teed_service *, int error);

/* ask.c */
void teed_ask_lease(struct teed_service *, struct teed_client *,
    const struct tee_wire *);
void teed_ask_attest(struct teed_service *, struct teed_client *,
    const struct tee_wire *);

/* answer_ssh.c: what an ssh-agent's client sent; see client.h, `bytes`. */
ssize_t teed_answer_ssh(struct teed_client *, const uint8_t *bytes,
    size_t size);

#endif
