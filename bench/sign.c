/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: a signature with the key in the kernel keyring, against OpenSSL with
 * the same key held in the process's memory.
 */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/evp.h>
#include <tee/tee.h>

#include "bench/bench.h"

#define FOLDER "bench/tmp"
#define MESSAGE 128 /* a challenge's answer */

static const uint8_t seed[TEE_SEED_SIZE + 1] =
    "a benchmark's key, never a secret";

struct pair {
	struct tee *tee;
	struct tee_key *key;
	EVP_PKEY *pkey;
	uint8_t message[MESSAGE];
	uint8_t ours[TEE_SIGNATURE_SIZE];
	uint8_t theirs[TEE_SIGNATURE_SIZE];
};

static void
on_line(void *user, int priority, const char *line)
{
	(void)user;
	if (priority <= 4)
		fprintf(stderr, "%s\n", line);
}

static void
acquire(struct pair *p)
{
	struct tee_options options = { .size = sizeof(options),
		.log = on_line };
	char cwd[PATH_MAX], text[PATH_MAX + 512];

	bench_must(getcwd(cwd, sizeof(cwd)) != NULL, "getcwd");
	bench_write(FOLDER, "seed", "");
	snprintf(text, sizeof(text),
	    "agent = { did = \"did:mesh:bench\"; };\n"
	    "assurance = \"local\";\n"
	    "keystore = ({ control = \"required\"; module = \"local\";\n"
	    "  options = { file = \"%s/" FOLDER "/seed\"; }; });\n"
	    "custody = { residency = \"process\"; };\n",
	    cwd);
	bench_write(FOLDER, "sign.conf", text);
	snprintf(text, sizeof(text), "%.32s", (const char *)seed);
	bench_write(FOLDER, "seed", text);
	bench_must(tee_open_file(FOLDER "/sign.conf", &options, &p->tee) == 0,
	    "tee_open_file");
	bench_must(tee_acquire(p->tee, &p->key) == 0, "tee_acquire");
}

static void
sign_ours(void *data)
{
	struct pair *p = data;

	bench_must(tee_sign(p->key, p->message, MESSAGE, p->ours) == 0,
	    "tee_sign");
}

/* As an application does it: a fresh context for each message. */
static void
sign_theirs(void *data)
{
	struct pair *p = data;
	size_t length = sizeof(p->theirs);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	bench_must(ctx != NULL &&
		EVP_DigestSignInit(ctx, NULL, NULL, NULL, p->pkey) == 1 &&
		EVP_DigestSign(ctx, p->theirs, &length, p->message, MESSAGE) ==
		    1,
	    "EVP_DigestSign");
	EVP_MD_CTX_free(ctx);
}

int
main(void)
{
	static struct pair p;
	struct bench b = { "sign", 1.15, 3000, 8, sign_ours, sign_theirs, &p };

	bench_pin();
	memset(p.message, 'm', sizeof(p.message));
	acquire(&p);
	p.pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
	    TEE_SEED_SIZE);
	bench_must(p.pkey != NULL, "EVP_PKEY_new_raw_private_key");
	sign_ours(&p);
	sign_theirs(&p);
	bench_must(memcmp(p.ours, p.theirs, sizeof(p.ours)) == 0,
	    "the same signature");
	bench_run(&b);
	EVP_PKEY_free(p.pkey);
	tee_key_free(&p.key);
	tee_close(&p.tee);
	return 0;
}
