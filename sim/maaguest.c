/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maaguest: POST /attest/AzureGuest.  The report vouches for the AK through
 * the runtime data, the AK for the PCRs and for a key of the TPM, and the
 * token goes back encrypted to that key.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/jose.h"
#include "sim/maaguest.h"

#define PCRS 24

static const json_t *
member(const json_t *object, const char *name)
{
	return json_object_get(object, name);
}

static bool
same_key(EVP_PKEY *a, EVP_PKEY *b)
{
	return a != NULL && b != NULL && EVP_PKEY_eq(a, b) == 1;
}

/* The paravisor's word for its AK, in runtime data that was judged. */
static bool
is_hcl_ak(const struct sim_maa_facts *facts, EVP_PKEY *ak)
{
	json_t *jwk = tee_sim_jwk(ak), *key, *n = json_object_get(jwk, "n");
	bool found = false;
	const char *kid;
	size_t i;

	json_array_foreach(json_object_get(facts->runtime, "keys"), i, key)
	{
		kid = json_string_value(json_object_get(key, "kid"));
		if (kid != NULL && strcmp(kid, "HCLAkPub") == 0)
			found = json_equal(json_object_get(key, "n"), n) == 1;
	}
	json_decref(jwk);
	return found;
}

/* Of the CA that certifies every vTPM, and good today. */
static bool
is_vtpm_cas(const struct sim_cloud *cloud, X509 *cert)
{
	EVP_PKEY *ca = tee_sim_keyset_kept(cloud->asp->dir, "vtpm-ca", 2048);
	bool ok = ca != NULL && X509_verify(cert, ca) == 1 &&
	    X509_cmp_current_time(X509_get0_notBefore(cert)) < 0 &&
	    X509_cmp_current_time(X509_get0_notAfter(cert)) > 0;

	EVP_PKEY_free(ca);
	return ok;
}

static const char *
judge_ak(const struct sim_cloud *cloud, const json_t *tpm,
    const struct sim_maa_facts *facts, EVP_PKEY **ak)
{
	struct sim_blob cert = { NULL, 0 }, public = { NULL, 0 };
	struct sim_tpm_public area = { .key = NULL };
	const uint8_t *at;
	X509 *x509 = NULL;
	const char *wrong = NULL;

	if (tee_sim_b64_member(tpm, "AikCert", &cert)) {
		at = cert.data;
		x509 = d2i_X509(NULL, &at, (long)cert.size);
	}
	if (x509 == NULL)
		wrong = "AikCert is no certificate";
	else if (!is_vtpm_cas(cloud, x509))
		wrong = "AikCert is not of the vTPMs' CA";
	else if (!tee_sim_b64_member(tpm, "AikPub", &public) ||
	    !tee_sim_tpm_public(&public, &area))
		wrong = "AikPub is no TPM2B_PUBLIC of an RSA key";
	else if (!same_key(X509_get0_pubkey(x509), area.key))
		wrong = "AikCert is another key's than AikPub";
	else if (!is_hcl_ak(facts, area.key))
		wrong = "AikPub is not the HCLAkPub of the runtime data";
	if (wrong == NULL)
		*ak = area.key;
	else
		EVP_PKEY_free(area.key);
	X509_free(x509);
	tee_sim_blob_free(&public);
	tee_sim_blob_free(&cert);
	return wrong;
}

/* PCRs as listed, each once and in order: their digest and selection. */
static bool
digest_pcrs(const json_t *list, uint8_t digest[32], uint32_t *selection)
{
	struct sim_blob all = { NULL, 0 };
	json_int_t last = -1;
	json_t *pcr;
	size_t i;
	bool ok = json_array_size(list) > 0;

	*selection = 0;
	json_array_foreach(list, i, pcr)
	{
		json_int_t index = json_integer_value(member(pcr, "Index"));
		size_t before = all.size;

		ok = ok && json_is_integer(member(pcr, "Index")) &&
		    index > last && index < PCRS &&
		    tee_sim_b64_member(pcr, "Digest", &all) &&
		    all.size - before == 32;
		if (!ok)
			break;
		*selection |= 1u << index;
		last = index;
	}
	ok = ok && tee_sim_sha256(all.data, all.size, digest);
	tee_sim_blob_free(&all);
	return ok;
}

static bool
set_is(const json_t *list, uint32_t selection)
{
	uint32_t set = 0;
	json_t *index;
	size_t i;

	json_array_foreach(list, i, index)
	{
		json_int_t at = json_integer_value(index);

		if (!json_is_number(index) || at < 0 || at >= PCRS)
			return false;
		set |= 1u << at;
	}
	return set == selection;
}

