/* SPDX-License-Identifier: Apache-2.0 */
/* Derived keys: what they depend on, and which are refused. */
#include "config.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <check.h>
#include <linux/sev-guest.h>

#include "tests/test_sim_guest.h"

static struct snp_derived_key_req key_req;
static struct snp_derived_key_resp key_resp;

static uint32_t
derive(uint64_t select, uint8_t out[32])
{
	struct call c = { SNP_GET_DERIVED_KEY, 1, &key_req, &key_resp, 0, 0 };

	key_req.guest_field_select = select;
	memset(&key_resp, 0xee, sizeof(key_resp));
	guest_call(&c);
	ck_assert_int_eq(c.error, 0);
	memcpy(out, key_resp.data + 32, 32);
	return get32(key_resp.data);
}

START_TEST(derived_keys)
{
	uint8_t a[32], b[32], c[32], zero[32] = { 0 };

	guest_set("");
	ck_assert_uint_eq(derive(0, a), 0);
	ck_assert_uint_eq(derive(0, b), 0);
	ck_assert_mem_eq(a, b, 32);
	ck_assert_mem_ne(a, zero, 32);
	ck_assert_uint_eq(derive(8, b), 0);
	ck_assert_mem_ne(a, b, 32);
	/* The measurement enters only where it is selected. */
	guest_set("measurement=000000000000000000000000000000000000000000000000"
		  "000000000000000000000000000000000000000000000001");
	derive(0, c);
	ck_assert_mem_eq(a, c, 32);
	derive(8, c);
	ck_assert_mem_ne(b, c, 32);
	guest_set("signer=vlek");
	derive(0, b);
	ck_assert_mem_ne(a, b, 32);
}
END_TEST

START_TEST(refused_keys)
{
	uint8_t out[32], zero[32] = { 0 };

	guest_set("guest_svn=3");
	ck_assert_uint_eq(derive(0x40, out), 0x16);
	ck_assert_mem_eq(out, zero, 32);
	key_req.root_key_select = 1;
	ck_assert_uint_eq(derive(0, out), 0x27);
	key_req.root_key_select = 2;
	ck_assert_uint_eq(derive(0, out), 0x16);
	key_req.root_key_select = 0;
	key_req.vmpl = 4;
	ck_assert_uint_eq(derive(0, out), 0x16);
	key_req.vmpl = 0;
	key_req.guest_svn = 4;
	ck_assert_uint_eq(derive(0x10, out), 0x16);
	key_req.guest_svn = 3;
	ck_assert_uint_eq(derive(0x10, out), 0);
	key_req.tcb_version = UINT64_MAX;
	ck_assert_uint_eq(derive(0x20, out), 0x16);
}
END_TEST

void
add_key_tests(TCase *t)
{
	tcase_add_test(t, derived_keys);
	tcase_add_test(t, refused_keys);
}
