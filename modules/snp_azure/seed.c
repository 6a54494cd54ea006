/* SPDX-License-Identifier: Apache-2.0 */
/* seed: see seed.h. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "modules/common/file.h"
#include "modules/snp_azure/seed.h"

/* What a user of the sidecar's derivation would expect. */
#define DEFAULT_LABEL "Symmetric Encryption Key"

static const char *const ways[] = { "sealed", "hkdf", "oct", NULL };

static bool
read_public_key(struct azure_seed *s, const struct tee_config *config)
{
	uint8_t *key = NULL;
	size_t count = 0;
	int r = tee_option_hexlist(config, "public_key", TEE_PUBLIC_KEY_SIZE,
	    &key, &count);

	s->has_public_key = r == 1 && count == 1;
	if (s->has_public_key)
		memcpy(s->public_key, key, TEE_PUBLIC_KEY_SIZE);
	free(key);
	if (r == 1 && count != 1)
		tee_option_error(config, "public_key", "one key is expected");
	return r == 0 || s->has_public_key;
}

static bool
read_salt(struct azure_seed *s, const struct tee_config *config)
{
	const char *text = tee_option(config, "salt");
	const char *label = tee_option(config, "label");
	size_t n = text != NULL ? strlen(text) : 0;

	s->label = strdup(label != NULL ? label : DEFAULT_LABEL);
	s->salt = malloc(n / 2 + 1);
	if (s->label == NULL || s->salt == NULL)
		return false;
	if (strlen(s->label) > AZURE_LABEL_MAX) {
		tee_option_error(config, "label", "at most %d bytes",
		    AZURE_LABEL_MAX);
		return false;
	}
	if (n > 0 &&
	    (n > 2 * (size_t)AZURE_SALT_MAX ||
		OPENSSL_hexstr2buf_ex(s->salt, n / 2 + 1, &s->salt_size, text,
		    '\0') != 1)) {
		tee_option_error(config, "salt", "up to %d bytes in hex",
		    AZURE_SALT_MAX);
		return false;
	}
	return true;
}

/* Each way has what it needs, and nothing that it would ignore. */
static bool
complete(const struct azure_seed *s, const struct tee_config *config)
{
	bool sealed = s->way == AZURE_SEED_SEALED;

	if (sealed != (s->sealed != NULL)) {
		tee_option_error(config, "sealed",
		    sealed ? "is needed: the file that teectl seal made" :
			     "has a meaning only with seed = \"sealed\"");
		return false;
	}
	if (!sealed && !s->has_public_key) {
		tee_option_error(config, "seed",
		    "needs public_key too: the key must be known before it is "
		    "released");
		return false;
	}
	if (s->way != AZURE_SEED_HKDF &&
	    (tee_option(config, "salt") != NULL ||
		tee_option(config, "label") != NULL)) {
		tee_option_error(config, "seed",
		    "salt and label have a meaning only with hkdf");
		return false;
	}
	return true;
}

bool
tee_azure_seed_read(struct azure_seed *s, const struct tee_config *config)
{
	unsigned way = AZURE_SEED_SEALED;
	const char *sealed = NULL;

	memset(s, 0, sizeof(*s));
	if (tee_option_word(config, "seed", ways, &way) < 0 ||
	    tee_option_path(config, "sealed", &sealed) < 0 ||
	    !read_public_key(s, config) || !read_salt(s, config))
		return false;
	s->way = (enum azure_seed_way)way;
	s->sealed = sealed != NULL ? strdup(sealed) : NULL;
	return (sealed == NULL || s->sealed != NULL) && complete(s, config);
}

void
tee_azure_seed_clear(struct azure_seed *s)
{
	free(s->sealed);
	free(s->salt);
	free(s->label);
	memset(s, 0, sizeof(*s));
}

static enum tee_verdict
refuse(struct tee_call *call, const char *reason, const char *detail,
    const char *more)
{
	tee_call_log(call, LOG_ERR, reason, "%s%s", detail, more);
	return TEE_DENY;
}

/* Unknown only while the profile derives the DID from the key. */
static bool
same_owner(struct tee_call *call, const struct tee_sealed *sealed)
{
	size_t size;
	const char *did = tee_call_did(call, &size);

	return did == NULL ||
	    (size == sealed->did_size && memcmp(did, sealed->did, size) == 0);
}

static enum tee_verdict
load(struct tee_call *call, const struct azure_seed *s,
    struct tee_sealed *sealed)
{
	char why[TEE_SEALED_WHY];
	const char *unread;
	size_t size = 0;
	uint8_t *data =
	    tee_file_read_own(s->sealed, TEE_SEALED_MAX, &size, &unread);
	bool ok, foreign = data == NULL && errno == EPERM;

