/* SPDX-License-Identifier: Apache-2.0 */
/* identity: see identity.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "sim/federation.h"
#include "sim/identity.h"
#include "sim/imds.h"
#include "sim/jose.h"

#define RSA_BITS 2048
#define LIFETIME 3600
#define SHORT 310    /* less than what a client keeps away from the end */
#define BACKDATE 300 /* the authority's nbf lies five minutes back */

struct sim_identity {
	EVP_PKEY *authority; /* signs access tokens */
	EVP_PKEY *other;     /* signs what nobody may accept */
	EVP_PKEY *cluster;   /* signs federated tokens */
};

static const char *const audiences[] = { "https://vault.azure.net",
	"https://managedhsm.azure.net", NULL };

struct sim_identity *
tee_sim_identity_new(struct sim_cloud *cloud)
{
	struct sim_identity *identity = calloc(1, sizeof(*identity));
	int dir = cloud->asp->dir;

	if (identity == NULL)
		return NULL;
	identity->authority = tee_sim_keyset_kept(dir, "authority", RSA_BITS);
	identity->cluster = tee_sim_keyset_kept(dir, "cluster", RSA_BITS);
	identity->other = tee_sim_keyset_kept(dir, "other-jwt", RSA_BITS);
	if (identity->authority == NULL || identity->cluster == NULL ||
	    identity->other == NULL ||
	    !tee_sim_federation_publish(cloud, identity->cluster))
		tee_sim_identity_free(&identity);
	return identity;
}

void
tee_sim_identity_free(struct sim_identity **identity)
{
	if (*identity == NULL)
		return;
	EVP_PKEY_free((*identity)->authority);
	EVP_PKEY_free((*identity)->cluster);
	EVP_PKEY_free((*identity)->other);
	free(*identity);
	*identity = NULL;
}

EVP_PKEY *
tee_sim_identity_cluster(const struct sim_identity *identity)
{
	return identity->cluster;
}

static int64_t
lifetime(enum sim_token_fault fault)
{
	return fault == SIM_TOKEN_SHORT ? SHORT :
	    fault == SIM_TOKEN_EXPIRED  ? -60 :
					  LIFETIME;
}

char *
tee_sim_identity_mint(struct sim_cloud *cloud, const char *audience,
    const char *client, int64_t *now, int64_t *expires)
{
	enum sim_token_fault fault =
	    (enum sim_token_fault)tee_sim_cloud_number(cloud, SIM_SW_TOKEN);
	static const char header[] =
	    "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"teesim-authority\"}";
	char tenant[SIM_CLOUD_GUID], object[SIM_CLOUD_GUID], issuer[96];
	char *text, *token;
	json_t *claims;

	*now = time(NULL);
	*expires = *now + lifetime(fault);
	tee_sim_cloud_guid(cloud, "tenant", tenant);
	tee_sim_cloud_guid(cloud, "object", object);
	snprintf(issuer, sizeof(issuer), "https://sts.windows.net/%s/", tenant);
	/* clang-format off */
	claims = json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:s}",
	    "aud", fault == SIM_TOKEN_AUDIENCE ?
		"https://management.azure.com" : audience,
	    "iss", issuer,
	    "iat", (json_int_t)(*now - BACKDATE),
	    "nbf", (json_int_t)(*now - BACKDATE),
	    "exp", (json_int_t)*expires,
	    "appid", client,
	    "oid", object,
	    "tid", tenant);
	/* clang-format on */
	text = json_dumps(claims, JSON_COMPACT);
	json_decref(claims);
	token = text == NULL ?
	    NULL :
	    tee_sim_jws(header, text,
		fault == SIM_TOKEN_OTHER_KEY ? cloud->identity->other :
					       cloud->identity->authority);
	free(text);
	return token;
}

static bool
same_audience(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	n -= n > 0 && a[n - 1] == '/';
	m -= m > 0 && b[m - 1] == '/';
	return n == m && strncasecmp(a, b, n) == 0;
}

