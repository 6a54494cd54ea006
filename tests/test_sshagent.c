/* SPDX-License-Identifier: Apache-2.0 */
/* The ssh-agent protocol's framing: in any pieces, and with any nonsense. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "teed/sshagent.h"

static const uint8_t list[] = { 0, 0, 0, 1, 11 };
/* key "k", data "data", flags 0 */
static const uint8_t sign[] = { 0, 0, 0, 18, 13, 0, 0, 0, 1, 'k', 0, 0, 0, 4,
	'd', 'a', 't', 'a', 0, 0, 0, 0 };

static enum teed_ssh_kind
take_all(const uint8_t *bytes, size_t size, struct teed_ssh_request *out)
{
	struct teed_ssh *ssh = teed_ssh_new();
	enum teed_ssh_kind kind = teed_ssh_take(ssh, &bytes, &size, out);

	teed_ssh_free(&ssh);
	return kind;
}

START_TEST(in_pieces)
{
	struct teed_ssh *ssh = teed_ssh_new();
	uint8_t stream[3 * sizeof(sign)];
	struct teed_ssh_request r;
	unsigned lists = 0, signs = 0;
	size_t size = 0, at = 0, piece = (size_t)_i;

	memcpy(stream, list, sizeof(list));
	memcpy(stream + 5, sign, sizeof(sign));
	memcpy(stream + 5 + sizeof(sign), list, sizeof(list));
	size = 10 + sizeof(sign);
	while (at < size) {
		const uint8_t *p = stream + at;
		size_t n = size - at < piece ? size - at : piece, left = n;
		enum teed_ssh_kind kind;

		while ((kind = teed_ssh_take(ssh, &p, &left, &r)) !=
		    TEED_SSH_PART) {
			lists += kind == TEED_SSH_LIST;
			if (kind != TEED_SSH_SIGN)
				continue;
			signs++;
			ck_assert_uint_eq(r.key_size, 1);
			ck_assert_uint_eq(r.size, 4);
			ck_assert_mem_eq(r.data, "data", 4);
			ck_assert_uint_eq(r.flags, 0);
		}
		ck_assert_uint_eq(left, 0);
		at += n;
	}
	ck_assert_uint_eq(lists, 2);
	ck_assert_uint_eq(signs, 1);
	teed_ssh_free(&ssh);
}
END_TEST

START_TEST(nonsense)
{
	static const uint8_t empty[] = { 0, 0, 0, 0, 11 };
	static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff, 11 };
	static const uint8_t more[] = { 0, 0, 0x40, 1, 11 };
	static const uint8_t longer[] = { 0, 0, 0, 2, 11, 0 };
	struct teed_ssh_request r;

	ck_assert_int_eq(take_all(empty, 5, &r), TEED_SSH_NONSENSE);
	ck_assert_int_eq(take_all(huge, 5, &r), TEED_SSH_NONSENSE);
	ck_assert_int_eq(take_all(more, 5, &r), TEED_SSH_NONSENSE);
	ck_assert_int_eq(take_all(longer, 6, &r), TEED_SSH_OTHER);
	for (unsigned type = 0; type < 256; type++) {
		uint8_t m[] = { 0, 0, 0, 1, (uint8_t)type };

		if (type != 11)
			ck_assert_int_eq(take_all(m, 5, &r), TEED_SSH_OTHER);
	}
}
END_TEST

