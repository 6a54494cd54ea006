/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal: an agent's seed, encrypted to a vault's public key, as the keystore
 * of module snp_azure opens it inside the TEE.  Needs no network.  The seed
 * is read by a file descriptor or drawn here, and never printed.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <tee/module.h>

#include "libtee/secret.h"
#include "modules/common/sealed.h"
#include "modules/local/keyfile.h"
#include "teectl/file.h"
#include "teectl/report.h"
#include "teectl/text.h"
#include "teectl/vaultkey.h"

enum {
	KEY_VAULT_KEY = 0x300,
	KEY_KID,
	KEY_DID,
	KEY_SEED_FILE,
	KEY_GENERATE,
	KEY_INSPECT
};

struct arguments {
	struct common common;
	const char *vault_key;
	const char *kid;
	const char *did;
	const char *seed_file;
	const char *output;
	const char *inspect;
	bool generate;
};

/* What is told of a sealed file; nothing of it is secret. */
struct seal {
	char did[TEE_SEALED_DID_MAX + 1];
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
};

static const struct argp_option options[] = {
	{ "vault-key", KEY_VAULT_KEY, "FILE", 0,
	    "The vault's public key: PEM, or JWK", 0 },
	{ "kid", KEY_KID, "URL", 0,
	    "The key's identifier (by default the JWK's)", 0 },
	{ "did", KEY_DID, "DID", 0,
	    "Whose seed it is (by default \"auto\": by the key)", 0 },
	{ "seed-file", KEY_SEED_FILE, "FILE", 0,
	    "Seal this seed: 32 bytes, or PKCS#8 in PEM", 0 },
	{ "generate", KEY_GENERATE, NULL, 0, "Seal a new seed", 0 },
	{ "output", 'o', "FILE", 0, "Write the sealed file there", 0 },
	{ "inspect", KEY_INSPECT, "FILE", 0,
	    "Show whose seed a sealed file is, and whose key opens it", 0 },
	{ 0 }
};

