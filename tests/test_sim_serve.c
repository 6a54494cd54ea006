/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain client of a served machine: every ioctl, every documented error and
 * every switch, as a guest's program meets them.  test_sim.sh starts it as
 * the command of teesim; what is certified is judged by libcrypto alone.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <check.h>
#include <linux/sev-guest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#define POISON 0xabcdabcdabcdULL
#define REPORT 1184
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const char *teesim, *keys, *device_path, *legacy_path, *tsm_path;

/* Takes every switch back, then sets these ("" is none). */
static void
set(const char *switches)
{
	char copy[512], *rest = copy, *one;
	const char *argv[16] = { teesim, "set", "--dir", keys, "--reset" };
	int argc = 5, status;
	pid_t pid;

	snprintf(copy, sizeof(copy), "%s", switches);
	while ((one = strsep(&rest, " ")) != NULL)
		if (*one != '\0')
			argv[argc++] = one;
	pid = fork();
	if (pid == 0) {
		execv(teesim, (char **)(uintptr_t)argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "teesim set %s", switches);
}

/* One request and everything that came back. */
struct call {
	unsigned long cmd;
	uint8_t msg_version;
	void *req, *resp;
	int error;		/* errno, 0 for success */
	uint64_t exitinfo2;
};

static struct snp_report_req report_req;
static struct snp_ext_report_req ext_req;
static struct snp_derived_key_req key_req;
static struct snp_report_resp resp;
static struct snp_derived_key_resp key_resp;
static uint8_t certs[16 * 4096];

static void
call(struct call *c)
{
	struct snp_guest_request_ioctl io = {
		.msg_version = c->msg_version,
		.req_data = (uintptr_t)c->req,
		.resp_data = (uintptr_t)c->resp,
		.exitinfo2 = POISON
	};
	int fd = open(device_path, O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	c->error = ioctl(fd, c->cmd, &io) == 0 ? 0 : errno;
	c->exitinfo2 = io.exitinfo2;
	close(fd);
}

static struct call
get_report(void)
{
	struct call c = { SNP_GET_REPORT, 1, &report_req, &resp, 0, 0 };

	memset(&resp, 0, sizeof(resp));
	call(&c);
	return c;
}

static struct call
get_ext(uint32_t certs_len)
{
	struct call c = { SNP_GET_EXT_REPORT, 1, &ext_req, &resp, 0, 0 };

	memset(&resp, 0, sizeof(resp));
	memset(certs, 0xee, sizeof(certs));
	ext_req.certs_address = (uintptr_t)certs;
	ext_req.certs_len = certs_len;
	call(&c);
	return c;
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static X509 *
load(const char *name)
{
	char path[4096];
	BIO *bio;
	X509 *cert;

	snprintf(path, sizeof(path), "%s/%s", keys, name);
	bio = BIO_new_file(path, "r");
	ck_assert_ptr_nonnull(bio);
	cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ck_assert_ptr_nonnull(cert);
	BIO_free(bio);
	return cert;
}

static bool
verifies(const uint8_t *report, const char *leaf)
{
	X509 *cert = load(leaf);
	ECDSA_SIG *signature = ECDSA_SIG_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *der = NULL;
	int size;
	bool ok;

	ECDSA_SIG_set0(signature, BN_lebin2bn(report + 0x2a0, 72, NULL),
	    BN_lebin2bn(report + 0x2e8, 72, NULL));
	size = i2d_ECDSA_SIG(signature, &der);
	ok = EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL,
	    X509_get0_pubkey(cert)) == 1 &&
	    EVP_DigestVerify(ctx, der, (size_t)size, report, 0x2a0) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	ECDSA_SIG_free(signature);
	X509_free(cert);
	return ok;
}

static bool
signed_by(const char *cert, const char *issuer)
{
	X509 *a = load(cert), *b = load(issuer);
	bool ok = X509_verify(a, X509_get0_pubkey(b)) == 1;

	X509_free(b);
	X509_free(a);
	return ok;
}

START_TEST(report)
{
	struct call c;

	set("");
	memset(report_req.user_data, 0x5a, 64);
	c = get_report();
	ck_assert_int_eq(c.error, 0);
	ck_assert_uint_eq(c.exitinfo2, POISON);
	ck_assert_uint_eq(get32(resp.data), 0);
	ck_assert_uint_eq(get32(resp.data + 4), REPORT);
	ck_assert_mem_eq(resp.data + 32 + 0x50, report_req.user_data, 64);
	ck_assert(verifies(resp.data + 32, "vcek.pem"));
	ck_assert(!verifies(resp.data + 32, "vlek.pem"));
	ck_assert(signed_by("vcek.pem", "ask.pem"));
	ck_assert(signed_by("vlek.pem", "asvk.pem"));
	ck_assert(signed_by("ask.pem", "ark.pem"));
	ck_assert(signed_by("asvk.pem", "ark.pem"));
	ck_assert(signed_by("ark.pem", "ark.pem"));
}
END_TEST

START_TEST(without_dumping)
{
	set("");
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 0), 0);
	ck_assert_int_eq(get_report().error, 0);
}
END_TEST

