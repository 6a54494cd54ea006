/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kds: AMD's Key Distribution Service (AMD 57230): the VCEK of the machine's
 * chip at any TCB, the certificates above it, and the CRL.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <openssl/crypto.h>

#include "sim/certs.h"

X509 *
tee_sim_certs_vcek(const struct sim_cloud *cloud, const struct sim_tcb *tcb)
{
	struct sim_platform platform = cloud->asp->platform;
	struct sim_cert_spec spec;

	platform.tcb = *tcb;
	tee_sim_cert_init(&spec, SIM_VCEK, &platform, cloud->asp->keys);
	return tee_sim_cert_mint(&spec);
}

bool
tee_sim_certs_issuers(const struct sim_cloud *cloud, enum sim_key issuer,
    struct sim_blob *out)
{
	return tee_sim_chain_cert_pem(&cloud->asp->chain, issuer, out) &&
	    tee_sim_chain_cert_pem(&cloud->asp->chain, SIM_ARK, out);
}

/* Decimal, 0 to 255, possibly with zeros before it. */
static bool
take_part(const struct sim_web_request *request, const char *name,
    uint8_t *part)
{
	const char *text = tee_sim_web_arg(request, name);
	unsigned long value;
	char *end;

	if (text == NULL || !isdigit((unsigned char)text[0]) ||
	    strlen(text) > 3)
		return false;
	value = strtoul(text, &end, 10);
	*part = (uint8_t)value;
	return *end == '\0' && value <= UINT8_MAX;
}

static bool
take_tcb(const struct sim_web_request *request, enum sim_product product,
    struct sim_tcb *tcb)
{
	return take_part(request, "blSPL", &tcb->bl) &&
	    take_part(request, "teeSPL", &tcb->tee) &&
	    take_part(request, "snpSPL", &tcb->snp) &&
	    take_part(request, "ucodeSPL", &tcb->ucode) &&
	    (product != SIM_TURIN || take_part(request, "fmcSPL", &tcb->fmc));
}

static bool
is_chip(const struct sim_cloud *cloud, const char *hex)
{
	const struct sim_platform *platform = &cloud->asp->platform;
	size_t wanted = tee_sim_product(platform->product)->hwid_size, size;
	uint8_t id[SIM_CHIP_ID_SIZE];

	return OPENSSL_hexstr2buf_ex(id, sizeof(id), &size, hex, '\0') == 1 &&
	    size == wanted && memcmp(id, platform->chip_id, wanted) == 0;
}

static void
answer_vcek(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	enum sim_product product = cloud->asp->platform.product;
	struct sim_tcb tcb = { .bl = 0 };
	uint8_t *der = NULL;
	X509 *cert = NULL;
	int size = 0;

	if (!take_tcb(request, product, &tcb)) {
		tee_sim_answer_text(answer, 400, "invalid TCB parameters");
		return;
	}
	cert = tee_sim_certs_vcek(cloud, &tcb);
	if (cert != NULL)
		size = i2d_X509(cert, &der);
	if (size > 0)
		tee_sim_answer_bytes(answer, 200, "application/octet-stream",
		    der, (size_t)size);
	OPENSSL_free(der);
	X509_free(cert);
}

static void
answer_chain(struct sim_cloud *cloud, enum sim_key issuer,
    struct sim_web_answer *answer)
{
	struct sim_blob pem = { NULL, 0 };

	if (tee_sim_certs_issuers(cloud, issuer, &pem))
		tee_sim_answer_bytes(answer, 200, "application/x-pem-file",
		    pem.data, pem.size);
	tee_sim_blob_free(&pem);
}

static void
answer_crl(struct sim_cloud *cloud, struct sim_web_answer *answer)
{
	struct sim_blob der = { NULL, 0 };

	if (tee_sim_chain_crl(&cloud->asp->chain, &der))
		tee_sim_answer_bytes(answer, 200, "application/octet-stream",
		    der.data, der.size);
	tee_sim_blob_free(&der);
}

/* What follows /vcek/v1/ or /vlek/v1/: PRODUCT/WHAT. */
static void
answer_product(struct sim_cloud *cloud, const struct sim_web_request *request,
    enum sim_key issuer, struct sim_web_answer *answer)
{
	const char *name = tee_sim_product(cloud->asp->platform.product)->name;
	const char *what = strchr(request->rest, '/');
	size_t size = strlen(name);

	if (what == NULL || (size_t)(what - request->rest) != size ||
	    memcmp(request->rest, name, size) != 0)
		tee_sim_answer_empty(answer, 404);
	else if (strcmp(what, "/cert_chain") == 0)
		answer_chain(cloud, issuer, answer);
	else if (strcmp(what, "/crl") == 0)
		answer_crl(cloud, answer);
	else if (issuer == SIM_ASK && is_chip(cloud, what + 1))
		answer_vcek(cloud, request, answer);
	else
		tee_sim_answer_empty(answer, 404);
}

static void
vcek(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	answer_product(cloud, request, SIM_ASK, answer);
}

static void
vlek(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	answer_product(cloud, request, SIM_ASVK, answer);
}

static const struct sim_web_route routes[] = { { "GET", "/vcek/v1/*", vcek },
	{ "GET", "/vlek/v1/*", vlek }, { NULL, NULL, NULL } };

const struct sim_web_service tee_sim_kds_service = { .name = "kds",
	.role = SIM_TLS_SERVICE,
	.faults = SIM_SW_KDS,
	.routes = routes };
