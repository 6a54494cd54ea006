/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring: see keyring.h.
 *
 * Possession is per thread.  Where the process has other threads at store
 * time, a deputy born with possession works for those that have none.
 */
#include "config.h"

#include <errno.h>
#include <keyutils.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <openssl/crypto.h>

#include "libtee/deputy.h"
#include "libtee/error.h"
#include "libtee/keyring.h"
#include "libtee/lease.h"
#include "libtee/stack.h"
#include "libtee/text.h"

#define SIGN_STACK (32 * 1024)
#define PAYLOAD_SIZE (TEE_SEED_SIZE + TEE_PUBLIC_KEY_SIZE)

struct tee_bench {
	/* Wiped in a forked child: its zero says "not your key". */
	struct tee_secret mark;
	struct tee_stack_memory stack;
	struct tee_signer signer;
	pthread_mutex_t lock; /* and of every lease that is worked with here */
};

struct tee_custody {
	_Atomic unsigned users; /* its owner, and who watches it */
	struct tee_lease lease;
	bool revoked;
	char *description;
	char *profile;
	gid_t operators;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	struct tee_bench *bench;
	bool own_bench;
	bool extendable;
	struct tee_deputy *deputy; /* NULL: every thread has possession */
};

/* EACCES has several causes; see tee_lease_fate.  The lock is held. */
static int
refine(const struct tee_custody *c, int error)
{
	int fate;

	if (error != TEE_E_KEY_FOREIGN && error != TEE_E_KEY_GONE)
		return error;
	if (c->revoked)
		return TEE_E_KEY_GONE;
	fate = tee_lease_fate(&c->lease);
	return fate == TEE_E_KEY_FOREIGN ? error : fate;
}

static bool
is_ours(const struct tee_custody *c)
{
	return c->bench->mark.data[0] == 1;
}

/* On a private stack only: the payload is on it. */
static int
read_payload(const struct tee_custody *c, uint8_t payload[PAYLOAD_SIZE])
{
	long n = keyctl_read(c->lease.key, (char *)payload, PAYLOAD_SIZE);

	if (n < 0)
		return refine(c, tee_lease_error(errno));
	if (n == PAYLOAD_SIZE &&
	    CRYPTO_memcmp(payload + TEE_SEED_SIZE, c->public_key,
		TEE_PUBLIC_KEY_SIZE) == 0)
		return 0;
	OPENSSL_cleanse(payload, PAYLOAD_SIZE);
	return TEE_E_CRYPTO;
}

/* One thing to do with a key, here or by the deputy. */
struct request {
	struct tee_custody *custody;
	const struct tee_sign_job *jobs;
	size_t count;
	const void *label; /* deriving */
	size_t label_size;
	uint8_t *secret;
	const uint8_t *seed; /* storing: the new key's; else NULL */
	unsigned lifetime;
	struct tee_lease fresh;
	int error;
};

/* Runs on the private stack: every local here is wiped behind it. */
static void
sign_privately(void *arg)
{
	struct request *r = arg;
	struct tee_custody *c = r->custody;
	uint8_t payload[PAYLOAD_SIZE];

	r->error = read_payload(c, payload);
	if (r->error == 0)
		r->error = tee_signer_sign(&c->bench->signer, payload, r->jobs,
		    r->count);
}

static int
sign(void *arg)
{
	struct request *r = arg;
	struct tee_custody *c = r->custody;

	pthread_mutex_lock(&c->bench->lock);
	tee_stack_call(&c->bench->stack, sign_privately, r);
	pthread_mutex_unlock(&c->bench->lock);
	return r->error;
}

static void
derive_privately(void *arg)
{
	struct request *r = arg;
	uint8_t payload[PAYLOAD_SIZE];

	r->error = read_payload(r->custody, payload);
	if (r->error == 0)
		r->error = tee_signer_derive(payload, r->label, r->label_size,
		    r->secret);
	OPENSSL_cleanse(payload, sizeof(payload));
}

static int
derive(void *arg)
{
	struct request *r = arg;
	struct tee_custody *c = r->custody;

	pthread_mutex_lock(&c->bench->lock);
	tee_stack_call(&c->bench->stack, derive_privately, r);
	pthread_mutex_unlock(&c->bench->lock);
	return r->error;
}

static int
probe(void *arg)
{
	struct request *r = arg;
	struct tee_custody *c = r->custody;

	pthread_mutex_lock(&c->bench->lock);
	if (keyctl_read(c->lease.key, NULL, 0) < 0)
		r->error = refine(c, tee_lease_error(errno));
	pthread_mutex_unlock(&c->bench->lock);
	return r->error;
}

