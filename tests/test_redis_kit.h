/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_kit: a real Redis that the test starts in a folder of its own, relying
 * parties ("hosts") that share it, and one peer whom they meet.
 */
#ifndef TESTS_TEST_REDIS_KIT_H
#define TESTS_TEST_REDIS_KIT_H

#include "libtee/trust/trust.h"
#include "tests/test_handshake_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct host {
	struct tee *tee;
	struct tee_key *key;
	struct tee_trust *trust;
};

/* The folder's files; fixed from rk_begin on. */
extern char rk_folder[64], rk_socket[96];
extern struct hs_scene rk_scene;

/* 77 where there is no redis-server, or this kernel keeps no keys. */
int rk_main(const char *name, void (*add)(TCase *));

/* More of the server's own options, NULL at the end, or NULL. */
void rk_start(const char *const *more);
void rk_stop(void);
/* Runs redis-cli; its first line is copied to `out`. */
void rk_command(const char *command, char *out, size_t size);
/* A process that accepts there and runs `serve` for each connection. */
void rk_serve(void (*serve)(int peer));
/* How many connections it accepted. */
unsigned rk_served(void);
pid_t rk_server(void);

/* A file of the folder; its path, a static buffer. */
const char *rk_file(const char *name, const char *text, mode_t mode);
/* The cache's options, after which all hosts open the profile so. */
void rk_options(const char *fmt, ...) TEE_PRINTF(1, 2);
void rk_timeout(const char *timeout);
/* TEE_E_*; where it opens it is closed again. */
int rk_open(void);

void host_open(struct host *);
/* Under another's key (NULL: none) than its own; TEE_E_*. */
int host_open_trust(struct host *, const struct tee_key *);
void host_close(struct host *);
/* Verifies the meeting's response; whether somebody had before. */
bool host_knew(struct host *);
void meet_somebody(void);

double rk_seconds(void);
void rk_wait(unsigned ms);
bool rk_said(const char *words);
unsigned rk_times(const char *words);

#endif