/* The order of the driver's checks, and when the struct is written back. */
#define BAD ((void *)16)
#define READ_ONLY ((void *)32)
#define NR9 _IOWR('S', 9, struct snp_guest_request_ioctl)
static const struct {
	const char *name;
	unsigned long cmd;
	int version;
	void *req, *resp;
	int error;
	uint64_t exitinfo2;
} pointers[] = {
	{ "version 0", SNP_GET_REPORT, 0, &report_req, &resp, EINVAL, POISON },
	{ "version 0 first", NR9, 0, &report_req, &resp, EINVAL, POISON },
	{ "no request", SNP_GET_REPORT, 1, NULL, &resp, EINVAL, 0xff },
	{ "no response", SNP_GET_REPORT, 1, &report_req, NULL, EINVAL, 0xff },
	{ "bad request", SNP_GET_REPORT, 1, BAD, &resp, EFAULT, 0xff },
	{ "bad response", SNP_GET_REPORT, 1, &report_req, BAD, EFAULT,
	    POISON },
	{ "read-only", SNP_GET_REPORT, 1, &report_req, READ_ONLY, EFAULT,
	    POISON },
	{ "unknown", NR9, 1, &report_req, &resp, ENOTTY, 0xff },
	{ "not ours", 0x5401, 1, &report_req, &resp, ENOTTY, POISON },
	{ "key: none", SNP_GET_DERIVED_KEY, 1, NULL, &resp, EINVAL, 0xff },
	{ "key: bad", SNP_GET_DERIVED_KEY, 1, BAD, &resp, EFAULT, 0xff },
	{ "ext: none", SNP_GET_EXT_REPORT, 1, NULL, &resp, EINVAL, 0xff },
	{ "ext: bad", SNP_GET_EXT_REPORT, 1, BAD, &resp, EFAULT, 0xff }
};