/* From the seed, or from the key that is there. */
static void
lease_privately(void *arg)
{
	struct request *r = arg;
	struct tee_custody *c = r->custody;
	struct tee_lease_terms terms = { c->description, c->profile,
		r->lifetime, c->operators, c->extendable };
	uint8_t payload[PAYLOAD_SIZE];

	if (r->seed != NULL) {
		memcpy(payload, r->seed, TEE_SEED_SIZE);
		memcpy(payload + TEE_SEED_SIZE, c->public_key,
		    TEE_PUBLIC_KEY_SIZE);
	} else if ((r->error = read_payload(c, payload)) != 0) {
		return;
	}
	r->error = tee_lease_begin(&terms, payload, sizeof(payload), &r->fresh);
	OPENSSL_cleanse(payload, sizeof(payload));
}

/* A new lease in r->fresh, or nothing at all.  The lock is held. */
static int
begin_lease(struct request *r)
{
	tee_stack_call(&r->custody->bench->stack, lease_privately, r);
	return r->error;
}

static int
renew(void *arg)
{
	struct request *r = arg;
	struct tee_custody *c = r->custody;

	pthread_mutex_lock(&c->bench->lock);
	if (c->revoked)
		r->error = TEE_E_KEY_GONE;
	else if (c->extendable)
		r->error = refine(c, tee_lease_extend(&c->lease, r->lifetime));
	else if (begin_lease(r) == 0) {
		tee_lease_end(&c->lease);
		c->lease = r->fresh;
	}
	pthread_mutex_unlock(&c->bench->lock);
	return r->error;
}

static int
revoke(void *arg)
{
	struct request *r = arg;
	struct tee_custody *c = r->custody;

	pthread_mutex_lock(&c->bench->lock);
	if (!c->revoked) {
		r->error = refine(c, tee_lease_end(&c->lease));
		if (r->error == TEE_E_KEY_GONE || r->error == TEE_E_KEY_REVOKED)
			r->error = 0;
		c->revoked = r->error == 0;
	}
	pthread_mutex_unlock(&c->bench->lock);
	return r->error;
}

/* Here, or by the deputy where this thread does not possess the key. */
static int
dispatch(struct tee_custody *c, int (*errand)(void *), struct request *r)
{
	int error;

	if (!is_ours(c))
		return TEE_E_KEY_FOREIGN;
	error = errand(r);
	if (error == TEE_E_KEY_FOREIGN && c->deputy != NULL) {
		r->error = 0;
		error = tee_deputy_ask(c->deputy, errand, r);
	}
	return error;
}

int
tee_custody_sign_many(struct tee_custody *c, const struct tee_sign_job *jobs,
    size_t count)
{
	struct request r = { .custody = c,
		.jobs = jobs,
		.count = count,
		.error = TEE_E_SYSTEM };
	int error;

	if (count == 0 || count > TEE_SIGN_MANY)
		return TEE_E_ARGUMENT;
	error = dispatch(c, sign, &r);
	/* Half of an answer is none. */
	for (size_t i = 0; i < count && error != 0; i++)
		OPENSSL_cleanse(jobs[i].signature, TEE_SIGNATURE_SIZE);
	return error;
}

int
tee_custody_sign(struct tee_custody *c, const void *message, size_t size,
    uint8_t signature[TEE_SIGNATURE_SIZE])
{
	struct tee_sign_job job = { message, size, signature };

	return tee_custody_sign_many(c, &job, 1);
}

int
tee_custody_derive(struct tee_custody *c, const void *label, size_t size,
    uint8_t out[32])
{
	struct request r = { .custody = c,
		.label = label,
		.label_size = size,
		.secret = out,
		.error = TEE_E_SYSTEM };

	return dispatch(c, derive, &r);
}

int
tee_custody_renew(struct tee_custody *c, unsigned lifetime)
{
	struct request r = { .custody = c, .lifetime = lifetime };

	return dispatch(c, renew, &r);
}

int
tee_custody_probe(struct tee_custody *c)
{
	struct request r = { .custody = c };

	return dispatch(c, probe, &r);
}

int
tee_custody_revoke(struct tee_custody *c)
{
	struct request r = { .custody = c };

	return dispatch(c, revoke, &r);
}

int32_t
tee_custody_serial(struct tee_custody *c)
{
	int32_t serial;

	/* Another thread may have held the lock when this child was forked. */
	if (!is_ours(c))
		return c->lease.key;
	pthread_mutex_lock(&c->bench->lock);
	serial = c->lease.key;
	pthread_mutex_unlock(&c->bench->lock);
	return serial;
}

/* /proc/self/task has a link of its own plus one per thread. */
static bool
has_other_threads(void)
{
	struct stat st;

	return stat("/proc/self/task", &st) != 0 || st.st_nlink > 3;
}

