/* SPDX-License-Identifier: Apache-2.0 */
/* startup: see startup.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>

#include "libtee/evidence_json.h"
#include "libtee/text.h"
#include "libtee/trust/did.h"
#include "libtee/trust/hash.h"
#include "libtee/trust/startup.h"

int
trust_startup_binding(struct tee_bytes did, const uint8_t key_hash[32],
    uint8_t out[TEE_BINDING_SIZE])
{
	struct trust_hash h;

	trust_hash_begin(&h, "agentmesh-attest-v1-startup");
	trust_hash_text(&h, did);
	trust_hash_add(&h, key_hash, 32);
	return trust_hash_end(&h, out);
}

static const json_t *
member(const json_t *root, const char *key)
{
	const json_t *v = json_object_get(root, key);

	return json_is_null(v) ? NULL : v;
}

static bool
read_digest(const json_t *v, uint8_t out[32])
{
	return json_is_string(v) &&
	    tee_hex_decode(json_string_value(v), json_string_length(v), out,
		32);
}

/* report_data_hash and binding_hash both carry this one. */
static int
same_binding(const struct tee_evidence *e, const json_t *v)
{
	uint8_t claimed[TEE_BINDING_SIZE];

	if (!read_digest(v, claimed))
		return TEE_E_EVIDENCE;
	return CRYPTO_memcmp(claimed, e->binding, sizeof(claimed)) == 0 ?
	    0 :
	    TEE_E_BINDING;
}

static int
read_startup(struct tee_evidence *e, const json_t *root)
{
	const json_t *did = member(root, "agent_did");
	int error;

	if (!json_is_string(did) ||
	    !read_digest(member(root, "public_key_hash"), e->key_hash))
		return TEE_E_EVIDENCE;
	e->did_size = json_string_length(did);
	e->did = malloc(e->did_size + 1);
	if (e->did == NULL)
		return TEE_E_MEMORY;
	memcpy(e->did, json_string_value(did), e->did_size + 1);
	error =
	    trust_startup_binding(tee_evidence_did(e), e->key_hash, e->binding);
	if (error == 0)
		error = same_binding(e, member(root, "binding_hash"));
	if (error == 0)
		error = same_binding(e, member(root, "report_data_hash"));
	return error;
}

static int
read_challenged(struct tee_evidence *e, const json_t *root)
{
	const json_t *repeated = member(root, "binding_hash");
	const json_t *claimed = member(root, "report_data_hash");
	int error = tee_evidence_read_binding(e, root);

	/* The core says no more than that it does not fit. */
	if (error == TEE_E_EVIDENCE && e->nonce != NULL &&
	    same_binding(e, claimed) == TEE_E_BINDING)
		return TEE_E_BINDING;
	if (error == 0 && repeated != NULL)
		error = same_binding(e, repeated);
	return error;
}

/* A default that is the reader's own clock is no text that anybody signed. */
static bool
is_timed(const json_t *root)
{
	return member(root, "timestamp") != NULL &&
	    member(root, "expires_at") != NULL;
}

int
trust_evidence_read(const json_t *root, struct tee_evidence **out)
{
	struct tee_evidence *e = tee_evidence_new();
	int error = TEE_E_EVIDENCE;

	*out = NULL;
	if (e == NULL)
		return TEE_E_MEMORY;
	if (is_timed(root) && tee_evidence_read(e, root))
		error = member(root, "challenge_id") == NULL &&
			member(root, "nonce") == NULL ?
		    read_startup(e, root) :
		    read_challenged(e, root);
	if (error == 0 && !trust_did_valid(tee_evidence_did(e)))
		error = TEE_E_EVIDENCE;
	if (error != 0) {
		tee_evidence_free(&e);
		return error;
	}
	*out = e;
	return 0;
}

bool
trust_evidence_is_startup(const struct tee_evidence *e)
{
	return e->challenge_id == NULL && e->nonce == NULL;
}
