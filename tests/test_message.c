/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be signed: for every class messages that are of it and messages
 * that are nearly so, cut off everywhere, and under every other class' rule.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/evp.h>

#include "libtee/message.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ID "challenge_0123456789abcdef"
#define DID "did:mesh:0123456789abcdef0123456789abcdef"
#define HEX16 "0123456789abcdef"
#define HEX32 HEX16 HEX16
#define HEX64 HEX32 HEX32
#define S(text) text, sizeof(text) - 1

static const uint8_t public_key[32] = "a public key of 32 bytes, indeed";
/* 2026-01-01T12:00:00Z. */
static const struct tee_message_key key = { public_key, S(DID),
	1767268800 * TEE_SECOND };
/* Standard base64 of it: it has no character that differs in base64url. */
#define KEY64 "YSBwdWJsaWMga2V5IG9mIDMyIGJ5dGVzLCBpbmRlZWQ"

static void
rules_of(struct tee_message_rules *rules, const char *text)
{
	const char *why = "";

	rules->count = 0;
	ck_assert_msg(tee_message_rules_add(rules, text, &why), "%s: %s", text,
	    why);
}

static enum tee_message_class
under(const char *rule, const void *message, size_t size)
{
	struct tee_message_rules rules;
	enum tee_message_class class;

	rules_of(&rules, rule);
	class = tee_message_allows(&rules, &key, message, size);
	tee_message_rules_clear(&rules);
	return class;
}

/* ---- messages that are built ---------------------------------------- */

struct built {
	uint8_t bytes[1024];
	size_t size;
};

static void
add(struct built *b, const void *bytes, size_t size)
{
	ck_assert_uint_le(b->size + size, sizeof(b->bytes));
	memcpy(b->bytes + b->size, bytes, size);
	b->size += size;
}

static void
add_string(struct built *b, const void *bytes, size_t size)
{
	const uint8_t head[4] = { 0, 0, (uint8_t)(size >> 8), (uint8_t)size };

	add(b, head, 4);
	add(b, bytes, size);
}

static void
add_field(struct built *b, const void *bytes, size_t size)
{
	const uint8_t head[2] = { (uint8_t)(size >> 8), (uint8_t)size };

	add(b, head, 2);
	add(b, bytes, size);
}

static struct built
sshsig(const char *namespace, const char *reserved, const char *hash,
    size_t digest)
{
	struct built b = { .size = 0 };

	add(&b, S("SSHSIG"));
	add_string(&b, namespace, strlen(namespace));
	add_string(&b, reserved, strlen(reserved));
	add_string(&b, hash, strlen(hash));
	add_string(&b, HEX64, digest);
	return b;
}

static struct built
userauth(const char *method, size_t session, const uint8_t *with)
{
	struct built b = { .size = 0 }, blob = { .size = 0 };

	add_string(&blob, S("ssh-ed25519"));
	add_string(&blob, with, 32);
	add_string(&b, HEX64 HEX64, session);
	add(&b, "\x32", 1);
	add_string(&b, S("git"));
	add_string(&b, S("ssh-connection"));
	add_string(&b, method, strlen(method));
	add(&b, "\x01", 1);
	add_string(&b, S("ssh-ed25519"));
	add_string(&b, blob.bytes, blob.size);
	if (strcmp(method, "publickey") != 0)
		add_string(&b, S("the host's key"));
	return b;
}

static struct built
layer2(const char *did, const char *challenge, const uint8_t *with,
    const char *origin)
{
	struct built b = { .size = 0 };
	uint8_t hash[32];

	EVP_Digest(with, 32, hash, NULL, EVP_sha256(), NULL);
	add(&b, S("agentmesh-layer2-v1"));
	add_field(&b, did, strlen(did));
	add_field(&b, S("did:mesh:verifier"));
	add_field(&b, challenge, strlen(challenge));
	add_field(&b, S(HEX64));
	add(&b, HEX32, 32);
	add(&b, hash, 32);
	add_field(&b, origin, strlen(origin));
	return b;
}

static struct built
document(const char *did, const uint8_t *with)
{
	struct built b = { .size = 0 };

	add(&b, S("tee-registration-v1"));
	add_field(&b, did, strlen(did));
	add(&b, with, 32);
	add(&b, HEX32, 32);
	return b;
}

