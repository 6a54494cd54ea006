/* SPDX-License-Identifier: Apache-2.0 */
/* shadow: see shadow.h. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "sim/shadowauth.h"

/* As OpenHCL makes them: a password that only the paravisor knows. */
#define ATTRIBUTES \
	(SIM_NV_AUTHWRITE | SIM_NV_OWNERREAD | SIM_NV_AUTHREAD | \
	    SIM_NV_NO_DA | SIM_NV_PLATFORMCREATE)
#define STAND_IN_SIZE 8
#define READ_MAX 1024 /* MAX_NV_BUFFER_SIZE */

/* NV_Read: header, two handles, authorization area, size, offset. */
#define READ_INDEX_AT (SIM_TPM_HEADER + 4)
#define READ_MIN (SIM_TPM_HEADER + 2 * 4 + 4 + 2 * 2)
/* Its response: header, parameterSize u32, TPM2B. */
#define DATA_AT (SIM_TPM_HEADER + 4)

bool
tee_sim_shadow_open(struct sim_shadow *shadow, struct sim_swtpm *tpm,
    uint32_t index, uint16_t size, bool written)
{
	static const uint8_t zero[STAND_IN_SIZE];

	memset(shadow, 0, sizeof(*shadow));
	shadow->size = size;
	shadow->written = written;
	shadow->stand_in = (struct sim_nv){ .index = index,
		.attributes = ATTRIBUTES,
		.size = STAND_IN_SIZE };
	tee_sim_shadow_remove(shadow, tpm);
	return RAND_bytes(shadow->stand_in.auth, SIM_NV_AUTH) == 1 &&
	    tee_sim_nv_define(tpm, &shadow->stand_in) == SIM_RC_OK &&
	    (!written ||
		tee_sim_nv_write(tpm, &shadow->stand_in, zero) == SIM_RC_OK);
}

void
tee_sim_shadow_remove(struct sim_shadow *shadow, struct sim_swtpm *tpm)
{
	if (tee_sim_nv_exists(tpm, shadow->stand_in.index))
		tee_sim_nv_undefine(tpm, &shadow->stand_in);
}

static bool
is_read(const struct sim_tpmbuf *command)
{
	return tee_sim_tpmbuf_code(command) == SIM_CC_NV_READ &&
	    command->size >= READ_MIN;
}

bool
tee_sim_shadow_wants(const struct sim_shadow *shadow,
    const struct sim_tpmbuf *command)
{
	const uint8_t *handles = command->data + SIM_TPM_HEADER;

	if (is_read(command))
		return tee_sim_get32(handles + 4) == shadow->stand_in.index;
	return tee_sim_tpmbuf_code(command) == SIM_CC_NV_READ_PUBLIC &&
	    command->size >= SIM_TPM_HEADER + 4 &&
	    tee_sim_get32(handles) == shadow->stand_in.index;
}

static uint16_t
read_size(const struct sim_tpmbuf *command)
{
	return tee_sim_get16(command->data + command->size - 4);
}

static uint16_t
read_offset(const struct sim_tpmbuf *command)
{
	return tee_sim_get16(command->data + command->size - 2);
}

bool
tee_sim_shadow_starts(const struct sim_tpmbuf *command)
{
	return is_read(command) && read_offset(command) == 0;
}

/* The TPM judged a read of nothing; now comes what there is to read. */
static void
put_data(const struct sim_shadow *shadow, const struct sim_shadow_auth *auth,
    struct sim_tpmbuf *response)
{
	const struct sim_tpmbuf *command = auth->command;
	uint16_t size = read_size(command), offset = read_offset(command);
	struct sim_tpmbuf out;

	if (size > READ_MAX) {
		tee_sim_tpmbuf_error(response, SIM_RC_NV_SIZE);
		return;
	}
	if (offset > shadow->size) {
		tee_sim_tpmbuf_error(response, SIM_RC_NV_OFFSET);
		return;
	}
	if (size > shadow->size - offset) {
		tee_sim_tpmbuf_error(response, SIM_RC_NV_RANGE);
		return;
	}
	tee_sim_tpmbuf_start(&out, SIM_TPM_SESSIONS, SIM_RC_OK);
	tee_sim_tpmbuf_u32(&out, 2u + size);
	tee_sim_tpmbuf_2b(&out, shadow->data + offset, size);
	tee_sim_tpmbuf_bytes(&out, response->data + DATA_AT + 2,
	    response->size - DATA_AT - 2);
	tee_sim_tpmbuf_finish(&out);
	*response = out;
	tee_sim_shadow_auth_response(auth, response);
}

/* Whoever may read nothing of the stand-in may read all of the shadow. */
static int
run_read(const struct sim_shadow *shadow, struct sim_tpmrm *rm,
    struct sim_space *space, const struct sim_tpmbuf *command,
    struct sim_tpmbuf *response)
{
	struct sim_tpmbuf nothing = *command;
	struct sim_shadow_auth auth;
	int error;

	memset(nothing.data + nothing.size - 4, 0, 4);
	tee_sim_shadow_auth_command(&auth, shadow, space, command, &nothing);
	error = tee_sim_tpmrm_run(rm, space, &nothing, response);
	if (error == 0 && tee_sim_tpmbuf_code(response) == SIM_RC_OK &&
	    response->size >= DATA_AT + 2)
		put_data(shadow, &auth, response);
	return error;
}

/* Name = nameAlg || SHA-256(TPMS_NV_PUBLIC), which now says another size. */
static int
run_public(const struct sim_shadow *shadow, struct sim_tpmrm *rm,
    struct sim_space *space, const struct sim_tpmbuf *command,
    struct sim_tpmbuf *response)
{
	uint8_t *public = response->data + SIM_TPM_HEADER + 2;
	size_t size;
	int error;

	if (tee_sim_get16(command->data) != SIM_TPM_NO_SESSIONS) {
		tee_sim_tpmbuf_error(response, SIM_RC_AUTH_CONTEXT);
		return 0;
	}
	error = tee_sim_tpmrm_run(rm, space, command, response);
	if (error != 0 || tee_sim_tpmbuf_code(response) != SIM_RC_OK)
		return error;
	size = tee_sim_get16(public - 2);
	if (response->size != SIM_TPM_HEADER + 2 + size + 2 + 2 + 32)
		return -EIO;
	tee_sim_put16(public + size - 2, shadow->size);
	return EVP_Digest(public, size, public + size + 4, NULL, EVP_sha256(),
		   NULL) == 1 ?
	    0 :
	    -EIO;
}

int
tee_sim_shadow_run(const struct sim_shadow *shadow, struct sim_tpmrm *rm,
    struct sim_space *space, const struct sim_tpmbuf *command,
    struct sim_tpmbuf *response)
{
	return is_read(command) ?
	    run_read(shadow, rm, space, command, response) :
	    run_public(shadow, rm, space, command, response);
}
