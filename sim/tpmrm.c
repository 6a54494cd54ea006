/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmrm: one command of one client: its handles become the TPM's, the
 * response's become the client's.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "sim/tpmrm.h"

#define CAP_HANDLES 1
#define CAP_COMMANDS 2

/* TPMA_CC, TPM 2.0 part 2, 8.9. */
#define CC_INDEX(a) ((a)&0xffffu)
#define CC_HANDLES(a) ((a) >> 25 & 7)
#define CC_RETURNS_HANDLE(a) (((a) >> 28 & 1) != 0)

/* moreData u8, capability u32, count u32, then the list. */
#define LIST_AT (SIM_TPM_HEADER + 9)

static bool
take_commands(struct sim_tpmrm *rm, const struct sim_tpmbuf *response)
{
	uint32_t count;

	if (response->size < LIST_AT)
		return false;
	count = tee_sim_get32(response->data + LIST_AT - 4);
	if (count > SIM_COMMANDS_MAX || count > (response->size - LIST_AT) / 4)
		return false;
	for (uint32_t i = 0; i < count; i++)
		rm->commands[i] =
		    tee_sim_get32(response->data + LIST_AT + 4 * i);
	rm->command_count = count;
	return count > 0;
}

bool
tee_sim_tpmrm_open(struct sim_tpmrm *rm, struct sim_swtpm *tpm)
{
	struct sim_tpmbuf command, response;

	memset(rm, 0, sizeof(*rm));
	rm->tpm = tpm;
	tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS,
	    SIM_CC_GET_CAPABILITY);
	tee_sim_tpmbuf_u32(&command, CAP_COMMANDS);
	tee_sim_tpmbuf_u32(&command, 0);
	tee_sim_tpmbuf_u32(&command, SIM_COMMANDS_MAX);
	return tee_sim_swtpm_call(tpm, &command, &response) == SIM_RC_OK &&
	    take_commands(rm, &response);
}

/* Its attributes, or 0 where the TPM has no such command. */
static uint32_t
attributes(const struct sim_tpmrm *rm, uint32_t code)
{
	for (size_t i = 0; code <= 0xffff && i < rm->command_count; i++)
		if (CC_INDEX(rm->commands[i]) == code)
			return rm->commands[i];
	return 0;
}

/* The two that name a handle outside of the handle area have one all the
 * same. */
static size_t
handle_count(uint32_t code, uint32_t attributes)
{
	return code == SIM_CC_FLUSH_CONTEXT || code == SIM_CC_CONTEXT_SAVE ?
	    1 :
	    CC_HANDLES(attributes);
}

static int
map_handles(const struct sim_space *space, struct sim_tpmbuf *command,
    size_t count)
{
	if (command->size < SIM_TPM_HEADER + 4 * count)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		uint8_t *at = command->data + SIM_TPM_HEADER + 4 * i;
		uint32_t handle = tee_sim_get32(at);

		if (SIM_HT(handle) != SIM_HT_TRANSIENT)
			continue;
		handle = tee_sim_space_physical(space, handle);
		if (handle == 0)
			return -EINVAL;
		tee_sim_put32(at, handle);
	}
	return 0;
}

/* A new object or session; one too many is flushed, as the kernel does. */
static int
take_handle(struct sim_tpmrm *rm, struct sim_space *space,
    const struct sim_tpmbuf *command, struct sim_tpmbuf *response)
{
	struct sim_tpmbuf flush, ignored;
	uint32_t handle;

	if (response->size < SIM_TPM_HEADER + 4)
		return -EIO;
	handle = tee_sim_get32(response->data + SIM_TPM_HEADER);
	if (!tee_sim_space_add(space, handle)) {
		tee_sim_tpmbuf_start(&flush, SIM_TPM_NO_SESSIONS,
		    SIM_CC_FLUSH_CONTEXT);
		tee_sim_tpmbuf_u32(&flush, handle);
		tee_sim_swtpm_call(rm->tpm, &flush, &ignored);
		return -ENOMEM;
	}
	if (SIM_HT(handle) == SIM_HT_TRANSIENT)
		tee_sim_put32(response->data + SIM_TPM_HEADER,
		    tee_sim_space_virtual(space, handle));
	if (tee_sim_tpmbuf_code(command) == SIM_CC_START_AUTH_SESSION)
		tee_sim_session_start(tee_sim_space_session(space, handle),
		    command, response);
	return 0;
}