static const char *
judge_quote(const json_t *tpm, EVP_PKEY *ak)
{
	struct sim_blob quote = { NULL, 0 }, signature = { NULL, 0 };
	struct sim_attest attest;
	uint8_t digest[32];
	uint32_t selection;
	const char *wrong = NULL;

	if (!tee_sim_b64_member(tpm, "PcrQuote", &quote) ||
	    !tee_sim_b64_member(tpm, "PcrSignature", &signature) ||
	    !tee_sim_attest_read(&quote, &attest) ||
	    attest.type != SIM_ATTEST_QUOTE)
		wrong = "PcrQuote is no TPMS_ATTEST of a quote";
	else if (!tee_sim_rs256(ak, quote.data, quote.size, &signature))
		wrong = "PcrSignature is not valid";
	else if (!digest_pcrs(member(tpm, "PCRs"), digest, &selection) ||
	    selection != attest.selection ||
	    !set_is(member(tpm, "PcrSet"), selection))
		wrong = "PCRs and PcrSet are not what was quoted";
	else if (memcmp(digest, attest.digest, sizeof(digest)) != 0)
		wrong = "PCRs do not hash to the quoted digest";
	tee_sim_blob_free(&signature);
	tee_sim_blob_free(&quote);
	return wrong;
}

/* A key for anybody's secrets: no restricted one decrypts those. */
static const char *
judge_enckey(const json_t *tpm, EVP_PKEY *ak, EVP_PKEY **enckey)
{
	struct sim_blob public = { NULL, 0 }, info = { NULL, 0 };
	struct sim_blob signature = { NULL, 0 };
	struct sim_tpm_public area = { .key = NULL };
	struct sim_attest attest;
	const char *wrong = NULL;

	if (!tee_sim_b64_member(tpm, "EncKeyPub", &public) ||
	    !tee_sim_tpm_public(&public, &area) ||
	    (area.attributes & SIM_TPM_DECRYPT) == 0 ||
	    (area.attributes & SIM_TPM_FIXED_TPM) == 0 ||
	    (area.attributes & SIM_TPM_RESTRICTED) != 0)
		wrong = "EncKeyPub is no decryption key of a TPM";
	else if (!tee_sim_b64_member(tpm, "EncKeyCertifyInfo", &info) ||
	    !tee_sim_b64_member(tpm, "EncKeyCertifyInfoSignature",
		&signature) ||
	    !tee_sim_attest_read(&info, &attest) ||
	    attest.type != SIM_ATTEST_CERTIFY)
		wrong = "EncKeyCertifyInfo is no certification";
	else if (!tee_sim_rs256(ak, info.data, info.size, &signature))
		wrong = "EncKeyCertifyInfoSignature is not valid";
	else if (memcmp(attest.name, area.name, sizeof(area.name)) != 0)
		wrong = "EncKeyCertifyInfo certifies another key";
	if (wrong == NULL)
		*enckey = area.key;
	else
		EVP_PKEY_free(area.key);
	tee_sim_blob_free(&signature);
	tee_sim_blob_free(&info);
	tee_sim_blob_free(&public);
	return wrong;
}

/* base64(JSON {SnpReport: b64url, VcekCertChain: base64(PEM)}). */
static const char *
judge_isolation(const struct sim_cloud *cloud, const json_t *info,
    struct sim_maa_facts *facts)
{
	const char *type = json_string_value(member(info, "Type"));
	const json_t *evidence = member(info, "Evidence");
	struct sim_blob text = { NULL, 0 }, runtime = { NULL, 0 };
	const char *wrong = "IsolationInfo is no SevSnp with its Evidence";
	json_t *proof = NULL;

	if (type != NULL && strcmp(type, "SevSnp") == 0 &&
	    tee_sim_b64_member(evidence, "Proof", &text) &&
	    tee_sim_b64_member(evidence, "RunTimeData", &runtime))
		proof = json_loadb((const char *)text.data, text.size,
		    JSON_REJECT_DUPLICATES, NULL);
	if (proof != NULL)
		wrong = tee_sim_maa_proof(cloud, proof, facts);
	if (wrong == NULL)
		wrong = tee_sim_maa_runtime(facts, &runtime, true);
	if (wrong == NULL && !facts->cvm)
		wrong = "RunTimeData is not the paravisor's";
	json_decref(proof);
	tee_sim_blob_free(&runtime);
	tee_sim_blob_free(&text);
	return wrong;
}