int
tee_bench_new(struct tee_bench **out)
{
	struct tee_bench *b = calloc(1, sizeof(*b));
	int error;

	*out = NULL;
	if (b == NULL)
		return TEE_E_MEMORY;
	pthread_mutex_init(&b->lock, NULL);
	error = tee_secret_alloc(&b->mark, 1);
	if (error == 0) {
		b->mark.data[0] = 1;
		error = tee_stack_alloc(&b->stack, SIGN_STACK);
	}
	if (error == 0)
		error = tee_signer_init(&b->signer);
	if (error != 0)
		tee_bench_free(&b);
	*out = b;
	return error;
}

void
tee_bench_free(struct tee_bench **bench)
{
	struct tee_bench *b = *bench;

	if (b == NULL)
		return;
	*bench = NULL;
	/* In a forked child somebody may hold the lock for ever. */
	if (b->mark.data != NULL && b->mark.data[0] == 1)
		pthread_mutex_destroy(&b->lock);
	tee_signer_clear(&b->signer);
	tee_stack_free(&b->stack);
	tee_secret_free(&b->mark);
	free(b);
}

void
tee_custody_describe(enum tee_key_origin origin, const char *profile,
    const char *did, size_t did_size, char out[TEE_CUSTODY_DESCRIPTION])
{
	char plain[512];

	tee_text_printable(did, did_size, plain, sizeof(plain));
	snprintf(out, TEE_CUSTODY_DESCRIPTION, "tee:%s:%.255s:%s",
	    tee_origin_word(origin), profile, plain);
}

static int
furnish(struct tee_custody *c, const struct tee_custody_spec *spec)
{
	memcpy(c->public_key, spec->public_key, sizeof(c->public_key));
	c->operators = spec->operators;
	c->description = strdup(spec->description);
	c->profile = strdup(spec->profile);
	if (c->description == NULL || c->profile == NULL)
		return TEE_E_MEMORY;
	c->bench = spec->bench;
	c->own_bench = spec->bench == NULL;
	c->extendable = spec->extendable;
	return c->own_bench ? tee_bench_new(&c->bench) : 0;
}

/* Once: a signature takes both halves as they are. */
static int
check_pair(struct tee_bench *b, const struct tee_custody_spec *spec)
{
	uint8_t derived[TEE_PUBLIC_KEY_SIZE];
	int error;

	pthread_mutex_lock(&b->lock);
	error = tee_signer_public_on(&b->stack, spec->seed, derived);
	pthread_mutex_unlock(&b->lock);
	if (error != 0)
		return error;
	return CRYPTO_memcmp(derived, spec->public_key, sizeof(derived)) == 0 ?
	    0 :
	    TEE_E_CRYPTO;
}

static int
store(struct tee_custody *c, const struct tee_custody_spec *spec)
{
	struct request r = { .custody = c,
		.seed = spec->seed,
		.lifetime = spec->lifetime };
	int error = begin_lease(&r);

	if (error != 0)
		return error;
	c->lease = r.fresh;
	if (!has_other_threads())
		return 0;
	c->deputy = tee_deputy_engage();
	return c->deputy != NULL ? 0 : TEE_E_SYSTEM;
}

int
tee_custody_store(const struct tee_custody_spec *spec, struct tee_custody **out)
{
	struct tee_custody *c = calloc(1, sizeof(*c));
	int error;

	*out = NULL;
	if (c == NULL)
		return TEE_E_MEMORY;
	c->users = 1;
	error = furnish(c, spec);
	if (error == 0)
		error = check_pair(c->bench, spec);
	if (error == 0)
		error = store(c, spec);
	if (error != 0)
		tee_custody_free(&c);
	*out = c;
	return error;
}

struct tee_custody *
tee_custody_watch(struct tee_custody *c)
{
	atomic_fetch_add(&c->users, 1);
	return c;
}

/* The deputy goes last: whoever watches may have to ask it. */
void
tee_custody_unwatch(struct tee_custody **custody)
{
	struct tee_custody *c = *custody;

	*custody = NULL;
	if (c == NULL || atomic_fetch_sub(&c->users, 1) > 1)
		return;
	/* A forked child does not own the deputy. */
	if (c->bench != NULL && is_ours(c))
		tee_deputy_dismiss(&c->deputy);
	tee_deputy_forget(&c->deputy);
	if (c->own_bench)
		tee_bench_free(&c->bench);
	free(c->description);
	free(c->profile);
	free(c);
}

void
tee_custody_free(struct tee_custody **custody)
{
	if (custody == NULL || *custody == NULL)
		return;
	/* Nor does it own the key. */
	if ((*custody)->bench != NULL && is_ours(*custody))
		(void)tee_custody_revoke(*custody);
	tee_custody_unwatch(custody);
}
