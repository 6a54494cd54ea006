/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulator mints, judged by libcrypto alone: good chains verify,
 * look like AMD's, and every defect that can be asked for is really there.
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

#define NOW 1767225600		/* 2026-01-01 */
#define YEAR (365L * 24 * 60 * 60)

static struct sim_keyset *keys;
static struct sim_platform platform;
static struct sim_chain_spec spec;
static struct sim_chain chain;

/* One set for all runs: what costs seconds is made once per build. */
static void
open_keys(void)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/tmp",
	    build != NULL ? build : ".");
	mkdir(path, 0700);
	strcat(path, "/simkeys");
	keys = tee_sim_keyset_open(path);
	if (keys == NULL) {
		perror(path);
		exit(1);
	}
}

static void
start(enum sim_product product)
{
	tee_sim_platform_init(&platform, product, keys, NOW);
	tee_sim_chain_init(&spec, &platform, keys);
}

static void
mint(void)
{
	ck_assert(tee_sim_chain_mint(&spec, &chain));
}

static bool
signed_by(enum sim_key role, enum sim_key issuer)
{
	return X509_verify(chain.cert[role], keys->key[issuer]) == 1;
}

/* 0, or the first X509_V_ERR_*. */
static int
path_error(enum sim_key leaf, enum sim_key middle, time_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *between = sk_X509_new_null();
	int error;

	X509_STORE_add_cert(store, chain.cert[SIM_ARK]);
	sk_X509_push(between, chain.cert[middle]);
	ck_assert_int_eq(X509_STORE_CTX_init(ctx, store, chain.cert[leaf],
	    between), 1);
	X509_STORE_CTX_set_time(ctx, 0, at);
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CHECK_SS_SIGNATURE);
	error = X509_verify_cert(ctx) == 1 ? 0 : X509_STORE_CTX_get_error(ctx);
	sk_X509_free(between);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return error;
}

static const uint8_t *
ext_value(X509 *cert, const char *oid, int *size)
{
	ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
	int at = X509_get_ext_by_OBJ(cert, type, -1);
	const ASN1_OCTET_STRING *value;

	ASN1_OBJECT_free(type);
	if (at < 0)
		return NULL;
	value = X509_EXTENSION_get_data(X509_get_ext(cert, at));
	*size = ASN1_STRING_length(value);
	return ASN1_STRING_get0_data(value);
}

