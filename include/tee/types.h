/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tee/types.h: the words that applications and modules share.  Every
 * enumeration puts its least trusting value at zero, so memory that nobody
 * filled in never grants anything.  Words follow RFC 9334 and ADR 0010.
 */
#ifndef TEE_TYPES_H
#define TEE_TYPES_H

#include <stddef.h>
#include <stdint.h>

#define TEE_BINDING_SIZE 32    /* SHA-256, ADR 0010 "canonical binding" */
#define TEE_PUBLIC_KEY_SIZE 32 /* Ed25519, RFC 8032 */
#define TEE_SEED_SIZE 32
#define TEE_SIGNATURE_SIZE 64
#define TEE_SPKI_DIGEST_SIZE 32 /* SHA-256 of a SubjectPublicKeyInfo */

/*
 * What one line of a stack, or a whole stack, answers.  TEE_OK is an odd
 * constant that neither zeroed memory nor `return 1` can produce; any value
 * that is not listed here is a deny.
 */
enum tee_verdict {
	TEE_DENY = 0,             /* asked, and the answer is no */
	TEE_UNAVAILABLE = 0x2c6a, /* could not be asked */
	TEE_OK = 0x5a3d17         /* asked, and the answer is yes */
};

/* What became of one named check of a verifier. */
enum tee_check_result {
	TEE_CHECK_FAIL = 0,
	TEE_CHECK_NOT_DONE = 1,  /* a grant needs it: no grant */
	TEE_CHECK_NOT_ASKED = 2, /* nobody named a value for it */
	TEE_CHECK_PASS = 0x1b
};

/* ADR 0010 "key origin"; wire words `local`, `skr`, `tee_generated`. */
enum tee_key_origin {
	TEE_ORIGIN_LOCAL = 0,
	TEE_ORIGIN_SKR,
	TEE_ORIGIN_GENERATED
};

/* AgentMesh ConfidentialLevel, weakest first. */
enum tee_confidential_level {
	TEE_LEVEL_STANDARD = 0,
	TEE_LEVEL_SECURE_BOOT,
	TEE_LEVEL_TEE_VM,
	TEE_LEVEL_TEE_CONTAINER,
	TEE_LEVEL_TEE_HARDWARE
};

enum tee_tcb_status {
	TEE_TCB_UNKNOWN = 0,
	TEE_TCB_OUT_OF_DATE,
	TEE_TCB_UP_TO_DATE
};

/* The three facilities of a profile; a bit each, for option tables. */
enum tee_facility {
	TEE_COLLECTOR = 1,
	TEE_VERIFIER = 2,
	TEE_KEYSTORE = 4,
	TEE_CACHE = 8
};

#if defined(__GNUC__)
#define TEE_EXPORT __attribute__((visibility("default")))
#define TEE_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define TEE_MUST_USE __attribute__((warn_unused_result))
#else
#define TEE_EXPORT
#define TEE_PRINTF(f, a)
#define TEE_MUST_USE
#endif

#endif
