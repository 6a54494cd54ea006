/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of the simulated confidential VM before the real verifier: in good
 * order it passes whole, and each fault of the paravisor and its TPM fails
 * the check that is there for it.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "libtee/claims.h"
#include "sim/blob.h"
#include "tests/test_sim_guest.h"
#include "tests/test_sim_vtpm.h"
#include "tests/testlib_cvm.h"
#include "tests/testlib_tpm.h"

#define NONCE "a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8"
#define PCRS 8

static void
collect_hcl(int fd, struct cvm_evidence *e)
{
	uint8_t nv[CVM_NV_SIZE];

	tpm_nv_read(fd, 0x01400001, nv, sizeof(nv));
	ck_assert(tee_sim_blob_append(&e->item[CVM_HCL], nv, sizeof(nv)));
}

static void
collect_quote(int fd, struct cvm_evidence *e)
{
	size_t size;

	tpm_do(fd,
	    "8002 00000000 00000158 81000003 " TPM_PW " 0020 " NONCE
	    " 0010 00000001 000b 03 ff0000");
	size = tpm_u16(14);
	ck_assert(tee_sim_blob_append(&e->item[CVM_QUOTE], tpm_answer.data + 16,
	    size));
	ck_assert(tee_sim_blob_append(&e->item[CVM_SIGNATURE],
	    tpm_answer.data + 16 + size, 6 + 256));
}

static void
collect_pcrs(int fd, struct cvm_evidence *e)
{
	char text[PCRS * 80] = "{";
	size_t at = 1;

	tpm_do(fd, "8001 00000000 0000017e 00000001 000b 03 ff0000");
	for (size_t i = 0; i < PCRS; i++) {
		const uint8_t *value = tpm_answer.data + 28 + 34 * i + 2;

		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%s\"%zu\":\"", i == 0 ? "" : ",", i);
		for (size_t b = 0; b < 32; b++)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			    "%02x", value[b]);
		at += (size_t)snprintf(text + at, sizeof(text) - at, "\"");
	}
	at += (size_t)snprintf(text + at, sizeof(text) - at, "}");
	ck_assert(tee_sim_blob_append(&e->item[CVM_PCRS], text, at));
}

static void
collect_ak_cert(int fd, struct cvm_evidence *e)
{
	uint8_t nv[4096];

	tpm_nv_read(fd, 0x01c101d0, nv, sizeof(nv));
	ck_assert(tee_sim_blob_append(&e->item[CVM_AK_CERT], nv,
	    4 + ((size_t)nv[2] << 8 | nv[3])));
}

static void
add_file(struct sim_blob *out, int dir, const char *name)
{
	struct sim_blob file;

	ck_assert(tee_sim_blob_read(&file, dir, name, 16384));
	ck_assert(tee_sim_blob_append(out, file.data, file.size));
	tee_sim_blob_free(&file);
}

static void
collect_chain(struct cvm_evidence *e)
{
	int dir = open(guest_keys, O_RDONLY | O_DIRECTORY);
	struct sim_blob root;
	char text[65] = "";

	add_file(&e->snp.certs, dir, "vcek.pem");
	add_file(&e->snp.certs, dir, "ask.pem");
	add_file(&e->snp.certs, dir, "ark.pem");
	ck_assert(tee_sim_blob_read(&root, dir, "root", 65));
	memcpy(text, root.data, 64);
	ck_assert_uint_eq(tpm_hex(text, e->snp.root, 32), 32);
	tee_sim_blob_free(&root);
	close(dir);
}

static void
collect(struct cvm_evidence *e)
{
	int fd = tpm_open(0);

	memset(e, 0, sizeof(*e));
	collect_hcl(fd, e);
	collect_quote(fd, e);
	collect_pcrs(fd, e);
	collect_ak_cert(fd, e);
	collect_chain(e);
	e->snp.binding_size = tpm_hex(NONCE, e->snp.binding, 32);
	e->snp.now = time(NULL);
	close(fd);
}

static void
drop(struct cvm_evidence *e)
{
	for (unsigned i = 0; i < CVM_ITEMS; i++)
		tee_sim_blob_free(&e->item[i]);
	tee_sim_blob_free(&e->snp.certs);
}

static const struct {
	const char *name, *switches, *fails, *not_done;
} rows[] = {
	{ "in good order", "", "", "" },
	{ "no user data", "nv-user-data=absent", "", "" },
	{ "the form of 2022", "hcl-form=2022", "", "" },
	{ "runtime claims changed", "hcl-runtime-bit=8000", "hcl.runtime-hash",
	    "hcl.ak quote.signature quote.ak-cert binding" },
	{ "another AK in the claims", "ak-other=yes",
	    "quote.signature quote.ak-cert", "binding" },
	{ "signature of the quote", "tpm-quote-bit=5", "quote.signature",
	    "binding" },
	{ "a TDX report", "hcl-type=4", "hcl.report-type", "binding" },
	{ "a later version", "hcl-version=9", "hcl.format", "binding" },
	{ "certificate of another key", "nv-ak-cert=other-key", "quote.ak-cert",
	    "" },
	{ "a debug guest", "debug=yes", "policy.debug", "" },
	{ "VCEK of another TCB", "vek=stale-tcb", "vek.tcb", "" },
	{ "a host's own report", "host-request=yes",
	    "vmpl hcl.vmpl hcl.runtime-hash",
	    "hcl.ak quote.signature quote.ak-cert binding" },
};

START_TEST(judged)
{
	struct cvm_evidence e;
	struct tee_claims *claims;

	guest_set(rows[_i].switches);
	collect(&e);
	claims = cvm_judge(&e, NULL);
	snp_expect(rows[_i].name, claims, rows[_i].fails, rows[_i].not_done);
	tee_claims_free(&claims);
	drop(&e);
	guest_set("");
}
END_TEST

void
add_cvm_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, judged, 0, COUNT(rows));
}
