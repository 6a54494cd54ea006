/* SPDX-License-Identifier: Apache-2.0 */
/* shadowauth: see shadowauth.h. */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "sim/shadowauth.h"

#define ALG_SHA256 0x000b
#define NAME_SIZE (2 + 32)
#define NV_WRITTEN (1u << 29)
#define ENCRYPTS 0x60 /* decrypt and encrypt: their keys are another matter */

/* NV_Read: header, authHandle, nvIndex, the area's size, one session. */
#define AREA_AT (SIM_TPM_HEADER + 8)
#define PARAMETERS 4 /* size and offset, at the end */

/* Name of an index: nameAlg || SHA-256(TPMS_NV_PUBLIC). */
static bool
put_name(const struct sim_shadow *shadow, uint16_t size, struct sim_tpmbuf *out)
{
	struct sim_tpmbuf public = { .size = 0 };
	uint8_t digest[32];

	tee_sim_tpmbuf_u32(&public, shadow->stand_in.index);
	tee_sim_tpmbuf_u16(&public, ALG_SHA256);
	tee_sim_tpmbuf_u32(&public,
	    shadow->stand_in.attributes | (shadow->written ? NV_WRITTEN : 0));
	tee_sim_tpmbuf_2b(&public, NULL, 0);
	tee_sim_tpmbuf_u16(&public, size);
	if (EVP_Digest(public.data, public.size, digest, NULL, EVP_sha256(),
		NULL) != 1)
		return false;
	tee_sim_tpmbuf_u16(out, ALG_SHA256);
	tee_sim_tpmbuf_bytes(out, digest, sizeof(digest));
	return true;
}

/* cpHash, with the index as large as whoever asks believes. */
static bool
command_digest(const struct sim_shadow *shadow, uint16_t size,
    const struct sim_tpmbuf *command, uint8_t digest[32])
{
	const uint8_t *handle = command->data + SIM_TPM_HEADER;
	bool self = tee_sim_get32(handle) == shadow->stand_in.index;
	struct sim_tpmbuf in = { .size = 0 };

	tee_sim_tpmbuf_u32(&in, tee_sim_tpmbuf_code(command));
	if (!self)
		tee_sim_tpmbuf_bytes(&in, handle, 4);
	return (!self || put_name(shadow, size, &in)) &&
	    put_name(shadow, size, &in) &&
	    (tee_sim_tpmbuf_bytes(&in,
		 command->data + command->size - PARAMETERS, PARAMETERS),
		!in.bad) &&
	    EVP_Digest(in.data, in.size, digest, NULL, EVP_sha256(), NULL) == 1;
}

/* One session, without encryption, whose nonces are known. */
static bool
find(struct sim_shadow_auth *auth, struct sim_space *space,
    const struct sim_tpmbuf *command)
{
	uint32_t size;

	if (tee_sim_get16(command->data) != SIM_TPM_SESSIONS ||
	    command->size < AREA_AT + 4 + PARAMETERS)
		return false;
	size = tee_sim_get32(command->data + AREA_AT);
	if (size != command->size - AREA_AT - 4 - PARAMETERS ||
	    !tee_sim_auth_parse(&auth->asked, command, AREA_AT + 4, true) ||
	    auth->asked.end != AREA_AT + 4 + size ||
	    auth->asked.hmac_size != 32 ||
	    (auth->asked.attributes & ENCRYPTS) != 0)
		return false;
	auth->session = tee_sim_space_session(space, auth->asked.handle);
	return auth->session != NULL && auth->session->keyless;
}

static bool
signed_rightly(const struct sim_shadow_auth *auth,
    const struct sim_shadow *shadow)
{
	uint8_t digest[32], hmac[EVP_MAX_MD_SIZE];

	return command_digest(shadow, shadow->size, auth->command, digest) &&
	    tee_sim_session_hmac(auth->session, digest, auth->command,
		&auth->asked, false, auth->asked.attributes, hmac) &&
	    CRYPTO_memcmp(hmac, auth->command->data + auth->asked.hmac, 32) ==
	    0;
}

void
tee_sim_shadow_auth_command(struct sim_shadow_auth *auth,
    const struct sim_shadow *shadow, struct sim_space *space,
    const struct sim_tpmbuf *command, struct sim_tpmbuf *changed)
{
	uint8_t digest[32], hmac[EVP_MAX_MD_SIZE];

	memset(auth, 0, sizeof(*auth));
	auth->command = command;
	if (find(auth, space, command) && signed_rightly(auth, shadow) &&
	    command_digest(shadow, shadow->stand_in.size, changed, digest) &&
	    tee_sim_session_hmac(auth->session, digest, command, &auth->asked,
		false, auth->asked.attributes, hmac))
		memcpy(changed->data + auth->asked.hmac, hmac, 32);
	else
		auth->session = NULL;
}

/* rpHash: responseCode, commandCode, parameters. */
static bool
response_digest(const struct sim_tpmbuf *response, size_t size,
    uint8_t digest[32])
{
	struct sim_tpmbuf in = { .size = 0 };

	tee_sim_tpmbuf_u32(&in, SIM_RC_OK);
	tee_sim_tpmbuf_u32(&in, SIM_CC_NV_READ);
	tee_sim_tpmbuf_bytes(&in, response->data + SIM_TPM_HEADER + 4, size);
	return !in.bad &&
	    EVP_Digest(in.data, in.size, digest, NULL, EVP_sha256(), NULL) == 1;
}

void
tee_sim_shadow_auth_response(const struct sim_shadow_auth *auth,
    struct sim_tpmbuf *response)
{
	size_t size = tee_sim_get32(response->data + SIM_TPM_HEADER);
	uint8_t digest[32], hmac[EVP_MAX_MD_SIZE];
	struct sim_tpm_auth answered;

	if (auth->session != NULL &&
	    tee_sim_auth_parse(&answered, response, SIM_TPM_HEADER + 4 + size,
		false) &&
	    answered.hmac_size == 32 &&
	    response_digest(response, size, digest) &&
	    tee_sim_session_hmac(auth->session, digest, auth->command,
		&auth->asked, true, answered.attributes, hmac))
		memcpy(response->data + answered.hmac, hmac, 32);
}
