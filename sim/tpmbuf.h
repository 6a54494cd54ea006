/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpmbuf: one TPM command or response, big-endian (TPM 2.0 part 1, 18).
 * What does not fit sets `bad`, which is looked at once, before it is sent.
 */
#ifndef SIM_TPMBUF_H
#define SIM_TPMBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_TPM_BUFFER 4096 /* the kernel's TPM_BUFSIZE */
#define SIM_TPM_HEADER 10   /* tag u16, size u32, command or response u32 */

#define SIM_TPM_NO_SESSIONS 0x8001
#define SIM_TPM_SESSIONS 0x8002

enum sim_tpm_cc {
	SIM_CC_EVICT_CONTROL = 0x120,
	SIM_CC_NV_UNDEFINE = 0x122,
	SIM_CC_NV_DEFINE = 0x12a,
	SIM_CC_CREATE_PRIMARY = 0x131,
	SIM_CC_NV_WRITE = 0x137,
	SIM_CC_SHUTDOWN = 0x145,
	SIM_CC_NV_READ = 0x14e,
	SIM_CC_QUOTE = 0x158,
	SIM_CC_CONTEXT_LOAD = 0x161,
	SIM_CC_CONTEXT_SAVE = 0x162,
	SIM_CC_FLUSH_CONTEXT = 0x165,
	SIM_CC_NV_READ_PUBLIC = 0x169,
	SIM_CC_READ_PUBLIC = 0x173,
	SIM_CC_START_AUTH_SESSION = 0x176,
	SIM_CC_GET_CAPABILITY = 0x17a
};

enum sim_tpm_rc {
	SIM_RC_OK = 0,
	SIM_RC_AUTH_CONTEXT = 0x145,
	SIM_RC_NV_RANGE = 0x146,
	SIM_RC_NV_SIZE = 0x1c4,   /* VALUE, parameter 1 */
	SIM_RC_NV_OFFSET = 0x2c4, /* VALUE, parameter 2 */
	SIM_RC_RETRY = 0x922,
	SIM_RC_NO_COMMAND = 0x000b0143, /* as the kernel says COMMAND_CODE */
	SIM_RC_NO_TPM = -1              /* no response: the TPM is gone */
};

#define SIM_RH_OWNER 0x40000001u
#define SIM_RH_PW 0x40000009u
#define SIM_RH_ENDORSEMENT 0x4000000bu
#define SIM_RH_PLATFORM 0x4000000cu

#define SIM_HT(handle) ((handle) >> 24)
#define SIM_HT_HMAC 0x02
#define SIM_HT_POLICY 0x03
#define SIM_HT_TRANSIENT 0x80

struct sim_tpmbuf {
	uint8_t data[SIM_TPM_BUFFER];
	size_t size;
	bool bad;
};

/* A header, whose size the sender fills in. */
void tee_sim_tpmbuf_start(struct sim_tpmbuf *, uint16_t tag, uint32_t code);
void tee_sim_tpmbuf_u8(struct sim_tpmbuf *, uint8_t);
void tee_sim_tpmbuf_u16(struct sim_tpmbuf *, uint16_t);
void tee_sim_tpmbuf_u32(struct sim_tpmbuf *, uint32_t);
void tee_sim_tpmbuf_bytes(struct sim_tpmbuf *, const void *, size_t);
/* With their length before them: TPM2B. */
void tee_sim_tpmbuf_2b(struct sim_tpmbuf *, const void *, size_t);
/* The authorization area of one password session. */
void tee_sim_tpmbuf_password(struct sim_tpmbuf *, const void *, size_t);
/* Writes the size; false where something did not fit. */
bool tee_sim_tpmbuf_finish(struct sim_tpmbuf *);
/* A response of a header alone. */
void tee_sim_tpmbuf_error(struct sim_tpmbuf *, uint32_t rc);

uint16_t tee_sim_get16(const uint8_t *);
uint32_t tee_sim_get32(const uint8_t *);
void tee_sim_put16(uint8_t *, uint16_t);
void tee_sim_put32(uint8_t *, uint32_t);
/* Command or response code; the buffer holds at least a header. */
uint32_t tee_sim_tpmbuf_code(const struct sim_tpmbuf *);

#endif
