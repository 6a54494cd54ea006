/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmspace: see tpmspace.h; commands and handles stand in tpmrm.c.  The
 * kernel saves every object after every command; here they stay loaded until
 * another client comes, which no client can tell.
 */
#include "config.h"

#include <string.h>

#include "sim/tpmrm.h"

static bool
is_session(uint32_t handle)
{
	return SIM_HT(handle) == SIM_HT_HMAC || SIM_HT(handle) == SIM_HT_POLICY;
}

static void
forget(struct sim_space_slot *slot)
{
	tee_sim_blob_free(&slot->saved);
	memset(slot, 0, sizeof(*slot));
}

static void
flush(struct sim_tpmrm *rm, uint32_t handle)
{
	struct sim_tpmbuf command, response;

	tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS,
	    SIM_CC_FLUSH_CONTEXT);
	tee_sim_tpmbuf_u32(&command, handle);
	tee_sim_swtpm_call(rm->tpm, &command, &response);
}

/* One that the TPM knows no more was used up by some command. */
static void
save(struct sim_tpmrm *rm, struct sim_space_slot *slot, bool object)
{
	struct sim_tpmbuf command, response;

	if (!slot->used)
		return;
	tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS,
	    SIM_CC_CONTEXT_SAVE);
	tee_sim_tpmbuf_u32(&command, slot->handle);
	if (tee_sim_swtpm_call(rm->tpm, &command, &response) != SIM_RC_OK ||
	    !tee_sim_blob_append(&slot->saved, response.data + SIM_TPM_HEADER,
		response.size - SIM_TPM_HEADER))
		forget(slot);
	else if (object)
		flush(rm, slot->handle);
}

static void
load(struct sim_tpmrm *rm, struct sim_space_slot *slot)
{
	struct sim_tpmbuf command, response;

	if (!slot->used)
		return;
	tee_sim_tpmbuf_start(&command, SIM_TPM_NO_SESSIONS,
	    SIM_CC_CONTEXT_LOAD);
	tee_sim_tpmbuf_bytes(&command, slot->saved.data, slot->saved.size);
	if (tee_sim_swtpm_call(rm->tpm, &command, &response) != SIM_RC_OK ||
	    response.size < SIM_TPM_HEADER + 4) {
		if (is_session(slot->handle))
			flush(rm, slot->handle);
		forget(slot);
		return;
	}
	slot->handle = tee_sim_get32(response.data + SIM_TPM_HEADER);
	tee_sim_blob_free(&slot->saved);
}

void
tee_sim_tpmrm_switch(struct sim_tpmrm *rm, struct sim_space *space)
{
	if (rm->current == space)
		return;
	for (unsigned i = 0; rm->current != NULL && i < SIM_SPACE_SLOTS; i++) {
		save(rm, &rm->current->object[i], true);
		save(rm, &rm->current->session[i], false);
	}
	rm->current = space;
	for (unsigned i = 0; space != NULL && i < SIM_SPACE_SLOTS; i++) {
		load(rm, &space->object[i]);
		load(rm, &space->session[i]);
	}
}

/* A saved session still takes one of the TPM's places, an object none. */
void
tee_sim_tpmrm_drop(struct sim_tpmrm *rm, struct sim_space *space)
{
	for (unsigned i = 0; i < SIM_SPACE_SLOTS; i++) {
		if (space->object[i].used && rm->current == space)
			flush(rm, space->object[i].handle);
		if (space->session[i].used)
			flush(rm, space->session[i].handle);
		forget(&space->object[i]);
		forget(&space->session[i]);
	}
	if (rm->current == space)
		rm->current = NULL;
}

static struct sim_space_slot *
slots_of(struct sim_space *space, uint32_t handle)
{
	return is_session(handle) ? space->session : space->object;
}

/*
 * The TPM gives a handle again once what had it is gone, so a slot that holds
 * the same one is a leftover.  False where the client has too many.
 */
bool
tee_sim_space_add(struct sim_space *space, uint32_t handle)
{
	struct sim_space_slot *slots = slots_of(space, handle), *free = NULL;

	tee_sim_space_remove(space, handle);
	for (unsigned i = SIM_SPACE_SLOTS; i-- > 0;)
		if (!slots[i].used)
			free = &slots[i];
	if (free == NULL)
		return false;
	free->used = true;
	free->handle = handle;
	return true;
}

void
tee_sim_space_remove(struct sim_space *space, uint32_t handle)
{
	struct sim_space_slot *slots = slots_of(space, handle);

	for (unsigned i = 0; i < SIM_SPACE_SLOTS; i++)
		if (slots[i].used && slots[i].handle == handle)
			forget(&slots[i]);
}

struct sim_tpm_session *
tee_sim_space_session(struct sim_space *space, uint32_t handle)
{
	for (unsigned i = 0; i < SIM_SPACE_SLOTS; i++)
		if (space->session[i].used &&
		    space->session[i].handle == handle)
			return &space->session[i].session;
	return NULL;
}

uint32_t
tee_sim_space_virtual(const struct sim_space *space, uint32_t handle)
{
	for (uint32_t i = 0; i < SIM_SPACE_SLOTS; i++)
		if (space->object[i].used && space->object[i].handle == handle)
			return SIM_SPACE_FIRST - i;
	return 0;
}

uint32_t
tee_sim_space_physical(const struct sim_space *space, uint32_t handle)
{
	uint32_t i = SIM_SPACE_FIRST - handle;

	return handle <= SIM_SPACE_FIRST && i < SIM_SPACE_SLOTS &&
		space->object[i].used ?
	    space->object[i].handle :
	    0;
}
