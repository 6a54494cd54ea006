/* SPDX-License-Identifier: Apache-2.0 */
/* federation: see federation.h; errors are those of RFC 6749, 5.2. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <microhttpd.h>

#include "sim/federation.h"
#include "sim/imds.h"
#include "sim/jose.h"

#define ISSUER "https://cluster.example/"
#define SUBJECT "system:serviceaccount:default:agent"
#define EXCHANGE "api://AzureADTokenExchange"
#define DAY (24 * 60 * 60)

#define FORM_MAX 16384
#define FIELDS 5

/* The form's fields; all are required and none may be another. */
static const char *const fields[FIELDS] = { "client_id", "scope",
	"client_assertion", "client_assertion_type", "grant_type" };
enum field { CLIENT, SCOPE, ASSERTION, ASSERTION_TYPE, GRANT };

struct form {
	char text[FORM_MAX];
	const char *value[FIELDS];
};

bool
tee_sim_federation_publish(struct sim_cloud *cloud, EVP_PKEY *cluster)
{
	char tenant[SIM_CLOUD_GUID], client[SIM_CLOUD_GUID];
	json_int_t now = time(NULL);
	json_t *claims;
	char *text, *token;
	bool ok;

	tee_sim_cloud_guid(cloud, "tenant", tenant);
	tee_sim_cloud_guid(cloud, "client", client);
	/* clang-format off */
	claims = json_pack("{s:[s], s:s, s:s, s:I, s:I, s:I}",
	    "aud", EXCHANGE,
	    "iss", ISSUER,
	    "sub", SUBJECT,
	    "iat", now,
	    "nbf", now,
	    "exp", now + DAY);
	/* clang-format on */
	text = json_dumps(claims, JSON_COMPACT);
	token = text == NULL ? NULL :
			       tee_sim_jws("{\"alg\":\"RS256\",\"kid\":"
					   "\"teesim-cluster\"}",
				   text, cluster);
	ok = token != NULL &&
	    tee_sim_cloud_write(cloud, "federated-token", token, strlen(token),
		0600) &&
	    tee_sim_cloud_write_line(cloud, "tenant", tenant) &&
	    tee_sim_cloud_write_line(cloud, "client", client);
	free(token);
	free(text);
	json_decref(claims);
	return ok;
}

static void
decode(char *text)
{
	for (char *c = text; *c != '\0'; c++)
		if (*c == '+')
			*c = ' ';
	MHD_http_unescape(text);
}

/* application/x-www-form-urlencoded; false where it is not ours. */
static bool
read_form(const struct sim_web_request *request, struct form *form)
{
	const char *type = tee_sim_web_header(request, "Content-Type");
	char *rest = form->text, *pair, *value;
	static const char wanted[] = "application/x-www-form-urlencoded";

	memset(form, 0, sizeof(*form));
	if (type == NULL ||
	    strncasecmp(type, wanted, sizeof(wanted) - 1) != 0 ||
	    request->size >= sizeof(form->text))
		return false;
	memcpy(form->text, request->body, request->size);
	while ((pair = strsep(&rest, "&")) != NULL) {
		value = strchr(pair, '=');
		if (value == NULL)
			return false;
		*value++ = '\0';
		decode(value);
		for (unsigned i = 0; i < FIELDS; i++) {
			if (strcmp(pair, fields[i]) != 0)
				continue;
			if (form->value[i] != NULL)
				return false;
			form->value[i] = value;
		}
	}
	for (unsigned i = 0; i < FIELDS; i++)
		if (form->value[i] == NULL)
			return false;
	return true;
}

static bool
is(const json_t *claims, const char *name, const char *value)
{
	const json_t *claim = json_object_get(claims, name);

	if (json_is_array(claim))
		claim = json_array_get(claim, 0);
	return json_is_string(claim) &&
	    strcmp(json_string_value(claim), value) == 0;
}

