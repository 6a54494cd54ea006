/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keystore: Secure Key Release.  prepare() makes a wrapping key that the
 * evidence will carry and says which public key will be delivered; release()
 * shows the vault the attestation token and takes the seed out of the answer.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>
#include <openssl/crypto.h>

#include "modules/snp_azure/keystore.h"
#include "modules/snp_azure/maatoken.h"
#include "modules/snp_azure/wrapping.h"

/* Of one transaction, in locked memory that the core wipes. */
struct scratch {
	struct azure_wrapping wrapping;
	struct azure_rsa released;
	uint8_t kek[AZURE_KEK_SIZE];
	uint8_t key[AZURE_RELEASED_MAX];
	uint8_t seed[TEE_SEED_SIZE];
};

/*
 * Only where the line asks for it: a thread in a program that has none is a
 * surprise.  In a confidential VM the vTPM makes the keys.
 */
static bool
read_ahead(struct azure_keystore *k, const struct tee_config *config)
{
	bool wanted = false;

	if (tee_option_bool(config, "key_ahead", &wanted) < 0)
		return false;
	if (!wanted || tee_azure_place_shape(&k->place) != AZURE_SHAPE_DEVICE)
		return true;
	k->ahead = tee_azure_ahead_new(AZURE_AHEAD_AGE_MS);
	if (k->ahead == NULL)
		tee_option_error(config, "key_ahead",
		    "no thread, or no memory that can be locked "
		    "(RLIMIT_MEMLOCK)");
	return k->ahead != NULL;
}

struct azure_keystore *
tee_azure_keystore_new(const struct tee_config *config)
{
	struct azure_keystore *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	if (tee_azure_place_read(&k->place, config) &&
	    tee_azure_vault_read(&k->vault, config) &&
	    tee_azure_seed_read(&k->seed, config) && read_ahead(k, config))
		return k;
	tee_azure_keystore_free(&k);
	return NULL;
}

void
tee_azure_keystore_free(struct azure_keystore **k)
{
	if (*k == NULL)
		return;
	tee_azure_ahead_free(&(*k)->ahead);
	tee_azure_place_clear(&(*k)->place);
	tee_azure_vault_clear(&(*k)->vault);
	tee_azure_seed_clear(&(*k)->seed);
	free(*k);
	*k = NULL;
}

static struct scratch *
scratch_of(struct tee_call *call)
{
	return (struct scratch *)(void *)tee_call_secret(call,
	    sizeof(struct scratch));
}

enum tee_verdict
tee_azure_prepare(struct tee_call *call, struct azure_keystore *k)
{
	struct scratch *s = scratch_of(call);
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	struct tee_sealed sealed;
	enum tee_verdict verdict;

	if (s == NULL)
		return TEE_UNAVAILABLE;
	verdict = tee_azure_seed_foretell(call, &k->seed, &sealed, public_key);
	tee_sealed_free(&sealed);
	if (verdict == TEE_OK)
		verdict = tee_azure_wrapping_make(call, &k->place, k->ahead,
		    &s->wrapping);
	if (verdict == TEE_OK)
		tee_call_public_key(call, public_key);
	return verdict;
}

static bool
make_nonce(char nonce[AZURE_NONCE_TEXT])
{
	uint8_t raw[(AZURE_NONCE_TEXT - 1) / 2];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return false;
	for (size_t i = 0; i < sizeof(raw); i++)
		snprintf(nonce + 2 * i, 3, "%02x", raw[i]);
	return true;
}

static enum tee_verdict
read_answer(struct tee_call *call, const struct azure_keystore *k,
    const struct scratch *s, const char *nonce,
    const struct tee_http_response *answer, struct azure_release *release)
{
	struct azure_expected expected = { .host = k->vault.host,
		.key_url = k->vault.key_url,
		.versioned = k->vault.versioned,
		.enc = k->vault.enc,
		.nonce = nonce,
		.wrapping_kid = s->wrapping.kid,
		.pki.roots = tee_http_trust_roots(k->vault.trust),
		.pki.now = tee_call_now(call) };
	bool ok;

	memset(release, 0, sizeof(*release));
	/* "The system's" is never what becomes of an error. */
	if (expected.pki.roots == NULL) {
		tee_call_log(call, LOG_ERR, "release.chain",
		    "no roots to check Key Vault's answer with");
		return TEE_DENY;
	}
	ok = tee_azure_release_read(release, answer->body, answer->size,
	    &expected);
	X509_STORE_free(expected.pki.roots);
	if (ok)
		return TEE_OK;
	tee_call_log(call, LOG_ERR, release->reason,
	    "Key Vault's answer is not taken: %s (request %s)", release->detail,
	    answer->request_id);
	return TEE_DENY;
}

