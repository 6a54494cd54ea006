/* SPDX-License-Identifier: Apache-2.0 */
/* vaultkey: see vaultkey.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <jose/b64.h>
#include <jose/openssl.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "sim/vaultkey.h"

static void
forget(struct sim_vault_key *key)
{
	EVP_PKEY_free(key->pkey);
	tee_sim_blob_free(&key->oct);
	json_decref(key->ops);
	json_decref(key->policy);
	memset(key, 0, sizeof(*key));
}

void
tee_sim_vault_keys_close(struct sim_vault_keys *keys)
{
	while (keys->count > 0)
		forget(&keys->key[--keys->count]);
}

bool
tee_sim_vault_name_valid(const char *name)
{
	size_t n = strspn(name,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	return n > 0 && n <= SIM_VAULT_NAME_MAX && name[n] == '\0';
}

struct sim_vault_key *
tee_sim_vault_key_find(struct sim_vault_keys *keys, const char *name,
    const char *version)
{
	for (size_t i = 0; i < keys->count; i++) {
		struct sim_vault_key *key = &keys->key[i];

		if (strcmp(key->name, name) == 0 &&
		    (version == NULL || version[0] == '\0' ||
			strcmp(key->version, version) == 0))
			return key;
	}
	return NULL;
}

static EVP_PKEY *
make_pkey(const char *kty, unsigned bits, const char *curve)
{
	static const struct {
		const char *jose, *openssl;
	} curves[] = { { "P-256", "P-256" }, { "P-384", "P-384" },
		{ "P-521", "P-521" } };

	if (strcmp(kty, "RSA-HSM") == 0)
		return bits == 2048 || bits == 3072 || bits == 4096 ?
		    EVP_RSA_gen(bits) :
		    NULL;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (strcmp(kty, "EC-HSM") == 0 && curve != NULL &&
		    strcmp(curve, curves[i].jose) == 0)
			return EVP_EC_gen(curves[i].openssl);
	return NULL;
}

static bool
make_oct(struct sim_vault_key *key, unsigned bits)
{
	uint8_t data[32];

	return (bits == 128 || bits == 192 || bits == 256) &&
	    RAND_bytes(data, sizeof(data)) == 1 &&
	    tee_sim_blob_append(&key->oct, data, bits / 8);
}

static bool
fill(struct sim_vault_key *key, const char *name, const char *kty,
    unsigned bits, const char *curve)
{
	uint8_t version[16];

	snprintf(key->name, sizeof(key->name), "%s", name);
	snprintf(key->kty, sizeof(key->kty), "%s", kty);
	key->created = time(NULL);
	if (RAND_bytes(version, sizeof(version)) != 1)
		return false;
	for (size_t i = 0; i < sizeof(version); i++)
		snprintf(key->version + 2 * i, 3, "%02x", version[i]);
	if (strcmp(kty, "oct-HSM") == 0)
		return make_oct(key, bits);
	key->pkey = make_pkey(kty, bits, curve);
	return key->pkey != NULL;
}

struct sim_vault_key *
tee_sim_vault_key_make(struct sim_vault_keys *keys, const char *name,
    const char *kty, unsigned bits, const char *curve)
{
	struct sim_vault_key *old = tee_sim_vault_key_find(keys, name, NULL);
	struct sim_vault_key key = { 0 };

	if (!tee_sim_vault_name_valid(name) ||
	    (old == NULL && keys->count == SIM_VAULT_KEYS) ||
	    !fill(&key, name, kty, bits, curve)) {
		forget(&key);
		return NULL;
	}
	if (old != NULL)
		forget(old);
	else
		old = &keys->key[keys->count++];
	*old = key;
	return old;
}

json_t *
tee_sim_vault_key_jwk(const struct sim_vault_key *key, const char *base)
{
	json_t *jwk = key->pkey != NULL ?
	    jose_openssl_jwk_from_EVP_PKEY(NULL, key->pkey) :
	    json_object();
	static const char *const secret[] = { "d", "p", "q", "dp", "dq", "qi" };
	char kid[512];

	if (jwk == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		json_object_del(jwk, secret[i]);
	/* The real one writes it with a leading zero byte. */
	if (key->pkey != NULL &&
	    EVP_PKEY_get_base_id(key->pkey) == EVP_PKEY_RSA)
		json_object_set_new(jwk, "e", json_string("AAEAAQ"));
	snprintf(kid, sizeof(kid), "%s/keys/%s/%s", base, key->name,
	    key->version);
	json_object_set_new(jwk, "kid", json_string(kid));
	json_object_set_new(jwk, "kty", json_string(key->kty));
	json_object_set(jwk, "key_ops", key->ops);
	return jwk;
}

static bool
export_pkcs8(EVP_PKEY *pkey, struct sim_blob *out)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	unsigned char *der = NULL;
	int size = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
	bool ok = size > 0 && tee_sim_blob_append(out, der, (size_t)size);

	if (size > 0)
		OPENSSL_clear_free(der, (size_t)size);
	PKCS8_PRIV_KEY_INFO_free(info);
	return ok;
}

bool
tee_sim_vault_key_export(const struct sim_vault_key *key, struct sim_blob *out)
{
	return key->pkey != NULL ?
	    export_pkcs8(key->pkey, out) :
	    tee_sim_blob_append(out, key->oct.data, key->oct.size);
}
