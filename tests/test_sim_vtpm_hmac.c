/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC sessions without a key on the paravisor's indices, as tpm2-tools open
 * them, computed here once more (TPM 2.0 part 1, 19.6).
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/hmac.h>

#include "tests/test_sim_guest.h"
#include "tests/test_sim_vtpm.h"
#include "tests/testlib_tpm.h"

#define CALLER \
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define NAME_SIZE 34
#define PIECE 16

struct session {
	uint32_t handle;
	uint8_t caller[32], tpm[32];
	uint8_t name[NAME_SIZE]; /* of the index that is read */
};

static void
start(int fd, struct session *s, uint32_t index)
{
	tpm_hex(CALLER, s->caller, sizeof(s->caller));
	tpm_do(fd, "8001 00000000 00000169 %08x", index);
	memcpy(s->name, tpm_answer.data + 28, NAME_SIZE);
	tpm_do(fd,
	    "8001 00000000 00000176 40000007 40000007 0020 " CALLER
	    " 0000 00 0010 000b");
	s->handle = tpm_u32(10);
	ck_assert_uint_eq(tpm_u16(14), 32);
	memcpy(s->tpm, tpm_answer.data + 16, 32);
}

/* SHA-256(what), the newer nonce, the older one, attributes. */
static void
hmac_of(const void *what, size_t size, const uint8_t *newer,
    const uint8_t *older, uint8_t out[32])
{
	uint8_t in[32 * 3 + 1];

	EVP_Digest(what, size, in, NULL, EVP_sha256(), NULL);
	memcpy(in + 32, newer, 32);
	memcpy(in + 64, older, 32);
	in[96] = 1; /* continueSession */
	ck_assert_ptr_nonnull(
	    HMAC(EVP_sha256(), "", 0, in, sizeof(in), out, NULL));
}

static uint32_t
read_piece(int fd, const struct session *s, uint32_t index, unsigned offset,
    uint8_t spoil)
{
	uint8_t what[4 + 4 + NAME_SIZE + 4], hmac[32];
	char text[65], parameters[9];

	snprintf(parameters, sizeof(parameters), "%04x%04x", PIECE, offset);
	tpm_hex("0000014e 40000001", what, 8);
	memcpy(what + 8, s->name, NAME_SIZE);
	tpm_hex(parameters, what + 8 + NAME_SIZE, 4);
	hmac_of(what, sizeof(what), s->caller, s->tpm, hmac);
	hmac[0] ^= spoil;
	for (unsigned i = 0; i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", hmac[i]);
	return tpm_try(fd,
	    "8002 00000000 0000014e 40000001 %08x 00000049 %08x 0020 " CALLER
	    " 01 0020 %s %s",
	    index, s->handle, text, parameters);
}

/* The response is signed over the data that came, and the nonce is new. */
static void
check_answer(struct session *s)
{
	uint8_t what[8 + 2 + PIECE] = { 0 }, hmac[32];
	const uint8_t *nonce = tpm_answer.data + 14 + 2 + PIECE + 2;

	ck_assert_uint_eq(tpm_answer.size, 14 + 2 + PIECE + 34 + 1 + 34);
	tpm_hex("0000014e", what + 4, 4);
	memcpy(what + 8, tpm_answer.data + 14, 2 + PIECE);
	hmac_of(what, sizeof(what), nonce, s->caller, hmac);
	ck_assert_mem_eq(nonce + 32 + 1 + 2, hmac, 32);
	ck_assert_mem_ne(nonce, s->tpm, 32);
	memcpy(s->tpm, nonce, 32);
}

START_TEST(read_in_session)
{
	static const uint32_t indices[] = { 0x01400001, 0x01c101d0 };
	uint32_t index = indices[_i];
	uint8_t plain[PIECE];
	struct session s;
	int fd = tpm_open(0);

	start(fd, &s, index);
	for (unsigned offset = 0; offset <= 1024; offset += 512) {
		tpm_do(fd,
		    "8002 00000000 0000014e 40000001 %08x " TPM_PW " %04x %04x",
		    index, PIECE, offset);
		memcpy(plain, tpm_answer.data + 16, PIECE);
		ck_assert_uint_eq(read_piece(fd, &s, index, offset, 0), 0);
		ck_assert_mem_eq(tpm_answer.data + 16, plain, PIECE);
		check_answer(&s);
	}
	close(fd);
}
END_TEST

/* Between, another client makes the TPM put the session away. */
START_TEST(swapped)
{
	struct session s;
	int fd = tpm_open(0), other = tpm_open(0);

	start(fd, &s, 0x01400001);
	tpm_do(other, "8001 00000000 0000017b 0008");
	ck_assert_uint_eq(read_piece(fd, &s, 0x01400001, 0, 0), 0);
	check_answer(&s);
	tpm_do(other, "8001 00000000 0000017b 0008");
	ck_assert_uint_eq(read_piece(fd, &s, 0x01400001, 0, 0), 0);
	check_answer(&s);
	close(other);
	close(fd);
}
END_TEST

START_TEST(wrong_hmac)
{
	struct session s;
	int fd = tpm_open(0);

	start(fd, &s, 0x01400001);
	ck_assert_uint_eq(read_piece(fd, &s, 0x01400001, 0, 1), 0x9a2);
	/* Signed for another index. */
	ck_assert_uint_eq(read_piece(fd, &s, 0x01c101d0, 0, 0), 0x9a2);
	/* A nonce that was used. */
	ck_assert_uint_eq(read_piece(fd, &s, 0x01400001, 0, 0), 0);
	ck_assert_uint_eq(read_piece(fd, &s, 0x01400001, 0, 0), 0x9a2);
	close(fd);
}
END_TEST

void
add_hmac_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, read_in_session, 0, 2);
	tcase_add_test(tcase, swapped);
	tcase_add_test(tcase, wrong_hmac);
}