/* The workload's token, as the federated credential describes it. */
static bool
proven(struct sim_cloud *cloud, const char *assertion)
{
	json_t *claims = tee_sim_jws_read(assertion,
	    tee_sim_identity_cluster(cloud->identity));
	bool ok = claims != NULL && is(claims, "iss", ISSUER) &&
	    is(claims, "sub", SUBJECT) && is(claims, "aud", EXCHANGE) &&
	    json_integer_value(json_object_get(claims, "exp")) > time(NULL);

	json_decref(claims);
	return ok;
}

/* "https://vault.azure.net/.default": the audience before it. */
static bool
audience(const char *scope, char out[64])
{
	static const char *const known[] = { "https://vault.azure.net",
		"https://managedhsm.azure.net" };
	const char *end = strstr(scope, "/.default");

	if (end == NULL || end[sizeof("/.default") - 1] != '\0')
		return false;
	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == (size_t)(end - scope) &&
		    strncmp(scope, known[i], strlen(known[i])) == 0) {
			strcpy(out, known[i]);
			return true;
		}
	return false;
}

static void
exchange(struct sim_cloud *cloud, const struct form *form,
    struct sim_web_answer *answer)
{
	char client[SIM_CLOUD_GUID], aud[64], *token;
	int64_t now, expires;

	tee_sim_cloud_guid(cloud, "client", client);
	if (strcmp(form->value[GRANT], "client_credentials") != 0) {
		tee_sim_imds_error(answer, 400, "unsupported_grant_type",
		    "grant_type is not client_credentials");
	} else if (strcmp(form->value[ASSERTION_TYPE],
		       "urn:ietf:params:oauth:client-assertion-type:"
		       "jwt-bearer") != 0) {
		tee_sim_imds_error(answer, 400, "invalid_request",
		    "client_assertion_type is not jwt-bearer");
	} else if (!audience(form->value[SCOPE], aud)) {
		tee_sim_imds_error(answer, 400, "invalid_scope",
		    "the scope is no known resource with /.default");
	} else if (strcasecmp(form->value[CLIENT], client) != 0) {
		tee_sim_imds_error(answer, 400, "unauthorized_client",
		    "the client is not one of this tenant");
	} else if (!proven(cloud, form->value[ASSERTION])) {
		tee_sim_imds_error(answer, 401, "invalid_client",
		    "the client assertion is not the federated credential's");
	} else {
		token =
		    tee_sim_identity_mint(cloud, aud, client, &now, &expires);
		/* clang-format off */
		if (token != NULL)
			tee_sim_answer_json(answer, 200,
			    json_pack("{s:s, s:I, s:I, s:s}",
				"token_type", "Bearer",
				"expires_in", (json_int_t)(expires - now),
				"ext_expires_in", (json_int_t)(expires - now),
				"access_token", token));
		/* clang-format on */
		free(token);
	}
}

static void
token(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	char tenant[SIM_CLOUD_GUID];
	struct form *form = malloc(sizeof(*form));

	tee_sim_cloud_guid(cloud, "tenant", tenant);
	if (strncasecmp(request->rest, tenant, strlen(tenant)) != 0 ||
	    strcmp(request->rest + strlen(tenant), "/oauth2/v2.0/token") != 0)
		tee_sim_answer_empty(answer, 404);
	else if (form == NULL || !read_form(request, form))
		tee_sim_imds_error(answer, 400, "invalid_request",
		    "a form with client_id, scope, client_assertion, "
		    "client_assertion_type and grant_type is wanted");
	else
		exchange(cloud, form, answer);
	free(form);
}

static const struct sim_web_route routes[] = { { "POST", "/*", token },
	{ NULL, NULL, NULL } };

const struct sim_web_service tee_sim_authority_service = { .name = "authority",
	.role = SIM_TLS_SERVICE,
	.faults = SIM_SW_AUTHORITY,
	.routes = routes };
