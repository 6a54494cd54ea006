/* SPDX-License-Identifier: Apache-2.0 */
/* maa: the service's routes and its form of refusals, see maa.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/rand.h>

#include "sim/maa.h"

void
tee_sim_maa_refuse(struct sim_web_answer *answer, const char *code,
    const char *message)
{
	tee_sim_answer_error(answer, 400, code, message, NULL);
	tee_sim_answer_header(answer, "x-ms-error-code", "%s", code);
}

bool
tee_sim_maa_version(const struct sim_web_request *request,
    struct sim_web_answer *answer, const char *const *versions)
{
	const char *asked = tee_sim_web_arg(request, "api-version");

	for (unsigned i = 0; asked != NULL && versions[i] != NULL; i++)
		if (strcmp(asked, versions[i]) == 0)
			return true;
	tee_sim_maa_refuse(answer, "InvalidParameter",
	    asked == NULL ? "The api-version is missing" :
			    "The api-version is not supported");
	return false;
}

static void
dress(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	uint8_t id[16];
	char hex[2 * sizeof(id) + 1];

	(void)cloud;
	(void)request;
	if (RAND_bytes(id, sizeof(id)) != 1)
		memset(id, 0, sizeof(id));
	for (unsigned i = 0; i < sizeof(id); i++)
		snprintf(hex + (size_t)2 * i, 3, "%02x", id[i]);
	tee_sim_answer_header(answer, "Server", "Kestrel");
	tee_sim_answer_header(answer, "x-ms-request-id",
	    "00-%s-0000000000000000-00", hex);
	tee_sim_answer_header(answer, "x-ms-maa-service-version",
	    "1.10.01598.0001");
}

static bool
admit(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	(void)request;
	if (!tee_sim_cloud_due(cloud, SIM_SW_MAA_400))
		return true;
	tee_sim_maa_refuse(answer, "PolicyEvaluationError",
	    "Native operation failed with 65518: ... Policy Evaluation Error "
	    "has occurred");
	return false;
}

static const struct sim_web_route routes[] = { { "POST", "/attest/SevSnpVm",
						   tee_sim_maa_snp },
	{ "POST", "/attest/AzureGuest", tee_sim_maa_guest },
	{ "GET", "/certs", tee_sim_maa_certs },
	{ "GET", "/.well-known/openid-configuration",
	    tee_sim_maa_configuration },
	{ NULL, NULL, NULL } };

const struct sim_web_service tee_sim_maa_service = { .name = "maa",
	.role = SIM_TLS_SERVICE,
	.any_case = true,
	.faults = SIM_SW_MAA,
	.routes = routes,
	.admit = admit,
	.dress = dress };
