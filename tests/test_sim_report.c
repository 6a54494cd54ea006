/* SPDX-License-Identifier: Apache-2.0 */
/* What is reported and certified, switch by switch. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <check.h>

#include "tests/test_sim_guest.h"

/* Where the report changes, and whether its signature still holds. */
static const struct {
	const char *switches;
	unsigned offset;
	const char *bytes;
	unsigned size;
	const char *leaf; /* whose signature holds; NULL: nobody's */
} reports[] = { { "product=Genoa", 0x188, "\x19\x11", 2, "vcek.pem" },
	{ "product=Turin", 0, "\5", 1, "vcek.pem" },
	{ "signer=vlek", 0x48, "\4", 1, "vlek.pem" },
	{ "debug=yes", 0x8, "\0\0\x0b\0", 4, "vcek.pem" },
	{ "mask-chip-id=yes", 0x1a0, "\0\0\0\0\0\0\0\0", 8, "vcek.pem" },
	{ "mask-key=yes", 0x2a0, "\0\0\0\0\0\0\0\0", 8, NULL },
	{ "host-request=yes", 0x30, "\xff\xff\xff\xff", 4, "vcek.pem" },
	{ "wrong-data=yes", 0x50, "\xa5\x5a", 2, "vcek.pem" },
	{ "flip=0", 0, "\2", 1, NULL }, { "flip=1537", 0xc0, "\2", 1, NULL },
	{ "version=2", 0x188, "\0\0\0", 3, "vcek.pem" },
	{ "version=5", 0x200, "\x0b", 1, "vcek.pem" },
	{ "version=9", 0, "\x09\0\0\0", 4, "vcek.pem" },
	{ "policy=0x30001", 0x8, "\1\0\3", 3, "vcek.pem" },
	{ "vmpl=1", 0x30, "\1", 1, "vcek.pem" },
	{ "guest_svn=7", 4, "\7", 1, "vcek.pem" },
	{ "platform_info=3", 0x40, "\3", 1, "vcek.pem" },
	{ "signature_algo=2", 0x34, "\2", 1, "vcek.pem" },
	{ "current_tcb=snp=255", 0x3e, "\xff", 1, "vcek.pem" },
	{ "committed_tcb=bl=1", 0x1e0, "\1", 1, "vcek.pem" },
	{ "launch_tcb=bl=2", 0x1f0, "\2", 1, "vcek.pem" },
	{ "reported_tcb=ucode=1", 0x187, "\1", 1, "vcek.pem" },
	{ "current_build=9", 0x1e8, "\x09", 1, "vcek.pem" },
	{ "reserved_1eb=01", 0x1eb, "\1", 1, "vcek.pem" },
	{ "current_mit_vector=5", 0x200, "\5", 1, "vcek.pem" },
	{ "family_id=000102030405060708090a0b0c0d0e0f", 0x10, "\0\1\2", 3,
	    "vcek.pem" } };

START_TEST(contents)
{
	const char *leaf = reports[_i].leaf;

	guest_set(reports[_i].switches);
	memset(report_req.user_data, 0x5a, 64);
	ck_assert_int_eq(guest_report().error, 0);
	ck_assert_mem_eq(resp.data + 32 + reports[_i].offset, reports[_i].bytes,
	    reports[_i].size);
	ck_assert_int_eq(guest_verifies(resp.data + 32,
			     leaf != NULL ? leaf : "vcek.pem"),
	    leaf != NULL);
}
END_TEST

/* The last byte of one of a certificate's extensions. */
static int
tail(X509 *cert, const char *oid)
{
	ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
	int at = X509_get_ext_by_OBJ(cert, type, -1);
	const ASN1_OCTET_STRING *value;

	ASN1_OBJECT_free(type);
	if (at < 0)
		return -1;
	value = X509_EXTENSION_get_data(X509_get_ext(cert, at));
	return ASN1_STRING_get0_data(value)[ASN1_STRING_length(value) - 1];
}

START_TEST(certified)
{
	X509 *cert;

	guest_set("reported_tcb=ucode=77");
	guest_report();
	cert = guest_load("vcek.pem");
	ck_assert_int_eq(tail(cert, "1.3.6.1.4.1.3704.1.3.8"), 77);
	X509_free(cert);
	guest_set("vek=stale-tcb");
	guest_report();
	cert = guest_load("vcek.pem");
	ck_assert_int_eq(tail(cert, "1.3.6.1.4.1.3704.1.3.8"),
	    resp.data[32 + 0x187] - 1);
	ck_assert(guest_verifies(resp.data + 32, "vcek.pem"));
	X509_free(cert);
	guest_set("vek=other-key");
	guest_report();
	ck_assert(!guest_verifies(resp.data + 32, "vcek.pem"));
	ck_assert(guest_signed_by("vcek.pem", "ask.pem"));
	guest_set("vek=expired");
	guest_report();
	cert = guest_load("vcek.pem");
	ck_assert_int_lt(X509_cmp_current_time(X509_get0_notAfter(cert)), 0);
	X509_free(cert);
}
END_TEST

