/* SPDX-License-Identifier: Apache-2.0 */
/* paravisor: see paravisor.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <openssl/rsa.h>

#include "sim/akcert.h"
#include "sim/paravisor.h"
#include "sim/tpmkey.h"

#define RATE_MS 2000 /* OpenHCL makes one report in this time */
#define USER_DATA_ATTRIBUTES \
	(SIM_NV_OWNERWRITE | SIM_NV_AUTHWRITE | SIM_NV_OWNERREAD | \
	    SIM_NV_AUTHREAD)

uint64_t
tee_sim_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Its twin for faults costs a key generation, so it is made when asked for. */
static EVP_PKEY *
other_key(struct sim_paravisor *pv)
{
	if (pv->other == NULL)
		pv->other = EVP_RSA_gen(8 * SIM_MODULUS);
	return pv->other;
}

/* An index that is absent or was never written counts as zeros. */
static bool
renew(struct sim_paravisor *pv)
{
	struct sim_hcl_claims claims = { .ak = pv->ak, .ek = pv->ek };

	if (tee_sim_asp_number(pv->asp, SIM_SW_AK_OTHER) != 0)
		claims.ak = other_key(pv);
	if (tee_sim_nv_read(pv->tpm, SIM_NV_USER_DATA, claims.user_data,
		sizeof(claims.user_data)) != SIM_RC_OK)
		memset(claims.user_data, 0, sizeof(claims.user_data));
	return claims.ak != NULL &&
	    tee_sim_hcl_make(pv->asp, &claims, pv->hcl.data, pv->hcl.size);
}

/* Before 2024 a report was made at boot and never again. */
static bool
due(const struct sim_paravisor *pv, uint64_t now)
{
	const struct sim_value *rate =
	    &pv->asp->switches.value[SIM_SW_HCL_RATE];

	return tee_sim_asp_number(pv->asp, SIM_SW_HCL_STALE) == 0 &&
	    (pv->made == 0 ||
		(tee_sim_asp_number(pv->asp, SIM_SW_HCL_FORM) == 0 &&
		    now - pv->made >= (rate->set ? rate->number : RATE_MS)));
}

static bool
publish_cert(struct sim_paravisor *pv)
{
	uint32_t state = tee_sim_asp_number(pv->asp, SIM_SW_NV_AK_CERT);
	EVP_PKEY *key = state == SIM_AK_CERT_OTHER_KEY ? other_key(pv) : pv->ak;
	struct sim_blob der = { NULL, 0 };
	bool ok;

	pv->cert_state = state;
	ok = tee_sim_shadow_open(&pv->ak_cert, pv->tpm, SIM_NV_AK_CERT,
		 SIM_AK_CERT_SIZE, state != SIM_AK_CERT_UNINITIALISED) &&
	    key != NULL &&
	    tee_sim_akcert_make(pv->asp->keys, pv->ca, key,
		pv->asp->platform.now, &der) &&
	    der.size <= pv->ak_cert.size;
	if (ok)
		memcpy(pv->ak_cert.data, der.data, der.size);
	if (ok && state == SIM_AK_CERT_ABSENT)
		tee_sim_shadow_remove(&pv->ak_cert, pv->tpm);
	tee_sim_blob_free(&der);
	return ok;
}

static bool
define_user_data(struct sim_paravisor *pv)
{
	const struct sim_nv nv = { .index = SIM_NV_USER_DATA,
		.attributes = USER_DATA_ATTRIBUTES,
		.size = SIM_HCL_USER_DATA };
	bool there = tee_sim_nv_exists(pv->tpm, nv.index);

	pv->user_data_state = tee_sim_asp_number(pv->asp, SIM_SW_NV_USER_DATA);
	if (pv->user_data_state != 0)
		return !there || tee_sim_nv_undefine(pv->tpm, &nv) == SIM_RC_OK;
	return there || tee_sim_nv_define(pv->tpm, &nv) == SIM_RC_OK;
}

/* What the switches say of the guest and of NV; a report of its own. */
static bool
boot(struct sim_paravisor *pv)
{
	pv->made = 0;
	pv->seen = pv->asp->seen;
	return publish_cert(pv) && define_user_data(pv) && renew(pv);
}

bool
tee_sim_paravisor_open(struct sim_paravisor *pv, struct sim_asp *asp,
    struct sim_swtpm *tpm, char why[SIM_SWITCH_WHY])
{
	memset(pv, 0, sizeof(*pv));
	pv->asp = asp;
	pv->tpm = tpm;
	asp->launch = &tee_sim_hcl_launch;
	pv->ca = tee_sim_akcert_ca(asp->dir, &asp->platform);
	pv->ak = tee_sim_tpmkey_ak(tpm);
	pv->ek = tee_sim_tpmkey_ek(tpm);
	if (pv->ca != NULL && pv->ak != NULL && pv->ek != NULL &&
	    tee_sim_shadow_open(&pv->hcl, tpm, SIM_NV_HCL, SIM_HCL_SIZE,
		true) &&
	    boot(pv))
		return true;
	snprintf(why, SIM_SWITCH_WHY,
	    "the vTPM in %s has no place for the paravisor's keys; remove that "
	    "directory to have a new one made",
	    SIM_SWTPM_DIR);
	tee_sim_paravisor_close(pv);
	return false;
}

void
tee_sim_paravisor_close(struct sim_paravisor *pv)
{
	EVP_PKEY_free(pv->ak);
	EVP_PKEY_free(pv->ek);
	EVP_PKEY_free(pv->ca);
	EVP_PKEY_free(pv->other);
	pv->ak = pv->ek = pv->ca = pv->other = NULL;
}

/*
 * After a change of the machine the next read sees it, however young the
 * report is; the contents of NV change only with their own switches.
 */
static bool
follow(struct sim_paravisor *pv)
{
	const struct stat *now = &pv->asp->seen;

	if (now->st_ino == pv->seen.st_ino &&
	    now->st_ctim.tv_sec == pv->seen.st_ctim.tv_sec &&
	    now->st_ctim.tv_nsec == pv->seen.st_ctim.tv_nsec)
		return true;
	pv->seen = *now;
	pv->made = 0;
	return (pv->cert_state ==
		       tee_sim_asp_number(pv->asp, SIM_SW_NV_AK_CERT) ||
		   publish_cert(pv)) &&
	    (pv->user_data_state ==
		    tee_sim_asp_number(pv->asp, SIM_SW_NV_USER_DATA) ||
		define_user_data(pv));
}

/* A renewal that is not due, or fails, leaves the old report: as OpenHCL. */
static void
renew_if_due(struct sim_paravisor *pv)
{
	uint64_t now = tee_sim_now();

	if (!due(pv, now))
		return;
	if (renew(pv))
		pv->made = now;
	else
		fprintf(stderr, "teesim: no new HCL report could be made\n");
}

int
tee_sim_paravisor_run(struct sim_paravisor *pv, struct sim_tpmrm *rm,
    struct sim_space *space, const struct sim_tpmbuf *command,
    struct sim_tpmbuf *response)
{
	if (!follow(pv))
		return -EIO;
	if (tee_sim_shadow_wants(&pv->ak_cert, command))
		return tee_sim_shadow_run(&pv->ak_cert, rm, space, command,
		    response);
	if (!tee_sim_shadow_wants(&pv->hcl, command))
		return tee_sim_tpmrm_run(rm, space, command, response);
	if (tee_sim_shadow_starts(command))
		renew_if_due(pv);
	return tee_sim_shadow_run(&pv->hcl, rm, space, command, response);
}
