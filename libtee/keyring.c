/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring: see keyring.h.
 *
 * Possession is per thread: a thread that existed before the process keyring
 * did cannot reach the ring.  Where the process has other threads at store
 * time, a thread of the handle's own, born with possession, signs for them.
 */
#include "config.h"

#include <errno.h>
#include <keyutils.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "libtee/keyring.h"
#include "libtee/secret.h"
#include "libtee/signer.h"

#define SIGN_STACK (32 * 1024)
#define PAYLOAD_SIZE (TEE_SEED_SIZE + TEE_PUBLIC_KEY_SIZE)

/* Nothing but looking for anybody who does not possess the key. */
#define KEY_PERMISSIONS (KEY_POS_VIEW | KEY_POS_READ | KEY_POS_SEARCH | \
    KEY_USR_VIEW | KEY_GRP_VIEW)
#define RING_PERMISSIONS (KEY_POS_VIEW | KEY_POS_READ | KEY_POS_SEARCH | \
    KEY_POS_WRITE)

enum errand {
	ERRAND_SIGN,
	ERRAND_INVALIDATE
};

struct request {
	struct tee_custody *custody;
	const void *message;
	size_t size;
	uint8_t *signature;
	int error;
	enum errand errand;
};

struct tee_custody {
	key_serial_t ring;
	key_serial_t key;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	atomic_bool revoked;
	struct tee_signer signer;
	/* Wiped in a forked child: its zero says "not your key". */
	struct tee_secret mark;
	struct tee_stack_memory stack;
	pthread_mutex_t lock;		/* one signature at a time */
	/* The deputy that signs for threads without possession. */
	bool has_deputy;
	pthread_t deputy;
	pthread_mutex_t desk;
	pthread_cond_t call;
	pthread_cond_t done;
	struct request *waiting;
	bool quit;
};

int
tee_keyring_error(int error)
{
	switch (error) {
	case EPERM:
		return TEE_E_KEYRING_DENIED;
	case ENOSYS:
		return TEE_E_KEYRING_MISSING;
	case EDQUOT:
		return TEE_E_KEYRING_QUOTA;
	case ENOMEM:
		return TEE_E_MEMORY;
	case EKEYEXPIRED:
		return TEE_E_KEY_EXPIRED;
	case EKEYREVOKED:
		return TEE_E_KEY_REVOKED;
	case ENOKEY:
		return TEE_E_KEY_GONE;
	case EACCES:
		return TEE_E_KEY_FOREIGN;
	default:
		return TEE_E_SYSTEM;
	}
}

static bool
is_ours(const struct tee_custody *c)
{
	return c->mark.data[0] == 1;
}

/* Runs on the private stack: every local here is wiped behind it. */
static void
sign_privately(void *arg)
{
	struct request *r = arg;
	struct tee_custody *c = r->custody;
	char payload[PAYLOAD_SIZE];
	long n = keyctl_read(c->key, payload, sizeof(payload));

	if (n < 0) {
		r->error = tee_keyring_error(errno);
		/* The kernel says EACCES for a key that is being destroyed. */
		if (r->error == TEE_E_KEY_FOREIGN && atomic_load(&c->revoked))
			r->error = TEE_E_KEY_GONE;
		return;
	}
	if (n != PAYLOAD_SIZE || CRYPTO_memcmp(payload + TEE_SEED_SIZE,
	    c->public_key, TEE_PUBLIC_KEY_SIZE) != 0) {
		OPENSSL_cleanse(payload, sizeof(payload));
		r->error = TEE_E_CRYPTO;
		return;
	}
	r->error = tee_signer_sign(&c->signer, (uint8_t *)payload, r->message,
	    r->size, r->signature);
}

static void
sign_here(struct request *r)
{
	struct tee_custody *c = r->custody;

	pthread_mutex_lock(&c->lock);
	tee_stack_call(&c->stack, sign_privately, r);
	pthread_mutex_unlock(&c->lock);
}

static int invalidate_here(struct tee_custody *);

