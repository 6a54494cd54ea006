/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz: what every target shares.  A target states properties, not only that
 * it does not crash; libFuzzer feeds it, or replay.c feeds it the seeds.
 */
#ifndef TEE_FUZZ_H
#define TEE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The target's name, and the folder of its seeds. */
extern const char fuzz_target[];

/*
 * Whether the last input was taken: a seed good-* must be, bad-* must not.
 * So a parser that refuses everything does not pass for a safe one.
 */
extern bool fuzz_accepted;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that does not hold is a finding. */
void fuzz_must(bool holds, const char *property);

/* Reads every byte, so that a pointer beyond its buffer is noticed. */
void fuzz_touch(const void *data, size_t size);

/* A copy with a terminating NUL; free(3) it. */
char *fuzz_string(const uint8_t *data, size_t size);

#endif
