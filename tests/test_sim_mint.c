/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulator mints, judged by libcrypto alone: good chains verify and
 * look like AMD's, reports are signed, keys are kept.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <check.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "sim/chain.h"
#include "sim/report.h"
#include "sim/table.h"
#include "tests/test_sim.h"

START_TEST(good_chains)
{
	sim_start((enum sim_product)_i);
	sim_mint();
	ck_assert(sim_signed_by(SIM_ARK, SIM_ARK));
	ck_assert(sim_signed_by(SIM_ASK, SIM_ARK));
	ck_assert(sim_signed_by(SIM_ASVK, SIM_ARK));
	ck_assert(sim_signed_by(SIM_VCEK, SIM_ASK));
	ck_assert(sim_signed_by(SIM_VLEK, SIM_ASVK));
	ck_assert_int_eq(X509_CRL_verify(sim_chain.crl, sim_keys->key[SIM_ARK]),
	    1);
	ck_assert_int_eq(sim_path_error(SIM_VCEK, SIM_ASK, SIM_NOW), 0);
	ck_assert_int_eq(sim_path_error(SIM_VLEK, SIM_ASVK, SIM_NOW), 0);
	ck_assert_int_eq(sim_path_error(SIM_VLEK, SIM_ASVK,
			     SIM_NOW + 2 * SIM_YEAR),
	    X509_V_ERR_CERT_HAS_EXPIRED);
	ck_assert_int_eq(sim_path_error(SIM_VCEK, SIM_ASVK, SIM_NOW),
	    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
	tee_sim_chain_free(&sim_chain);
}
END_TEST

START_TEST(vcek_extensions)
{
	const struct sim_product_info *info;
	const uint8_t *v;
	X509 *vcek;
	int size;

	sim_start((enum sim_product)_i);
	info = tee_sim_product(sim_platform.product);
	sim_mint();
	vcek = sim_chain.cert[SIM_VCEK];
	v = sim_ext_value(vcek, SIM_OID_HWID, &size);
	ck_assert_ptr_nonnull(v);
	ck_assert_int_eq((size_t)size, info->hwid_size);
	ck_assert_mem_eq(v, sim_platform.chip_id, info->hwid_size);
	v = sim_ext_value(vcek, SIM_OID_STRUCT_VERSION, &size);
	ck_assert_int_eq(size, 3);
	ck_assert_int_eq(v[2], info->struct_version);
	v = sim_ext_value(vcek, SIM_OID_SNP, &size);
	ck_assert_int_eq(v[size - 1], sim_platform.tcb.snp);
	v = sim_ext_value(vcek, SIM_OID_UCODE, &size);
	ck_assert_int_eq(v[size - 1], sim_platform.tcb.ucode);
	ck_assert_int_eq(size, sim_platform.tcb.ucode > 127 ? 4 : 3);
	ck_assert_ptr_null(sim_ext_value(vcek, SIM_OID_CSP_ID, &size));
	ck_assert_ptr_null(
	    sim_ext_value(sim_chain.cert[SIM_VLEK], SIM_OID_HWID, &size));
	ck_assert_int_eq(sim_ext_value(vcek, SIM_OID_FMC, &size) != NULL,
	    sim_platform.product == SIM_TURIN);
	ck_assert_int_eq(sim_ext_value(vcek, SIM_OID_SPL4, &size) != NULL,
	    sim_platform.product != SIM_TURIN);
	tee_sim_chain_free(&sim_chain);
}
END_TEST

static bool
report_verifies(const uint8_t *report, EVP_PKEY *key)
{
	ECDSA_SIG *signature = ECDSA_SIG_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *der = NULL;
	int size;
	bool ok;

	ECDSA_SIG_set0(signature, BN_lebin2bn(report + 0x2a0, 72, NULL),
	    BN_lebin2bn(report + 0x2e8, 72, NULL));
	size = i2d_ECDSA_SIG(signature, &der);
	ok = EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, der, (size_t)size, report, 0x2a0) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	ECDSA_SIG_free(signature);
	return ok;
}

START_TEST(reports)
{
	uint8_t report[SIM_REPORT_SIZE];
	uint32_t version = (uint32_t)_i;

	for (unsigned p = 0; p < SIM_PRODUCTS; p++) {
		sim_start((enum sim_product)p);
		tee_sim_report_init(report, &sim_platform, version,
		    SIM_SIGNER_VCEK);
		ck_assert(tee_sim_report_sign(report, sim_keys->key[SIM_VCEK]));
		ck_assert(report_verifies(report, sim_keys->key[SIM_VCEK]));
		ck_assert(!report_verifies(report, sim_keys->key[SIM_VLEK]));
		ck_assert_int_eq(report[0], version);
		ck_assert_int_eq(report[0x188] != 0, version >= 3);
		ck_assert_int_eq(report[0x200] != 0, version >= 5);
		ck_assert_int_eq(report[0x187], sim_platform.tcb.ucode);
		ck_assert_int_eq(report[p == SIM_TURIN ? 0x183 : 0x186],
		    sim_platform.tcb.snp);
		report[0x90] ^= 1;
		ck_assert(!report_verifies(report, sim_keys->key[SIM_VCEK]));
	}
}
END_TEST

