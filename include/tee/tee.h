/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tee/tee.h: what an application calls.  See libtee(3), tee(7).
 *
 * Every call that can fail returns 0 or one TEE_E_* code (tee_strerror says
 * it, tee_explain says what to try next).  Handles are opaque and freed by
 * their own call, which wipes and NULLs the pointer; freeing NULL is fine.
 * Sizes are bytes, times are seconds since 1970 UTC.  Any thread may use any
 * handle until one of them frees it; nothing is global; nothing is printed.
 */
#ifndef TEE_TEE_H
#define TEE_TEE_H

#include <stdbool.h>
#include <time.h>
#include <tee/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tee;          /* a loaded profile: immutable, shareable */
struct tee_key;      /* a key in custody: signs, cannot be read */
struct tee_evidence; /* typed items and what they are bound to */
struct tee_claims;   /* what appraisal established, check by check */

enum tee_error {
	TEE_E_DENIED = 1,      /* a stack or the floor said no */
	TEE_E_UNAVAILABLE,     /* something could not be asked */
	TEE_E_PROFILE,         /* the profile was refused */
	TEE_E_MODULE,          /* a module was refused */
	TEE_E_ARGUMENT,        /* the caller's arguments do not fit */
	TEE_E_EVIDENCE,        /* the evidence is malformed */
	TEE_E_BINDING,         /* binding inputs do not fit ADR 0010 */
	TEE_E_MEMORY,          /* no memory, or none that can be locked */
	TEE_E_CRYPTO,          /* libcrypto failed */
	TEE_E_SYSTEM,          /* a system call failed unexpectedly */
	TEE_E_KEYRING_DENIED,  /* add_key/keyctl: EPERM (seccomp, LSM) */
	TEE_E_KEYRING_MISSING, /* add_key/keyctl: ENOSYS */
	TEE_E_KEYRING_QUOTA,   /* EDQUOT */
	TEE_E_KEY_EXPIRED,     /* EKEYEXPIRED: the lease is over */
	TEE_E_KEY_REVOKED,     /* EKEYREVOKED */
	TEE_E_KEY_GONE,        /* ENOKEY: invalidated or never there */
	TEE_E_KEY_FOREIGN,     /* EACCES: another process's key (a fork?) */
	TEE_E_MESSAGE,         /* the profile lets no such message be signed */
	TEE_E_LIMIT,           /* too many requests or connections at once */
	TEE_E_PEER,            /* teed does not serve this user */
	TEE_E_TEED             /* teed cannot be reached */
};
TEE_EXPORT const char *tee_strerror(int error);
TEE_EXPORT const char *tee_explain(int error);
/* "profile", "binding", ... and back; NULL / 0 where there is none. */
TEE_EXPORT const char *tee_error_word(int error);
TEE_EXPORT int tee_error_from_word(const char *word);
TEE_EXPORT const char *tee_version(void);

/* One line without newline, valid during the call; priority as syslog(3). */
typedef void tee_log_fn(void *user, int priority, const char *line);

struct tee_options {
	size_t size;     /* sizeof(struct tee_options) */
	tee_log_fn *log; /* NULL: silent */
	void *log_user;
	/* The caller's floor: only tightens what the profile requires. */
	bool require_tee;
	bool refuse_simulated;
	enum tee_confidential_level min_level;
	/*
	 * Where teed holds the key: a socket that is connected to it, for
	 * sandboxes that forbid socket(2); duplicated.  0: connect to it.
	 */
	int custody_fd;
	/* As teed sees it, its lines and accounts: what `teectl check` does. */
	bool whole_plan;
};

/*
 * tee_open: /etc/tee/profiles.d/<name>.conf (name: [a-z0-9._-]+);
 * tee_open_file: a path.  Anything wrong refuses the whole profile.
 * Errors: PROFILE, MODULE, MEMORY.  ADR 0010 "Decision"; tee_profile(5).
 */
TEE_EXPORT int tee_open(const char *name, const struct tee_options *,
    struct tee **out) TEE_MUST_USE;
TEE_EXPORT int tee_open_file(const char *path, const struct tee_options *,
    struct tee **out) TEE_MUST_USE;
TEE_EXPORT void tee_close(struct tee **);
/* The effective plan as JSON; free(3) it. */
TEE_EXPORT int tee_dump(const struct tee *, char **json) TEE_MUST_USE;

/*
 * What a peer sent: challenge id and nonce are UTF-8 of 1 to 65535 bytes,
 * not C strings (ADR 0010 "Encoding note").
 */
struct tee_challenge {
	const char *id;
	size_t id_size;
	const char *nonce;
	size_t nonce_size;
};

/*
 * tee_acquire: prepare, bind, collect, verify, floor, release, custody.
 * The key lives until tee_key_free, its lease's end or tee_key_revoke.
 * tee_attest: fresh evidence that key's platform answers this challenge.
 * tee_renew: acquire's questions again, for the same key and a new nonce, by
 * the handle that granted it or one like it.  ok: a new lease under a new
 * serial; DENIED: the key is destroyed; else it stays until its lease ends.
 * Pointers taken from tee_key_claims and tee_key_evidence end here.
 * tee_sign: Ed25519 (RFC 8032) over the message; 64 bytes out.
 */
