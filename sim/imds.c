/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imds: the Instance Metadata Service, as strict as the real one: Metadata
 * header, no forwarded requests, no name twice, numbers as strings, limits.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "sim/cloud.h"
#include "sim/imds.h"

#define LIMIT 5 /* requests a second and VM */
#define IDENTITY_LIMIT 20
#define IDENTITY_ACTIVE 5

static const char identity_path[] = "/metadata/identity/";

/* A token bucket: as many as the limit at once, then at that rate. */
struct bucket {
	double tokens, at;
};

struct sim_imds {
	struct bucket general, identity;
};

struct sim_imds *
tee_sim_imds_new(void)
{
	struct sim_imds *imds = calloc(1, sizeof(*imds));

	if (imds != NULL) {
		imds->general.tokens = LIMIT;
		imds->identity.tokens = IDENTITY_LIMIT;
	}
	return imds;
}

void
tee_sim_imds_free(struct sim_imds **imds)
{
	free(*imds);
	*imds = NULL;
}

static bool
spend(struct bucket *bucket, double limit)
{
	struct timespec now;
	double at;

	clock_gettime(CLOCK_MONOTONIC, &now);
	at = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	if (bucket->at > 0)
		bucket->tokens += (at - bucket->at) * limit;
	if (bucket->tokens > limit)
		bucket->tokens = limit;
	bucket->at = at;
	if (bucket->tokens < 1)
		return false;
	bucket->tokens -= 1;
	return true;
}

void
tee_sim_imds_error(struct sim_web_answer *answer, unsigned status,
    const char *error, const char *description)
{
	json_t *body = json_pack("{s:s}", "error", error);

	if (description != NULL)
		json_object_set_new(body, "error_description",
		    json_string(description));
	tee_sim_answer_json(answer, status, body);
}

static bool
is_identity(const struct sim_web_request *request)
{
	return strncmp(request->path, identity_path,
		   sizeof(identity_path) - 1) == 0;
}

static bool
within_limits(struct sim_cloud *cloud, const struct sim_web_request *request)
{
	if (tee_sim_cloud_number(cloud, SIM_SW_IMDS_LIMIT) != 0)
		return true;
	if (is_identity(request))
		return request->active <= IDENTITY_ACTIVE &&
		    spend(&cloud->imds->identity, IDENTITY_LIMIT);
	return spend(&cloud->imds->general, LIMIT);
}

static void
refuse_header(const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	if (is_identity(request))
		tee_sim_imds_error(answer, 400, "bad_request_102",
		    "Required metadata header not specified");
	else
		tee_sim_imds_error(answer, 400,
		    "Bad request. Required metadata header not specified",
		    NULL);
}

static bool
admit(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	const char *metadata = tee_sim_web_header(request, "Metadata");

	if (metadata == NULL || strcasecmp(metadata, "true") != 0) {
		refuse_header(request, answer);
		return false;
	}
	if (tee_sim_web_header(request, "X-Forwarded-For") != NULL) {
		tee_sim_imds_error(answer, 400,
		    "Bad request. X-Forwarded-For is not accepted", NULL);
		return false;
	}
	if (!within_limits(cloud, request)) {
		tee_sim_answer_empty(answer, 429);
		return false;
	}
	if (tee_sim_cloud_due(cloud, SIM_SW_IMDS_410)) {
		tee_sim_answer_empty(answer, 410);
		return false;
	}
	if (tee_sim_web_repeated(request)) {
		tee_sim_imds_error(answer, 400,
		    "Bad request. A query parameter was given twice", NULL);
		return false;
	}
	return true;
}

bool
tee_sim_imds_version(const struct sim_web_request *request,
    struct sim_web_answer *answer, const char *const *versions)
{
	static const char missing[] =
	    "Bad request. api-version was not specified in the request. For "
	    "more information refer to aka.ms/azureimds";
	static const char unknown[] =
	    "Bad request. api-version is invalid or unsupported";
	const char *asked = tee_sim_web_arg(request, "api-version");
	json_t *body, *newest = json_array();

	for (size_t i = 0; versions[i] != NULL; i++) {
		if (asked != NULL && strcmp(asked, versions[i]) == 0) {
			json_decref(newest);
			return true;
		}
		json_array_append_new(newest, json_string(versions[i]));
	}
	body = json_pack("{s:s, s:o}", "error",
	    asked == NULL ? missing : unknown, "newest-versions", newest);
	tee_sim_answer_json(answer, 400, body);
	return false;
}

static json_t *
describe(struct sim_cloud *cloud)
{
	char vm[SIM_CLOUD_GUID];
	json_t *instance;

	tee_sim_cloud_guid(cloud, "vm", vm);
	/* clang-format off */
	instance = json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s}}}",
	    "compute",
		"azEnvironment", "AzurePublicCloud",
		"location", "westeurope",
		"name", "teesim",
		"osType", "Linux",
		"vmId", vm,
		"vmSize", "Standard_DC2as_v5",
		"securityProfile",
		    "secureBootEnabled", "true");
	/* clang-format on */
	return instance;
}

/* A leaf is text and has to be asked for as such; all else is JSON. */
static void
answer_instance(const struct sim_web_request *request,
    struct sim_web_answer *answer, json_t *found)
{
	const char *format = tee_sim_web_arg(request, "format");
	bool text = format != NULL && strcasecmp(format, "text") == 0;

	if (found == NULL)
		tee_sim_imds_error(answer, 404, "Not found", NULL);
	else if (text != json_is_string(found))
		tee_sim_imds_error(answer, 400,
		    "Bad request. The format is not one of this node's", NULL);
	else if (text)
		tee_sim_answer_text(answer, 200, json_string_value(found));
	else
		tee_sim_answer_json(answer, 200, json_incref(found));
}

static void
instance(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	static const char *const versions[] = { "2021-01-01", "2020-09-01",
		"2019-03-11", NULL };
	json_t *root, *node;
	char path[128], *rest = path, *part;

	if (!tee_sim_imds_version(request, answer, versions))
		return;
	snprintf(path, sizeof(path), "%s", request->rest);
	node = root = describe(cloud);
	while ((part = strsep(&rest, "/")) != NULL)
		if (*part != '\0')
			node = json_object_get(node, part);
	answer_instance(request, answer, node);
	json_decref(root);
}

static void
refuse(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	(void)cloud;
	(void)request;
	if (answer->status == 404)
		tee_sim_imds_error(answer, 404, "Not found", NULL);
	else if (answer->status == 405)
		tee_sim_imds_error(answer, 405, "Method Not Allowed", NULL);
}

static const struct sim_web_route routes[] = { { "GET", "/metadata/instance*",
						   instance },
	{ "GET", "/metadata/THIM/amd/certification", tee_sim_imds_thim },
	{ "GET", "/metadata/identity/oauth2/token", tee_sim_imds_token },
	{ NULL, NULL, NULL } };

const struct sim_web_service tee_sim_imds_service = { .name = "imds",
	.plain = true,
	.any_case = true,
	.faults = SIM_SW_IMDS,
	.routes = routes,
	.admit = admit,
	.refuse = refuse };
