/* SPDX-License-Identifier: Apache-2.0 */
/* jwks: see jwks.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/common/json.h"
#include "modules/common/jwk.h"
#include "modules/snp_azure/jwks.h"

/* use and alg may be absent; where they are there, they must allow RS256. */
static bool
for_signatures(const json_t *jwk)
{
	return (json_object_get(jwk, "use") == NULL ||
		   tee_json_is(jwk, "use", "sig")) &&
	    (json_object_get(jwk, "alg") == NULL ||
		tee_json_is(jwk, "alg", "RS256"));
}

/* No header can name such a key; the others are none the worse for it. */
static bool
named(const json_t *jwk)
{
	size_t size = json_string_length(json_object_get(jwk, "kid"));

	return size > 0 && size <= AZURE_KID_MAX;
}

/* A key that nobody can use stays in the set: its kid is taken. */
static bool
add(struct azure_jwks *set, const json_t *jwk)
{
	struct azure_jwk *one = &set->key[set->count];
	char unfit[TEE_JWK_WHY] = "use or alg is not for RS256";

	one->kid = strdup(tee_json_text(jwk, "kid"));
	one->key = for_signatures(jwk) ? tee_jwk_rsa(jwk, unfit) : NULL;
	if (one->key != NULL && !tee_jwk_spki_sha256(one->key, one->spki)) {
		EVP_PKEY_free(one->key);
		one->key = NULL;
		snprintf(unfit, sizeof(unfit), "no memory");
	}
	if (one->key == NULL)
		snprintf(one->unfit, sizeof(one->unfit), "%.90s", unfit);
	set->count++;
	return one->kid != NULL;
}

static bool
add_all(struct azure_jwks *set, const json_t *root, char why[AZURE_JWKS_WHY])
{
	const json_t *keys = json_object_get(root, "keys"), *jwk;
	size_t i, n = json_array_size(keys);

	if (n == 0 || n > AZURE_JWKS_KEYS) {
		snprintf(why, AZURE_JWKS_WHY, "%zu keys, expected 1 to %d", n,
		    AZURE_JWKS_KEYS);
		return false;
	}
	json_array_foreach(keys, i, jwk)
	{
		if (named(jwk) && !add(set, jwk))
			return false;
	}
	if (set->count == 0)
		snprintf(why, AZURE_JWKS_WHY, "no key has a usable kid");
	return set->count > 0;
}

struct azure_jwks *
tee_azure_jwks_parse(const void *text, size_t size, char why[AZURE_JWKS_WHY])
{
	struct azure_jwks *set = calloc(1, sizeof(*set));
	tee_auto_json *root = NULL;
	char error[TEE_JSON_WHY] = "more than 1 MiB";

	snprintf(why, AZURE_JWKS_WHY, "no memory");
	if (set == NULL)
		return NULL;
	if (size <= AZURE_JWKS_MAX)
		root = tee_json_object(text, size, error);
	if (root == NULL) {
		snprintf(why, AZURE_JWKS_WHY, "%s", error);
	} else if (add_all(set, root, why)) {
		set->size = size;
		set->text = malloc(size);
	}
	if (set->text == NULL)
		tee_azure_jwks_free(&set);
	else
		memcpy(set->text, text, size);
	return set;
}

void
tee_azure_jwks_free(struct azure_jwks **set)
{
	if (*set == NULL)
		return;
	for (size_t i = 0; i < (*set)->count; i++) {
		free((*set)->key[i].kid);
		EVP_PKEY_free((*set)->key[i].key);
	}
	free((*set)->text);
	free(*set);
	*set = NULL;
}

static const struct azure_jwk *
find(const struct azure_jwks *set, const char *kid, size_t *found)
{
	const struct azure_jwk *one = NULL;

	*found = 0;
	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(set->key[i].kid, kid) != 0)
			continue;
		one = &set->key[i];
		(*found)++;
	}
	return one;
}

size_t
tee_azure_jwks_has(const struct azure_jwks *set, const char *kid)
{
	size_t found;

	find(set, kid, &found);
	return found;
}

static bool
is_signer(const struct azure_jwk *one, const uint8_t *signers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(signers + i * sizeof(one->spki), one->spki,
			sizeof(one->spki)) == 0)
			return true;
	return count == 0;
}

const struct azure_jwk *
tee_azure_jwks_key(const struct azure_jwks *set, const char *kid,
    const uint8_t *signers, size_t signer_count, char why[AZURE_JWKS_WHY])
{
	size_t found;
	const struct azure_jwk *one = find(set, kid, &found);
	const char *wrong = NULL;

	if (found == 0)
		wrong = "no key has it";
	else if (found > 1)
		wrong = "several keys have it";
	else if (one->key == NULL)
		wrong = one->unfit;
	else if (!is_signer(one, signers, signer_count))
		wrong = "its key is not one of the signers";
	if (wrong == NULL)
		return one;
	snprintf(why, AZURE_JWKS_WHY, "kid %.100s: %s", kid, wrong);
	return NULL;
}
