/* SPDX-License-Identifier: Apache-2.0 */
/* remote_kit: see test_remote_kit.h. */
#include "config.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libtee/text.h"
#include "tests/test_remote_kit.h"

struct said said;
struct trace trace;
struct tee *tee;
unsigned asked[TEE_WIRE_REVOKE + 1];

static struct {
	int ours, theirs;
	pthread_t thread;
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	uint32_t generation;
	char digest[65];
} teed;

static const char profile[] =
    "agent = { did = \"" DID "\"; };\n"
    "assurance = \"tee\";\n"
    "require = { confidential_level = \"tee_vm\"; };\n"
    "collector = ( { control = \"required\"; module = \"mock\"; } );\n"
    "verifier = ( { control = \"required\"; module = \"mocktee\";\n"
    "    options = { verdict = \"ok\"; }; } );\n"
    "keystore = ( { control = \"required\"; module = \"mocktee\"; } );\n"
    "custody = { lifetime = \"5m\"; };\n";

/* ADR 0010's own example, as AgentMesh writes it. */
static const char evidence[] =
    "{\"platform\": \"amd-sev-snp\", \"evidence\": \"opaque-evidence\","
    " \"agent_did\": \"did:mesh:agent-1\", \"challenge_id\":"
    " \"challenge_123\", \"nonce\": \"nonce-abc\", \"public_key_hash\":"
    " \"72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793\","
    " \"report_data_hash\":"
    " \"a9beac248d1221961e3fba0ea8daca0945128b11d30b06bdf0ffe8bd837668e5\","
    " \"key_origin\": \"skr\", \"runtime_measurements\": {},"
    " \"secure_boot_verified\": true, \"timestamp\":"
    " \"2026-01-01T12:00:00Z\", \"expires_at\": \"2026-01-01T12:05:00Z\"}";

static void
say(const struct tee_wire *w)
{
	static uint8_t packet[TEE_WIRE_PACKET];
	size_t n = tee_wire_write(w, packet, sizeof(packet));

	(void)send(teed.theirs, packet, n, MSG_NOSIGNAL);
}

static void
say_ok(struct tee_wire w, const void *payload, size_t size)
{
	w.verb |= TEE_WIRE_ANSWERS;
	w.status = TEE_WIRE_OK;
	w.payload = payload;
	w.size = size;
	say(&w);
}

static void
say_key(struct tee_wire w)
{
	const char *did = said.did != NULL ? said.did : DID;
	struct tee_wire_key key = { .generation = teed.generation,
		.serial = (int32_t)teed.generation + 100,
		.expires = 2000000000 + teed.generation,
		.did = did,
		.did_size = strlen(did) };
	uint8_t payload[256];
	size_t n;

	memcpy(key.public_key, teed.public_key, sizeof(key.public_key));
	n = tee_wire_write_key(&key, payload, sizeof(payload));
	say_ok(w, payload, n - said.key_less);
}

static json_t *
claims_json(void)
{
	struct tee_claims *c = tee_claims_new();
	json_t *root = NULL;
	char *text = NULL;

	c->verdict = said.verdict;
	c->level = said.level;
	c->simulated = said.simulated;
	c->key_origin = TEE_ORIGIN_GENERATED;
	c->residency = "teed";
	tee_claims_name(c, &c->texts, "platform", "mock", 4);
	if (tee_claims_to_json(c, &text) == 0)
		root = json_loads(text, 0, NULL);
	free(text);
	tee_claims_free(&c);
	return root;
}

static void
say_status(struct tee_wire w)
{
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	char hex[2 * TEE_PUBLIC_KEY_SIZE + 1], *text;
	json_t *root;

	memcpy(public_key, teed.public_key, sizeof(public_key));
	public_key[31] ^= said.other_claims;
	tee_hex_encode(public_key, sizeof(public_key), hex);
	/* clang-format off */
	root = json_pack("{s:s, s:s, s:o}",
	    "digest", said.digest != NULL ? said.digest : teed.digest,
	    "public_key", hex, "claims_report", claims_json());
	/* clang-format on */
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (said.status != NULL)
		say_ok(w, said.status, strlen(said.status));
	else
		say_ok(w, text, strlen(text));
	free(text);
}

