/* SPDX-License-Identifier: Apache-2.0 */
/* vault: see vault.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/pem.h>

#include "sim/identity.h"
#include "sim/vault.h"
#include "sim/vaultadmin.h"

#define VAULT_DIR "vault"

static const struct {
	const char *name, *kty, *curve;
	unsigned bits;
} given[] = { { "agent-kek", "RSA-HSM", NULL, 2048 },
	{ "agent-seed", "oct-HSM", NULL, 256 },
	{ "agent-ec", "EC-HSM", "P-256", 0 } };

static const char *const versions[] = { "7.3-preview", "7.3", "7.4", "7.5",
	"7.6-preview.1", "7.6", "2025-07-01", "2026-04-01", NULL };

static bool
see_to_keys(struct sim_vault *vault)
{
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		struct sim_vault_key *key;

		if (tee_sim_vault_key_find(&vault->keys, given[i].name, NULL) !=
		    NULL)
			continue;
		key = tee_sim_vault_key_make(&vault->keys, given[i].name,
		    given[i].kty, given[i].bits, given[i].curve);
		if (key == NULL)
			return false;
		key->exportable = true;
		key->ops = json_pack("[s, s]", "encrypt", "decrypt");
	}
	return true;
}

static bool
publish(struct sim_cloud *cloud)
{
	const struct sim_vault_key *key =
	    tee_sim_vault_key_find(&cloud->vault->keys, "agent-kek", NULL);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long size = 0;
	bool ok;

	if (key != NULL && bio != NULL &&
	    PEM_write_bio_PUBKEY(bio, key->pkey) == 1)
		size = BIO_get_mem_data(bio, &text);
	ok = size > 0 &&
	    tee_sim_cloud_write(cloud, "agent-kek.pem", text, (size_t)size,
		0644);
	BIO_free(bio);
	return ok;
}

static bool
open_vault(struct sim_cloud *cloud, struct sim_vault *vault)
{
	if (mkdirat(cloud->asp->dir, VAULT_DIR, 0700) != 0 && errno != EEXIST)
		return false;
	vault->dir = openat(cloud->asp->dir, VAULT_DIR,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	vault->other_name =
	    tee_sim_tls_leaf(&cloud->tls, SIM_TLS_VAULT, SIM_TLS_OTHER_NAME);
	vault->expired =
	    tee_sim_tls_leaf(&cloud->tls, SIM_TLS_VAULT, SIM_TLS_EXPIRED);
	vault->other =
	    tee_sim_keyset_kept(cloud->asp->dir, "vault-other", 2048);
	return vault->dir >= 0 && vault->other_name != NULL &&
	    vault->expired != NULL && vault->other != NULL &&
	    tee_sim_vault_keys_open(&vault->keys, vault->dir) &&
	    see_to_keys(vault);
}

struct sim_vault *
tee_sim_vault_new(struct sim_cloud *cloud)
{
	struct sim_vault *vault = calloc(1, sizeof(*vault));

	if (vault == NULL)
		return NULL;
	vault->dir = -1;
	cloud->vault = vault;
	if (!open_vault(cloud, vault) || !publish(cloud)) {
		cloud->vault = NULL;
		tee_sim_vault_free(&vault);
	}
	return vault;
}

/* To any guest that this simulator's MAA calls compliant, of both shapes. */
static json_t *
default_policy(const char *authority)
{
	/* clang-format off */
	return json_pack("{s:s, s:[{s:s, s:[{s:[{s:s, s:s}, {s:s, s:s}]},"
			 " {s:[{s:s, s:s}, {s:s, s:s}]}]}]}",
	    "version", "1.0.0", "anyOf",
	    "authority", authority, "anyOf",
	    "allOf",
	    "claim", "x-ms-attestation-type", "equals", "sevsnpvm",
	    "claim", "x-ms-compliance-status", "equals", "azure-compliant-uvm",
	    "allOf",
	    "claim", "x-ms-isolation-tee.x-ms-attestation-type",
		"equals", "sevsnpvm",
	    "claim", "x-ms-isolation-tee.x-ms-compliance-status",
		"equals", "azure-compliant-cvm");
	/* clang-format on */
}

bool
tee_sim_vault_ready(struct sim_cloud *cloud)
{
	struct sim_vault_keys *keys = &cloud->vault->keys;

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		struct sim_vault_key *key =
		    tee_sim_vault_key_find(keys, given[i].name, NULL);

		json_decref(key->policy);
		key->policy = default_policy(cloud->web[SIM_CLOUD_MAA].url);
		if (key->policy == NULL || !tee_sim_vault_key_keep(keys, key))
			return false;
	}
	return true;
}

void
tee_sim_vault_free(struct sim_vault **held)
{
	struct sim_vault *vault = *held;

	if (vault == NULL)
		return;
	tee_sim_vault_keys_close(&vault->keys);
	X509_free(vault->other_name);
	X509_free(vault->expired);
	EVP_PKEY_free(vault->other);
	if (vault->dir >= 0)
		close(vault->dir);
	free(vault);
	*held = NULL;
}

