/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One key in custody, by its owner: what stands in the keyring, that it signs
 * as RFC 8032 says, and that nothing is left when it ends, however it ends.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "libtee/text.h"
#include "tests/test_keyring_kit.h"

/* lease.h: view for the user and the operators, no more. */
#define KEY_PERMISSIONS 0x0b010100
#define RING_PERMISSIONS 0x0f050000
#define RING_OPERATORS 0x00000500

static void
starts_with(key_serial_t key, const char *type, gid_t gid, unsigned perm,
    const char *description)
{
	char expected[256];

	snprintf(expected, sizeof(expected), "%s;%u;%u;%08x;%s", type,
	    (unsigned)geteuid(), (unsigned)gid, perm, description);
	ck_assert_str_eq(kit_describe(key), expected);
}

START_TEST(what_stands_in_the_keyring)
{
	struct tee_custody *c = kit_store(60, NOBODY);
	key_serial_t key = tee_custody_serial(c), ring = kit_ring(), member;
	uint8_t payload[128];
	char name[64];

	snprintf(name, sizeof(name), "_tee.ring:kit:%08x", (unsigned)key);
	starts_with(key, "user", getegid(), KEY_PERMISSIONS, KIT_DESCRIPTION);
	starts_with(ring, "keyring", getegid(), RING_PERMISSIONS, name);
	ck_assert_int_eq(keyctl_read(ring, (char *)&member, sizeof(member)),
	    sizeof(member));
	ck_assert_int_eq(member, key);
	ck_assert_int_eq(keyctl_read(key, (char *)payload, sizeof(payload)),
	    64);
	ck_assert_mem_eq(payload, kit_seed, 32);
	ck_assert_mem_eq(payload + 32, kit_public, 32);
	tee_custody_free(&c);
}
END_TEST

START_TEST(operators_see_it)
{
	gid_t group = kit_is_root() ? kit_uid(5) : getegid();
	struct tee_custody *c = kit_store(60, group);
	char name[64];

	snprintf(name, sizeof(name), "_tee.ring:kit:%08x",
	    (unsigned)tee_custody_serial(c));
	starts_with(tee_custody_serial(c), "user", group, KEY_PERMISSIONS,
	    KIT_DESCRIPTION);
	starts_with(kit_ring(), "keyring", group,
	    RING_PERMISSIONS | RING_OPERATORS, name);
	tee_custody_free(&c);
}
END_TEST

/* Neither shared rings nor the thread's: only below the process keyring. */
START_TEST(in_no_other_ring)
{
	static const key_serial_t others[] = { KEY_SPEC_SESSION_KEYRING,
		KEY_SPEC_USER_KEYRING, KEY_SPEC_USER_SESSION_KEYRING,
		KEY_SPEC_THREAD_KEYRING };
	struct tee_custody *c = kit_store(60, NOBODY);
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert_int_lt(keyctl_search(others[i], "user",
				     KIT_DESCRIPTION, 0),
		    0);
	ck_assert_int_eq(keyctl_search(KEY_SPEC_PROCESS_KEYRING, "user",
			     KIT_DESCRIPTION, 0),
	    tee_custody_serial(c));
	tee_custody_free(&c);
}
END_TEST

/* Not even the owner's process may weaken it. */
START_TEST(owner_cannot_change_it)
{
	struct tee_custody *c = kit_store(60, NOBODY);
	key_serial_t key = tee_custody_serial(c), ring = kit_ring();

	ck_assert_int_lt(keyctl_set_timeout(key, 100000), 0);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_lt(keyctl_setperm(key, 0x3f3f3f3f), 0);
	ck_assert_int_lt(keyctl_setperm(ring, 0x3f3f3f3f), 0);
	ck_assert_int_lt(keyctl_update(key, "x", 1), 0);
	ck_assert_int_lt(keyctl_link(key, KEY_SPEC_SESSION_KEYRING), 0);
	ck_assert_int_lt(keyctl_link(ring, KEY_SPEC_SESSION_KEYRING), 0);
	ck_assert_int_lt(add_key("user", "x", "x", 1, ring), 0);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(kit_sign(c), 0);
	tee_custody_free(&c);
}
END_TEST

