/* SPDX-License-Identifier: Apache-2.0 */
/* keyset: see keyset.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "sim/blob.h"
#include "sim/keyset.h"

#define CHIP_FILE "chip.key"
#define PEM_MAX 16384

/* RSA by its size, EC by its curve. */
static const struct {
	const char *name;
	unsigned bits;
	const char *curve;
} keys[SIM_KEYS] = { [SIM_ARK] = { "ark", 4096, NULL },
	[SIM_ASK] = { "ask", 4096, NULL },
	[SIM_ASVK] = { "asvk", 4096, NULL },
	[SIM_VCEK] = { "vcek", 0, SN_secp384r1 },
	[SIM_VLEK] = { "vlek", 0, SN_secp384r1 },
	[SIM_OTHER_RSA] = { "other-rsa", 4096, NULL },
	[SIM_OTHER_P384] = { "other-p384", 0, SN_secp384r1 },
	[SIM_OTHER_P256] = { "other-p256", 0, SN_X9_62_prime256v1 } };

const char *
tee_sim_key_name(enum sim_key key)
{
	return key < SIM_KEYS ? keys[key].name : "unknown";
}

/*
 * Four primes of 1024 bits instead of two of 2048: the public key looks the
 * same, and making it takes a twentieth of the time.
 */
static EVP_PKEY *
make_rsa(unsigned bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) != 1 ||
	    EVP_PKEY_CTX_set_rsa_keygen_primes(ctx, 4) != 1 ||
	    EVP_PKEY_keygen(ctx, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

struct sim_keyset *
tee_sim_keyset_new(void)
{
	struct sim_keyset *set = calloc(1, sizeof(*set));
	bool ok = set != NULL && RAND_bytes(set->chip, sizeof(set->chip)) == 1;

	for (unsigned i = 0; ok && i < SIM_KEYS; i++) {
		set->key[i] = keys[i].curve != NULL ?
		    EVP_EC_gen(keys[i].curve) :
		    make_rsa(keys[i].bits);
		ok = set->key[i] != NULL;
	}
	if (!ok)
		tee_sim_keyset_free(&set);
	return set;
}

void
tee_sim_keyset_free(struct sim_keyset **set)
{
	if (*set == NULL)
		return;
	for (unsigned i = 0; i < SIM_KEYS; i++)
		EVP_PKEY_free((*set)->key[i]);
	OPENSSL_cleanse((*set)->chip, sizeof((*set)->chip));
	free(*set);
	*set = NULL;
}

static bool
save_key(EVP_PKEY *key, int dir, const char *name)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char file[64], *pem;
	long size;
	bool ok = bio != NULL &&
	    PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL,
		NULL) == 1;

	snprintf(file, sizeof(file), "%s.key", name);
	if (ok) {
		size = BIO_get_mem_data(bio, &pem);
		ok = size > 0 &&
		    tee_sim_blob_write(pem, (size_t)size, dir, file, 0600);
	}
	BIO_free(bio);
	return ok;
}

/* The chip's file comes last: where it is, the set is whole. */
bool
tee_sim_keyset_save(const struct sim_keyset *set, int dir)
{
	for (unsigned i = 0; i < SIM_KEYS; i++)
		if (!save_key(set->key[i], dir, keys[i].name))
			return false;
	return tee_sim_blob_write(set->chip, sizeof(set->chip), dir, CHIP_FILE,
	    0600);
}

static EVP_PKEY *
load_key(int dir, const char *name)
{
	struct sim_blob pem;
	EVP_PKEY *key = NULL;
	char file[64];
	BIO *bio;

	snprintf(file, sizeof(file), "%s.key", name);
	if (!tee_sim_blob_read(&pem, dir, file, PEM_MAX))
		return NULL;
	bio = BIO_new_mem_buf(pem.data, (int)pem.size);
	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	tee_sim_blob_free(&pem);
	if (key == NULL)
		errno = EINVAL;
	return key;
}

struct sim_keyset *
tee_sim_keyset_load(int dir)
{
	struct sim_keyset *set = calloc(1, sizeof(*set));
	struct sim_blob chip;
	bool ok;

	if (set == NULL ||
	    !tee_sim_blob_read(&chip, dir, CHIP_FILE, sizeof(set->chip))) {
		free(set);
		return NULL;
	}
	ok = chip.size == sizeof(set->chip);
	if (ok)
		memcpy(set->chip, chip.data, sizeof(set->chip));
	else
		errno = EINVAL;
	tee_sim_blob_free(&chip);
	for (unsigned i = 0; ok && i < SIM_KEYS; i++) {
		set->key[i] = load_key(dir, keys[i].name);
		ok = set->key[i] != NULL;
	}
	if (!ok)
		tee_sim_keyset_free(&set);
	return set;
}

EVP_PKEY *
tee_sim_keyset_kept(int dir, const char *name, unsigned rsa_bits)
{
	EVP_PKEY *key = load_key(dir, name);

	if (key != NULL || errno != ENOENT)
		return key;
	key = rsa_bits != 0 ? EVP_RSA_gen(rsa_bits) :
			      EVP_EC_gen(SN_X9_62_prime256v1);
	if (key != NULL && !save_key(key, dir, name)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static struct sim_keyset *
load_or_make(int dir)
{
	struct sim_keyset *set = tee_sim_keyset_load(dir);

	if (set != NULL || errno != ENOENT)
		return set;
	set = tee_sim_keyset_new();
	if (set == NULL)
		errno = EIO;
	else if (!tee_sim_keyset_save(set, dir))
		tee_sim_keyset_free(&set);
	return set;
}

struct sim_keyset *
tee_sim_keyset_open(const char *path)
{
	struct sim_keyset *set = NULL;
	int dir, error;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return NULL;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return NULL;
	if (flock(dir, LOCK_EX) == 0)
		set = load_or_make(dir);
	error = errno;
	close(dir);
	errno = error;
	return set;
}
