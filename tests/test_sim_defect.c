/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every defect that can be asked for is really there, and only then.  Each
 * row changes the specification and says what libcrypto must then see in
 * what was minted.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <check.h>
#include <openssl/x509v3.h>

#include "sim/chain.h"
#include "tests/test_sim.h"

static X509 *
cert(enum sim_key role)
{
	return sim_chain.cert[role];
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
	const uint8_t *v = sim_ext_value(cert(role), oid, &size);

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

	X509_NAME_get_text_by_NID(X509_get_subject_name(cert(role)), nid, text,
	    sizeof(text));
	return strcmp(text, value) == 0;
}

static int
crl_revokes(int64_t serial)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	X509_REVOKED *entry;
	int found;

	ASN1_INTEGER_set_int64(n, serial);
	found = X509_CRL_get0_by_serial(sim_chain.crl, &entry, n);
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

#define VCEK (&sim_spec.cert[SIM_VCEK])
#define ASK (&sim_spec.cert[SIM_ASK])
#define DEFECT(name, edit, proof) \
	static void name##_edit(void) \
	{ \
		edit; \
	} \
	static bool name##_proof(void) \
	{ \
		return (proof); \
	}

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
    sim_ext_value(cert(SIM_VCEK), SIM_OID_BL, &(int){ 0 })[0] == 0x04)
DEFECT(other_hwid, tee_sim_cert_ext(VCEK, SIM_OID_HWID)->value[63] ^= 1,
    tail(SIM_VCEK, SIM_OID_HWID) == (sim_platform.chip_id[63] ^ 1))
DEFECT(octet_hwid, tee_sim_cert_ext_remove(VCEK, SIM_OID_HWID);
       memcpy(der_hwid + 2, sim_platform.chip_id, 64);
       tee_sim_cert_ext_add(VCEK, SIM_OID_HWID, der_hwid, 66),
       sim_ext_value(cert(SIM_VCEK), SIM_OID_HWID, &(int){ 0 })[1] == 64 &&
	   tail(SIM_VCEK, SIM_OID_HWID) == sim_platform.chip_id[63])
DEFECT(other_tcb, tee_sim_cert_ext_integer(VCEK, SIM_OID_UCODE, 200),
    tail(SIM_VCEK, SIM_OID_UCODE) == 200)
DEFECT(both_ids, tee_sim_cert_ext_text(VCEK, SIM_OID_CSP_ID, "CN=x"),
    count(SIM_VCEK, SIM_OID_CSP_ID) == 1 && count(SIM_VCEK, SIM_OID_HWID) == 1)
DEFECT(no_ids, tee_sim_cert_ext_remove(VCEK, SIM_OID_HWID),
    count(SIM_VCEK, SIM_OID_HWID) == 0)
DEFECT(other_product,
    tee_sim_cert_ext_text(VCEK, SIM_OID_PRODUCT_NAME, "Genoa"),
    tail(SIM_VCEK, SIM_OID_PRODUCT_NAME) == 'a')
DEFECT(expired, sim_spec.cert[SIM_ARK].not_after = SIM_NOW - 1,
    sim_path_error(SIM_VCEK, SIM_ASK, SIM_NOW) == X509_V_ERR_CERT_HAS_EXPIRED)
DEFECT(early, ASK->not_before = SIM_NOW + 1,
    sim_path_error(SIM_VCEK, SIM_ASK, SIM_NOW) == X509_V_ERR_CERT_NOT_YET_VALID)
DEFECT(no_ca, ASK->ca = false; ASK->pathlen = -1,
       sim_path_error(SIM_VCEK, SIM_ASK, SIM_NOW) == X509_V_ERR_INVALID_CA)
DEFECT(leaf_ca, VCEK->basic_constraints = true;
       VCEK->ca = true, X509_check_ca(cert(SIM_VCEK)) == 1)
DEFECT(no_sign, ASK->key_usage = KU_CRL_SIGN,
    X509_get_key_usage(cert(SIM_ASK)) == KU_CRL_SIGN)
DEFECT(pathlen, ASK->pathlen = 3, X509_get_pathlen(cert(SIM_ASK)) == 3)
DEFECT(no_pathlen, ASK->pathlen = -1, X509_get_pathlen(cert(SIM_ASK)) == -1)
DEFECT(pkcs1, VCEK->signature.pkcs1 = true,
    sim_signed_by(SIM_VCEK, SIM_ASK) &&
	X509_get_signature_nid(cert(SIM_VCEK)) == NID_sha384WithRSAEncryption)
DEFECT(sha256, ASK->signature.digest = "SHA256",
    sim_signed_by(SIM_ASK, SIM_ARK) && digest_of(SIM_ASK) == NID_sha256)
DEFECT(mgf, ASK->signature.mgf = "SHA256",
    sim_signed_by(SIM_ASK, SIM_ARK) && other_algorithm(SIM_ASK))
DEFECT(salt, ASK->signature.salt = 32,
    sim_signed_by(SIM_ASK, SIM_ARK) && other_algorithm(SIM_ASK))
DEFECT(no_salt, ASK->signature.salt = SIM_SALT_EMPTY,
    sim_signed_by(SIM_ASK, SIM_ARK) && other_algorithm(SIM_ASK))
