/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_maa: tokens as MAA writes them, of each shape, signed by a key of
 * the test; to be changed in one respect and judged by the real verifier.
 */
#ifndef TESTLIB_MAA_H
#define TESTLIB_MAA_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "libtee/call.h"

#define MAA_NOW 1767225600 /* 2026-01-01 */
#define MAA_ENDPOINT "https://maa.example"
#define MAA_KID "k1+/aGVsbG8gd29ybGQsIGhlbGxvIHdvcmxkLCBoZQ=="
#define MAA_ITEMS 16

enum maa_shape {
	MAA_CONTAINER = 0, /* REPORT_DATA is the binding */
	MAA_RUNTIME,       /* a container with runtime data of its own */
	MAA_VM,            /* sevsnpvm of a confidential VM */
	MAA_GUEST,         /* azurevm */
	MAA_SHAPES
};

struct maa_scene {
	enum maa_shape shape;
	char header[1024];
	json_t *payload;
	EVP_PKEY *signer; /* borrowed */
	EVP_PKEY *ak;     /* borrowed */
	const EVP_MD *md;
	json_t *jwks;
	char *token; /* set: instead of a signed payload */
	uint8_t binding[32];
	bool no_binding;
	bool no_token;
	time_t now;
	const uint8_t *root; /* a root that the profile allows */
	unsigned budget_ms;  /* 0: enough */
	struct {
		const char *type;
		uint8_t *data;
		size_t size;
	} item[MAA_ITEMS];
	size_t item_count;
	/* What is there after the judgement. */
	struct tee_evidence *evidence;
	char log[8192];
};

/* Drawn once per program; before anything else, and outside of tests. */
void maa_keys_open(void);
void maa_keys_close(void);
extern EVP_PKEY *maa_key, *maa_other, *maa_ak;

void maa_start(struct maa_scene *, enum maa_shape);
void maa_free(struct maa_scene *);
/*
 * Changes members of the payload: "a/b=JSON|c=JSON"; without "=" the member
 * goes.  "tee/x" is x of the claims of the report, wherever they stand, and
 * "SVN-x" its x-ms-sevsnpvm-x.
 */
void maa_set(struct maa_scene *, const char *changes);
void maa_item(struct maa_scene *, const char *type, const void *, size_t);
/* A quote by that AK over these bytes, as items. */
void maa_quote(struct maa_scene *, EVP_PKEY *ak, const uint8_t *extra,
    size_t size);
/* Of a key instead of PCRs, in the place of the quote. */
void maa_certify(struct maa_scene *, EVP_PKEY *ak, const uint8_t *extra,
    size_t size);
/* The paravisor's report that the token's runtime claims came from. */
void maa_hcl(struct maa_scene *);
/* report and certificates, as a container's collector puts them. */
void maa_report(struct maa_scene *);
/* The token as it would be sent; free(3) it. */
char *maa_token(const struct maa_scene *);

/* A line with "name=value|..."; NULL: refused, which the log tells. */
struct azure_maa;
struct azure_maa *maa_line(const char *options, char log[8192]);
/*
 * The line with keys in a file, beside MAA_ENDPOINT and these options; or,
 * where they begin with "!", with exactly the options that follow.
 */
struct tee_claims *maa_judge(struct maa_scene *, const char *options);
struct tee_claims *maa_judge_with(struct maa_scene *, struct azure_maa *);
/* A file of the test's own; a static buffer. */
const char *maa_file(const char *name, const void *data, size_t size);

#endif