static void
run_errand(struct request *r)
{
	switch (r->errand) {
	case ERRAND_SIGN:
		sign_here(r);
		return;
	case ERRAND_INVALIDATE:
		r->error = invalidate_here(r->custody);
		return;
	}
}

static void *
deputy_main(void *arg)
{
	struct tee_custody *c = arg;

	pthread_mutex_lock(&c->desk);
	for (;;) {
		while (c->waiting == NULL && !c->quit)
			pthread_cond_wait(&c->call, &c->desk);
		if (c->quit)
			break;
		run_errand(c->waiting);
		c->waiting = NULL;
		pthread_cond_broadcast(&c->done);
	}
	pthread_mutex_unlock(&c->desk);
	return NULL;
}

static void
ask_deputy(struct request *r)
{
	struct tee_custody *c = r->custody;

	pthread_mutex_lock(&c->desk);
	while (c->waiting != NULL)
		pthread_cond_wait(&c->done, &c->desk);
	c->waiting = r;
	pthread_cond_signal(&c->call);
	while (c->waiting == r)
		pthread_cond_wait(&c->done, &c->desk);
	pthread_mutex_unlock(&c->desk);
}

int
tee_custody_sign(struct tee_custody *c, const void *message, size_t size,
    uint8_t signature[TEE_SIGNATURE_SIZE])
{
	struct request r = { c, message, size, signature, TEE_E_SYSTEM,
		ERRAND_SIGN };

	if (!is_ours(c))
		return TEE_E_KEY_FOREIGN;
	sign_here(&r);
	if (r.error == TEE_E_KEY_FOREIGN && c->has_deputy)
		ask_deputy(&r);
	return r.error;
}

/* /proc/self/task has a link of its own plus one per thread. */
static bool
has_other_threads(void)
{
	struct stat st;

	return stat("/proc/self/task", &st) != 0 || st.st_nlink > 3;
}

static int
start_deputy(struct tee_custody *c)
{
	if (!has_other_threads())
		return 0;
	if (pthread_create(&c->deputy, NULL, deputy_main, c) != 0)
		return TEE_E_SYSTEM;
	c->has_deputy = true;
	return 0;
}

static int
add_ring(struct tee_custody *c)
{
	uint8_t raw[8];
	char name[64];
	size_t i;
	int n;

	if (keyctl_get_keyring_ID(KEY_SPEC_PROCESS_KEYRING, 1) < 0 ||
	    getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		return tee_keyring_error(errno);
	n = snprintf(name, sizeof(name), "_tee.");
	for (i = 0; i < sizeof(raw); i++)
		n += snprintf(name + n, sizeof(name) - (size_t)n, "%02x",
		    raw[i]);
	c->ring = add_key("keyring", name, NULL, 0, KEY_SPEC_PROCESS_KEYRING);
	if (c->ring < 0) {
		c->ring = 0;
		return tee_keyring_error(errno);
	}
	return keyctl_setperm(c->ring, RING_PERMISSIONS | KEY_POS_SETATTR) ==
	    0 ? 0 : tee_keyring_error(errno);
}

static void
add_privately(void *arg)
{
	struct request *r = arg;
	const struct tee_custody_spec *spec = r->message;
	struct tee_custody *c = r->custody;
	uint8_t payload[PAYLOAD_SIZE];

	memcpy(payload, spec->seed, TEE_SEED_SIZE);
	memcpy(payload + TEE_SEED_SIZE, spec->public_key,
	    TEE_PUBLIC_KEY_SIZE);
	c->key = add_key("user", spec->description, payload, sizeof(payload),
	    c->ring);
	r->error = c->key < 0 ? tee_keyring_error(errno) : 0;
	if (c->key < 0)
		c->key = 0;
	OPENSSL_cleanse(payload, sizeof(payload));
}

/* Timeout before permissions: afterwards nobody can change either. */
static int
add_to_ring(struct tee_custody *c, const struct tee_custody_spec *spec)
{
	struct request r = { c, spec, 0, NULL, TEE_E_SYSTEM, ERRAND_SIGN };

	tee_stack_call(&c->stack, add_privately, &r);
	if (r.error != 0)
		return r.error;
	if (keyctl_set_timeout(c->key, spec->lifetime) != 0 ||
	    (spec->operators != (gid_t)-1 &&
	    keyctl_chown(c->key, (uid_t)-1, spec->operators) != 0) ||
	    keyctl_setperm(c->key, KEY_PERMISSIONS) != 0 ||
	    keyctl_restrict_keyring(c->ring, NULL, NULL) != 0 ||
	    keyctl_setperm(c->ring, RING_PERMISSIONS) != 0)
		return tee_keyring_error(errno);
	return 0;
}

int
tee_custody_store(const struct tee_custody_spec *spec,
    struct tee_custody **out)
{
	uint8_t derived[TEE_PUBLIC_KEY_SIZE];
	struct tee_custody *c;
	int error;

	*out = NULL;
	error = tee_signer_public(spec->seed, derived);
	if (error != 0)
		return error;
	if (CRYPTO_memcmp(derived, spec->public_key, sizeof(derived)) != 0)
		return TEE_E_CRYPTO;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return TEE_E_MEMORY;
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->desk, NULL);
	pthread_cond_init(&c->call, NULL);
	pthread_cond_init(&c->done, NULL);
	memcpy(c->public_key, spec->public_key, sizeof(c->public_key));
	error = tee_secret_alloc(&c->mark, 1);
	if (error == 0) {
		c->mark.data[0] = 1;
		error = tee_stack_alloc(&c->stack, SIGN_STACK);
	}
	if (error == 0)
		error = tee_signer_init(&c->signer);
	if (error == 0)
		error = add_ring(c);
	if (error == 0)
		error = add_to_ring(c, spec);
	if (error == 0)
		error = start_deputy(c);
	if (error != 0) {
		tee_custody_free(&c);
		return error;
	}
	*out = c;
	return 0;
}