/* What the client wants back in its token: texts in base64. */
static bool
is_payload(json_t *payload)
{
	struct sim_blob blob = { NULL, 0 };
	bool ok = payload == NULL || json_is_object(payload);
	const char *name;
	json_t *value;

	json_object_foreach(payload, name, value) ok =
	    ok && tee_sim_b64_member(payload, name, &blob);
	tee_sim_blob_free(&blob);
	return ok;
}

/* Attests 2.0 alone: 1.0 knew no confidential VMs. */
static const char *
judge_frame(const json_t *info)
{
	static const char *const texts[] = { "OSType", "OSDistro", "OSBuild",
		"TcgLogs" };
	const char *version =
	    json_string_value(member(info, "AttestationProtocolVersion"));
	struct sim_blob blob = { NULL, 0 };
	bool ok = version != NULL && strcmp(version, "2.0") == 0 &&
	    json_is_integer(member(info, "OSVersionMajor")) &&
	    json_is_integer(member(info, "OSVersionMinor")) &&
	    is_payload(json_object_get(info, "ClientPayload"));

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ok = ok && tee_sim_b64_member(info, texts[i], &blob);
	tee_sim_blob_free(&blob);
	return ok ? NULL : "AttestationInfo is not of protocol 2.0";
}

static bool
secure_boot(const struct sim_maa_facts *facts)
{
	return json_is_true(
	    json_object_get(json_object_get(facts->runtime, "vm-configuration"),
		"secure-boot"));
}

static const char *
judge(const struct sim_cloud *cloud, const json_t *info,
    struct sim_guest_facts *guest)
{
	const json_t *tpm = member(info, "TpmInfo");
	const char *wrong = judge_frame(info);

	if (wrong == NULL)
		wrong = judge_isolation(cloud, member(info, "IsolationInfo"),
		    &guest->facts);
	if (wrong == NULL)
		wrong = judge_ak(cloud, tpm, &guest->facts, &guest->ak);
	if (wrong == NULL)
		wrong = judge_quote(tpm, guest->ak);
	if (wrong == NULL)
		wrong = judge_enckey(tpm, guest->ak, &guest->enckey);
	if (wrong == NULL && !secure_boot(&guest->facts))
		wrong = "Secure Boot is off";
	return wrong;
}

/* {"AttestationInfo": base64url(JSON)}, in the later spelling too. */
static json_t *
read_info(const struct sim_web_request *request)
{
	json_t *body = tee_sim_web_object(request), *info = NULL;
	struct sim_blob text = { NULL, 0 };

	if (tee_sim_b64_member(body, "AttestationInfo", &text) ||
	    tee_sim_b64_member(body, "attestationInfo", &text))
		info = json_loadb((const char *)text.data, text.size,
		    JSON_REJECT_DUPLICATES, NULL);
	tee_sim_blob_free(&text);
	json_decref(body);
	if (json_is_object(info))
		return info;
	json_decref(info);
	return NULL;
}

void
tee_sim_maa_guest(struct sim_cloud *cloud,
    const struct sim_web_request *request, struct sim_web_answer *answer)
{
	static const char *const versions[] = { "2020-10-01", "2025-06-01",
		NULL };
	struct sim_guest_facts guest = { .ak = NULL };
	const char *wrong = "AttestationInfo is no base64 of a JSON object";
	char *token = NULL, *sealed = NULL;
	json_t *info, *claims;

	if (!tee_sim_maa_version(request, answer, versions))
		return;
	info = read_info(request);
	if (info != NULL)
		wrong = judge(cloud, info, &guest);
	if (wrong == NULL) {
		claims = tee_sim_guest_claims(cloud, info, &guest);
		token = claims == NULL ? NULL :
					 tee_sim_maa_sign(cloud, claims, true);
		json_decref(claims);
	}
	if (token != NULL)
		sealed = tee_sim_guest_seal(cloud, token, guest.enckey);
	if (wrong != NULL)
		tee_sim_maa_refuse(answer, "InvalidParameter", wrong);
	else if (sealed != NULL)
		tee_sim_answer_json(answer, 200,
		    json_pack("{s:s}", "token", sealed));
	free(sealed);
	free(token);
	json_decref(info);
	EVP_PKEY_free(guest.ak);
	EVP_PKEY_free(guest.enckey);
	tee_sim_maa_facts_free(&guest.facts);
}
