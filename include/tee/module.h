/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tee/module.h: what a module author includes.  A module is one shared
 * object that exports one const `struct tee_module tee_module`; a profile
 * line calls it as collector, verifier, keystore or cache.  See tee_module(3).
 *
 * Ownership in one breath: pointers you are given live until your function
 * returns; bytes you hand over are copied at once; secrets go only into
 * memory the core gave you; you free only what you allocated.
 *
 * `state` belongs to the profile line and is shared by every transaction
 * that runs on it, from any thread: lock what you change.
 */
#ifndef TEE_MODULE_H
#define TEE_MODULE_H

#include <stdbool.h>
#include <time.h>
#include <tee/types.h>

#define TEE_MODULE_ABI 1

struct tee_call;   /* one call of one line inside one transaction */
struct tee_config; /* one line's options, valid during open() */

struct tee_module_option {
	const char *name;    /* NULL ends the table */
	unsigned facilities; /* enum tee_facility bits that accept it */
	const char *help;    /* one line, for teectl */
};

/* One question to a cache. */
struct tee_cache_ask {
	const uint8_t *key; /* 32 bytes */
	unsigned budget_ms;
	const char *why; /* out, where UNAVAILABLE: a static text, or NULL */
};

struct tee_module {
	uint32_t abi;                /* TEE_MODULE_ABI, compared exactly */
	uint32_t size;               /* sizeof(struct tee_module) */
	const char *name;            /* the file's name without ".so" */
	const char *summary;         /* one line, for teectl */
	enum tee_key_origin ceiling; /* the best origin it may vouch for */
	const struct tee_module_option *options; /* never NULL */
	/*
	 * open: once per profile line, at load; anything but TEE_OK refuses
	 * the whole profile.  close: pairs with every successful open.
	 */
	enum tee_verdict (*open)(const struct tee_config *, void **state);
	void (*close)(void *state);
	/* A facility is offered by its entry points; keystores have both. */
	enum tee_verdict (*collect)(struct tee_call *, void *state);
	enum tee_verdict (*verify)(struct tee_call *, void *state);
	enum tee_verdict (*prepare)(struct tee_call *, void *state);
	enum tee_verdict (*release)(struct tee_call *, void *state);
	/*
	 * A cache that several relying parties share: opaque bytes under 32
	 * bytes, for some seconds.  Both or neither; from any thread, outside
	 * any transaction, and within the budget, for somebody waits.  get:
	 * OK with *size, DENY where there is nothing, UNAVAILABLE.  What it
	 * gives is believed only under a MAC that is not the module's.
	 */
	enum tee_verdict (*cache_get)(void *state, struct tee_cache_ask *,
	    uint8_t *bytes, size_t room, size_t *size);
	enum tee_verdict (*cache_put)(void *state, struct tee_cache_ask *,
	    const uint8_t *bytes, size_t size, unsigned lifetime);
};

/*
 * Options, during open().  tee_option gives NULL where the line has none.
 * The typed forms return 0 where the option is absent (out untouched), 1
 * where it was read, -1 after logging file:line and what was expected.
 * tee_option_hexlist reads "aa..,bb.." into items of exactly `size` bytes;
 * *out is malloc'd, *count items long.  tee_option_path gives an absolute
 * path. tee_option_error logs a refusal at the line of `name`.
 */
TEE_EXPORT enum tee_facility tee_config_facility(const struct tee_config *);
TEE_EXPORT const char *tee_option(const struct tee_config *, const char *name);
TEE_EXPORT int tee_option_u64(const struct tee_config *, const char *name,
    uint64_t min, uint64_t max, uint64_t *out) TEE_MUST_USE;
TEE_EXPORT int tee_option_bool(const struct tee_config *, const char *name,
    bool *out) TEE_MUST_USE;
TEE_EXPORT int tee_option_word(const struct tee_config *, const char *name,
    const char *const *words, unsigned *index) TEE_MUST_USE;
TEE_EXPORT int tee_option_hexlist(const struct tee_config *, const char *name,
    size_t size, uint8_t **out, size_t *count) TEE_MUST_USE;
TEE_EXPORT int tee_option_path(const struct tee_config *, const char *name,
    const char **out) TEE_MUST_USE;
TEE_EXPORT void tee_option_error(const struct tee_config *, const char *name,
    const char *fmt, ...) TEE_PRINTF(3, 4);

/* The log line of this call: `reason` is a stable word, fmt the detail. */
TEE_EXPORT void tee_call_log(struct tee_call *, int priority,
    const char *reason, const char *fmt, ...) TEE_PRINTF(4, 5);

