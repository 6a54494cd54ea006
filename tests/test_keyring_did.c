/* SPDX-License-Identifier: Apache-2.0 */
/*
 * did = "auto": the DID that AgentMesh's registry derives from the key, on
 * the way from a key file through a whole acquisition to the keyring.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "libtee/text.h"
#include "tests/test_keyring_kit.h"

static char directory[256];

static void
make_directory(void)
{
	char parent[200];

	snprintf(parent, sizeof(parent), "%s/tests/tmp",
	    getenv("TEE_TEST_BUILDDIR"));
	if (mkdir(parent, 0755) != 0)
		ck_assert_int_eq(errno, EEXIST);
	snprintf(directory, sizeof(directory), "%s/did.XXXXXX", parent);
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void
remove_directory(void)
{
	static const char *const names[] = { "seed", "agent.conf" };
	char path[512];
	size_t i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	rmdir(directory);
}

static void
write_file(const char *name, const void *data, size_t size)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fchmod(fileno(f), 0600), 0);
	ck_assert_uint_eq(fwrite(data, 1, size, f), size);
	ck_assert_int_eq(fclose(f), 0);
}

static struct tee_key *
acquire(const uint8_t seed[32], struct tee **tee)
{
	char text[1024], path[512];
	struct tee_key *key = NULL;

	write_file("seed", seed, 32);
	snprintf(text, sizeof(text),
	    "agent = { did = \"auto\"; };\n"
	    "assurance = \"local\";\n"
	    "keystore = ( { control = \"required\"; module = \"local\"; "
	    "options = { file = \"%s/seed\"; }; } );\n"
	    "custody = { residency = \"process\"; lifetime = \"1h\"; };\n",
	    directory);
	write_file("agent.conf", text, strlen(text));
	snprintf(path, sizeof(path), "%s/agent.conf", directory);
	ck_assert_int_eq(tee_open_file(path, NULL, tee), 0);
	ck_assert_int_eq(tee_acquire(*tee, &key), 0);
	return key;
}

static void
signs_for(const struct tee_key *key, const uint8_t public_key[32])
{
	EVP_PKEY *pkey =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t signature[TEE_SIGNATURE_SIZE];

	ck_assert_int_eq(tee_sign(key, "hello", 5, signature), 0);
	ck_assert_int_eq(EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey), 1);
	ck_assert_int_eq(EVP_DigestVerify(md, signature, sizeof(signature),
			     (const uint8_t *)"hello", 5),
	    1);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
}

static void
identity(const uint8_t seed[32], const uint8_t public_key[32], const char *did)
{
	uint8_t got[TEE_PUBLIC_KEY_SIZE];
	struct tee *tee = NULL;
	struct tee_key *key = acquire(seed, &tee);
	const char *description, *mine;
	key_serial_t serial = tee_key_serial(key);
	size_t size;

	mine = tee_key_did(key, &size);
	ck_assert_uint_eq(size, strlen(did));
	ck_assert_str_eq(mine, did);
	tee_key_public(key, got);
	ck_assert_mem_eq(got, public_key, sizeof(got));
	description = strrchr(kit_describe(serial), ';');
	ck_assert_int_eq(strncmp(description, ";tee:local:agent:", 17), 0);
	ck_assert_str_eq(description + 17, did);
	signs_for(key, public_key);
	tee_key_free(&key);
	tee_close(&tee);
	ck_assert(kit_vanishes(serial));
}

START_TEST(known_identity)
{
	identity(kit_seed, kit_public,
	    "did:mesh:39f713d0a644253f04529421b9f51b9b");
}
END_TEST

static json_t *vectors;

static void
from_hex(const json_t *row, const char *key, uint8_t out[32])
{
	const char *hex = json_string_value(json_object_get(row, key));

	ck_assert(tee_hex_decode(hex, strlen(hex), out, 32));
}

START_TEST(registry_identities)
{
	uint8_t seed[32], public_key[32];
	json_t *row;
	size_t i;

	ck_assert_uint_eq(json_array_size(vectors), 4);
	json_array_foreach(vectors, i, row)
	{
		from_hex(row, "seed_hex", seed);
		from_hex(row, "public_key_hex", public_key);
		identity(seed, public_key,
		    json_string_value(json_object_get(row, "registry_did")));
	}
}
END_TEST

static json_t *
load_vectors(void)
{
	const char *base = getenv("TEE_VECTORS");
	char path[4096];

	if (base == NULL ||
	    snprintf(path, sizeof(path),
		"%s/agentmesh/identity-derivations.json",
		base) >= (int)sizeof(path))
		return NULL;
	return json_load_file(path, 0, NULL);
}

int
main(void)
{
	Suite *suite = suite_create("keyring DID");
	TCase *tcase = tcase_create("did");
	int result;

	if (getenv("TEE_TEST_BUILDDIR") == NULL) {
		printf("skipped: TEE_TEST_BUILDDIR is not set\n");
		return 77;
	}
	vectors = load_vectors();
	tcase_add_checked_fixture(tcase, make_directory, remove_directory);
	tcase_add_test(tcase, known_identity);
	if (vectors != NULL)
		tcase_add_test(tcase, registry_identities);
	else
		printf("skipped: no agentmesh vectors in $TEE_VECTORS\n");
	suite_add_tcase(suite, tcase);
	result = kit_main(suite);
	json_decref(vectors);
	return result;
}
