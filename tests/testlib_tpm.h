/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_tpm: a client of /dev/tpmrm0 that knows bytes and no TSS, so that
 * what it sees is what went over the wire.
 */
#ifndef TESTLIB_TPM_H
#define TESTLIB_TPM_H

#include <stddef.h>
#include <stdint.h>

#define TPM_PW "00000009 40000009 0000 00 0000" /* the empty password */
#define TPM_OWNER "40000001"
#define TPM_RETRY 0x922

extern const char *tpm_path;

/* The last response. */
extern struct tpm_answer {
	uint8_t data[4096];
	size_t size;
	uint32_t rc;
} tpm_answer;

int tpm_open(int flags);
/* Bytes of hex digits and spaces; their count. */
size_t tpm_hex(const char *hex, uint8_t *out, size_t room);
/* A command whose size field is filled in: write, read, response code. */
uint32_t tpm_try(int fd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, again while the TPM says so; any other failure ends the test. */
void tpm_do(int fd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Big-endian numbers of the last response. */
uint16_t tpm_u16(size_t at);
uint32_t tpm_u32(size_t at);
/* Whether these bytes stand there in the last response. */
int tpm_has(size_t at, const char *hex);

/* As its owner, in pieces from the first byte on. */
void tpm_nv_read(int fd, uint32_t index, uint8_t *out, size_t size);
/* The 64 bytes of NV 0x01400002, each the same. */
void tpm_nv_user_data(int fd, uint8_t each);

#endif