/* Milliseconds left of this line's budget; 0 means give up, unavailable. */
TEE_EXPORT unsigned tee_call_remaining_ms(const struct tee_call *);

/* The time of appraisal.  Use it instead of time(2): it may be pinned. */
TEE_EXPORT time_t tee_call_now(const struct tee_call *);

/*
 * The bytes that the evidence must be bound to: the 32-byte canonical
 * binding of ADR 0010.  Under `teectl inspect` whatever the operator gave
 * (1 to 64 bytes), or NULL.  A collector puts them into the hardware's field
 * and leaves the rest zero.
 */
TEE_EXPORT const uint8_t *tee_call_binding(const struct tee_call *,
    size_t *size);

/*
 * Whose evidence this is, byte for byte.  NULL in prepare() where the profile
 * derives the DID from the key, and under `teectl inspect`.
 */
TEE_EXPORT const char *tee_call_did(const struct tee_call *, size_t *size);

/*
 * Evidence items, by type ("snp.report").  put: 0, or -1 where the type is
 * there already or the item is too large (1 MiB); a verifier puts what it
 * obtained ("maa.token"), a preparing keystore what the collector shall bind.
 * Types that begin with "private." never leave the transaction.  item: NULL
 * if absent.
 */
TEE_EXPORT int tee_call_put_item(struct tee_call *, const char *type,
    const void *data, size_t size) TEE_MUST_USE;
TEE_EXPORT const uint8_t *tee_call_item(const struct tee_call *,
    const char *type, size_t *size);

/*
 * Verifiers.  Every check has a stable dotted name; one that fails, or that
 * a grant needs and that was not done, makes the line's TEE_OK worth nothing
 * whatever verify() returns.  tee_call_saw_binding hands the core the
 * hardware's whole field: the core compares it, in constant time, with its
 * own copy followed by zeros, and a verifier that never says what it saw
 * does not pass.
 */
TEE_EXPORT void tee_call_check(struct tee_call *, const char *name,
    enum tee_check_result, const char *fmt, ...) TEE_PRINTF(4, 5);
TEE_EXPORT void tee_call_saw_binding(struct tee_call *, const uint8_t *field,
    size_t size);

/*
 * True where the profile names this root beside the built-in ones and allows
 * simulated platforms; asked by a verifier or a keystore, the core then marks
 * the claims as simulated.
 */
TEE_EXPORT bool tee_call_extra_root(struct tee_call *,
    const uint8_t spki_sha256[TEE_SPKI_DIGEST_SIZE]);

/*
 * Claims.  What is not claimed counts as the floor value.  Across verifiers
 * levels and TCB components take the minimum, lifetimes the shortest, and
 * texts and measurements must be equal or the transaction is denied.
 */
TEE_EXPORT void tee_call_claim_platform(struct tee_call *, const char *);
TEE_EXPORT void tee_call_claim_level(struct tee_call *,
    enum tee_confidential_level);
TEE_EXPORT void tee_call_claim_debug(struct tee_call *, bool debug);
TEE_EXPORT void tee_call_claim_tcb_status(struct tee_call *,
    enum tee_tcb_status);
TEE_EXPORT void tee_call_claim_tcb(struct tee_call *, const uint8_t tcb[8]);
TEE_EXPORT void tee_call_claim_measurement(struct tee_call *, const char *name,
    const uint8_t *data, size_t size);
TEE_EXPORT void tee_call_claim_text(struct tee_call *, const char *name,
    const char *value);
TEE_EXPORT void tee_call_claim_expires(struct tee_call *, time_t not_after);

/*
 * Keystores.  tee_call_secret gives locked, undumped, zeroed memory that is
 * the same at every call of this line in this transaction and is wiped at
 * its end (NULL: no memory; at most 64 KiB in all).  prepare() says which
 * public key release() will deliver; the core refuses any other.
 */
TEE_EXPORT uint8_t *tee_call_secret(struct tee_call *, size_t size);
TEE_EXPORT void tee_call_public_key(struct tee_call *,
    const uint8_t key[TEE_PUBLIC_KEY_SIZE]);
TEE_EXPORT int tee_call_seed_public(const uint8_t seed[TEE_SEED_SIZE],
    uint8_t key[TEE_PUBLIC_KEY_SIZE]) TEE_MUST_USE;
TEE_EXPORT int tee_call_deliver(struct tee_call *,
    const uint8_t seed[TEE_SEED_SIZE]) TEE_MUST_USE;

#endif