/* From the vault's signed answer to the key itself, in s->key. */
static enum tee_verdict
unwrap(struct tee_call *call, const struct azure_keystore *k, struct scratch *s,
    const struct azure_release *release, size_t *size)
{
	size_t head = s->wrapping.modulus;
	enum tee_verdict verdict;

	if (release->wrapped_size <= head) {
		tee_call_log(call, LOG_ERR, "release.unwrap",
		    "%zu bytes are less than a wrapped key has",
		    release->wrapped_size);
		return TEE_DENY;
	}
	verdict = tee_azure_wrapping_kek(call, &k->place, &s->wrapping,
	    k->vault.enc, release->wrapped, head, s->kek);
	if (verdict != TEE_OK)
		return verdict;
	if (!tee_azure_unwrap_key(s->kek, release->wrapped + head,
		release->wrapped_size - head, s->key, sizeof(s->key), size)) {
		tee_call_log(call, LOG_ERR, "release.unwrap",
		    AZURE_UNWRAP_FAILED);
		verdict = TEE_DENY;
	}
	OPENSSL_cleanse(s->kek, sizeof(s->kek));
	return verdict;
}

static enum tee_verdict
deliver(struct tee_call *call, const struct azure_keystore *k,
    struct scratch *s, enum azure_key_type type, size_t size)
{
	uint8_t foretold[TEE_PUBLIC_KEY_SIZE], have[TEE_PUBLIC_KEY_SIZE];
	struct tee_sealed sealed;
	enum tee_verdict verdict =
	    tee_azure_seed_foretell(call, &k->seed, &sealed, foretold);

	if (verdict == TEE_OK)
		verdict = tee_azure_seed_take(call, &k->seed, &sealed, type,
		    s->key, size, &s->released, s->seed);
	tee_sealed_free(&sealed);
	if (verdict != TEE_OK)
		return verdict;
	if (tee_call_seed_public(s->seed, have) != 0 ||
	    CRYPTO_memcmp(have, foretold, sizeof(have)) != 0) {
		tee_call_log(call, LOG_ERR, "public_key",
		    "the released seed is not that of the announced public "
		    "key");
		return TEE_DENY;
	}
	return tee_call_deliver(call, s->seed) == 0 ? TEE_OK : TEE_DENY;
}

enum tee_verdict
tee_azure_release_take(struct tee_call *call, const struct azure_keystore *k,
    const char *nonce, const struct tee_http_response *answer)
{
	struct scratch *s = scratch_of(call);
	struct azure_release release;
	enum tee_verdict verdict;
	size_t size = 0;

	if (s == NULL)
		return TEE_UNAVAILABLE;
	verdict = read_answer(call, k, s, nonce, answer, &release);
	if (verdict == TEE_OK)
		verdict = unwrap(call, k, s, &release, &size);
	if (verdict == TEE_OK)
		verdict = deliver(call, k, s, release.type, size);
	OPENSSL_cleanse(s->key, sizeof(s->key));
	OPENSSL_cleanse(s->seed, sizeof(s->seed));
	tee_azure_release_free(&release);
	return verdict;
}

static enum tee_verdict
ask_and_take(struct tee_call *call, struct azure_keystore *k)
{
	struct tee_http_response answer;
	char nonce[AZURE_NONCE_TEXT];
	enum tee_verdict verdict;
	size_t size;
	const char *token = tee_azure_maatoken_item(call, &size);

	if (token == NULL) {
		tee_call_log(call, LOG_ERR, "maa_token",
		    "no attestation token: the profile needs a verifier line "
		    "of snp_azure with an endpoint");
		return TEE_DENY;
	}
	if (k->vault.trust != NULL &&
	    !tee_http_trust_allowed(call, k->vault.trust)) {
		tee_call_log(call, LOG_ERR, "http_trust",
		    "%s: not in require.roots, or allow_simulated is not set",
		    tee_http_trust_file(k->vault.trust));
		return TEE_DENY;
	}
	if (!make_nonce(nonce))
		return TEE_UNAVAILABLE;
	verdict =
	    tee_azure_vault_ask(call, &k->vault, token, size, nonce, &answer);
	if (verdict == TEE_OK)
		verdict = tee_azure_release_take(call, k, nonce, &answer);
	tee_http_response_free(&answer);
	return verdict;
}

enum tee_verdict
tee_azure_release(struct tee_call *call, struct azure_keystore *k)
{
	enum tee_verdict verdict = ask_and_take(call, k);

	tee_azure_ahead_begin(k->ahead);
	return verdict;
}