START_TEST(good_chains)
{
	start((enum sim_product)_i);
	mint();
	ck_assert(signed_by(SIM_ARK, SIM_ARK));
	ck_assert(signed_by(SIM_ASK, SIM_ARK));
	ck_assert(signed_by(SIM_ASVK, SIM_ARK));
	ck_assert(signed_by(SIM_VCEK, SIM_ASK));
	ck_assert(signed_by(SIM_VLEK, SIM_ASVK));
	ck_assert_int_eq(X509_CRL_verify(chain.crl, keys->key[SIM_ARK]), 1);
	ck_assert_int_eq(path_error(SIM_VCEK, SIM_ASK, NOW), 0);
	ck_assert_int_eq(path_error(SIM_VLEK, SIM_ASVK, NOW), 0);
	ck_assert_int_eq(path_error(SIM_VLEK, SIM_ASVK, NOW + 2 * YEAR),
	    X509_V_ERR_CERT_HAS_EXPIRED);
	ck_assert_int_eq(path_error(SIM_VCEK, SIM_ASVK, NOW),
	    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
	tee_sim_chain_free(&chain);
}
END_TEST

START_TEST(vcek_extensions)
{
	const struct sim_product_info *info;
	const uint8_t *v;
	int size;

	start((enum sim_product)_i);
	info = tee_sim_product(platform.product);
	mint();
	v = ext_value(chain.cert[SIM_VCEK], SIM_OID_HWID, &size);
	ck_assert_ptr_nonnull(v);
	ck_assert_int_eq((size_t)size, info->hwid_size);
	ck_assert_mem_eq(v, platform.chip_id, info->hwid_size);
	v = ext_value(chain.cert[SIM_VCEK], SIM_OID_STRUCT_VERSION, &size);
	ck_assert_int_eq(size, 3);
	ck_assert_int_eq(v[2], info->struct_version);
	v = ext_value(chain.cert[SIM_VCEK], SIM_OID_SNP, &size);
	ck_assert_int_eq(v[size - 1], platform.tcb.snp);
	v = ext_value(chain.cert[SIM_VCEK], SIM_OID_UCODE, &size);
	ck_assert_int_eq(v[size - 1], platform.tcb.ucode);
	ck_assert_int_eq(size, platform.tcb.ucode > 127 ? 4 : 3);
	ck_assert_ptr_null(ext_value(chain.cert[SIM_VCEK], SIM_OID_CSP_ID,
	    &size));
	ck_assert_ptr_null(ext_value(chain.cert[SIM_VLEK], SIM_OID_HWID,
	    &size));
	ck_assert_int_eq(ext_value(chain.cert[SIM_VCEK], SIM_OID_FMC, &size) !=
	    NULL, platform.product == SIM_TURIN);
	ck_assert_int_eq(ext_value(chain.cert[SIM_VCEK], SIM_OID_SPL4, &size) !=
	    NULL, platform.product != SIM_TURIN);
	tee_sim_chain_free(&chain);
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
		start((enum sim_product)p);
		tee_sim_report_init(report, &platform, version,
		    SIM_SIGNER_VCEK);
		ck_assert(tee_sim_report_sign(report, keys->key[SIM_VCEK]));
		ck_assert(report_verifies(report, keys->key[SIM_VCEK]));
		ck_assert(!report_verifies(report, keys->key[SIM_VLEK]));
		ck_assert_int_eq(report[0], version);
		ck_assert_int_eq(report[0x188] != 0, version >= 3);
		ck_assert_int_eq(report[0x200] != 0, version >= 5);
		ck_assert_int_eq(report[0x187], platform.tcb.ucode);
		ck_assert_int_eq(report[p == SIM_TURIN ? 0x183 : 0x186],
		    platform.tcb.snp);
		report[0x90] ^= 1;
		ck_assert(!report_verifies(report, keys->key[SIM_VCEK]));
	}
}
END_TEST

/* name, value, offset and bytes that must be there; NULL: refused */
static const struct {
	const char *name, *value;
	size_t offset;
	const char *bytes;
	size_t size;
} sets[] = {
	{ "policy", "0xb0000", 8, "\0\0\x0b\0\0\0\0", 8 },
	{ "vmpl", "4294967295", 0x30, "\xff\xff\xff\xff", 4 },
	{ "reported_tcb", "ucode=9,bl=1", 0x180, "\1\0\0\0\0\0\x18\x09", 8 },
	{ "reported_tcb", "0102030405060708", 0x180, "\1\2\3\4\5\6\7\x08", 8 },
	{ "family_id", "000102030405060708090a0b0c0d0e0f", 0x10,
	    "\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", 16 },
	{ "guest_svn", "4294967296", 0, NULL, 0 },
	{ "guest_svn", "-1", 0, NULL, 0 },
	{ "guest_svn", "", 0, NULL, 0 },
	{ "family_id", "00", 0, NULL, 0 },
	{ "family_id", "zz0102030405060708090a0b0c0d0e0f", 0, NULL, 0 },
	{ "reported_tcb", "bl=256", 0, NULL, 0 },
	{ "reported_tcb", "nobody=1", 0, NULL, 0 },
	{ "nobody", "1", 0, NULL, 0 }
};