START_TEST(other_chip)
{
	X509 *cert;
	ASN1_OBJECT *type = OBJ_txt2obj("1.3.6.1.4.1.3704.1.4", 1);
	const uint8_t *hwid;

	guest_set("vek=other-chip");
	guest_report();
	cert = guest_load("vcek.pem");
	hwid = ASN1_STRING_get0_data(X509_EXTENSION_get_data(
	    X509_get_ext(cert, X509_get_ext_by_OBJ(cert, type, -1))));
	ck_assert_mem_ne(hwid, resp.data + 32 + 0x1a0, 64);
	ck_assert_mem_eq(hwid + 1, resp.data + 32 + 0x1a0 + 1, 63);
	ASN1_OBJECT_free(type);
	X509_free(cert);
}
END_TEST

START_TEST(crl)
{
	char path[4096];
	X509 *ark, *ask;
	X509_CRL *list;
	X509_REVOKED *entry;
	BIO *bio;

	guest_set("crl=revoked-ask");
	guest_report();
	snprintf(path, sizeof(path), "%s/crl.der", guest_keys);
	bio = BIO_new_file(path, "r");
	list = d2i_X509_CRL_bio(bio, NULL);
	ark = guest_load("ark.pem");
	ask = guest_load("ask.pem");
	ck_assert_int_eq(X509_CRL_verify(list, X509_get0_pubkey(ark)), 1);
	ck_assert_int_eq(X509_CRL_get0_by_cert(list, &entry, ask), 1);
	BIO_free(bio);
	X509_CRL_free(list);
	X509_free(ask);
	X509_free(ark);
}
END_TEST

/* certs_len in, errno, exitinfo2, certs_len out */
static const struct {
	const char *switches;
	uint32_t in;
	int error;
	uint64_t exitinfo2;
	uint32_t out;
} sizes[] = { { "", 0, EIO, VMM(1), 8192 }, { "", 4096, EIO, VMM(1), 8192 },
	{ "", 8192, 0, POISON, 8192 }, { "", 16384, 0, POISON, 16384 },
	{ "", 20480, EINVAL, 0xff, 20480 }, { "", 8191, EINVAL, 0xff, 8191 },
	{ "certs=none", 0, 0, POISON, 0 },
	{ "certs=none", 4096, 0, POISON, 4096 },
	{ "certs=garbage", 4096, 0, POISON, 4096 },
	{ "certs=growing", 8192, EIO, VMM(1), 12288 },
	{ "certs=growing", 16384, EIO, VMM(1), 20480 },
	{ "vmm-busy=1", 16384, EIO, VMM(2), 16384 } };

START_TEST(certs_len)
{
	struct call c;

	guest_set(sizes[_i].switches);
	c = guest_ext(sizes[_i].in);
	ck_assert_int_eq(c.error, sizes[_i].error);
	ck_assert_uint_eq(c.exitinfo2, sizes[_i].exitinfo2);
	ck_assert_uint_eq(ext_req.certs_len, sizes[_i].out);
	/* Only success touches what the caller gave. */
	ck_assert_int_eq(get32(resp.data + 4) == REPORT, sizes[_i].error == 0);
	ck_assert_int_eq(certs[0] == 0xee,
	    sizes[_i].error != 0 || sizes[_i].in == 0);
}
END_TEST

START_TEST(keeps_growing)
{
	uint32_t last = 4096;

	guest_set("certs=growing");
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(guest_ext(last > 16384 ? 16384 : last).error,
		    EIO);
		ck_assert_uint_gt(ext_req.certs_len, last);
		last = ext_req.certs_len;
	}
}
END_TEST

START_TEST(table)
{
	static const uint8_t vcek[] = { 0x63, 0xda, 0x75, 0x8d };
	static const uint8_t end[24];
	const uint8_t *p;
	X509 *cert, *file;

	guest_set("table-crl=yes");
	ck_assert_int_eq(guest_ext(16384).error, 0);
	ck_assert_mem_eq(certs, vcek, sizeof(vcek));
	ck_assert_mem_eq(certs + 4 * 24, end, sizeof(end));
	p = certs + get32(certs + 16);
	cert = d2i_X509(NULL, &p, get32(certs + 20));
	file = guest_load("vcek.pem");
	ck_assert_ptr_nonnull(cert);
	ck_assert_int_eq(X509_cmp(cert, file), 0);
	X509_free(cert);
	X509_free(file);
	guest_set("certs=pem");
	ck_assert_int_eq(guest_ext(16384).error, 0);
	ck_assert_mem_eq(certs + get32(certs + 16), "-----BEGIN", 10);
	guest_set("certs=beyond");
	ck_assert_int_eq(guest_ext(16384).error, 0);
	ck_assert_uint_eq(get32(certs + 16), UINT32_MAX);
	guest_set("certs=none");
	ck_assert_int_eq(guest_ext(4096).error, 0);
	ck_assert_mem_eq(certs, end, sizeof(end));
}
END_TEST

void
add_report_tests(TCase *t)
{
	tcase_add_loop_test(t, contents, 0, COUNT(reports));
	tcase_add_test(t, certified);
	tcase_add_test(t, other_chip);
	tcase_add_test(t, crl);
	tcase_add_loop_test(t, certs_len, 0, COUNT(sizes));
	tcase_add_test(t, keeps_growing);
	tcase_add_test(t, table);
}
