/* SPDX-License-Identifier: Apache-2.0 */
/* tpmbuf: see tpmbuf.h. */
#include "config.h"

#include <string.h>

#include "sim/tpmbuf.h"

uint16_t
tee_sim_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t
tee_sim_get32(const uint8_t *p)
{
	return (uint32_t)tee_sim_get16(p) << 16 | tee_sim_get16(p + 2);
}

void
tee_sim_put16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

void
tee_sim_put32(uint8_t *p, uint32_t value)
{
	tee_sim_put16(p, (uint16_t)(value >> 16));
	tee_sim_put16(p + 2, (uint16_t)value);
}

uint32_t
tee_sim_tpmbuf_code(const struct sim_tpmbuf *buf)
{
	return tee_sim_get32(buf->data + 6);
}

void
tee_sim_tpmbuf_start(struct sim_tpmbuf *buf, uint16_t tag, uint32_t code)
{
	memset(buf, 0, sizeof(*buf));
	tee_sim_tpmbuf_u16(buf, tag);
	tee_sim_tpmbuf_u32(buf, 0);
	tee_sim_tpmbuf_u32(buf, code);
}

void
tee_sim_tpmbuf_bytes(struct sim_tpmbuf *buf, const void *data, size_t size)
{
	if (size > sizeof(buf->data) - buf->size) {
		buf->bad = true;
		return;
	}
	if (size > 0)
		memcpy(buf->data + buf->size, data, size);
	buf->size += size;
}

void
tee_sim_tpmbuf_u8(struct sim_tpmbuf *buf, uint8_t value)
{
	tee_sim_tpmbuf_bytes(buf, &value, 1);
}

void
tee_sim_tpmbuf_u16(struct sim_tpmbuf *buf, uint16_t value)
{
	uint8_t wire[2];

	tee_sim_put16(wire, value);
	tee_sim_tpmbuf_bytes(buf, wire, sizeof(wire));
}

void
tee_sim_tpmbuf_u32(struct sim_tpmbuf *buf, uint32_t value)
{
	uint8_t wire[4];

	tee_sim_put32(wire, value);
	tee_sim_tpmbuf_bytes(buf, wire, sizeof(wire));
}

void
tee_sim_tpmbuf_2b(struct sim_tpmbuf *buf, const void *data, size_t size)
{
	if (size > UINT16_MAX)
		buf->bad = true;
	tee_sim_tpmbuf_u16(buf, (uint16_t)size);
	tee_sim_tpmbuf_bytes(buf, data, size);
}

void
tee_sim_tpmbuf_password(struct sim_tpmbuf *buf, const void *auth, size_t size)
{
	tee_sim_tpmbuf_u32(buf, (uint32_t)(9 + size));
	tee_sim_tpmbuf_u32(buf, SIM_RH_PW);
	tee_sim_tpmbuf_u16(buf, 0); /* nonce */
	tee_sim_tpmbuf_u8(buf, 0);  /* attributes */
	tee_sim_tpmbuf_2b(buf, auth, size);
}

bool
tee_sim_tpmbuf_finish(struct sim_tpmbuf *buf)
{
	if (buf->bad || buf->size < SIM_TPM_HEADER)
		return false;
	tee_sim_put32(buf->data + 2, (uint32_t)buf->size);
	return true;
}

void
tee_sim_tpmbuf_error(struct sim_tpmbuf *buf, uint32_t rc)
{
	tee_sim_tpmbuf_start(buf, SIM_TPM_NO_SESSIONS, rc);
	tee_sim_tpmbuf_finish(buf);
}