START_TEST(fields)
{
	uint8_t report[SIM_REPORT_SIZE], before[SIM_REPORT_SIZE];
	bool ok;

	start(SIM_MILAN);
	tee_sim_report_init(report, &platform, 0, SIM_SIGNER_VCEK);
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

	start(SIM_GENOA);
	mint();
	ck_assert(tee_sim_chain_table(&chain, SIM_SIGNER_VLEK, true, &blob));
	ck_assert(tee_sim_chain_der(&chain, SIM_VLEK, &der));
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
	tee_sim_chain_free(&chain);
}
END_TEST

/*
 * Defects.  Each changes the specification and says what libcrypto must then
 * see in what was minted.
 */
static X509 *
cert(enum sim_key role)
{
	return chain.cert[role];
}

static int
curve(enum sim_key role)
{
	char group[32] = "";

	EVP_PKEY_get_group_name(X509_get0_pubkey(cert(role)), group,
	    sizeof(group), NULL);
	return OBJ_txt2nid(group);
}

static int
count(enum sim_key role, const char *oid)
{
	ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
	int at = -1, n = 0;

	while ((at = X509_get_ext_by_OBJ(cert(role), type, at)) >= 0)
		n++;
	ASN1_OBJECT_free(type);
	return n;
}

static int
tail(enum sim_key role, const char *oid)
{
	int size;
	const uint8_t *v = ext_value(cert(role), oid, &size);

	return v == NULL ? -1 : v[size - 1];
}

static int
digest_of(enum sim_key role)
{
	int md = NID_undef;

	X509_get_signature_info(cert(role), &md, NULL, NULL, NULL);
	return md;
}

static bool
name_has(enum sim_key role, int nid, const char *value)
{
	char text[64] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(cert(role)), nid,
	    text, sizeof(text));
	return strcmp(text, value) == 0;
}

static int
crl_revokes(int64_t serial)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	X509_REVOKED *entry;
	int found;

	ASN1_INTEGER_set_int64(n, serial);
	found = X509_CRL_get0_by_serial(chain.crl, &entry, n);
	ASN1_INTEGER_free(n);
	return found;
}

/* The ARK is signed AMD's way in every row. */
static bool
other_algorithm(enum sim_key role)
{
	return X509_ALGOR_cmp(X509_get0_tbs_sigalg(cert(role)),
	    X509_get0_tbs_sigalg(cert(SIM_ARK))) != 0;
}

#define VCEK (&spec.cert[SIM_VCEK])
#define ASK (&spec.cert[SIM_ASK])
#define DEFECT(name, edit, proof) \
	static void name ## _edit(void) { edit; } \
	static bool name ## _proof(void) { return (proof); }

static uint8_t der_hwid[SIM_EXT_SIZE] = { V_ASN1_OCTET_STRING, 64 };

DEFECT(none, , true)
DEFECT(wrong_cn, VCEK->subject.cn = "SEV-VLEK",
    name_has(SIM_VCEK, NID_commonName, "SEV-VLEK"))
DEFECT(second_cn, VCEK->subject.second_cn = "SEV-VCEK",
    X509_NAME_entry_count(X509_get_subject_name(cert(SIM_VCEK))) == 7)
DEFECT(wrong_o, ASK->subject.o = "Advanced Macro Devices",
    name_has(SIM_ASK, NID_organizationName, "Advanced Macro Devices"))
DEFECT(no_ext, tee_sim_cert_ext_remove(VCEK, SIM_OID_SNP),
    count(SIM_VCEK, SIM_OID_SNP) == 0)
DEFECT(twice, ck_assert(tee_sim_cert_ext_add(VCEK, SIM_OID_BL, "\2\1\4", 3)),
    count(SIM_VCEK, SIM_OID_BL) == 2)
DEFECT(malformed, tee_sim_cert_ext(VCEK, SIM_OID_BL)->value[0] = 0x04,
    ext_value(cert(SIM_VCEK), SIM_OID_BL, &(int){ 0 })[0] == 0x04)
DEFECT(other_hwid, tee_sim_cert_ext(VCEK, SIM_OID_HWID)->value[63] ^= 1,
    tail(SIM_VCEK, SIM_OID_HWID) == (platform.chip_id[63] ^ 1))