DEFECT(corrupt, ASK->signature.corrupt = true, !sim_signed_by(SIM_ASK, SIM_ARK))
DEFECT(v1, ASK->version = 1, X509_get_version(cert(SIM_ASK)) == 0)
DEFECT(p256, VCEK->key = sim_keys->key[SIM_OTHER_P256],
    curve(SIM_VCEK) == NID_X9_62_prime256v1)
DEFECT(rsa, VCEK->key = sim_keys->key[SIM_OTHER_RSA],
    EVP_PKEY_get_base_id(X509_get0_pubkey(cert(SIM_VCEK))) == EVP_PKEY_RSA)
DEFECT(other_key, VCEK->key = sim_keys->key[SIM_OTHER_P384],
    EVP_PKEY_eq(X509_get0_pubkey(cert(SIM_VCEK)), sim_keys->key[SIM_VCEK]) != 1)
DEFECT(crossed, VCEK->issuer_key = sim_keys->key[SIM_ASVK];
       VCEK->issuer = sim_spec.cert[SIM_ASVK].subject,
       sim_signed_by(SIM_VCEK, SIM_ASVK) &&
	   sim_path_error(SIM_VCEK, SIM_ASVK, SIM_NOW) == 0)
DEFECT(ec_issuer, VCEK->issuer_key = sim_keys->key[SIM_OTHER_P384],
    sim_signed_by(SIM_VCEK, SIM_OTHER_P384))
DEFECT(serial, ASK->serial = 7,
    ASN1_INTEGER_get(X509_get0_serialNumber(cert(SIM_ASK))) == 7)
DEFECT(crl_old, sim_spec.crl.next_update = SIM_NOW - 1,
    X509_cmp_time(X509_CRL_get0_nextUpdate(sim_chain.crl),
	&(time_t){ SIM_NOW }) < 0)
DEFECT(crl_early, sim_spec.crl.this_update = SIM_NOW + 60,
    X509_cmp_time(X509_CRL_get0_lastUpdate(sim_chain.crl),
	&(time_t){ SIM_NOW }) > 0)
DEFECT(crl_signer, sim_spec.crl.issuer_key = sim_keys->key[SIM_ASK],
    X509_CRL_verify(sim_chain.crl, sim_keys->key[SIM_ARK]) != 1)
DEFECT(crl_corrupt, sim_spec.crl.signature.corrupt = true,
    X509_CRL_verify(sim_chain.crl, sim_keys->key[SIM_ARK]) != 1)
DEFECT(crl_open, sim_spec.crl.no_next_update = true,
    X509_CRL_get0_nextUpdate(sim_chain.crl) == NULL)
DEFECT(crl_unknown, sim_spec.crl.unknown_critical = true,
    X509_CRL_get_ext_count(sim_chain.crl) == 2)
DEFECT(crl_delta, sim_spec.crl.delta = true,
    X509_CRL_get_ext_by_NID(sim_chain.crl, NID_delta_crl, -1) >= 0)
DEFECT(crl_ask, sim_spec.crl.revoked[0] = ASK->serial;
       sim_spec.crl.revoked_count = 1,
       crl_revokes(ASK->serial) == 1 && crl_revokes(ASK->serial + 1) == 0)

#define ROW(name) \
	{ \
#name, name##_edit, name##_proof \
	}
static const struct {
	const char *name;
	void (*edit)(void);
	bool (*proof)(void);
} defects[] = { ROW(none), ROW(wrong_cn), ROW(second_cn), ROW(wrong_o),
	ROW(no_ext), ROW(twice), ROW(malformed), ROW(other_hwid),
	ROW(octet_hwid), ROW(other_tcb), ROW(both_ids), ROW(no_ids),
	ROW(other_product), ROW(expired), ROW(early), ROW(no_ca), ROW(leaf_ca),
	ROW(no_sign), ROW(pathlen), ROW(no_pathlen), ROW(pkcs1), ROW(sha256),
	ROW(mgf), ROW(salt), ROW(no_salt), ROW(corrupt), ROW(v1), ROW(p256),
	ROW(rsa), ROW(other_key), ROW(crossed), ROW(ec_issuer), ROW(serial),
	ROW(crl_old), ROW(crl_early), ROW(crl_signer), ROW(crl_corrupt),
	ROW(crl_open), ROW(crl_unknown), ROW(crl_delta), ROW(crl_ask) };

/* The proof must be false of the chain as AMD makes it. */
START_TEST(defect)
{
	sim_start(SIM_MILAN);
	sim_mint();
	if (_i != 0)
		ck_assert_msg(!defects[_i].proof(), "%s proves nothing",
		    defects[_i].name);
	tee_sim_chain_free(&sim_chain);
	defects[_i].edit();
	sim_mint();
	ck_assert_msg(defects[_i].proof(), "%s is not there", defects[_i].name);
	tee_sim_chain_free(&sim_chain);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sim_defect");
	TCase *tcase = tcase_create("defect");
	SRunner *runner;
	int failed;

	sim_open_keys();
	tcase_set_timeout(tcase, 180);
	tcase_add_loop_test(tcase, defect, 0, SIM_COUNT(defects));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	tee_sim_keyset_free(&sim_keys);
	return failed == 0 ? 0 : 1;
}