START_TEST(bad_pointers)
{
	struct call c = {
		pointers[_i].cmd, (uint8_t)pointers[_i].version,
		pointers[_i].req, pointers[_i].resp, 0, 0
	};

	set("");
	if (c.resp == READ_ONLY)
		c.resp = mmap(NULL, 4096, PROT_READ,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	call(&c);
	ck_assert_msg(c.error == pointers[_i].error &&
	    c.exitinfo2 == pointers[_i].exitinfo2, "%s: errno %d, %#llx",
	    pointers[_i].name, c.error, (unsigned long long)c.exitinfo2);
}
END_TEST

/* Switch, first answer, second answer: { errno, exitinfo2 }. */
#define VMM(n) ((uint64_t)(n) << 32)
static const struct {
	const char *switches;
	int first;
	uint64_t exitinfo2;
	int second;
} faults[] = {
	{ "fw-error=0x16", EIO, 0x16, EIO },
	{ "fw-error=0x16 wipe=yes", EIO, 0x16, ENOTTY },
	{ "vmm-error=7", EIO, VMM(7), EIO },
	{ "vmm-busy=1", EIO, VMM(2), 0 },
	{ "vmm-busy=forever", EIO, VMM(2), EIO },
	{ "fail=EAGAIN:1", EAGAIN, 0xff, 0 },
	{ "fail=EINTR:1", EINTR, 0xff, 0 },
	{ "fail=EAGAIN", EAGAIN, 0xff, EAGAIN },
	{ "fail=ETIMEDOUT:1 wipe=yes", ETIMEDOUT, 0xff, ENOTTY },
	{ "vmpck=gone", ENOTTY, POISON, ENOTTY }
};

START_TEST(fault)
{
	struct call c;

	set(faults[_i].switches);
	c = get_report();
	ck_assert_msg(c.error == faults[_i].first &&
	    c.exitinfo2 == faults[_i].exitinfo2, "%s: errno %d, %#llx",
	    faults[_i].switches, c.error, (unsigned long long)c.exitinfo2);
	c = get_report();
	ck_assert_msg(c.error == faults[_i].second, "%s: then errno %d",
	    faults[_i].switches, c.error);
}
END_TEST

static const struct {
	const char *switches;
	uint32_t vmpl, reserved, status, size;
} answers[] = {
	{ "", 0, 0, 0, REPORT },
	{ "", 3, 0, 0, REPORT },
	{ "", 4, 0, 0x16, 0 },
	{ "", 0, 1, 0x16, 0 },
	{ "guest-vmpl=2", 1, 0, 0x16, 0 },
	{ "guest-vmpl=2", 2, 0, 0, REPORT },
	{ "status=0x27", 0, 0, 0x27, 0 },
	{ "report-size=1000", 0, 0, 0, 1000 },
	{ "report-size=4294967295", 0, 0, 0, UINT32_MAX }
};

START_TEST(answer)
{
	set(answers[_i].switches);
	report_req.vmpl = answers[_i].vmpl;
	report_req.rsvd[27] = (uint8_t)answers[_i].reserved;
	ck_assert_int_eq(get_report().error, 0);
	ck_assert_uint_eq(get32(resp.data), answers[_i].status);
	ck_assert_uint_eq(get32(resp.data + 4), answers[_i].size);
	if (answers[_i].status == 0)
		ck_assert_uint_eq(get32(resp.data + 32 + 0x30),
		    answers[_i].vmpl);
}
END_TEST

/* Where the report changes, and whether its signature still holds. */
static const struct {
	const char *switches;
	unsigned offset;
	const char *bytes;
	unsigned size;
	const char *leaf;	/* whose signature holds; NULL: nobody's */
} reports[] = {
	{ "product=Genoa", 0x188, "\x19\x11", 2, "vcek.pem" },
	{ "product=Turin", 0, "\5", 1, "vcek.pem" },
	{ "signer=vlek", 0x48, "\4", 1, "vlek.pem" },
	{ "debug=yes", 0x8, "\0\0\x0b\0", 4, "vcek.pem" },
	{ "mask-chip-id=yes", 0x1a0, "\0\0\0\0\0\0\0\0", 8, "vcek.pem" },
	{ "mask-key=yes", 0x2a0, "\0\0\0\0\0\0\0\0", 8, NULL },
	{ "host-request=yes", 0x30, "\xff\xff\xff\xff", 4, "vcek.pem" },
	{ "wrong-data=yes", 0x50, "\xa5\x5a", 2, "vcek.pem" },
	{ "flip=0", 0, "\2", 1, NULL },
	{ "flip=1152", 0x90, "", 0, NULL },
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
	    "vcek.pem" }
};

START_TEST(contents)
{
	const char *leaf = reports[_i].leaf;

	set(reports[_i].switches);
	memset(report_req.user_data, 0x5a, 64);
	ck_assert_int_eq(get_report().error, 0);
	ck_assert_mem_eq(resp.data + 32 + reports[_i].offset,
	    reports[_i].bytes, reports[_i].size);
	ck_assert_int_eq(verifies(resp.data + 32,
	    leaf != NULL ? leaf : "vcek.pem"), leaf != NULL);
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

	set("reported_tcb=ucode=77");
	get_report();
	cert = load("vcek.pem");
	ck_assert_int_eq(tail(cert, "1.3.6.1.4.1.3704.1.3.8"), 77);
	X509_free(cert);
	set("vek=stale-tcb");
	get_report();
	cert = load("vcek.pem");
	ck_assert_int_eq(tail(cert, "1.3.6.1.4.1.3704.1.3.8"),
	    resp.data[32 + 0x187] - 1);
	ck_assert(verifies(resp.data + 32, "vcek.pem"));
	X509_free(cert);
	set("vek=other-key");
	get_report();
	ck_assert(!verifies(resp.data + 32, "vcek.pem"));
	ck_assert(signed_by("vcek.pem", "ask.pem"));
	set("vek=expired");
	get_report();
	cert = load("vcek.pem");
	ck_assert_int_lt(X509_cmp_current_time(X509_get0_notAfter(cert)), 0);
	X509_free(cert);
}
END_TEST