/* name, value, offset and bytes that must be there; NULL: refused */
static const struct {
	const char *name, *value;
	size_t offset;
	const char *bytes;
	size_t size;
} sets[] = { { "policy", "0xb0000", 8, "\0\0\x0b\0\0\0\0", 8 },
	{ "vmpl", "4294967295", 0x30, "\xff\xff\xff\xff", 4 },
	{ "reported_tcb", "ucode=9,bl=1", 0x180, "\1\0\0\0\0\0\x18\x09", 8 },
	{ "reported_tcb", "0102030405060708", 0x180, "\1\2\3\4\5\6\7\x08", 8 },
	{ "family_id", "000102030405060708090a0b0c0d0e0f", 0x10,
	    "\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", 16 },
	{ "guest_svn", "4294967296", 0, NULL, 0 },
	{ "guest_svn", "-1", 0, NULL, 0 }, { "guest_svn", "", 0, NULL, 0 },
	{ "family_id", "00", 0, NULL, 0 },
	{ "family_id", "zz0102030405060708090a0b0c0d0e0f", 0, NULL, 0 },
	{ "reported_tcb", "bl=256", 0, NULL, 0 },
	{ "reported_tcb", "nobody=1", 0, NULL, 0 },
	{ "nobody", "1", 0, NULL, 0 } };

START_TEST(fields)
{
	uint8_t report[SIM_REPORT_SIZE], before[SIM_REPORT_SIZE];
	bool ok;

	sim_start(SIM_MILAN);
	tee_sim_report_init(report, &sim_platform, 0, SIM_SIGNER_VCEK);
	memcpy(before, report, sizeof(before));
	ok = tee_sim_report_set(report, SIM_MILAN, sets[_i].name,
	    sets[_i].value);
	if (sets[_i].bytes == NULL) {
		ck_assert(!ok);
		ck_assert_mem_eq(report, before, sizeof(before));
	} else {
		ck_assert(ok);
		ck_assert_mem_eq(report + sets[_i].offset, sets[_i].bytes,
		    sets[_i].size);
	}
}
END_TEST

START_TEST(table)
{
	struct sim_blob blob = { NULL, 0 }, der = { NULL, 0 };
	uint32_t offset, length;

	sim_start(SIM_GENOA);
	sim_mint();
	ck_assert(
	    tee_sim_chain_table(&sim_chain, SIM_SIGNER_VLEK, true, &blob));
	ck_assert(tee_sim_chain_der(&sim_chain, SIM_VLEK, &der));
	ck_assert_mem_eq(blob.data, tee_sim_guid(SIM_GUID_VLEK), 16);
	ck_assert_mem_eq(blob.data + 24, tee_sim_guid(SIM_GUID_ASK), 16);
	ck_assert_mem_eq(blob.data + 48, tee_sim_guid(SIM_GUID_ARK), 16);
	ck_assert_mem_eq(blob.data + 72, tee_sim_guid(SIM_GUID_CRL), 16);
	memcpy(&offset, blob.data + 16, 4);
	memcpy(&length, blob.data + 20, 4);
	ck_assert_uint_eq(offset, 5 * 24);
	ck_assert_uint_eq(length, der.size);
	ck_assert_mem_eq(blob.data + offset, der.data, der.size);
	memcpy(&offset, blob.data + 72 + 16, 4);
	memcpy(&length, blob.data + 72 + 20, 4);
	ck_assert_uint_eq(offset + length, blob.size);
	tee_sim_blob_free(&der);
	tee_sim_blob_free(&blob);
	tee_sim_chain_free(&sim_chain);
}
END_TEST

/* Real certificates, where they are, and ours of the same role. */
static const struct {
	const char *path;
	enum sim_product product;
	enum sim_key role;
} real[] = { { "virtee+sev/src/certs/snp/builtin/milan/ark.pem", SIM_MILAN,
		 SIM_ARK },
	{ "virtee+sev/src/certs/snp/builtin/milan/ask.pem", SIM_MILAN,
	    SIM_ASK },
	{ "google+go-sev-guest/verify/trust/ask_ark_milan_vlek.pem", SIM_MILAN,
	    SIM_ASVK },
	{ "virtee+sev/src/certs/snp/builtin/turin/ask.pem", SIM_TURIN,
	    SIM_ASK },
	{ "virtee+sev/tests/certs_data/vcek_milan.der", SIM_MILAN, SIM_VCEK },
	{ "virtee+sev/tests/certs_data/vcek_turin.der", SIM_TURIN, SIM_VCEK },
	{ "confidential-containers+trustee/deps/verifier/test_data/snp/"
	  "test-vlek.der",
	    SIM_MILAN, SIM_VLEK } };