/* In a list of handles a client finds its own names for its objects. */
static void
map_list(const struct sim_space *space, struct sim_tpmbuf *response)
{
	uint32_t count;

	if (response->size < LIST_AT ||
	    tee_sim_get32(response->data + SIM_TPM_HEADER + 1) != CAP_HANDLES)
		return;
	count = tee_sim_get32(response->data + LIST_AT - 4);
	for (size_t i = 0; i < count && i < (response->size - LIST_AT) / 4;
	     i++) {
		uint8_t *at = response->data + LIST_AT + 4 * i;
		uint32_t handle =
		    tee_sim_space_virtual(space, tee_sim_get32(at));

		if (handle != 0)
			tee_sim_put32(at, handle);
	}
}

/* The TPM answers every session with a new nonce. */
static void
follow_nonces(struct sim_space *space, const struct sim_tpmbuf *command,
    const struct sim_tpmbuf *response, uint32_t attributes)
{
	size_t area = SIM_TPM_HEADER + 4 * CC_HANDLES(attributes);
	size_t at = area + 4, answer = SIM_TPM_HEADER, end;
	struct sim_tpm_auth asked, answered;
	struct sim_tpm_session *session;

	answer += CC_RETURNS_HANDLE(attributes) ? 4 : 0;
	if (tee_sim_get16(command->data) != SIM_TPM_SESSIONS ||
	    command->size < at || response->size < answer + 4)
		return;
	end = at + tee_sim_get32(command->data + area);
	answer += 4 + (size_t)tee_sim_get32(response->data + answer);
	for (; at < end; at = asked.end, answer = answered.end) {
		if (!tee_sim_auth_parse(&asked, command, at, true) ||
		    !tee_sim_auth_parse(&answered, response, answer, false) ||
		    answered.nonce_size > SIM_NONCE_MAX)
			return;
		session = tee_sim_space_session(space, asked.handle);
		if (session == NULL)
			continue;
		memcpy(session->nonce, response->data + answered.nonce,
		    answered.nonce_size);
		session->nonce_size = answered.nonce_size;
	}
}

/* A session that is saved leaves the TPM, an object stays. */
static int
map_response(struct sim_tpmrm *rm, struct sim_space *space,
    const struct sim_tpmbuf *command, uint32_t attributes,
    struct sim_tpmbuf *response)
{
	uint32_t code = tee_sim_tpmbuf_code(command);
	uint32_t handle = handle_count(code, attributes) == 0 ?
	    0 :
	    tee_sim_get32(command->data + SIM_TPM_HEADER);

	if (tee_sim_tpmbuf_code(response) != SIM_RC_OK)
		return 0;
	follow_nonces(space, command, response, attributes);
	if (code == SIM_CC_FLUSH_CONTEXT ||
	    (code == SIM_CC_CONTEXT_SAVE && SIM_HT(handle) != SIM_HT_TRANSIENT))
		tee_sim_space_remove(space, handle);
	if (code == SIM_CC_GET_CAPABILITY)
		map_list(space, response);
	return CC_RETURNS_HANDLE(attributes) ?
	    take_handle(rm, space, command, response) :
	    0;
}

int
tee_sim_tpmrm_run(struct sim_tpmrm *rm, struct sim_space *space,
    const struct sim_tpmbuf *command, struct sim_tpmbuf *response)
{
	uint32_t code = tee_sim_tpmbuf_code(command);
	uint32_t known = attributes(rm, code);
	struct sim_tpmbuf mapped = *command;
	int error;

	if (known == 0) {
		tee_sim_tpmbuf_error(response, SIM_RC_NO_COMMAND);
		return 0;
	}
	tee_sim_tpmrm_switch(rm, space);
	error = map_handles(space, &mapped, handle_count(code, known));
	if (error != 0)
		return error;
	if (!tee_sim_swtpm_run(rm->tpm, &mapped, response))
		return -EIO;
	return map_response(rm, space, &mapped, known, response);
}