START_TEST(other_chip)
{
	X509 *cert;
	ASN1_OBJECT *type = OBJ_txt2obj("1.3.6.1.4.1.3704.1.4", 1);
	const uint8_t *hwid;

	set("vek=other-chip");
	get_report();
	cert = load("vcek.pem");
	hwid = ASN1_STRING_get0_data(X509_EXTENSION_get_data(X509_get_ext(cert,
	    X509_get_ext_by_OBJ(cert, type, -1))));
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

	set("crl=revoked-ask");
	get_report();
	snprintf(path, sizeof(path), "%s/crl.der", keys);
	bio = BIO_new_file(path, "r");
	list = d2i_X509_CRL_bio(bio, NULL);
	ark = load("ark.pem");
	ask = load("ask.pem");
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
} sizes[] = {
	{ "", 0, EIO, VMM(1), 8192 },
	{ "", 4096, EIO, VMM(1), 8192 },
	{ "", 8192, 0, POISON, 8192 },
	{ "", 16384, 0, POISON, 16384 },
	{ "", 20480, EINVAL, 0xff, 20480 },
	{ "", 8191, EINVAL, 0xff, 8191 },
	{ "certs=none", 0, 0, POISON, 0 },
	{ "certs=none", 4096, 0, POISON, 4096 },
	{ "certs=garbage", 4096, 0, POISON, 4096 },
	{ "certs=growing", 8192, EIO, VMM(1), 12288 },
	{ "certs=growing", 16384, EIO, VMM(1), 20480 },
	{ "vmm-busy=1", 16384, EIO, VMM(2), 16384 }
};

START_TEST(certs_len)
{
	struct call c;

	set(sizes[_i].switches);
	c = get_ext(sizes[_i].in);
	ck_assert_int_eq(c.error, sizes[_i].error);
	ck_assert_uint_eq(c.exitinfo2, sizes[_i].exitinfo2);
	ck_assert_uint_eq(ext_req.certs_len, sizes[_i].out);
	/* Only success touches what the caller gave. */
	ck_assert_int_eq(get32(resp.data + 4) == REPORT,
	    sizes[_i].error == 0);
	ck_assert_int_eq(certs[0] == 0xee,
	    sizes[_i].error != 0 || sizes[_i].in == 0);
}
END_TEST

