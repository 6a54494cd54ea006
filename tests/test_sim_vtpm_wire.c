/* SPDX-License-Identifier: Apache-2.0 */
/* Raw commands to the paravisor's NV, and what a TPM answers to each. */
#include "config.h"

#include <string.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "tests/test_sim_guest.h"
#include "tests/test_sim_vtpm.h"
#include "tests/testlib_tpm.h"

#define READ(index, size, offset) \
	"8002 00000000 0000014e 40000001 " index " " TPM_PW " " size " " offset

/* Rows that expect what the TPM says of an index of its own, say so twice. */
static const struct {
	const char *name, *command;
	uint32_t rc;
	size_t size;      /* of the response; 0: any */
	const char *body; /* behind the header */
} rows[] = {
	{ "HCL: public", "8001 00000000 00000169 01400001", 0, 62,
	    "000e 01400001 000b 62060004 0000 0a28 0022 000b" },
	{ "AK certificate: public", "8001 00000000 00000169 01c101d0", 0, 62,
	    "000e 01c101d0 000b 62060004 0000 1000 0022 000b" },
	{ "user data: public", "8001 00000000 00000169 01400002", 0, 62,
	    "000e 01400002 000b 20060006 0000 0040 0022 000b" },
	{ "absent: public", "8001 00000000 00000169 01400009", 0x18b, 10, "" },
	{ "absent: read", READ("01400009", "0008", "0000"), 0x28b, 10, "" },
	{ "HCL: head", READ("01400001", "000c", "0000"), 0, 33,
	    "0000000e 000c 48434c41 01000000 2a090000 0000 01 0000" },
	{ "HCL: nothing", READ("01400001", "0000", "0000"), 0, 21,
	    "00000002 0000 0000 01 0000" },
	{ "HCL: last byte", READ("01400001", "0001", "0a27"), 0, 22,
	    "00000003 0001 00 0000 01 0000" },
	{ "HCL: largest piece", READ("01400001", "0400", "0628"), 0, 1045,
	    "00000402 0400" },
	{ "HCL: too large", READ("01400001", "0401", "0000"), 0x1c4, 10, "" },
	{ "its own: too large", READ("01400002", "0401", "0000"), 0x1c4, 10,
	    "" },
	{ "HCL: past the end", READ("01400001", "0001", "0a28"), 0x146, 10,
	    "" },
	{ "its own: past the end", READ("01400002", "0001", "0040"), 0x146, 10,
	    "" },
	{ "HCL: begins past the end", READ("01400001", "0000", "0a29"), 0x2c4,
	    10, "" },
	{ "its own: begins past the end", READ("01400002", "0000", "0041"),
	    0x2c4, 10, "" },
	{ "HCL: wrong password",
	    "8002 00000000 0000014e 40000001 01400001"
	    "0000000a 40000009 0000 00 0001 41 0008 0000",
	    0x9a2, 10, "" },
	{ "HCL: by its own password, which nobody knows",
	    "8002 00000000 0000014e 01400001 01400001 " TPM_PW " 0008 0000",
	    0x9a2, 10, "" },
	{ "HCL: no authorization",
	    "8001 00000000 0000014e 40000001 01400001 0008 0000", 0x125, 10,
	    "" },
	{ "HCL: by another hierarchy",
	    "8002 00000000 0000014e 4000000b 01400001 " TPM_PW " 0008 0000",
	    0x184, 10, "" },
	{ "HCL: an area that is cut",
	    "8002 00000000 0000014e 40000001 01400001", 0x09a, 10, "" },
	{ "HCL: public, in a session",
	    "8002 00000000 00000169 01400001 " TPM_PW, 0x145, 10, "" },
	{ "HCL: defined already",
	    "8002 00000000 0000012a 40000001 " TPM_PW
	    " 0000 000e 01400001 000b 00060006 0000 0040",
	    0x14c, 10, "" },
	{ "HCL: not the owner's to remove",
	    "8002 00000000 00000122 40000001 01400001 " TPM_PW, 0x149, 10, "" },
	{ "HCL: not the owner's to write",
	    "8002 00000000 00000137 40000001 01400001 " TPM_PW " 0001 00 0000",
	    0x149, 10, "" },
	{ "no such command", "8001 00000000 00000999", 0x000b0143, 10, "" },
	{ "PCRs: eight at most",
	    "8001 00000000 0000017e 00000001 000b 03 ffffff", 0, 0, "" },
};

START_TEST(raw)
{
	int fd = tpm_open(0);
	uint32_t rc;

	if (_i == 0) {
		guest_set("");
		tpm_nv_user_data(fd, 0);
	}
	rc = tpm_try(fd, "%s", rows[_i].command);
	/* The TPM may say so whenever it likes, facts 1.4. */
	if (rc == TPM_RETRY && rows[_i].rc != TPM_RETRY)
		rc = tpm_try(fd, "%s", rows[_i].command);
	ck_assert_msg(rc == rows[_i].rc, "%s: 0x%x", rows[_i].name, rc);
	ck_assert_msg(rows[_i].size == 0 || tpm_answer.size == rows[_i].size,
	    "%s: %zu bytes", rows[_i].name, tpm_answer.size);
	ck_assert_msg(tpm_has(10, rows[_i].body), "%s", rows[_i].name);
	close(fd);
}
END_TEST

/* Name = nameAlg || hash of the public area: tpm2-tss refuses another. */
START_TEST(names)
{
	static const char *const indices[] = { "01400001", "01c101d0",
		"01400002" };
	uint8_t digest[32];
	int fd = tpm_open(0);

	tpm_do(fd, "8001 00000000 00000169 %s", indices[_i]);
	EVP_Digest(tpm_answer.data + 12, 14, digest, NULL, EVP_sha256(), NULL);
	ck_assert_mem_eq(tpm_answer.data + 30, digest, sizeof(digest));
	close(fd);
}
END_TEST

/* What a guest does where 0x01400002 is absent, or of another size. */
START_TEST(user_data)
{
	int fd = tpm_open(0);
	uint8_t data[64];

	guest_set("");
	tpm_do(fd, "8002 00000000 00000122 40000001 01400002 " TPM_PW);
	ck_assert_uint_eq(tpm_try(fd, "8001 00000000 00000169 01400002"),
	    0x18b);
	tpm_do(fd,
	    "8002 00000000 0000012a 40000001 " TPM_PW
	    " 0000 000e 01400002 000b 00060006 0000 0040");
	ck_assert_uint_eq(tpm_try(fd, READ("01400002", "0040", "0000")), 0x14a);
	tpm_nv_user_data(fd, 0xab);
	tpm_nv_read(fd, 0x01400002, data, sizeof(data));
	for (size_t i = 0; i < sizeof(data); i++)
		ck_assert_uint_eq(data[i], 0xab);
	close(fd);
}
END_TEST

void
add_wire_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, raw, 0, COUNT(rows));
	tcase_add_loop_test(tcase, names, 0, 3);
	tcase_add_test(tcase, user_data);
}