/* ---- texts ----------------------------------------------------------- */

#define HANDSHAKE "challenge_" HEX16 ":" HEX64 ":" HEX32 ":" DID
/* {"alg":"EdDSA"} */
#define JWS_HEAD "eyJhbGciOiJFZERTQSJ9"

static const struct {
	const char *rule;
	const char *message;
	size_t size;
	bool good;
} texts[] = {
	{ "handshake", S(HANDSHAKE), true },
	{ "handshake", S(HANDSHAKE ":" HEX32), true },
	{ "handshake", S(HANDSHAKE ":" HEX16), false },
	{ "handshake", S(HANDSHAKE ":" HEX32 ":"), false },
	{ "handshake", S(HANDSHAKE "0"), false },
	{ "handshake", S(HANDSHAKE "\0"), false },
	{ "handshake", S("challenge_" HEX16 ":" HEX64 ":" HEX32 ":did:mesh:x"),
	    false },
	{ "handshake", S("challenge_" HEX16 ":" HEX64 ":" HEX16 ":" DID),
	    false },
	{ "handshake", S("challenge_" HEX16 ":" HEX32 ":" HEX32 ":" DID),
	    false },
	{ "handshake", S("challenge_0123456789ABCDEF:" HEX64 ":" HEX32 ":" DID),
	    false },
	{ "handshake", S("Challenge_" HEX16 ":" HEX64 ":" HEX32 ":" DID),
	    false },
	{ "handshake", S(HEX16 ":" HEX64 ":" HEX32 ":" DID), false },
	{ "handshake", S(HEX32), false }, /* a bare digest */
	{ "registration", S(KEY64 "=2026-01-01T12:00:00Z"), true },
	{ "registration", S(KEY64 "2026-01-01T12:00:00.000100Z"), true },
	{ "registration", S(KEY64 "=2026-01-01T12:00:00+00:00"), true },
	{ "registration", S(KEY64 "="), false },
	{ "registration", S(KEY64 "=2026-01-01T12:05:00Z"), true },
	{ "registration", S(KEY64 "=2026-01-01T11:55:00Z"), true },
	{ "registration", S(KEY64 "=2026-01-01T12:05:00.000001Z"), false },
	{ "registration", S(KEY64 "=2026-01-01T11:54:59.999999Z"), false },
	{ "registration", S(KEY64 "=2099-01-01T12:00:00Z"), false },
	{ "registration", S(KEY64 "==2026-01-01T12:00:00Z"), false },
	{ "registration", S(KEY64 "=2026-01-01T12:00:00Zx"), false },
	{ "registration", S(KEY64 "=yesterday, or so, I think"), false },
	{ "registration", S(KEY64 "=2026-01-01T12:00:00." HEX16 HEX16 "Z"),
	    false },
	{ "registration", S(KEY64 "=2026-01-01T12:00:00.0000000000000000000Z"),
	    false },
	{ "registration",
	    S("ZSBwdWJsaWMga2V5IG9mIDMyIGJ5dGVzLCBpbmRlZWQ=2026-01-01T12:00:00Z"),
	    false },
	{ "raw:apps:v1:", S("apps:v1:x"), true },
	{ "raw:apps:v1:", S("apps:v1:\0\xff"), true },
	{ "raw:apps:v1:", S("apps:v1:"), false },
	/* 32 bytes: as long as a second layer's digest, and no other. */
	{ "raw:apps:v1:", S("apps:v1:" HEX16 "0123456"), true },
	{ "raw:apps:v1:", S("apps:v1:" HEX16 "01234567"), false },
	{ "raw:apps:v1:", S("apps:v1:" HEX16 "012345678"), true },
	{ "raw:apps:v1:", S("apps:v2:x"), false },
	{ "raw:apps:v1:", S(" apps:v1:x"), false },
	{ "jws", S(JWS_HEAD "."), true },
	{ "jws", S(JWS_HEAD ".e30"), true },
	/* {"typ":"JWT","alg":"EdDSA"} */
	{ "jws", S("eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9.e30"), true },
	/* {"alg":"EdDSA","a":"~~?"}, in either alphabet */
	{ "jws", S("eyJhbGciOiJFZERTQSIsImEiOiJ-fj8ifQ.e30"), true },
	{ "jws", S("eyJhbGciOiJFZERTQSIsImEiOiJ+fj8ifQ.e30"), false },
	{ "jws", S(JWS_HEAD), false },
	{ "jws", S(JWS_HEAD ".e30.e30"), false },
	{ "jws", S(JWS_HEAD ".e30="), false },
	{ "jws", S(JWS_HEAD ".e3+"), false },
	{ "jws", S(JWS_HEAD ".e3000"), false },
	{ "jws", S("." JWS_HEAD), false },
	/* {"alg":"none"} {"alg":"RS256"} [] {"alg":["EdDSA"]} */
	{ "jws", S("eyJhbGciOiJub25lIn0.e30"), false },
	{ "jws", S("eyJhbGciOiJSUzI1NiJ9.e30"), false },
	{ "jws", S("W10.e30"), false },
	{ "jws", S("eyJhbGciOlsiRWREU0EiXX0.e30"), false },
	/* {"alg":"EdDSA","crit":["b64"]}, ..."b64":false, alg twice */
	{ "jws", S("eyJhbGciOiJFZERTQSIsImNyaXQiOlsiYjY0Il19.e30"), false },
	{ "jws", S("eyJhbGciOiJFZERTQSIsImI2NCI6ZmFsc2V9.e30"), false },
	{ "jws", S("eyJhbGciOiJub25lIiwiYWxnIjoiRWREU0EifQ.e30"), false },
	{ "handshake", S(""), false },
	{ "jws", S(""), false },
};