static void
check_arguments(struct argp_state *state, const struct arguments *a)
{
	bool sealing = a->vault_key != NULL || a->kid != NULL ||
	    a->did != NULL || a->seed_file != NULL || a->output != NULL ||
	    a->generate;

	if (a->inspect != NULL) {
		if (sealing)
			argp_error(state, "--inspect goes alone");
		return;
	}
	if (a->vault_key == NULL || a->output == NULL)
		argp_error(state, "--vault-key and --output are needed");
	if (strcmp(a->output, "-") == 0)
		argp_error(state, "--output takes a file");
	if (a->generate == (a->seed_file != NULL))
		argp_error(state, "either --seed-file or --generate is needed");
	if (a->kid != NULL && strncmp(a->kid, "https://", 8) != 0)
		argp_error(state,
		    "--kid takes https://VAULT/keys/NAME/VERSION");
	if (a->did != NULL &&
	    (a->did[0] == '\0' || strlen(a->did) > TEE_SEALED_DID_MAX))
		argp_error(state, "--did takes 1 to %d bytes",
		    TEE_SEALED_DID_MAX);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		return command_parse_init(state);
	case KEY_VAULT_KEY:
		command_set(state, "vault-key", &a->vault_key, arg);
		return 0;
	case KEY_KID:
		command_set(state, "kid", &a->kid, arg);
		return 0;
	case KEY_DID:
		command_set(state, "did", &a->did, arg);
		return 0;
	case KEY_SEED_FILE:
		command_set(state, "seed-file", &a->seed_file, arg);
		return 0;
	case KEY_GENERATE:
		a->generate = true;
		return 0;
	case 'o':
		command_set(state, "output", &a->output, arg);
		return 0;
	case KEY_INSPECT:
		command_set(state, "inspect", &a->inspect, arg);
		return 0;
	case ARGP_KEY_END:
		check_arguments(state, a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
complain(const char *path, const char *why, int status)
{
	fprintf(stderr, "teectl: ");
	text_print(stderr, path);
	fprintf(stderr, ": %s\n", why);
	return status;
}

/* Standard input to its end, into secret memory. */
static bool
read_standard(uint8_t *work, uint8_t *seed, const char **why)
{
	size_t have = 0;
	ssize_t n = 1;

	while (n != 0 && have < KEYFILE_MAX) {
		n = read(STDIN_FILENO, work + have, KEYFILE_MAX - have);
		if (n < 0 && errno != EINTR) {
			*why = strerror(errno);
			return false;
		}
		have += n > 0 ? (size_t)n : 0;
	}
	*why = "is neither a 32-byte seed nor an Ed25519 PKCS#8 PEM";
	return keyfile_parse(work, have, seed);
}

static int
take_seed(const struct arguments *a, uint8_t *work, uint8_t *seed)
{
	const char *why = "no randomness";
	bool ok;

	if (a->generate)
		ok = getrandom(seed, TEE_SEED_SIZE, 0) == TEE_SEED_SIZE;
	else if (strcmp(a->seed_file, "-") == 0)
		ok = read_standard(work, seed, &why);
	else
		ok = keyfile_read(a->seed_file, work, seed, &why) ==
		    KEYFILE_READ;
	if (ok)
		return STATUS_DONE;
	return complain(a->generate ? "seal" : a->seed_file, why,
	    a->generate ? STATUS_UNAVAILABLE : STATUS_USAGE);
}

/* did:mesh:<first 32 hex of SHA-256(public key)>, as the library derives it. */
static bool
find_did(const struct arguments *a, struct seal *s)
{
	uint8_t digest[32];
	char hex[2 * sizeof(digest) + 1];

	if (a->did != NULL && strcmp(a->did, "auto") != 0) {
		snprintf(s->did, sizeof(s->did), "%s", a->did);
		return true;
	}
	if (EVP_Digest(s->public_key, sizeof(s->public_key), digest, NULL,
		EVP_sha256(), NULL) != 1)
		return false;
	text_hex(digest, sizeof(digest), hex);
	snprintf(s->did, sizeof(s->did), "did:mesh:%.32s", hex);
	return true;
}

/* The seed lives in `secret` alone; *text is what becomes of it. */
static int
make(const struct arguments *a, const struct vaultkey *vault, const char *kid,
    struct seal *s, struct tee_secret *secret, char **text)
{
	uint8_t *seed = secret->data, *work = seed + TEE_SEED_SIZE;
	int status = take_seed(a, work, seed);

	if (status != STATUS_DONE)
		return status;
	if (tee_call_seed_public(seed, s->public_key) != 0 || !find_did(a, s))
		return complain("seal", "the public key cannot be derived",
		    STATUS_UNAVAILABLE);
	*text = tee_sealed_make(vault->key, kid, s->did, strlen(s->did),
	    s->public_key, seed);
	if (*text == NULL)
		return complain("seal",
		    "cannot be written so: is the DID UTF-8, and the key's "
		    "identifier no longer than 512 bytes?",
		    STATUS_USAGE);
	return STATUS_DONE;
}

/* In UTF-8 or not: a DID may be anything. */
static int
show(const struct arguments *a, const char *path, const struct tee_sealed *s)
{
	char hex[2 * TEE_PUBLIC_KEY_SIZE + 1];

	text_hex(s->public_key, sizeof(s->public_key), hex);
	if (a->common.json) {
		/* clang-format off */
		return report_json(json_pack(
		    "{s:o, s:i, s:s, s:s, s:o, s:o, s:s, s:b}",
		    "file", text_json(path), "version", TEE_SEALED_VERSION,
		    "alg", "RSA-OAEP-256", "enc", "A256GCM",
		    "kid", text_json(s->kid),
		    "did", text_json_bytes(s->did, s->did_size),
		    "public_key", hex, "generated", a->generate));
		/* clang-format on */
	}
	text_field("file", path);
	text_field("kid", s->kid);
	printf("%-18s ", "did");
	text_print_bytes(stdout, s->did, s->did_size);
	putchar('\n');
	text_field("public_key", hex);
	return STATUS_DONE;
}

/* What was written is read again, so that nobody is told of another file. */
static int
show_file(const struct arguments *a, const char *path)
{
	char why[TEE_SEALED_WHY], *data;
	struct tee_sealed s;
	size_t size;
	int status;

	if (!file_read(path, TEE_SEALED_MAX, &data, &size))
		return STATUS_USAGE;
	if (tee_sealed_parse(&s, data, size, why))
		status = show(a, path, &s);
	else
		status = complain(path, why, STATUS_REFUSED);
	tee_sealed_free(&s);
	free(data);
	return status;
}

static int
write_sealed(const char *path, const char *text)
{
	char *line = NULL;
	int n = asprintf(&line, "%s\n", text);
	bool ok = n > 0 && file_create(path, line, (size_t)n);

	free(n > 0 ? line : NULL);
	return ok ? STATUS_DONE : STATUS_USAGE;
}

/* The file's name for the key and the operator's must be one. */
static const char *
find_kid(const struct arguments *a, const struct vaultkey *vault)
{
	const char *kid = a->kid != NULL ? a->kid : vault->kid;

	if (kid == NULL)
		complain(a->vault_key, "does not say its kid: give --kid",
		    STATUS_USAGE);
	else if (a->kid != NULL && vault->kid != NULL &&
	    strcmp(a->kid, vault->kid) != 0)
		complain(a->vault_key, "is another key than --kid names",
		    STATUS_USAGE);
	else if (strncmp(kid, "https://", 8) != 0)
		complain(a->vault_key,
		    "its kid is no URL of a vault's key: give --kid",
		    STATUS_USAGE);
	else
		return kid;
	return NULL;
}

static int
seal(const struct arguments *a)
{
	struct tee_secret secret;
	struct vaultkey vault;
	struct seal s;
	char *text = NULL;
	const char *kid = NULL;
	int status = STATUS_USAGE;

	if (vaultkey_read(&vault, a->vault_key))
		kid = find_kid(a, &vault);
	if (kid != NULL &&
	    tee_secret_alloc(&secret, TEE_SEED_SIZE + KEYFILE_MAX) != 0)
		status = complain("seal",
		    "no memory that can be locked (RLIMIT_MEMLOCK)",
		    STATUS_UNAVAILABLE);
	else if (kid != NULL) {
		status = make(a, &vault, kid, &s, &secret, &text);
		tee_secret_free(&secret);
	}
	vaultkey_clear(&vault);
	if (status == STATUS_DONE)
		status = write_sealed(a->output, text);
	free(text);
	return status;
}

int
command_seal(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	if (a.inspect != NULL)
		return show_file(&a, a.inspect);
	status = seal(&a);
	return status == STATUS_DONE ? show_file(&a, a.output) : status;
}