/*
 * INVALIDATE destroys at once; KEYCTL_REVOKE would keep the payload until
 * the next garbage collection.  A key that is gone already is a success.
 */
static int
invalidate_here(struct tee_custody *c)
{
	int error = 0;

	if (c->key != 0 && keyctl_invalidate(c->key) != 0)
		error = tee_keyring_error(errno);
	if (c->ring != 0)
		keyctl_unlink(c->ring, KEY_SPEC_PROCESS_KEYRING);
	return error == TEE_E_KEY_EXPIRED || error == TEE_E_KEY_GONE ? 0 :
	    error;
}

int
tee_custody_revoke(struct tee_custody *c)
{
	struct request r = { c, NULL, 0, NULL, 0, ERRAND_INVALIDATE };

	if (!is_ours(c))
		return TEE_E_KEY_FOREIGN;
	if (atomic_exchange(&c->revoked, true))
		return 0;
	r.error = invalidate_here(c);
	if (r.error == TEE_E_KEY_FOREIGN && c->has_deputy)
		ask_deputy(&r);
	if (r.error != 0)
		atomic_store(&c->revoked, false);
	return r.error;
}

int32_t
tee_custody_serial(const struct tee_custody *c)
{
	return c->key;
}

static void
dismiss_deputy(struct tee_custody *c)
{
	if (!c->has_deputy)
		return;
	pthread_mutex_lock(&c->desk);
	c->quit = true;
	pthread_cond_signal(&c->call);
	pthread_mutex_unlock(&c->desk);
	pthread_join(c->deputy, NULL);
}

void
tee_custody_free(struct tee_custody **custody)
{
	struct tee_custody *c;

	if (custody == NULL || *custody == NULL)
		return;
	c = *custody;
	*custody = NULL;
	/* A forked child owns neither the key nor the deputy. */
	if (c->mark.data != NULL && is_ours(c)) {
		(void)tee_custody_revoke(c);
		dismiss_deputy(c);
		pthread_cond_destroy(&c->call);
		pthread_cond_destroy(&c->done);
		pthread_mutex_destroy(&c->desk);
		pthread_mutex_destroy(&c->lock);
	}
	tee_signer_clear(&c->signer);
	tee_stack_free(&c->stack);
	tee_secret_free(&c->mark);
	free(c);
}
