/* SPDX-License-Identifier: Apache-2.0 */
/*
 * custodian_kit: a profile that teed would serve, opened as its worker opens
 * it, and what one transaction on it gave.
 */
#ifndef TESTS_TEST_CUSTODIAN_KIT_H
#define TESTS_TEST_CUSTODIAN_KIT_H

#include "libtee/custodian.h"
#include "tests/test_transaction_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROOT "5151515151515151515151515151515151515151515151515151515151515151"
#define DOWN LINE("mock", "verdict = 'unavailable';")
#define FALLS_BACK TRIED("mocktee", OK) ", " TRIED("mock", OK)

extern struct trace trace;
extern uint8_t seed[TEE_SEED_SIZE];
extern struct tee_release got;
extern struct tee *tee;

/* The profile's, of this process alone. */
const char *name(void);
void write_profile(const struct script *);
/* Its path, and the digest of what it is now. */
const char *profile_path(uint8_t digest[32]);
/* With that digest, some bits of it turned. */
int open_as_read(int flip);
int acquire(const struct script *);
void end(void);

bool is_all(const uint8_t *bytes, size_t size, uint8_t value);
/* What this process may see of keys, everybody's descriptions. */
bool kernel_knows(const char *word);
void holds_no_key(void);
/* A claim, or one of the platform's own below it; "" where there is none. */
const char *claim(const char *text, const char *key);

int custodian_main(const char *suite, void (*add)(TCase *));

#endif
