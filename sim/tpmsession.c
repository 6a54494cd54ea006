/* SPDX-License-Identifier: Apache-2.0 */
/* tpmsession: see tpmsession.h. */
#include "config.h"

#include <string.h>
#include <openssl/hmac.h>

#include "sim/tpmsession.h"

#define RH_NULL 0x40000007u
#define SE_HMAC 0x00
#define ALG_SHA256 0x000b

/* tpmKey, bind, nonceCaller, encryptedSalt, sessionType, ..., authHash */
#define NONCE_AT (SIM_TPM_HEADER + 8)

static bool
is_keyless(const struct sim_tpmbuf *command)
{
	const uint8_t *p = command->data;
	size_t type;

	if (tee_sim_get16(p) != SIM_TPM_NO_SESSIONS ||
	    command->size < NONCE_AT + 2 ||
	    tee_sim_get32(p + SIM_TPM_HEADER) != RH_NULL ||
	    tee_sim_get32(p + SIM_TPM_HEADER + 4) != RH_NULL)
		return false;
	/* No key, so no salt: its length is zero. */
	type = NONCE_AT + 2u + tee_sim_get16(p + NONCE_AT) + 2;
	return type + 3 <= command->size && p[type] == SE_HMAC &&
	    tee_sim_get16(p + command->size - 2) == ALG_SHA256;
}

void
tee_sim_session_start(struct sim_tpm_session *session,
    const struct sim_tpmbuf *command, const struct sim_tpmbuf *response)
{
	const size_t at = SIM_TPM_HEADER + 4;

	memset(session, 0, sizeof(*session));
	if (!is_keyless(command) || response->size < at + 2)
		return;
	session->nonce_size = tee_sim_get16(response->data + at);
	if (session->nonce_size > SIM_NONCE_MAX ||
	    response->size < at + 2 + session->nonce_size)
		return;
	memcpy(session->nonce, response->data + at + 2, session->nonce_size);
	session->md = EVP_sha256();
	session->keyless = true;
}

/* A length and as many bytes; false where they are not all there. */
static bool
step(const struct sim_tpmbuf *buf, size_t *at, size_t *data, size_t *size)
{
	if (*at > buf->size || buf->size - *at < 2)
		return false;
	*size = tee_sim_get16(buf->data + *at);
	*data = *at + 2;
	*at = *data + *size;
	return *at <= buf->size;
}

bool
tee_sim_auth_parse(struct sim_tpm_auth *auth, const struct sim_tpmbuf *buf,
    size_t at, bool command)
{
	memset(auth, 0, sizeof(*auth));
	if (command) {
		if (at > buf->size || buf->size - at < 4)
			return false;
		auth->handle = tee_sim_get32(buf->data + at);
		at += 4;
	}
	if (!step(buf, &at, &auth->nonce, &auth->nonce_size) || at >= buf->size)
		return false;
	auth->attributes = buf->data[at++];
	if (!step(buf, &at, &auth->hmac, &auth->hmac_size))
		return false;
	auth->end = at;
	return true;
}

static bool
sign(const struct sim_tpm_session *session, const struct sim_tpmbuf *in,
    uint8_t out[EVP_MAX_MD_SIZE])
{
	/* A key of no bytes, and not the NULL that means "the last one". */
	return !in->bad &&
	    HMAC(session->md, "", 0, in->data, in->size, out, NULL) != NULL;
}

/* The newer nonce first: the caller's in a command, else the TPM's. */
bool
tee_sim_session_hmac(const struct sim_tpm_session *session,
    const uint8_t *digest, const struct sim_tpmbuf *command,
    const struct sim_tpm_auth *asked, bool response, uint8_t attributes,
    uint8_t out[EVP_MAX_MD_SIZE])
{
	const uint8_t *caller = command->data + asked->nonce;
	struct sim_tpmbuf in = { .size = 0 };

	tee_sim_tpmbuf_bytes(&in, digest, (size_t)EVP_MD_get_size(session->md));
	if (!response)
		tee_sim_tpmbuf_bytes(&in, caller, asked->nonce_size);
	tee_sim_tpmbuf_bytes(&in, session->nonce, session->nonce_size);
	if (response)
		tee_sim_tpmbuf_bytes(&in, caller, asked->nonce_size);
	tee_sim_tpmbuf_u8(&in, attributes);
	return sign(session, &in, out);
}