/* RFC 8032 section 7.1. */
static const struct {
	const char *name, *seed, *public_key, *message, *signature;
} vectors[] = {
	{ "TEST 1, empty message",
	    "9d61b19deffd5a60ba844af492ec2cc44449c5697b"
	    "326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490"
	    "1555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a10"
	    "0b" },
	{ "TEST 3, two bytes",
	    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f09"
	    "4b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	    "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7d"
	    "b5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea"
	    "1ec40a" },
	{ "TEST SHA(abc)",
	    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7d"
	    "a901b96dca3d42",
	    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2"
	    "192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b5890"
	    "9351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704" },
};

static void
from_hex(const char *hex, uint8_t *out, size_t size)
{
	ck_assert(tee_hex_decode(hex, strlen(hex), out, size));
}

START_TEST(rfc8032)
{
	uint8_t seed[32], public_key[32], message[64], expected[64], got[64];
	size_t size = strlen(vectors[_i].message) / 2;
	struct tee_custody_spec spec = { "tee:local:rfc:x", "rfc", seed,
		public_key, 60, NOBODY, NULL, false };
	struct tee_custody *c;

	from_hex(vectors[_i].seed, seed, 32);
	from_hex(vectors[_i].public_key, public_key, 32);
	from_hex(vectors[_i].message, message, size);
	from_hex(vectors[_i].signature, expected, 64);
	ck_assert_int_eq(tee_custody_store(&spec, &c), 0);
	ck_assert_int_eq(tee_custody_sign(c, message, size, got), 0);
	ck_assert_msg(memcmp(got, expected, 64) == 0, "%s", vectors[_i].name);
	tee_custody_free(&c);
}
END_TEST

static bool
verifies(const uint8_t *message, size_t size, const uint8_t *signature)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    kit_public, sizeof(kit_public));
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(md, signature, 64, message, size) == 1;

	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return ok;
}

START_TEST(openssl_verifies)
{
	static uint8_t message[100000];
	static const size_t sizes[] = { 0, 1, 63, 64, 4096, sizeof(message) };
	struct tee_custody *c = kit_store(60, NOBODY);
	uint8_t signature[64];
	size_t i;

	memset(message, 0x5a, sizeof(message));
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_int_eq(tee_custody_sign(c, message, sizes[i],
				     signature),
		    0);
		ck_assert(verifies(message, sizes[i], signature));
		signature[5] ^= 1;
		ck_assert(!verifies(message, sizes[i], signature));
	}
	tee_custody_free(&c);
}
END_TEST

/* Signing with a half that does not fit leaks the scalar. */
START_TEST(wrong_public_key)
{
	uint8_t other[32];
	struct tee_custody_spec spec = { KIT_DESCRIPTION, "kit", kit_seed,
		other, 60, NOBODY, NULL, false };
	struct tee_custody *c;

	memcpy(other, kit_public, sizeof(other));
	other[31] ^= 1;
	ck_assert_int_eq(tee_custody_store(&spec, &c), TEE_E_CRYPTO);
	ck_assert_ptr_null(c);
	ck_assert_int_eq(kit_ring(), -1);
}
END_TEST

START_TEST(lease_ends)
{
	struct tee_custody *c = kit_store(1, NOBODY);
	key_serial_t key = tee_custody_serial(c);

	ck_assert_int_eq(kit_sign(c), 0);
	ck_assert(kit_comes_to(c, TEE_E_KEY_EXPIRED));
	ck_assert_int_lt(keyctl_set_timeout(key, 60), 0);
	ck_assert_int_lt(keyctl_read(key, NULL, 0), 0);
	/* It does not come back, and its end leaves nothing. */
	ck_assert_int_ne(tee_custody_renew(c, 60), 0);
	ck_assert_int_ne(kit_sign(c), 0);
	tee_custody_free(&c);
	ck_assert_int_eq(kit_ring(), -1);
	ck_assert(kit_vanishes(key));
}
END_TEST

