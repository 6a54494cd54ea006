/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thim: Trusted Hardware Identity Management, by which a host hands its
 * certificates to its guests.  Stale: what it held before a firmware update.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <openssl/pem.h>

#include "sim/certs.h"
#include "sim/imds.h"

/* Big-endian hex of the little-endian TCB_VERSION. */
static void
format_tcbm(enum sim_product product, const struct sim_tcb *tcb, char out[17])
{
	uint8_t raw[SIM_TCB_SIZE];

	tee_sim_tcb_encode(product, tcb, raw);
	for (unsigned i = 0; i < SIM_TCB_SIZE; i++)
		snprintf(out + (size_t)2 * i, 3, "%02X",
		    raw[SIM_TCB_SIZE - 1 - i]);
}

static bool
vcek_pem(const struct sim_cloud *cloud, const struct sim_tcb *older,
    struct sim_blob *out)
{
	X509 *vcek;
	BIO *bio;
	char *text;
	long size = 0;
	bool ok;

	if (older == NULL)
		return tee_sim_chain_cert_pem(&cloud->asp->chain, SIM_VCEK,
		    out);
	vcek = tee_sim_certs_vcek(cloud, older);
	bio = BIO_new(BIO_s_mem());
	ok = vcek != NULL && bio != NULL && PEM_write_bio_X509(bio, vcek) == 1;
	if (ok)
		size = BIO_get_mem_data(bio, &text);
	ok = ok && size > 0 && tee_sim_blob_append(out, text, (size_t)size);
	BIO_free(bio);
	X509_free(vcek);
	return ok;
}

void
tee_sim_imds_thim(struct sim_cloud *cloud,
    const struct sim_web_request *request, struct sim_web_answer *answer)
{
	struct sim_blob vcek = { NULL, 0 }, issuers = { NULL, 0 };
	struct sim_tcb tcb = cloud->asp->platform.tcb;
	bool stale = tee_sim_cloud_due(cloud, SIM_SW_THIM_STALE);
	char tcbm[17];

	(void)request;
	if (stale)
		tcb.ucode = tcb.ucode == 0 ? 1 : (uint8_t)(tcb.ucode - 1);
	format_tcbm(cloud->asp->platform.product, &tcb, tcbm);
	if (vcek_pem(cloud, stale ? &tcb : NULL, &vcek) &&
	    tee_sim_certs_issuers(cloud, SIM_ASK, &issuers))
		/* clang-format off */
		tee_sim_answer_json(answer, 200,
		    json_pack("{s:s%, s:s, s:s%, s:s}",
			"vcekCert", vcek.data, vcek.size,
			"tcbm", tcbm,
			"certificateChain", issuers.data, issuers.size,
			"cacheControl", "86400"));
	/* clang-format on */
	tee_sim_blob_free(&issuers);
	tee_sim_blob_free(&vcek);
}