static void
say_events(void)
{
	for (const char *e = said.events; *e != '\0'; e++) {
		struct tee_wire w = { .verb = TEE_WIRE_EVENT,
			.payload = (const uint8_t *)e,
			.size = 1 };

		say(&w);
	}
	teed.generation++;
	if (said.key != 0)
		memset(teed.public_key, said.key, sizeof(teed.public_key));
	if (said.new_level != 0)
		said.level = said.new_level;
	said.events = NULL;
}

static void
say_evidence(struct tee_wire w)
{
	const char *text = said.evidence != NULL ? said.evidence : evidence;

	say_ok(w, text, strlen(text));
}

static void
refuse(struct tee_wire w, int status)
{
	static const char why[] = "no: because";

	w.status = (uint8_t)status;
	w.verb |= TEE_WIRE_ANSWERS;
	w.payload = (const uint8_t *)why;
	w.size = sizeof(why) - 1;
	say(&w);
}

static void
answer(struct tee_wire w)
{
	uint8_t signature[TEE_SIGNATURE_SIZE];

	if (w.verb == 0 || w.verb > TEE_WIRE_REVOKE)
		return;
	asked[w.verb]++;
	if (said.events != NULL && said.at == w.verb)
		say_events();
	memset(signature, teed.public_key[0], sizeof(signature));
	if (said.refuse[w.verb] != 0)
		refuse(w, said.refuse[w.verb]);
	else if (w.verb == TEE_WIRE_SIGN)
		say_ok(w, signature, sizeof(signature) - said.signature_less);
	else if (w.verb == TEE_WIRE_KEY || w.verb == TEE_WIRE_RENEW)
		say_key(w);
	else if (w.verb == TEE_WIRE_STATUS)
		say_status(w);
	else if (w.verb == TEE_WIRE_ATTEST)
		say_evidence(w);
	else
		say_ok(w, NULL, 0);
}

/* Until the client goes; a packet that is none ends it, as in teed. */
static void *
serve(void *nothing)
{
	static uint8_t packet[TEE_WIRE_PACKET];
	struct tee_wire w;
	ssize_t n;

	while ((n = recv(teed.theirs, packet, sizeof(packet), 0)) > 0 &&
	    tee_wire_read(packet, (size_t)n, &w))
		answer(w);
	shutdown(teed.theirs, SHUT_RDWR);
	return nothing;
}

void
remote_begin(void)
{
	int fd[2];

	memset(asked, 0, sizeof(asked));
	memset(&said, 0, sizeof(said));
	memset(&trace, 0, sizeof(trace));
	said.level = TEE_LEVEL_TEE_VM;
	said.verdict = TEE_OK;
	memset(teed.public_key, 'a', sizeof(teed.public_key));
	teed.generation = 1;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	teed.ours = fd[0];
	teed.theirs = fd[1];
}

int
remote_acquire(struct tee_options options, struct tee_key **out)
{
	int error;

	options.size = sizeof(options);
	options.custody_fd = teed.ours;
	ck_assert_msg(kit_load("agent.conf", profile, &options, &trace, &tee) ==
		0,
	    "%s", trace.text);
	tee_hex_encode(tee->digest, sizeof(tee->digest), teed.digest);
	ck_assert_int_eq(pthread_create(&teed.thread, NULL, serve, NULL), 0);
	error = tee_acquire(tee, out);
	ck_assert_int_eq(error == 0, *out != NULL);
	return error;
}

int
remote_sign(const struct tee_key *key, uint8_t *by)
{
	uint8_t signature[TEE_SIGNATURE_SIZE] = { 0 };
	int error = tee_sign(key, "x", 1, signature);

	*by = signature[0];
	return error;
}

int
remote_attest(const struct tee_key *key)
{
	const struct tee_challenge c = { "id", 2, "nonce", 5 };
	struct tee_evidence *got = NULL;
	int error = tee_attest(tee, key, &c, &got);

	ck_assert_int_eq(error == 0, got != NULL);
	tee_evidence_free(&got);
	return error;
}

void
remote_end(struct tee_key **key)
{
	tee_key_free(key);
	tee_close(&tee);
	close(teed.ours);
	pthread_join(teed.thread, NULL);
	close(teed.theirs);
}