DEFECT(octet_hwid, tee_sim_cert_ext_remove(VCEK, SIM_OID_HWID);
    memcpy(der_hwid + 2, platform.chip_id, 64);
    tee_sim_cert_ext_add(VCEK, SIM_OID_HWID, der_hwid, 66),
    ext_value(cert(SIM_VCEK), SIM_OID_HWID, &(int){ 0 })[1] == 64 &&
    tail(SIM_VCEK, SIM_OID_HWID) == platform.chip_id[63])
DEFECT(other_tcb, tee_sim_cert_ext_integer(VCEK, SIM_OID_UCODE, 200),
    tail(SIM_VCEK, SIM_OID_UCODE) == 200)
DEFECT(both_ids, tee_sim_cert_ext_text(VCEK, SIM_OID_CSP_ID, "CN=x"),
    count(SIM_VCEK, SIM_OID_CSP_ID) == 1 &&
    count(SIM_VCEK, SIM_OID_HWID) == 1)
DEFECT(no_ids, tee_sim_cert_ext_remove(VCEK, SIM_OID_HWID),
    count(SIM_VCEK, SIM_OID_HWID) == 0)
DEFECT(other_product, tee_sim_cert_ext_text(VCEK, SIM_OID_PRODUCT_NAME,
    "Genoa"), tail(SIM_VCEK, SIM_OID_PRODUCT_NAME) == 'a')
DEFECT(expired, spec.cert[SIM_ARK].not_after = NOW - 1,
    path_error(SIM_VCEK, SIM_ASK, NOW) == X509_V_ERR_CERT_HAS_EXPIRED)
DEFECT(early, ASK->not_before = NOW + 1,
    path_error(SIM_VCEK, SIM_ASK, NOW) == X509_V_ERR_CERT_NOT_YET_VALID)
DEFECT(no_ca, ASK->ca = false; ASK->pathlen = -1,
    path_error(SIM_VCEK, SIM_ASK, NOW) == X509_V_ERR_INVALID_CA)
DEFECT(leaf_ca, VCEK->basic_constraints = true; VCEK->ca = true,
    X509_check_ca(cert(SIM_VCEK)) == 1)
DEFECT(no_sign, ASK->key_usage = KU_CRL_SIGN,
    X509_get_key_usage(cert(SIM_ASK)) == KU_CRL_SIGN)
DEFECT(pathlen, ASK->pathlen = 3, X509_get_pathlen(cert(SIM_ASK)) == 3)
DEFECT(no_pathlen, ASK->pathlen = -1, X509_get_pathlen(cert(SIM_ASK)) == -1)
DEFECT(pkcs1, VCEK->signature.pkcs1 = true,
    signed_by(SIM_VCEK, SIM_ASK) && X509_get_signature_nid(cert(SIM_VCEK)) ==
    NID_sha384WithRSAEncryption)
DEFECT(sha256, ASK->signature.digest = "SHA256",
    signed_by(SIM_ASK, SIM_ARK) && digest_of(SIM_ASK) == NID_sha256)
DEFECT(mgf, ASK->signature.mgf = "SHA256",
    signed_by(SIM_ASK, SIM_ARK) && other_algorithm(SIM_ASK))
DEFECT(salt, ASK->signature.salt = 32,
    signed_by(SIM_ASK, SIM_ARK) && other_algorithm(SIM_ASK))
DEFECT(no_salt, ASK->signature.salt = SIM_SALT_EMPTY,
    signed_by(SIM_ASK, SIM_ARK) && other_algorithm(SIM_ASK))
DEFECT(corrupt, ASK->signature.corrupt = true, !signed_by(SIM_ASK, SIM_ARK))
DEFECT(v1, ASK->version = 1, X509_get_version(cert(SIM_ASK)) == 0)
DEFECT(p256, VCEK->key = keys->key[SIM_OTHER_P256],
    curve(SIM_VCEK) == NID_X9_62_prime256v1)