START_TEST(of_text)
{
	enum tee_message_class class =
	    under(texts[_i].rule, texts[_i].message, texts[_i].size);

	ck_assert_msg((class != TEE_MESSAGE_NONE) == texts[_i].good,
	    "%s: %s: %s", texts[_i].rule, texts[_i].message,
	    tee_message_word(class));
}
END_TEST

/* Every class with one message of it, whole. */
static struct built
example(unsigned i, const char **rule)
{
	static const char *const rules[] = { "handshake", "registration",
		"registration", "raw:apps:v1:", "sshsig:git", "jws", "ssh",
		"ssh" };
	struct built b = { .size = 0 };

	*rule = rules[i];
	if (i == 0)
		add(&b, S(HANDSHAKE ":" HEX32));
	else if (i == 1)
		add(&b, S(KEY64 "=2026-01-01T12:00:00Z"));
	else if (i == 2)
		return document(DID, public_key);
	else if (i == 3)
		add(&b, S("apps:v1:x"));
	else if (i == 4)
		return sshsig("git", "", "sha512", 64);
	else if (i == 5)
		add(&b, S(JWS_HEAD ".e30"));
	else if (i == 6)
		return userauth("publickey", 32, public_key);
	else
		return userauth("publickey-hostbound-v00@openssh.com", 64,
		    public_key);
	return b;
}
#define EXAMPLES 8

static const char *const every[] = { "handshake", "registration",
	"raw:apps:v1:", "sshsig:git", "jws", "ssh" };

START_TEST(of_one_class_alone)
{
	const char *rule;
	struct built b = example((unsigned)_i, &rule);

	ck_assert_int_ne(under(rule, b.bytes, b.size), TEE_MESSAGE_NONE);
	for (size_t i = 0; i < COUNT(every); i++)
		if (strcmp(every[i], rule) != 0)
			ck_assert_msg(under(every[i], b.bytes, b.size) ==
				TEE_MESSAGE_NONE,
			    "example %d under %s", _i, every[i]);
}
END_TEST

/* Cut off anywhere it is nothing; so it is with a byte more. */
START_TEST(whole_or_not_at_all)
{
	const char *rule;
	struct built b = example((unsigned)_i, &rule);
	bool prefix_is_fine = strncmp(rule, "raw:", 4) == 0;

	/* A freshness nonce may be absent, a JWS' payload shorter. */
	for (size_t n = 0; n < b.size && !prefix_is_fine; n++) {
		bool shorter = (_i == 0 && n == sizeof(HANDSHAKE) - 1) ||
		    (_i == 5 && n >= b.size - 3);

		if (!shorter)
			ck_assert_msg(under(rule, b.bytes, n) ==
				TEE_MESSAGE_NONE,
			    "example %d, %zu of %zu bytes", _i, n, b.size);
	}
	add(&b, "\0", 1);
	ck_assert(
	    prefix_is_fine || under(rule, b.bytes, b.size) == TEE_MESSAGE_NONE);
}
END_TEST