START_TEST(keeps_growing)
{
	uint32_t last = 4096;

	set("certs=growing");
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(get_ext(last > 16384 ? 16384 : last).error,
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

	set("table-crl=yes");
	ck_assert_int_eq(get_ext(16384).error, 0);
	ck_assert_mem_eq(certs, vcek, sizeof(vcek));
	ck_assert_mem_eq(certs + 4 * 24, end, sizeof(end));
	p = certs + get32(certs + 16);
	cert = d2i_X509(NULL, &p, get32(certs + 20));
	file = load("vcek.pem");
	ck_assert_ptr_nonnull(cert);
	ck_assert_int_eq(X509_cmp(cert, file), 0);
	X509_free(cert);
	X509_free(file);
	set("certs=pem");
	ck_assert_int_eq(get_ext(16384).error, 0);
	ck_assert_mem_eq(certs + get32(certs + 16), "-----BEGIN", 10);
	set("certs=beyond");
	ck_assert_int_eq(get_ext(16384).error, 0);
	ck_assert_uint_eq(get32(certs + 16), UINT32_MAX);
	set("certs=none");
	ck_assert_int_eq(get_ext(4096).error, 0);
	ck_assert_mem_eq(certs, end, sizeof(end));
}
END_TEST

static uint32_t
derive(uint64_t select, uint8_t out[32])
{
	struct call c = { SNP_GET_DERIVED_KEY, 1, &key_req, &key_resp, 0, 0 };

	key_req.guest_field_select = select;
	memset(&key_resp, 0xee, sizeof(key_resp));
	call(&c);
	ck_assert_int_eq(c.error, 0);
	memcpy(out, key_resp.data + 32, 32);
	return get32(key_resp.data);
}

START_TEST(derived_keys)
{
	uint8_t a[32], b[32], zero[32] = { 0 };

	set("");
	ck_assert_uint_eq(derive(0, a), 0);
	ck_assert_uint_eq(derive(0, b), 0);
	ck_assert_mem_eq(a, b, 32);
	ck_assert_mem_ne(a, zero, 32);
	ck_assert_uint_eq(derive(8, b), 0);
	ck_assert_mem_ne(a, b, 32);
	/* The measurement enters only where it is selected. */
	set("measurement=000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000001");
	derive(0, b);
	ck_assert_mem_eq(a, b, 32);
	set("signer=vlek");
	derive(0, b);
	ck_assert_mem_ne(a, b, 32);
}
END_TEST

START_TEST(refused_keys)
{
	uint8_t out[32], zero[32] = { 0 };

	set("guest_svn=3");
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

START_TEST(slow)
{
	struct timespec a, b;
	int64_t ms;

	set("delay=300");
	clock_gettime(CLOCK_MONOTONIC, &a);
	ck_assert_int_eq(get_report().error, 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	ck_assert_int_ge(ms, 300);
}
END_TEST

START_TEST(node)
{
	struct stat st;
	char byte;
	int fd;

	ck_assert_int_eq(stat(device_path, &st), 0);
	ck_assert_int_eq(st.st_mode, S_IFREG | 0600);
	ck_assert_int_eq(chmod(device_path, 0640), 0);
	ck_assert_int_eq(stat(device_path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(chmod(device_path, 0600), 0);
	fd = open(device_path, O_RDWR);
	ck_assert_int_eq(read(fd, &byte, 1), -1);
	ck_assert_int_eq(errno, EINVAL);
	close(fd);
}
END_TEST

/* /dev/sev of Linux 5.15: ioctl 0xc0285301, offsets as its callers have. */
struct legacy {
	uint8_t req_type, rsp_type, version;
	uint16_t req_len;
	uint64_t req;
	uint16_t rsp_len;
	uint64_t rsp;
	uint32_t error;
};

static int
legacy_call(struct legacy *io, unsigned long cmd)
{
	int fd = open(legacy_path, O_RDWR | O_CLOEXEC), error;

	ck_assert_int_ge(fd, 0);
	error = ioctl(fd, cmd, io) == 0 ? 0 : errno;
	close(fd);
	return error;
}

START_TEST(legacy)
{
	static uint8_t out[1280 + 8];
	struct legacy io = {
		5, 6, 1, 96, (uintptr_t)&report_req, 1280, (uintptr_t)out, 0
	};

	set("");
	memset(out, 0xee, sizeof(out));
	memset(report_req.user_data, 7, 64);
	ck_assert_uint_eq(_IOWR('S', 1, struct legacy), 0xc0285301);
	ck_assert_int_eq(legacy_call(&io, 0xc0285301), 0);
	ck_assert_uint_eq(get32(out), 0);
	ck_assert_uint_eq(get32(out + 4), REPORT);
	ck_assert_mem_eq(out + 32 + 0x50, report_req.user_data, 64);
	ck_assert_int_eq(out[1280], 0xee);
	ck_assert(verifies(out + 32, "vcek.pem"));
	ck_assert_int_eq(legacy_call(&io, SNP_GET_REPORT), ENOTTY);
	io.rsp_len = 1279;
	ck_assert_int_eq(legacy_call(&io, 0xc0285301), EINVAL);
	io.rsp_len = 1280;
	io.req = 16;
	ck_assert_int_eq(legacy_call(&io, 0xc0285301), EFAULT);
	io.req = (uintptr_t)&report_req;
	set("fw-error=0x16");
	ck_assert_int_eq(legacy_call(&io, 0xc0285301), EIO);
	ck_assert_uint_eq(io.error, 0x16);
}
END_TEST

/* configfs-tsm */
static char item[4096];

static int
make_item(void)
{
	snprintf(item, sizeof(item), "%s/item", tsm_path);
	rmdir(item);
	return mkdir(item, 0700) == 0 ? 0 : errno;
}

static int
put(const char *attr, const void *data, size_t size)
{
	char path[4200];
	int fd, error;

	snprintf(path, sizeof(path), "%s/%s", item, attr);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	error = write(fd, data, size) == (ssize_t)size ? 0 : errno;
	close(fd);
	return error;
}

static uint8_t blob[32768];

/* Bytes read, or -errno. */
static int
get(const char *attr)
{
	char path[4200];
	size_t size = 0;
	ssize_t n;
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/%s", item, attr);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	memset(blob, 0, sizeof(blob));
	while ((n = read(fd, blob + size, sizeof(blob) - size - 1)) > 0)
		size += (size_t)n;
	if (n < 0)
		error = errno;
	close(fd);
	return error != 0 ? -error : (int)size;
}

static const char *
line(const char *attr)
{
	ck_assert_int_gt(get(attr), 0);
	return (const char *)blob;
}

START_TEST(tsm_report)
{
	uint8_t data[64];

	set("");
	ck_assert_int_eq(make_item(), 0);
	ck_assert_str_eq(line("generation"), "0\n");
	ck_assert_str_eq(line("provider"), "sev_guest\n");
	ck_assert_str_eq(line("privlevel_floor"), "0\n");
	ck_assert_int_eq(get("outblob"), -EINVAL);
	memset(data, 0x3c, sizeof(data));
	ck_assert_int_eq(put("inblob", data, 64), 0);
	ck_assert_str_eq(line("generation"), "1\n");
	ck_assert_int_eq(put("privlevel", "2\n", 2), 0);
	ck_assert_str_eq(line("generation"), "2\n");
	ck_assert_int_eq(get("outblob"), REPORT);
	ck_assert_mem_eq(blob + 0x50, data, 64);
	ck_assert_uint_eq(get32(blob + 0x30), 2);
	ck_assert(verifies(blob, "vcek.pem"));
	ck_assert_int_gt(get("auxblob"), 4000);
	ck_assert_uint_eq(blob[0], 0x63);
	ck_assert_str_eq(line("generation"), "2\n");
	ck_assert_int_eq(rmdir(item), 0);
	ck_assert_int_eq(get("outblob"), -ENOENT);
}
END_TEST

/* A report stands until something is written. */
START_TEST(tsm_kept)
{
	static uint8_t first[REPORT];

	set("");
	ck_assert_int_eq(make_item(), 0);
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_int_eq(get("outblob"), REPORT);
	memcpy(first, blob, REPORT);
	ck_assert_int_eq(get("outblob"), REPORT);
	ck_assert_mem_eq(first, blob, REPORT);
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_int_eq(get("outblob"), REPORT);
	ck_assert_mem_ne(first, blob, REPORT);
}
END_TEST

START_TEST(tsm_rules)
{
	char path[4200];

	set("");
	ck_assert_int_eq(make_item(), 0);
	ck_assert_int_eq(mkdir(item, 0700), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(put("inblob", certs, 65), EFBIG);
	ck_assert_int_eq(put("inblob", certs, 63), 0);
	ck_assert_int_eq(get("outblob"), -EINVAL);
	ck_assert_int_eq(put("privlevel", "4", 1), EINVAL);
	ck_assert_int_eq(put("privlevel", "\1", 1), EINVAL);
	ck_assert_int_eq(put("privlevel", "1 ", 2), EINVAL);
	ck_assert_int_eq(put("privlevel", "0x1", 3), 0);
	ck_assert_int_eq(put("generation", "1", 1), EACCES);
	ck_assert_int_eq(get("inblob"), -EACCES);
	snprintf(path, sizeof(path), "%s/new", item);
	ck_assert_int_eq(open(path, O_CREAT | O_WRONLY, 0600), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(mkdir(path, 0700), -1);
	ck_assert_int_eq(errno, EPERM);
	snprintf(path, sizeof(path), "%s/inblob", item);
	ck_assert_int_eq(unlink(path), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

static const struct {
	const char *switches;
	int error;		/* of reading outblob */
} reads[] = {
	{ "tsm-read=EBUSY:1", EBUSY }, { "tsm-read=ENXIO:1", ENXIO },
	{ "tsm-read=EFBIG:1", EFBIG }, { "status=0x16", EINVAL },
	{ "status=0x27", EINVAL }, { "status=1", ENXIO },
	{ "report-size=5000", ENOMEM }, { "fw-error=1", EIO },
	{ "fail=EAGAIN:1", EAGAIN }, { "vmm-busy=1", EIO },
	{ "vmpck=gone", ENOTTY }, { "certs=growing", EIO }
};

START_TEST(tsm_faults)
{
	set(reads[_i].switches);
	ck_assert_int_eq(make_item(), 0);
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_int_eq(get("outblob"), -reads[_i].error);
	set("");
	ck_assert_int_eq(get("outblob"), REPORT);
}
END_TEST

START_TEST(tsm_switches)
{
	set("tsm-mkdir=ENXIO");
	ck_assert_int_eq(make_item(), ENXIO);
	set("tsm-provider=tdx_guest guest-vmpl=1");
	ck_assert_int_eq(make_item(), 0);
	ck_assert_str_eq(line("provider"), "tdx_guest\n");
	ck_assert_str_eq(line("privlevel_floor"), "1\n");
	ck_assert_int_eq(put("privlevel", "0", 1), EINVAL);
	set("tsm-write=EBUSY:1");
	ck_assert_int_eq(put("privlevel", "0", 1), EBUSY);
	ck_assert_str_eq(line("generation"), "0\n");
	ck_assert_int_eq(put("privlevel", "0", 1), 0);
	set("tsm-write=EBUSY:1");
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_str_eq(line("generation"), "1\n");
	set("certs=none");
	ck_assert_int_eq(put("inblob", certs, 64), 0);
	ck_assert_int_eq(get("auxblob"), 0);
}
END_TEST

START_TEST(tsm_race)
{
	uint8_t data[64] = { 1 };

	set("tsm-race=2");
	ck_assert_int_eq(make_item(), 0);
	for (int i = 0; i < 3; i++) {
		char expected[16];

		ck_assert_int_eq(put("inblob", data, 64), 0);
		snprintf(expected, sizeof(expected), "%d\n",
		    i < 2 ? 2 * i + 2 : 5);
		ck_assert_int_eq(get("outblob"), REPORT);
		ck_assert_int_eq(memcmp(blob + 0x50, data, 64) == 0, i == 2);
		ck_assert_str_eq(line("generation"), expected);
	}
}
END_TEST

static void
add_device_tests(TCase *t)
{
	tcase_add_test(t, report);
	tcase_add_test(t, without_dumping);
	tcase_add_loop_test(t, bad_pointers, 0, COUNT(pointers));
	tcase_add_loop_test(t, fault, 0, COUNT(faults));
	tcase_add_loop_test(t, answer, 0, COUNT(answers));
	tcase_add_loop_test(t, contents, 0, COUNT(reports));
	tcase_add_test(t, certified);
	tcase_add_test(t, other_chip);
	tcase_add_test(t, crl);
	tcase_add_loop_test(t, certs_len, 0, COUNT(sizes));
	tcase_add_test(t, keeps_growing);
	tcase_add_test(t, table);
	tcase_add_test(t, derived_keys);
	tcase_add_test(t, refused_keys);
	tcase_add_test(t, slow);
	tcase_add_test(t, node);
	tcase_add_test(t, legacy);
}

static void
add_tsm_tests(TCase *t)
{
	tcase_add_test(t, tsm_report);
	tcase_add_test(t, tsm_kept);
	tcase_add_test(t, tsm_rules);
	tcase_add_loop_test(t, tsm_faults, 0, COUNT(reads));
	tcase_add_test(t, tsm_switches);
	tcase_add_test(t, tsm_race);
}

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("sim_serve");
	TCase *device = tcase_create("device"), *tsm = tcase_create("tsm");
	SRunner *runner;
	int failed;

	if (argc != 6) {
		fprintf(stderr, "run by test_sim.sh\n");
		return 2;
	}
	teesim = argv[1];
	keys = argv[2];
	device_path = argv[3];
	legacy_path = argv[4];
	tsm_path = argv[5];
	tcase_set_timeout(device, 30);
	tcase_set_timeout(tsm, 30);
	add_device_tests(device);
	add_tsm_tests(tsm);
	suite_add_tcase(suite, device);
	suite_add_tcase(suite, tsm);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
