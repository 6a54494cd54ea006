/* SPDX-License-Identifier: Apache-2.0 */
/* See test_sim_guest.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <check.h>
#include <linux/sev-guest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "tests/test_sim_guest.h"

void
guest_set(const char *switches)
{
	char copy[512], *rest = copy, *one;
	const char *argv[16] = { guest_teesim, "set", "--dir", guest_keys,
		"--reset" };
	int argc = 5, status;
	pid_t pid;

	snprintf(copy, sizeof(copy), "%s", switches);
	while ((one = strsep(&rest, " ")) != NULL)
		if (*one != '\0')
			argv[argc++] = one;
	pid = fork();
	if (pid == 0) {
		execv(guest_teesim, (char **)(uintptr_t)argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "teesim set %s", switches);
}

struct snp_report_req report_req;
struct snp_ext_report_req ext_req;
struct snp_report_resp resp;
uint8_t certs[16 * 4096];
const char *guest_teesim, *guest_keys, *guest_device, *guest_legacy, *guest_tsm;

void
guest_call(struct call *c)
{
	struct snp_guest_request_ioctl io = { .msg_version = c->msg_version,
		.req_data = (uintptr_t)c->req,
		.resp_data = (uintptr_t)c->resp,
		.exitinfo2 = POISON };
	int fd = open(guest_device, O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	c->error = ioctl(fd, c->cmd, &io) == 0 ? 0 : errno;
	c->exitinfo2 = io.exitinfo2;
	close(fd);
}

struct call
guest_report(void)
{
	struct call c = { SNP_GET_REPORT, 1, &report_req, &resp, 0, 0 };

	memset(&resp, 0, sizeof(resp));
	guest_call(&c);
	return c;
}

struct call
guest_ext(uint32_t certs_len)
{
	struct call c = { SNP_GET_EXT_REPORT, 1, &ext_req, &resp, 0, 0 };

	memset(&resp, 0, sizeof(resp));
	memset(certs, 0xee, sizeof(certs));
	ext_req.certs_address = (uintptr_t)certs;
	ext_req.certs_len = certs_len;
	guest_call(&c);
	return c;
}

uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

X509 *
guest_load(const char *name)
{
	char path[4096];
	BIO *bio;
	X509 *cert;

	snprintf(path, sizeof(path), "%s/%s", guest_keys, name);
	bio = BIO_new_file(path, "r");
	ck_assert_ptr_nonnull(bio);
	cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ck_assert_ptr_nonnull(cert);
	BIO_free(bio);
	return cert;
}

bool
guest_verifies(const uint8_t *report, const char *leaf)
{
	X509 *cert = guest_load(leaf);
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

bool
guest_signed_by(const char *cert, const char *issuer)
{
	X509 *a = guest_load(cert), *b = guest_load(issuer);
	bool ok = X509_verify(a, X509_get0_pubkey(b)) == 1;

	X509_free(b);
	X509_free(a);
	return ok;
}