/* What may be anything: where it begins and ends, from the end if negative. */
static const struct {
	int example, from, to;
} free_bytes[] = {
	{ 2, -32, 0 }, /* SHA-256 of the evidence */
	{ 3, 8, 9 },   /* what follows a prefix */
	{ 4, -64, 0 }, /* the digest */
	{ 6, 4, 36 },  /* session identifier */
	{ 6, 41, 44 }, /* user */
	{ 7, 4, 68 },  /* session identifier */
	{ 7, 73, 76 }, /* user */
	{ 7, -14, 0 }, /* the host's key */
};

static bool
is_free(int which, size_t at, size_t size)
{
	for (size_t i = 0; i < COUNT(free_bytes); i++) {
		int from = free_bytes[i].from, to = free_bytes[i].to;

		if (free_bytes[i].example == which &&
		    at >= (from < 0 ? size : 0) + (size_t)from &&
		    at < (to <= 0 ? size : 0) + (size_t)to)
			return true;
	}
	return false;
}

/* One wrong byte in any field, and it is of no class whatever. */
START_TEST(each_byte_counts)
{
	const char *rule;
	struct built b = example((unsigned)_i, &rule);

	for (size_t at = 0; at < b.size; at++) {
		bool good = is_free(_i, at, b.size);

		b.bytes[at] ^= 0x80;
		for (size_t k = 0; k < COUNT(every); k++)
			ck_assert_msg((under(every[k], b.bytes, b.size) !=
					  TEE_MESSAGE_NONE) ==
				(good && strcmp(every[k], rule) == 0),
			    "example %d, byte %zu, under %s", _i, at, every[k]);
		b.bytes[at] ^= 0x80;
	}
}
END_TEST

START_TEST(no_rule_no_message)
{
	const struct tee_message_rules none = { .count = 0 };
	const char *rule;
	struct built b = example((unsigned)_i, &rule);

	ck_assert_int_eq(tee_message_allows(&none, &key, b.bytes, b.size),
	    TEE_MESSAGE_NONE);
}
END_TEST

START_TEST(ssh)
{
	static const uint8_t other[32] = "another public key of 32 bytes..";
	struct built b = sshsig("git", "", "sha256", 32);

	ck_assert_int_eq(under("sshsig:git", b.bytes, b.size),
	    TEE_MESSAGE_SSHSIG);
	ck_assert_int_eq(under("sshsig:file", b.bytes, b.size),
	    TEE_MESSAGE_NONE);
	ck_assert_int_eq(under("sshsig:gi", b.bytes, b.size), TEE_MESSAGE_NONE);
	b = sshsig("git", "", "sha256", 64);
	ck_assert_int_eq(under("sshsig:git", b.bytes, b.size),
	    TEE_MESSAGE_NONE);
	b = sshsig("git", "", "sha1", 20);
	ck_assert_int_eq(under("sshsig:git", b.bytes, b.size),
	    TEE_MESSAGE_NONE);
	b = sshsig("git", "", "sha512", 32);
	ck_assert_int_eq(under("sshsig:git", b.bytes, b.size),
	    TEE_MESSAGE_NONE);
	b = sshsig("git", "reserved", "sha512", 64);
	ck_assert_int_eq(under("sshsig:git", b.bytes, b.size),
	    TEE_MESSAGE_NONE);
	b = userauth("publickey", 32, other);
	ck_assert_int_eq(under("ssh", b.bytes, b.size), TEE_MESSAGE_NONE);
	b = userauth("publickey", 15, public_key);
	ck_assert_int_eq(under("ssh", b.bytes, b.size), TEE_MESSAGE_NONE);
	b = userauth("publickey", 65, public_key);
	ck_assert_int_eq(under("ssh", b.bytes, b.size), TEE_MESSAGE_NONE);
	b = userauth("hostbased", 32, public_key);
	ck_assert_int_eq(under("ssh", b.bytes, b.size), TEE_MESSAGE_NONE);
	b = userauth("publickey", 32, public_key);
	b.bytes[b.size - 52]++; /* the length of the key's blob */
	add(&b, "x", 1);
	ck_assert_int_eq(under("ssh", b.bytes, b.size), TEE_MESSAGE_NONE);
}
END_TEST