/* The longest that is taken, in pieces, and what follows it at once. */
START_TEST(longest)
{
	static uint8_t stream[4 + TEED_SSH_MESSAGE + sizeof(list)];
	const size_t data = TEED_SSH_MESSAGE - 1 - 5 - 4 - 4;
	const uint8_t data_head[] = { 0, 0, (uint8_t)(data >> 8),
		(uint8_t)data };
	struct teed_ssh *ssh = teed_ssh_new();
	const uint8_t *p = stream;
	struct teed_ssh_request r;
	size_t n;

	memcpy(stream, sign, 10);
	memcpy(stream, "\0\0\x40\0", 4);
	memcpy(stream + 10, data_head, 4);
	memset(stream + 14, 'd', data);
	memcpy(stream + 4 + TEED_SSH_MESSAGE, list, sizeof(list));
	n = sizeof(stream) / 2;
	ck_assert_int_eq(teed_ssh_take(ssh, &p, &n, &r), TEED_SSH_PART);
	ck_assert_uint_eq(n, 0);
	n = sizeof(stream) - sizeof(stream) / 2;
	ck_assert_int_eq(teed_ssh_take(ssh, &p, &n, &r), TEED_SSH_SIGN);
	ck_assert_uint_eq(r.size, data);
	ck_assert_mem_eq(r.data, stream + 14, data);
	ck_assert_uint_eq(n, sizeof(list));
	ck_assert_int_eq(teed_ssh_take(ssh, &p, &n, &r), TEED_SSH_LIST);
	ck_assert_int_eq(teed_ssh_take(ssh, &p, &n, &r), TEED_SSH_PART);
	teed_ssh_free(&ssh);
}
END_TEST

/* Its own lengths decide nothing that the message's does not allow. */
START_TEST(sign_request)
{
	struct teed_ssh_request r;
	uint8_t m[sizeof(sign) + 1];

	for (size_t i = 5; i < sizeof(sign); i++) {
		memcpy(m, sign, sizeof(sign));
		m[3] = (uint8_t)(i - 4);
		ck_assert_int_eq(take_all(m, i, &r), TEED_SSH_OTHER);
	}
	memcpy(m, sign, sizeof(sign));
	m[3]++;
	ck_assert_int_eq(take_all(m, sizeof(m), &r), TEED_SSH_OTHER);
	for (size_t at = 5; at < 9; at++) {
		memcpy(m, sign, sizeof(sign));
		m[at] = 0xff;
		ck_assert_int_eq(take_all(m, sizeof(sign), &r), TEED_SSH_OTHER);
		m[at] = sign[at];
		m[at + 5] = 0xff;
		ck_assert_int_eq(take_all(m, sizeof(sign), &r), TEED_SSH_OTHER);
	}
}
END_TEST

START_TEST(answers)
{
	static const uint8_t key[32] = "a public key of 32 bytes, indeed";
	uint8_t out[TEED_SSH_ANSWER], blob[TEED_SSH_BLOB], signature[64];
	size_t n;

	teed_ssh_blob(key, blob);
	ck_assert_mem_eq(blob, "\0\0\0\x0bssh-ed25519\0\0\0\x20", 19);
	ck_assert_mem_eq(blob + 19, key, 32);
	n = teed_ssh_list(key, "did", out);
	ck_assert_uint_eq(n, 4 + 1 + 4 + 4 + 51 + 4 + 3);
	ck_assert_mem_eq(out, "\0\0\0\x43\x0c\0\0\0\x01\0\0\0\x33", 13);
	ck_assert_mem_eq(out + 13, blob, 51);
	ck_assert_mem_eq(out + n - 7,
	    "\0\0\0\x03"
	    "did",
	    7);
	n = teed_ssh_list(NULL, "", out);
	ck_assert_uint_eq(n, 9);
	ck_assert_mem_eq(out, "\0\0\0\x05\x0c\0\0\0\0", 9);
	memset(signature, 7, sizeof(signature));
	n = teed_ssh_signature(signature, out);
	ck_assert_uint_eq(n, 4 + 1 + 4 + 4 + 11 + 4 + 64);
	ck_assert_mem_eq(out,
	    "\0\0\0\x58\x0e\0\0\0\x53\0\0\0\x0bssh-ed25519\0\0\0\x40", 28);
	ck_assert_mem_eq(out + 28, signature, 64);
	ck_assert_uint_eq(teed_ssh_failure(out), 5);
	ck_assert_mem_eq(out, "\0\0\0\x01\x05", 5);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sshagent");
	TCase *c = tcase_create("sshagent");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(c, in_pieces, 1, 34);
	tcase_add_test(c, nonsense);
	tcase_add_test(c, longest);
	tcase_add_test(c, sign_request);
	tcase_add_test(c, answers);
	suite_add_tcase(suite, c);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
