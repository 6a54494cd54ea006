/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_maa_server: MAA as a server of the test that answers what it is
 * told, with a soft TPM beside it; and lines of that endpoint.
 */
#ifndef TESTLIB_MAA_SERVER_H
#define TESTLIB_MAA_SERVER_H

#include "tests/testlib_http.h"
#include "tests/testlib_maa.h"

#define MAA_SNP "/attest/SevSnpVm?api-version=2022-08-01"
#define MAA_GUEST_URL "/attest/AzureGuest?api-version=2020-10-01"

extern struct http_server *maa_server;
extern uint8_t maa_pin[32]; /* of the CA that its certificate is from */

/* A fixture; the keys of testlib_maa are open. */
void maa_set_up(void);
void maa_tear_down(void);
/* Good evidence, and a token about it that this server would issue. */
void maa_serve_start(struct maa_scene *, enum maa_shape);
/* The server gives this answer, which becomes its own, and these keys. */
void maa_serve(struct maa_scene *, unsigned status, char *body,
    unsigned keys_status, const char *keys);
/* {"token": text}. */
char *maa_in_token(const char *text);
/* It gives the scene's token and keys. */
void maa_serve_token(struct maa_scene *);
/* A line that asks it, with more options; and one judgement by it. */
struct azure_maa *maa_server_line(const char *more);
struct tee_claims *maa_server_judge(struct maa_scene *, const char *more);
/* Whether the judgement left that item. */
bool maa_left(const struct maa_scene *, const char *type);
unsigned maa_asked(const char *url);

#endif