static enum tee_message_class
second(const char *rule, const struct built *b, size_t size)
{
	struct tee_message_rules rules;
	enum tee_message_class class;

	rules_of(&rules, rule);
	class = tee_message_allows_layer2(&rules, &key, b->bytes, size);
	tee_message_rules_clear(&rules);
	return class;
}

START_TEST(second_layer)
{
	static const uint8_t other[32] = "another public key of 32 bytes..";
	struct built b = layer2(DID, ID, public_key, "skr");

	ck_assert_int_eq(second("handshake", &b, b.size),
	    TEE_MESSAGE_HANDSHAKE);
	ck_assert_int_eq(second("jws", &b, b.size), TEE_MESSAGE_NONE);
	ck_assert_int_eq(second("raw:agentmesh:", &b, b.size),
	    TEE_MESSAGE_NONE);
	/* It is never signed itself, nor is its digest. */
	ck_assert_int_eq(under("handshake", b.bytes, b.size), TEE_MESSAGE_NONE);
	for (size_t n = 0; n < b.size; n++)
		ck_assert_int_eq(second("handshake", &b, n), TEE_MESSAGE_NONE);
	add(&b, "x", 1);
	ck_assert_int_eq(second("handshake", &b, b.size), TEE_MESSAGE_NONE);
	b = layer2(DID "x", ID, public_key, "skr");
	ck_assert_int_eq(second("handshake", &b, b.size), TEE_MESSAGE_NONE);
	b = layer2(DID, ID, other, "skr");
	ck_assert_int_eq(second("handshake", &b, b.size), TEE_MESSAGE_NONE);
	b = layer2(DID, ID, public_key, "hardware");
	ck_assert_int_eq(second("handshake", &b, b.size), TEE_MESSAGE_NONE);
	b = layer2(DID, "", public_key, "skr");
	ck_assert_int_eq(second("handshake", &b, b.size), TEE_MESSAGE_NONE);
	b = layer2(DID, "\xc3", public_key, "skr");
	ck_assert_int_eq(second("handshake", &b, b.size), TEE_MESSAGE_NONE);
	b = layer2(DID, ID, public_key, "skr?");
	b.bytes[b.size - 1] = '\0'; /* a word, and what C does not see */
	ck_assert_int_eq(second("handshake", &b, b.size), TEE_MESSAGE_NONE);
	b = layer2(DID, ID, public_key, "skr");
	for (size_t at = 0; at < b.size; at++) {
		/* The digest of the evidence may be any. */
		bool good = at >= b.size - 69 && at < b.size - 37;

		b.bytes[at] ^= 0x80;
		ck_assert_msg((second("handshake", &b, b.size) !=
				  TEE_MESSAGE_NONE) == good,
		    "byte %zu", at);
		b.bytes[at] ^= 0x80;
	}
	b = document(DID "x", public_key);
	ck_assert_int_eq(under("registration", b.bytes, b.size),
	    TEE_MESSAGE_NONE);
	b = document(DID, other);
	ck_assert_int_eq(under("registration", b.bytes, b.size),
	    TEE_MESSAGE_NONE);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("message");
	TCase *c = tcase_create("message");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(c, of_text, 0, (int)COUNT(texts));
	tcase_add_loop_test(c, of_one_class_alone, 0, EXAMPLES);
	tcase_add_loop_test(c, whole_or_not_at_all, 0, EXAMPLES);
	tcase_add_loop_test(c, each_byte_counts, 0, EXAMPLES);
	tcase_add_loop_test(c, no_rule_no_message, 0, EXAMPLES);
	tcase_add_test(c, ssh);
	tcase_add_test(c, second_layer);
	suite_add_tcase(suite, c);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