static bool
fits(const json_t *claims, const char *audience, const char **why)
{
	const char *aud = json_string_value(json_object_get(claims, "aud"));
	json_int_t now = time(NULL);

	if (aud == NULL || !same_audience(aud, audience))
		*why = "the audience is another";
	else if (json_integer_value(json_object_get(claims, "exp")) <= now)
		*why = "the token has expired";
	else if (json_integer_value(json_object_get(claims, "nbf")) > now)
		*why = "the token is not good yet";
	else
		return true;
	return false;
}

bool
tee_sim_identity_check(struct sim_cloud *cloud, const char *authorization,
    const char *audience, const char **why)
{
	static const char scheme[] = "Bearer ";
	json_t *claims = NULL;
	bool ok = false;

	*why = "no bearer token";
	if (authorization == NULL ||
	    strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return false;
	claims = tee_sim_jws_read(authorization + sizeof(scheme) - 1,
	    cloud->identity->authority);
	*why = "the signature is not the authority's";
	if (claims != NULL)
		ok = fits(claims, audience, why);
	json_decref(claims);
	return ok;
}

static bool
is_audience(const char *resource)
{
	for (unsigned i = 0; audiences[i] != NULL; i++)
		if (strcmp(resource, audiences[i]) == 0)
			return true;
	return false;
}

/* One client for a machine with one identity; several have to be named. */
static bool
choose(struct sim_cloud *cloud, const struct sim_web_request *request,
    char client[SIM_CLOUD_GUID], struct sim_web_answer *answer)
{
	enum sim_identity_kind kind =
	    (enum sim_identity_kind)tee_sim_cloud_number(cloud,
		SIM_SW_IDENTITY);
	const char *asked = tee_sim_web_arg(request, "client_id");
	const char *other = tee_sim_web_arg(request, "object_id");

	tee_sim_cloud_guid(cloud, "client", client);
	if (other == NULL)
		other = tee_sim_web_arg(request, "msi_res_id");
	if (kind != SIM_IDENTITY_NONE && other == NULL &&
	    (asked != NULL ? strcasecmp(asked, client) == 0 :
			     kind == SIM_IDENTITY_ONE))
		return true;
	tee_sim_imds_error(answer, 400, "invalid_request",
	    kind == SIM_IDENTITY_SEVERAL && asked == NULL ?
		"Multiple user assigned identities exist, please specify the "
		"clientId / resourceId of the identity in the token request" :
		"Identity not found");
	return false;
}

void
tee_sim_imds_token(struct sim_cloud *cloud,
    const struct sim_web_request *request, struct sim_web_answer *answer)
{
	static const char *const versions[] = { "2018-02-01", NULL };
	const char *resource = tee_sim_web_arg(request, "resource");
	char client[SIM_CLOUD_GUID], in[24], on[24], from[24];
	int64_t now, expires;
	char *token;

	if (!tee_sim_imds_version(request, answer, versions))
		return;
	if (resource == NULL || !is_audience(resource)) {
		tee_sim_imds_error(answer, 400,
		    resource == NULL ? "invalid_request" : "invalid_resource",
		    resource == NULL ?
			"Required query variable 'resource' is missing" :
			"The resource principal was not found in the tenant");
		return;
	}
	if (!choose(cloud, request, client, answer))
		return;
	token = tee_sim_identity_mint(cloud, resource, client, &now, &expires);
	snprintf(in, sizeof(in), "%lld", (long long)(expires - now));
	snprintf(on, sizeof(on), "%lld", (long long)expires);
	snprintf(from, sizeof(from), "%lld", (long long)(now - BACKDATE));
	/* clang-format off */
	if (token != NULL)
		tee_sim_answer_json(answer, 200,
		    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
			"access_token", token,
			"refresh_token", "",
			"client_id", client,
			"expires_in", in,
			"ext_expires_in", in,
			"expires_on", on,
			"not_before", from,
			"resource", resource,
			"token_type", "Bearer"));
	/* clang-format on */
	free(token);
}