START_TEST(renewal)
{
	struct tee_custody *c = kit_store(1, NOBODY);
	key_serial_t old = tee_custody_serial(c), fresh;

	ck_assert_int_eq(tee_custody_renew(c, 60), 0);
	fresh = tee_custody_serial(c);
	ck_assert_int_ne(fresh, old);
	starts_with(fresh, "user", getegid(), KEY_PERMISSIONS, KIT_DESCRIPTION);
	ck_assert_int_eq(kit_sign(c), 0);
	ck_assert(kit_vanishes(old));
	/* Past the first lease's end. */
	sleep(1);
	ck_assert_int_eq(kit_sign(c), 0);
	ck_assert_int_gt(kit_ring(), 0);
	tee_custody_free(&c);
	ck_assert_int_eq(kit_ring(), -1);
	ck_assert(kit_vanishes(fresh));
}
END_TEST

START_TEST(revocation)
{
	struct tee_custody *c = kit_store(60, NOBODY);
	key_serial_t key = tee_custody_serial(c), ring = kit_ring();

	ck_assert_int_eq(tee_custody_revoke(c), 0);
	ck_assert_int_eq(kit_sign(c), TEE_E_KEY_GONE);
	ck_assert_int_lt(keyctl_read(key, NULL, 0), 0);
	ck_assert_int_eq(kit_ring(), -1);
	ck_assert(kit_vanishes(key));
	ck_assert(kit_vanishes(ring));
	ck_assert_int_eq(tee_custody_revoke(c), 0);
	ck_assert_int_eq(tee_custody_renew(c, 60), TEE_E_KEY_GONE);
	ck_assert_int_eq(kit_sign(c), TEE_E_KEY_GONE);
	tee_custody_free(&c);
	ck_assert_ptr_null(c);
}
END_TEST

START_TEST(free_leaves_nothing)
{
	struct tee_custody *c = kit_store(60, NOBODY);
	struct tee_custody *other = NULL;
	key_serial_t key = tee_custody_serial(c), ring = kit_ring();

	tee_custody_free(&c);
	ck_assert_int_eq(kit_ring(), -1);
	ck_assert(kit_vanishes(key));
	ck_assert(kit_vanishes(ring));
	tee_custody_free(&c);
	tee_custody_free(&other);
	tee_custody_free(NULL);
}
END_TEST

/* Two keys of one description do not replace each other. */
START_TEST(two_keys)
{
	struct tee_custody *a = kit_store(60, NOBODY);
	struct tee_custody *b = NULL;

	ck_assert_int_eq(kit_try_store(60, NOBODY, &b), 0);
	ck_assert_int_ne(tee_custody_serial(a), tee_custody_serial(b));
	tee_custody_free(&a);
	ck_assert_int_eq(kit_sign(b), 0);
	tee_custody_free(&b);
}
END_TEST

static int
store_and_wait(void *arg)
{
	int *out = arg;
	struct tee_custody *c = NULL;
	key_serial_t serial;

	if (kit_try_store(60, NOBODY, &c) != 0)
		return 1;
	serial = tee_custody_serial(c);
	if (write(*out, &serial, sizeof(serial)) != sizeof(serial))
		return 1;
	for (;;)
		pause();
}

START_TEST(killed_process)
{
	key_serial_t key;
	int fds[2];
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0)
		_exit(store_and_wait(&fds[1]));
	ck_assert_int_eq(read(fds[0], &key, sizeof(key)), sizeof(key));
	ck_assert_ptr_nonnull(kit_describe(key));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_assert(kit_vanishes(key));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("keyring");
	TCase *tcase = tcase_create("owner");

	tcase_set_timeout(tcase, 180);
	tcase_add_test(tcase, what_stands_in_the_keyring);
	tcase_add_test(tcase, operators_see_it);
	tcase_add_test(tcase, in_no_other_ring);
	tcase_add_test(tcase, owner_cannot_change_it);
	tcase_add_loop_test(tcase, rfc8032, 0, 3);
	tcase_add_test(tcase, openssl_verifies);
	tcase_add_test(tcase, wrong_public_key);
	tcase_add_test(tcase, lease_ends);
	tcase_add_test(tcase, renewal);
	tcase_add_test(tcase, revocation);
	tcase_add_test(tcase, free_leaves_nothing);
	tcase_add_test(tcase, two_keys);
	tcase_add_test(tcase, killed_process);
	suite_add_tcase(suite, tcase);
	return kit_main(suite);
}