TEE_EXPORT int tee_acquire(struct tee *, struct tee_key **out) TEE_MUST_USE;
TEE_EXPORT int tee_attest(struct tee *, const struct tee_key *,
    const struct tee_challenge *, struct tee_evidence **out) TEE_MUST_USE;
TEE_EXPORT int tee_renew(struct tee *, struct tee_key *) TEE_MUST_USE;
TEE_EXPORT int tee_sign(const struct tee_key *, const void *message,
    size_t size, uint8_t signature[TEE_SIGNATURE_SIZE]) TEE_MUST_USE;

TEE_EXPORT void tee_key_public(const struct tee_key *,
    uint8_t out[TEE_PUBLIC_KEY_SIZE]);
TEE_EXPORT const char *tee_key_did(const struct tee_key *, size_t *size);
TEE_EXPORT int32_t tee_key_serial(const struct tee_key *); /* keyctl(1) */
TEE_EXPORT time_t tee_key_expires(const struct tee_key *);
TEE_EXPORT const struct tee_claims *tee_key_claims(const struct tee_key *);
/* The evidence tee_acquire was granted on; NULL under "local". */
TEE_EXPORT const struct tee_evidence *tee_key_evidence(const struct tee_key *);
TEE_EXPORT int tee_key_revoke(struct tee_key *);
TEE_EXPORT void tee_key_free(struct tee_key **);

/*
 * Judge a peer's evidence.  expected is what the caller sent; did and
 * public_key (32 bytes) may add what it already knows of the peer.  Without a
 * challenge it is denied unless unsolicited is set: then freshness rests on
 * the evidence's age alone, by the peer's own clock (registration).  Claims
 * end with require.max_age.  They are given on DENIED and UNAVAILABLE too, to
 * show which check failed; they then grant nothing.
 */
struct tee_expected {
	const struct tee_challenge *challenge;
	bool unsolicited;
	const char *did;
	size_t did_size;
	const uint8_t *public_key;
	time_t at; /* 0: now; at most the year 9999 */
};
TEE_EXPORT int tee_appraise(struct tee *, const struct tee_evidence *,
    const struct tee_expected *, struct tee_claims **out) TEE_MUST_USE;

/* AgentMesh's AttestationEvidence, both ways; *json is free(3)d. */
TEE_EXPORT int tee_evidence_from_json(const char *json, size_t size,
    struct tee_evidence **out) TEE_MUST_USE;
TEE_EXPORT int tee_evidence_to_json(const struct tee_evidence *,
    char **json) TEE_MUST_USE;
TEE_EXPORT void tee_evidence_free(struct tee_evidence **);

/* AgentMesh's AttestationClaims plus the per-check report. */
TEE_EXPORT int tee_claims_to_json(const struct tee_claims *,
    char **json) TEE_MUST_USE;
TEE_EXPORT enum tee_confidential_level tee_claims_level(
    const struct tee_claims *);
TEE_EXPORT enum tee_key_origin tee_claims_key_origin(const struct tee_claims *);
TEE_EXPORT enum tee_tcb_status tee_claims_tcb_status(const struct tee_claims *);
TEE_EXPORT bool tee_claims_key_bound(const struct tee_claims *);
TEE_EXPORT bool tee_claims_debug(const struct tee_claims *);
TEE_EXPORT bool tee_claims_simulated(const struct tee_claims *);
TEE_EXPORT void tee_claims_free(struct tee_claims **);

/*
 * One verifier over evidence items, outside any transaction: every check is
 * run and reported, nothing is granted.  Without report_data (1 to 64 bytes)
 * the binding is not done.  root (32 bytes, or NULL) is a simulator's.
 */
struct tee_inspection_item {
	const char *type;
	const uint8_t *data;
	size_t size;
};

struct tee_inspection_option {
	const char *name;
	const char *value;
};

struct tee_inspection {
	const char *verifier;
	const struct tee_inspection_item *items;
	size_t item_count;
	const struct tee_inspection_option *options;
	size_t option_count;
	const uint8_t *report_data;
	size_t report_data_size;
	const uint8_t *root;
	time_t at; /* 0: now */
};
TEE_EXPORT int tee_inspect(const struct tee_inspection *,
    const struct tee_options *, struct tee_claims **out) TEE_MUST_USE;
/* "ok", "deny", "unavailable", "incomplete" (none failed, not all done). */
TEE_EXPORT const char *tee_claims_verdict(const struct tee_claims *);

/* ADR 0010's canonical report-data hash. */
TEE_EXPORT int tee_binding(const char *did, size_t did_size,
    const struct tee_challenge *, const uint8_t public_key[TEE_PUBLIC_KEY_SIZE],
    uint8_t out[TEE_BINDING_SIZE]) TEE_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
