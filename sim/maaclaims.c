/* SPDX-License-Identifier: Apache-2.0 */
/* maaclaims: a judged report as claims, and what switches do to them. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/jose.h"
#include "sim/maa.h"

#define POLICY_DEBUG (1u << 19)
#define POLICY_MIGRATE (1u << 18)
#define POLICY_SMT (1u << 16)

/* What a shared instance permits: everything that could be judged. */
static const char policy[] =
    "version= 1.0;authorizationrules{=> permit();};issuancerules{};";

static json_t *
hex(const uint8_t *report, const char *name)
{
	const struct sim_field *field = tee_sim_field(name);
	char text[2 * SIM_REPORT_DATA + 1];

	for (size_t i = 0; i < field->size; i++)
		snprintf(text + 2 * i, 3, "%02x", report[field->offset + i]);
	return json_string(text);
}

static json_t *
from_report(const struct sim_maa_facts *facts)
{
	const uint8_t *report = facts->evidence.report;
	const struct sim_tcb *tcb = &facts->evidence.tcb;
	uint64_t flags = tee_sim_report_get(report, "policy");
	uint64_t svn = facts->endorsed ?
	    facts->svn :
	    tee_sim_report_get(report, "guest_svn");

	/* clang-format off */
	return json_pack("{s:s, s:o, s:i, s:o, s:I, s:o, s:o, s:o, s:b, s:o,"
	    " s:i, s:b, s:o, s:o, s:b, s:i, s:i, s:I}",
	    "x-ms-attestation-type", "sevsnpvm",
	    "x-ms-sevsnpvm-authorkeydigest", hex(report, "author_key_digest"),
	    "x-ms-sevsnpvm-bootloader-svn", tcb->bl,
	    "x-ms-sevsnpvm-familyId", hex(report, "family_id"),
	    "x-ms-sevsnpvm-guestsvn", (json_int_t)svn,
	    "x-ms-sevsnpvm-hostdata", hex(report, "host_data"),
	    "x-ms-sevsnpvm-idkeydigest", hex(report, "id_key_digest"),
	    "x-ms-sevsnpvm-imageId", hex(report, "image_id"),
	    "x-ms-sevsnpvm-is-debuggable", (flags & POLICY_DEBUG) != 0,
	    "x-ms-sevsnpvm-launchmeasurement", hex(report, "measurement"),
	    "x-ms-sevsnpvm-microcode-svn", tcb->ucode,
	    "x-ms-sevsnpvm-migration-allowed", (flags & POLICY_MIGRATE) != 0,
	    "x-ms-sevsnpvm-reportdata", hex(report, "report_data"),
	    "x-ms-sevsnpvm-reportid", hex(report, "report_id"),
	    "x-ms-sevsnpvm-smt-allowed", (flags & POLICY_SMT) != 0,
	    "x-ms-sevsnpvm-snpfw-svn", tcb->snp,
	    "x-ms-sevsnpvm-tee-svn", tcb->tee,
	    "x-ms-sevsnpvm-vmpl",
		(json_int_t)tee_sim_report_get(report, "vmpl"));
	/* clang-format on */
}

/* Absent where the guest is none that Azure runs in good order. */
static const char *
compliance(struct sim_cloud *cloud, const struct sim_maa_facts *facts)
{
	const uint8_t *report = facts->evidence.report;

	if ((tee_sim_report_get(report, "policy") & POLICY_DEBUG) != 0 ||
	    tee_sim_report_get(report, "vmpl") != 0 ||
	    tee_sim_cloud_number(cloud, SIM_SW_MAA_COMPLIANCE) != 0)
		return NULL;
	if (facts->endorsed)
		return "azure-compliant-uvm";
	return facts->cvm ? "azure-compliant-cvm" : NULL;
}

/* Another first digit of a text. */
static void
change_text(json_t *object, const char *name)
{
	const char *was = json_string_value(json_object_get(object, name));
	char *text = was != NULL && was[0] != '\0' ? strdup(was) : NULL;

	if (text == NULL)
		return;
	text[0] = text[0] == '0' ? '1' : '0';
	json_object_set_new(object, name, json_string(text));
	free(text);
}

void
tee_sim_maa_swap_key(struct sim_cloud *cloud, json_t *runtime)
{
	json_t *keys = json_object_get(runtime, "keys"), *key, *n;
	EVP_PKEY *stranger;
	size_t i;

	if (!json_is_array(keys) ||
	    !tee_sim_cloud_due(cloud, SIM_SW_MAA_RUNTIME_SWAP))
		return;
	stranger = tee_sim_keyset_kept(cloud->asp->dir, "other-jwt", 2048);
	n = stranger != NULL ? tee_sim_jwk(stranger) : NULL;
	json_array_foreach(keys, i, key)
	{
		json_object_set(key, "n", json_object_get(n, "n"));
		json_object_set(key, "e", json_object_get(n, "e"));
	}
	json_decref(n);
	EVP_PKEY_free(stranger);
}

static void
spoil(struct sim_cloud *cloud, json_t *claims)
{
	json_t *runtime = json_object_get(claims, "x-ms-runtime");

	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_REPORT_DATA))
		change_text(claims, "x-ms-sevsnpvm-reportdata");
	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_DEBUG))
		json_object_set_new(claims, "x-ms-sevsnpvm-is-debuggable",
		    json_true());
	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_TYPE))
		json_object_set_new(claims, "x-ms-attestation-type",
		    json_string("tdxvm"));
	if (tee_sim_cloud_due(cloud, SIM_SW_MAA_USER_DATA))
		change_text(runtime, "user-data");
}

/* BASE64URL(SHA-256(BASE64URL(policy))). */
bool
tee_sim_maa_add_policy(json_t *claims)
{
	char *text = tee_sim_b64url(policy, strlen(policy)), *hash = NULL;
	uint8_t digest[32];

	if (text != NULL && tee_sim_sha256(text, strlen(text), digest))
		hash = tee_sim_b64url(digest, sizeof(digest));
	if (hash != NULL)
		json_object_set_new(claims, "x-ms-policy-hash",
		    json_string(hash));
	free(text);
	free(hash);
	return hash != NULL;
}

json_t *
tee_sim_maa_claims(struct sim_cloud *cloud, const struct sim_maa_facts *facts)
{
	json_t *claims = from_report(facts);
	const char *status = compliance(cloud, facts);

	if (status != NULL)
		json_object_set_new(claims, "x-ms-compliance-status",
		    json_string(status));
	if (facts->runtime != NULL)
		json_object_set_new(claims, "x-ms-runtime",
		    json_deep_copy(facts->runtime));
	if (facts->inittime != NULL)
		json_object_set_new(claims, "x-ms-inittime",
		    json_deep_copy(facts->inittime));
	spoil(cloud, claims);
	return claims;
}