	memset(sealed, 0, sizeof(*sealed));
	if (data == NULL) {
		tee_call_log(call, LOG_ERR, "sealed_file", "%s: %s", s->sealed,
		    unread);
		return foreign ? TEE_DENY : TEE_UNAVAILABLE;
	}
	ok = tee_sealed_parse(sealed, data, size, why);
	free(data);
	if (!ok) {
		tee_call_log(call, LOG_ERR, "sealed_format",
		    "%s: %s; make it with teectl seal", s->sealed, why);
		return TEE_DENY;
	}
	return TEE_OK;
}

enum tee_verdict
tee_azure_seed_foretell(struct tee_call *call, const struct azure_seed *s,
    struct tee_sealed *sealed, uint8_t public_key[TEE_PUBLIC_KEY_SIZE])
{
	enum tee_verdict verdict;

	memset(sealed, 0, sizeof(*sealed));
	if (s->way != AZURE_SEED_SEALED) {
		memcpy(public_key, s->public_key, TEE_PUBLIC_KEY_SIZE);
		return TEE_OK;
	}
	verdict = load(call, s, sealed);
	if (verdict != TEE_OK)
		return verdict;
	if (!same_owner(call, sealed))
		return refuse(call, "sealed_did", s->sealed,
		    " was sealed for another DID");
	if (s->has_public_key &&
	    memcmp(s->public_key, sealed->public_key, TEE_PUBLIC_KEY_SIZE) != 0)
		return refuse(call, "sealed_public_key", s->sealed,
		    " is of another key than the option public_key names");
	memcpy(public_key, sealed->public_key, TEE_PUBLIC_KEY_SIZE);
	return TEE_OK;
}

static bool
hkdf(const struct azure_seed *s, const struct azure_rsa *rsa,
    uint8_t seed[TEE_SEED_SIZE])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest[] = "SHA256";
	uint8_t d[AZURE_RSA_PART];
	size_t size = rsa->size[AZURE_RSA_D];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest,
		    0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, d, size),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, s->salt,
		    s->salt_size),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, s->label,
		    strlen(s->label)),
		OSSL_PARAM_construct_end()
	};
	bool ok;

	memcpy(d, rsa->part[AZURE_RSA_D], size);
	ok = ctx != NULL &&
	    EVP_KDF_derive(ctx, seed, TEE_SEED_SIZE, params) == 1;
	OPENSSL_cleanse(d, sizeof(d));
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	ERR_clear_error();
	return ok;
}

static bool
unseal(const struct tee_sealed *sealed, const struct azure_rsa *rsa,
    uint8_t seed[TEE_SEED_SIZE])
{
	EVP_PKEY *key = tee_azure_rsa_open(rsa);
	bool ok = key != NULL && tee_sealed_open(sealed, key, seed);

	EVP_PKEY_free(key);
	return ok;
}

/* Of RSA keys; the other two kinds are told apart before. */
static enum tee_verdict
take_from_rsa(struct tee_call *call, const struct azure_seed *s,
    const struct tee_sealed *sealed, const uint8_t *key, size_t size,
    struct azure_rsa *work, uint8_t seed[TEE_SEED_SIZE])
{
	bool ok;

	if (!tee_azure_rsa_pkcs8(work, key, size))
		return refuse(call, "released_key",
		    "the released key is no RSA key in PKCS #8", "");
	ok = s->way == AZURE_SEED_HKDF ? hkdf(s, work, seed) :
					 unseal(sealed, work, seed);
	OPENSSL_cleanse(work, sizeof(*work));
	if (!ok && s->way == AZURE_SEED_HKDF)
		return refuse(call, "released_key",
		    "no seed could be derived from the released key "
		    "(HKDF-SHA256)",
		    "");
	if (!ok)
		return refuse(call, "unseal",
		    "the released key does not open the sealed file: it was "
		    "sealed to another key or version, or changed since",
		    "");
	return TEE_OK;
}

enum tee_verdict
tee_azure_seed_take(struct tee_call *call, const struct azure_seed *s,
    const struct tee_sealed *sealed, enum azure_key_type type,
    const uint8_t *key, size_t size, struct azure_rsa *work,
    uint8_t seed[TEE_SEED_SIZE])
{
	bool oct = s->way == AZURE_SEED_OCT;

	if (!same_owner(call, sealed) && s->way == AZURE_SEED_SEALED)
		return refuse(call, "sealed_did", s->sealed,
		    " was sealed for another DID");
	if (type != (oct ? AZURE_KEY_OCT : AZURE_KEY_RSA))
		return refuse(call, "released_key",
		    "the vault's key is of a type that no seed comes of: ",
		    oct ? "seed = \"oct\" needs a 256-bit oct-HSM key" :
			  "sealed and hkdf need an RSA-HSM key");
	if (!oct)
		return take_from_rsa(call, s, sealed, key, size, work, seed);
	if (size != TEE_SEED_SIZE)
		return refuse(call, "released_key",
		    "the released key has not 256 bits", "");
	memcpy(seed, key, TEE_SEED_SIZE);
	return TEE_OK;
}