DEFECT(rsa, VCEK->key = keys->key[SIM_OTHER_RSA],
    EVP_PKEY_get_base_id(X509_get0_pubkey(cert(SIM_VCEK))) == EVP_PKEY_RSA)
DEFECT(other_key, VCEK->key = keys->key[SIM_OTHER_P384],
    EVP_PKEY_eq(X509_get0_pubkey(cert(SIM_VCEK)), keys->key[SIM_VCEK]) != 1)
DEFECT(crossed, VCEK->issuer_key = keys->key[SIM_ASVK];
    VCEK->issuer = spec.cert[SIM_ASVK].subject,
    signed_by(SIM_VCEK, SIM_ASVK) &&
    path_error(SIM_VCEK, SIM_ASVK, NOW) == 0)
DEFECT(ec_issuer, VCEK->issuer_key = keys->key[SIM_OTHER_P384],
    signed_by(SIM_VCEK, SIM_OTHER_P384))
DEFECT(serial, ASK->serial = 7,
    ASN1_INTEGER_get(X509_get0_serialNumber(cert(SIM_ASK))) == 7)
DEFECT(crl_old, spec.crl.next_update = NOW - 1,
    X509_cmp_time(X509_CRL_get0_nextUpdate(chain.crl), &(time_t){ NOW }) < 0)
DEFECT(crl_early, spec.crl.this_update = NOW + 60,
    X509_cmp_time(X509_CRL_get0_lastUpdate(chain.crl), &(time_t){ NOW }) > 0)
DEFECT(crl_signer, spec.crl.issuer_key = keys->key[SIM_ASK],
    X509_CRL_verify(chain.crl, keys->key[SIM_ARK]) != 1)
DEFECT(crl_corrupt, spec.crl.signature.corrupt = true,
    X509_CRL_verify(chain.crl, keys->key[SIM_ARK]) != 1)
DEFECT(crl_open, spec.crl.no_next_update = true,
    X509_CRL_get0_nextUpdate(chain.crl) == NULL)
DEFECT(crl_unknown, spec.crl.unknown_critical = true,
    X509_CRL_get_ext_count(chain.crl) == 2)
DEFECT(crl_delta, spec.crl.delta = true,
    X509_CRL_get_ext_by_NID(chain.crl, NID_delta_crl, -1) >= 0)
DEFECT(crl_ask, spec.crl.revoked[spec.crl.revoked_count++] = ASK->serial,
    crl_revokes(ASK->serial) == 1 && crl_revokes(ASK->serial + 1) == 0)

#define ROW(name) { #name, name ## _edit, name ## _proof }
static const struct {
	const char *name;
	void (*edit)(void);
	bool (*proof)(void);
} defects[] = {
	ROW(none), ROW(wrong_cn), ROW(second_cn), ROW(wrong_o), ROW(no_ext),
	ROW(twice), ROW(malformed), ROW(other_hwid), ROW(octet_hwid),
	ROW(other_tcb), ROW(both_ids), ROW(no_ids), ROW(other_product),
	ROW(expired), ROW(early), ROW(no_ca), ROW(leaf_ca), ROW(no_sign),
	ROW(pathlen), ROW(no_pathlen), ROW(pkcs1), ROW(sha256), ROW(mgf),
	ROW(salt), ROW(no_salt), ROW(corrupt), ROW(v1), ROW(p256), ROW(rsa),
	ROW(other_key), ROW(crossed), ROW(ec_issuer), ROW(serial),
	ROW(crl_old), ROW(crl_early), ROW(crl_signer), ROW(crl_corrupt),
	ROW(crl_open), ROW(crl_unknown), ROW(crl_delta), ROW(crl_ask)
};

