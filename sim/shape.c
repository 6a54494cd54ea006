/* SPDX-License-Identifier: Apache-2.0 */
/* shape: what a certificate of each role looks like when it is AMD's. */
#include "config.h"

#include <string.h>
#include <openssl/x509v3.h>

#include "sim/cert.h"

#define DAY (24 * 60 * 60)
#define YEAR (365 * DAY)

static void
make_authority(struct sim_cert_spec *spec, const struct sim_platform *platform)
{
	spec->issuer = tee_sim_name(tee_sim_product(platform->product)->ark);
	spec->not_before = platform->now - YEAR;
	spec->not_after = platform->now + 24L * YEAR;
	spec->basic_constraints = true;
	spec->ca = true;
	spec->key_usage = KU_KEY_CERT_SIGN;
	spec->key_ids = true;
}

static void
make_root(struct sim_cert_spec *spec, const struct sim_platform *platform)
{
	const struct sim_product_info *info =
	    tee_sim_product(platform->product);

	make_authority(spec, platform);
	spec->serial = info->ark_serial;
	spec->subject = tee_sim_name(info->ark);
	spec->pathlen = -1;
	spec->key_usage |= KU_CRL_SIGN;
	spec->crl_url = info->ask_crl;
}

static void
make_intermediate(struct sim_cert_spec *spec, bool asvk,
    const struct sim_platform *platform)
{
	const struct sim_product_info *info =
	    tee_sim_product(platform->product);

	make_authority(spec, platform);
	spec->serial = asvk ? info->asvk_serial : info->ask_serial;
	spec->subject = tee_sim_name(asvk ? info->asvk : info->ask);
	spec->pathlen = 0;
	spec->crl_url = asvk ? info->asvk_crl : info->ask_crl;
}

/* Turin has .9 and no .4; the order is the one seen in the field. */
static void
add_tcb(struct sim_cert_spec *spec, const struct sim_platform *platform)
{
	const struct sim_tcb *tcb = &platform->tcb;
	bool turin = platform->product == SIM_TURIN;

	if (turin)
		tee_sim_cert_ext_integer(spec, SIM_OID_FMC, tcb->fmc);
	tee_sim_cert_ext_integer(spec, SIM_OID_BL, tcb->bl);
	tee_sim_cert_ext_integer(spec, SIM_OID_TEE, tcb->tee);
	if (turin)
		tee_sim_cert_ext_integer(spec, SIM_OID_SNP, tcb->snp);
	else
		tee_sim_cert_ext_integer(spec, SIM_OID_SPL4, tcb->spl4);
	tee_sim_cert_ext_integer(spec, SIM_OID_SPL5, tcb->spl5);
	tee_sim_cert_ext_integer(spec, SIM_OID_SPL6, tcb->spl6);
	tee_sim_cert_ext_integer(spec, SIM_OID_SPL7, tcb->spl7);
	if (!turin)
		tee_sim_cert_ext_integer(spec, SIM_OID_SNP, tcb->snp);
	tee_sim_cert_ext_integer(spec, SIM_OID_UCODE, tcb->ucode);
}

static void
make_leaf(struct sim_cert_spec *spec, bool vlek,
    const struct sim_platform *platform)
{
	const struct sim_product_info *info =
	    tee_sim_product(platform->product);

	spec->subject = tee_sim_name(vlek ? "SEV-VLEK" : "SEV-VCEK");
	spec->issuer = tee_sim_name(vlek ? info->asvk : info->ask);
	spec->not_before = platform->now - 30 * DAY;
	spec->not_after = spec->not_before + (vlek ? 1L : 7L) * YEAR;
	spec->pathlen = -1;
	/* Real leaves leave the default trailerField out or spell it. */
	spec->signature.short_form = platform->product == SIM_TURIN || vlek;
	tee_sim_cert_ext_integer(spec, SIM_OID_STRUCT_VERSION,
	    info->struct_version);
	tee_sim_cert_ext_text(spec, SIM_OID_PRODUCT_NAME,
	    vlek ? info->vlek_name : info->vcek_name);
	add_tcb(spec, platform);
	if (vlek)
		tee_sim_cert_ext_text(spec, SIM_OID_CSP_ID, platform->csp_id);
	else
		tee_sim_cert_ext_add(spec, SIM_OID_HWID, platform->chip_id,
		    info->hwid_size);
}

void
tee_sim_cert_init(struct sim_cert_spec *spec, enum sim_key role,
    const struct sim_platform *platform, const struct sim_keyset *keys)
{
	enum sim_key issuer = role == SIM_VCEK ? SIM_ASK :
	    role == SIM_VLEK                   ? SIM_ASVK :
						 SIM_ARK;

	memset(spec, 0, sizeof(*spec));
	spec->version = 3;
	spec->key = keys->key[role];
	spec->issuer_key = keys->key[issuer];
	if (role == SIM_ARK)
		make_root(spec, platform);
	else if (role == SIM_ASK || role == SIM_ASVK)
		make_intermediate(spec, role == SIM_ASVK, platform);
	else
		make_leaf(spec, role == SIM_VLEK, platform);
}