static bool
version_known(const char *version)
{
	for (size_t i = 0; version != NULL && versions[i] != NULL; i++)
		if (strcmp(version, versions[i]) == 0)
			return true;
	return false;
}

/* Every call needs a bearer token and a version, in this order. */
static bool
admit(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	const char *bearer = tee_sim_web_header(request, "Authorization");
	const char *why = NULL;
	char tenant[SIM_CLOUD_GUID];
	bool ok = bearer != NULL &&
	    (tee_sim_identity_check(cloud, bearer, "https://vault.azure.net",
		 &why) ||
		tee_sim_identity_check(cloud, bearer,
		    "https://managedhsm.azure.net", &why));

	if (!ok) {
		tee_sim_cloud_guid(cloud, "tenant", tenant);
		tee_sim_answer_error(answer, 401, "Unauthorized",
		    bearer == NULL ? "AKV10000: Request is missing a Bearer or "
				     "PoP token." :
				     "AKV10022: The token is not accepted.",
		    NULL);
		tee_sim_answer_header(answer, "WWW-Authenticate",
		    "Bearer authorization=\"https://login.windows.net/%s\", "
		    "resource=\"https://vault.azure.net\"",
		    tenant);
		return false;
	}
	if (!version_known(tee_sim_web_arg(request, "api-version"))) {
		tee_sim_answer_error(answer, 400, "BadParameter",
		    "The api-version is missing or not supported.", NULL);
		return false;
	}
	return true;
}

/* NAME[/VERSION][/VERB] behind /keys/; the SDKs write an empty version. */
struct place {
	char path[512]; /* of the key, as the release's kid repeats it */
	char name[SIM_VAULT_NAME_MAX + 1];
	char version[SIM_VAULT_VERSION];
	const char *verb; /* "" or create, release */
};

static bool
take_part(const char **rest, char *out, size_t room)
{
	size_t n = strcspn(*rest, "/");

	if (n >= room)
		return false;
	memcpy(out, *rest, n);
	out[n] = '\0';
	*rest += n + ((*rest)[n] == '/');
	return true;
}

static bool
is_verb(const char *word)
{
	return strcmp(word, "create") == 0 || strcmp(word, "release") == 0;
}

static bool
parse(const char *rest, struct place *p)
{
	memset(p, 0, sizeof(*p));
	p->verb = "";
	if (!take_part(&rest, p->name, sizeof(p->name)) ||
	    !tee_sim_vault_name_valid(p->name))
		return false;
	if (!is_verb(rest) && !take_part(&rest, p->version, sizeof(p->version)))
		return false;
	if (rest[0] != '\0' && !is_verb(rest))
		return false;
	p->verb = rest;
	snprintf(p->path, sizeof(p->path), "/keys/%s%s%s", p->name,
	    p->version[0] != '\0' ? "/" : "", p->version);
	return true;
}

static void
refuse_missing(struct sim_web_answer *answer, const char *name)
{
	char message[256];

	snprintf(message, sizeof(message),
	    "A key with (name/id) %s was not found in this key vault.", name);
	tee_sim_answer_error(answer, 404, "KeyNotFound", message, NULL);
}

static void
serve(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	bool post = strcmp(request->method, "POST") == 0;
	bool get = strcmp(request->method, "GET") == 0;
	struct sim_vault_key *key;
	struct place place;

	if (!parse(request->rest, &place)) {
		refuse_missing(answer, "(malformed)");
		return;
	}
	key = tee_sim_vault_key_find(&cloud->vault->keys, place.name,
	    place.version);
	if (post && strcmp(place.verb, "create") == 0)
		tee_sim_vault_create(cloud, request, place.name, answer);
	else if (key == NULL)
		refuse_missing(answer, place.name);
	else if (post && strcmp(place.verb, "release") == 0)
		tee_sim_vault_release(cloud, request, key, place.path, answer);
	else if (get && place.verb[0] == '\0')
		tee_sim_vault_show(cloud, key, answer);
	else
		tee_sim_answer_error(answer, 405, "MethodNotAllowed",
		    "The method is not allowed here.", NULL);
}

static void
dress(struct sim_cloud *cloud, const struct sim_web_request *request,
    struct sim_web_answer *answer)
{
	const char *id = tee_sim_web_header(request, "x-ms-client-request-id");
	char fresh[SIM_CLOUD_GUID];

	tee_sim_cloud_guid(cloud, "vault-request", fresh);
	tee_sim_answer_header(answer, "Cache-Control", "no-cache");
	tee_sim_answer_header(answer, "Pragma", "no-cache");
	tee_sim_answer_header(answer, "x-ms-keyvault-region", "local");
	tee_sim_answer_header(answer, "x-ms-request-id", "%s", fresh);
	if (id != NULL)
		tee_sim_answer_header(answer, "x-ms-client-request-id", "%.64s",
		    id);
}

static const struct sim_web_route routes[] = { { NULL, "/keys/*", serve },
	{ NULL, NULL, NULL } };

const struct sim_web_service tee_sim_vault_service = { .name = "vault",
	.role = SIM_TLS_VAULT,
	.faults = SIM_SW_VAULT,
	.routes = routes,
	.admit = admit,
	.dress = dress };