/* The proof must be false of the chain as AMD makes it. */
START_TEST(defect)
{
	start(SIM_MILAN);
	mint();
	if (_i != 0)
		ck_assert_msg(!defects[_i].proof(), "%s proves nothing",
		    defects[_i].name);
	tee_sim_chain_free(&chain);
	defects[_i].edit();
	mint();
	ck_assert_msg(defects[_i].proof(), "%s is not there",
	    defects[_i].name);
	tee_sim_chain_free(&chain);
}
END_TEST

/* Real certificates, where they are, and ours of the same role. */
static const struct {
	const char *path;
	enum sim_product product;
	enum sim_key role;
} real[] = {
	{ "virtee+sev/src/certs/snp/builtin/milan/ark.pem", SIM_MILAN,
	    SIM_ARK },
	{ "virtee+sev/src/certs/snp/builtin/milan/ask.pem", SIM_MILAN,
	    SIM_ASK },
	{ "google+go-sev-guest/verify/trust/ask_ark_milan_vlek.pem",
	    SIM_MILAN, SIM_ASVK },
	{ "virtee+sev/src/certs/snp/builtin/turin/ask.pem", SIM_TURIN,
	    SIM_ASK },
	{ "virtee+sev/tests/certs_data/vcek_milan.der", SIM_MILAN, SIM_VCEK },
	{ "virtee+sev/tests/certs_data/vcek_turin.der", SIM_TURIN, SIM_VCEK },
	{ "confidential-containers+trustee/deps/verifier/test_data/snp/"
	    "test-vlek.der", SIM_MILAN, SIM_VLEK }
};

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
	found = strstr(name, ".der") != NULL ? d2i_X509_bio(bio, NULL) :
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
	    X509_get0_serialNumber(ours)), 0);
	ck_assert_int_eq(X509_NAME_cmp(X509_get_subject_name(theirs),
	    X509_get_subject_name(ours)), 0);
	ck_assert_int_eq(X509_NAME_cmp(X509_get_issuer_name(theirs),
	    X509_get_issuer_name(ours)), 0);
	ck_assert_int_eq(X509_ALGOR_cmp(X509_get0_tbs_sigalg(theirs),
	    X509_get0_tbs_sigalg(ours)), 0);
	ck_assert_int_eq(X509_get_ext_count(theirs), X509_get_ext_count(ours));
	for (int i = 0; i < X509_get_ext_count(ours); i++) {
		a = X509_get_ext(theirs, i);
		b = X509_get_ext(ours, i);
		ck_assert_int_eq(OBJ_cmp(X509_EXTENSION_get_object(a),
		    X509_EXTENSION_get_object(b)), 0);
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
	start(real[_i].product);
	mint();
	same_shape(theirs, chain.cert[real[_i].role]);
	X509_free(theirs);
	tee_sim_chain_free(&chain);
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
	ck_assert(tee_sim_keyset_save(keys, dir));
	again = tee_sim_keyset_open(path);
	ck_assert_ptr_nonnull(again);
	ck_assert_mem_eq(again->chip, keys->chip, sizeof(keys->chip));
	for (unsigned i = 0; i < SIM_KEYS; i++) {
		char file[64];

		ck_assert_int_eq(EVP_PKEY_eq(again->key[i], keys->key[i]), 1);
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

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int
main(void)
{
	Suite *suite = suite_create("sim_mint");
	TCase *tcase = tcase_create("mint");
	SRunner *runner;
	int failed;

	open_keys();
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, good_chains, 0, SIM_PRODUCTS);
	tcase_add_loop_test(tcase, vcek_extensions, 0, SIM_PRODUCTS);
	tcase_add_loop_test(tcase, reports, 2, 6);
	tcase_add_loop_test(tcase, fields, 0, COUNT(sets));
	tcase_add_test(tcase, table);
	tcase_add_loop_test(tcase, defect, 0, COUNT(defects));
	tcase_add_loop_test(tcase, shape_of_amd, 0, COUNT(real));
	tcase_add_test(tcase, keys_are_kept);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	tee_sim_keyset_free(&keys);
	return failed == 0 ? 0 : 1;
}
