/* SPDX-License-Identifier: Apache-2.0 */
/* AMD's key distribution: certificates of this chip, and of no other. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/pem.h>

#include "tests/test_sim_cloud.h"

static const struct {
	const char *name, *product, *before, *after; /* the chip between */
	long status;
} rows[] = { { "Milan", "Milan", "/vcek/v1/Milan/",
		 "?blSPL=3&teeSPL=0&snpSPL=24&ucodeSPL=219", 200 },
	{ "zeros before", "Milan", "/vcek/v1/Milan/",
	    "?blSPL=03&teeSPL=00&snpSPL=024&ucodeSPL=219", 200 },
	{ "Turin", "Turin", "/vcek/v1/Turin/",
	    "?fmcSPL=1&blSPL=3&teeSPL=0&snpSPL=4&ucodeSPL=80", 200 },
	{ "Turin without fmc", "Turin", "/vcek/v1/Turin/",
	    "?blSPL=3&teeSPL=0&snpSPL=4&ucodeSPL=80", 400 },
	{ "a part missing", "Milan", "/vcek/v1/Milan/",
	    "?blSPL=3&teeSPL=0&snpSPL=24", 400 },
	{ "a part too large", "Milan", "/vcek/v1/Milan/",
	    "?blSPL=256&teeSPL=0&snpSPL=24&ucodeSPL=219", 400 },
	{ "a part in hex", "Milan", "/vcek/v1/Milan/",
	    "?blSPL=0x3&teeSPL=0&snpSPL=24&ucodeSPL=219", 400 },
	{ "another product", "Genoa", "/vcek/v1/Milan/",
	    "?blSPL=3&teeSPL=0&snpSPL=24&ucodeSPL=219", 404 },
	{ "another chip", "Milan", "/vcek/v1/Milan/00",
	    "?blSPL=3&teeSPL=0&snpSPL=24&ucodeSPL=219", 404 },
	{ "chain", "Milan", "/vcek/v1/Milan/cert_chain", NULL, 200 },
	{ "chain of the VLEK", "Milan", "/vlek/v1/Milan/cert_chain", NULL,
	    200 },
	{ "CRL", "Milan", "/vcek/v1/Milan/crl", NULL, 200 },
	{ "no such thing", "Milan", "/vcek/v1/Milan", NULL, 404 } };

static void
chip_hex(char out[2 * SIM_CHIP_ID_SIZE + 1])
{
	uint8_t report[SIM_REPORT_SIZE], data[64] = { 0 };
	struct sim_blob pem = { NULL, 0 };

	machine_report(data, report, &pem);
	for (size_t i = 0; i < SIM_CHIP_ID_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", report[0x1a0 + i]);
	tee_sim_blob_free(&pem);
}

START_TEST(row)
{
	char chip[2 * SIM_CHIP_ID_SIZE + 1], product[32], target[512];
	struct reply reply;

	snprintf(product, sizeof(product), "product=%s", rows[_i].product);
	cloud_turn(product);
	chip_hex(chip);
	if (strcmp(rows[_i].product, "Turin") == 0)
		chip[16] = '\0';
	snprintf(target, sizeof(target), "%s%s%s", rows[_i].before,
	    rows[_i].after != NULL ? chip : "",
	    rows[_i].after != NULL ? rows[_i].after : "");
	cloud_get(&reply, "kds", target);
	ck_assert_msg(reply.status == rows[_i].status, "%s: %ld", rows[_i].name,
	    reply.status);
	reply_free(&reply);
}
END_TEST

/* Asked for the TCB of a report, it gives the key that signed it. */
START_TEST(signs_the_report)
{
	uint8_t report[SIM_REPORT_SIZE], data[64] = { 0 };
	char chip[2 * SIM_CHIP_ID_SIZE + 1], target[512];
	struct sim_blob pem = { NULL, 0 };
	const uint8_t *tcb = report + 0x180, *der;
	struct reply reply;
	X509 *served, *own;
	BIO *bio;

	cloud_turn("");
	machine_report(data, report, &pem);
	chip_hex(chip);
	snprintf(target, sizeof(target),
	    "/vcek/v1/Milan/%s?blSPL=%u&teeSPL=%u&snpSPL=%u&ucodeSPL=%u", chip,
	    tcb[0], tcb[1], tcb[6], tcb[7]);
	cloud_get(&reply, "kds", target);
	der = reply.body.data;
	served = d2i_X509(NULL, &der, (long)reply.body.size);
	bio = BIO_new_mem_buf(pem.data, (int)pem.size);
	own = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ck_assert_ptr_nonnull(served);
	ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(served),
			     X509_get0_pubkey(own)),
	    1);
	BIO_free(bio);
	X509_free(own);
	X509_free(served);
	reply_free(&reply);
	tee_sim_blob_free(&pem);
}
END_TEST

void
add_kds_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, row, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, signs_the_report);
}