static X509 *
read_real(const char *name)
{
	const char *vectors = getenv("TEE_VECTORS");
	char path[4096];
	BIO *bio;
	X509 *found;

	snprintf(path, sizeof(path), "%s/snp/%s",
	    vectors != NULL ? vectors : ".", name);
	bio = BIO_new_file(path, "r");
	if (bio == NULL) {
		fprintf(stderr, "skipped: no %s\n", name);
		return NULL;
	}
	found = strstr(name, ".der") != NULL ?
	    d2i_X509_bio(bio, NULL) :
	    PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ck_assert_ptr_nonnull(found);
	return found;
}

static void
same_shape(X509 *theirs, X509 *ours)
{
	X509_EXTENSION *a, *b;

	ck_assert_int_eq(X509_get_version(theirs), X509_get_version(ours));
	ck_assert_int_eq(ASN1_INTEGER_cmp(X509_get0_serialNumber(theirs),
			     X509_get0_serialNumber(ours)),
	    0);
	ck_assert_int_eq(X509_NAME_cmp(X509_get_subject_name(theirs),
			     X509_get_subject_name(ours)),
	    0);
	ck_assert_int_eq(X509_NAME_cmp(X509_get_issuer_name(theirs),
			     X509_get_issuer_name(ours)),
	    0);
	ck_assert_int_eq(X509_ALGOR_cmp(X509_get0_tbs_sigalg(theirs),
			     X509_get0_tbs_sigalg(ours)),
	    0);
	ck_assert_int_eq(X509_get_ext_count(theirs), X509_get_ext_count(ours));
	for (int i = 0; i < X509_get_ext_count(ours); i++) {
		a = X509_get_ext(theirs, i);
		b = X509_get_ext(ours, i);
		ck_assert_int_eq(OBJ_cmp(X509_EXTENSION_get_object(a),
				     X509_EXTENSION_get_object(b)),
		    0);
		ck_assert_int_eq(X509_EXTENSION_get_critical(a),
		    X509_EXTENSION_get_critical(b));
	}
	ck_assert_uint_eq(X509_get_key_usage(theirs), X509_get_key_usage(ours));
	ck_assert_int_eq(X509_get_pathlen(theirs), X509_get_pathlen(ours));
	ck_assert_int_eq(X509_check_ca(theirs), X509_check_ca(ours));
}

START_TEST(shape_of_amd)
{
	X509 *theirs = read_real(real[_i].path);

	if (theirs == NULL)
		return;
	sim_start(real[_i].product);
	sim_mint();
	same_shape(theirs, sim_chain.cert[real[_i].role]);
	X509_free(theirs);
	tee_sim_chain_free(&sim_chain);
}
END_TEST

START_TEST(keys_are_kept)
{
	char template[] = "simkeys.XXXXXX";
	char *path = mkdtemp(template);
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	struct sim_keyset *again;
	struct stat st;

	ck_assert_int_ge(dir, 0);
	ck_assert_ptr_null(tee_sim_keyset_load(dir));
	ck_assert(tee_sim_keyset_save(sim_keys, dir));
	again = tee_sim_keyset_open(path);
	ck_assert_ptr_nonnull(again);
	ck_assert_mem_eq(again->chip, sim_keys->chip, sizeof(sim_keys->chip));
	for (unsigned i = 0; i < SIM_KEYS; i++) {
		char file[64];

		ck_assert_int_eq(EVP_PKEY_eq(again->key[i], sim_keys->key[i]),
		    1);
		snprintf(file, sizeof(file), "%s.key",
		    tee_sim_key_name((enum sim_key)i));
		ck_assert_int_eq(fstatat(dir, file, &st, 0), 0);
		ck_assert_int_eq(st.st_mode & 0777, 0600);
		unlinkat(dir, file, 0);
	}
	unlinkat(dir, "chip.key", 0);
	tee_sim_keyset_free(&again);
	close(dir);
	rmdir(path);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sim_mint");
	TCase *tcase = tcase_create("mint");
	SRunner *runner;
	int failed;

	sim_open_keys();
	tcase_set_timeout(tcase, 180);
	tcase_add_loop_test(tcase, good_chains, 0, SIM_PRODUCTS);
	tcase_add_loop_test(tcase, vcek_extensions, 0, SIM_PRODUCTS);
	tcase_add_loop_test(tcase, reports, 2, 6);
	tcase_add_loop_test(tcase, fields, 0, SIM_COUNT(sets));
	tcase_add_test(tcase, table);
	tcase_add_loop_test(tcase, shape_of_amd, 0, SIM_COUNT(real));
	tcase_add_test(tcase, keys_are_kept);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	tee_sim_keyset_free(&sim_keys);
	return failed == 0 ? 0 : 1;
}
