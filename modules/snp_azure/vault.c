/* SPDX-License-Identifier: Apache-2.0 */
/* vault: what a line says of it; the call itself is in vault_ask.c. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/snp_azure/vault.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static bool
only(const char *text, const char *more, size_t limit)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if (strchr(letters, text[n]) == NULL &&
		    strchr(more, text[n]) == NULL)
			return false;
	return n > 0 && n <= limit;
}

/* https://host[:port], with or without a slash at the end. */
static bool
read_url(struct azure_vault *v, const struct tee_config *config)
{
	static const char scheme[] = "https://";
	const char *url = tee_option(config, "vault");
	size_t n = url != NULL ? strlen(url) : 0, head = sizeof(scheme) - 1;

	if (n > 0 && url[n - 1] == '/')
		n--;
	v->url = n > head ? strndup(url, n) : NULL;
	if (v->url == NULL || n > 256 || strncmp(v->url, scheme, head) != 0 ||
	    !only(v->url + head, ".-:", 256)) {
		tee_option_error(config, "vault",
		    "https://NAME.vault.azure.net is expected, without path");
		return false;
	}
	/* As Key Vault writes it in its answers, which are compared. */
	for (char *p = v->url; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
	v->host = strndup(v->url + head, strcspn(v->url + head, ":"));
	return v->host != NULL;
}

/*
 * The audience of access tokens is the host's domain, in any of Azure's
 * clouds.  A token is a password for every vault that the identity may use, so
 * no other host is shown one; but for a simulated vault, which a CA of its own
 * vouches for.
 */
static bool
find_resource(struct azure_vault *v, const struct tee_config *config)
{
	static const struct {
		const char *domain, *resource;
	} known[] = { { ".vault.azure.net", "https://vault.azure.net" },
		{ ".managedhsm.azure.net", "https://managedhsm.azure.net" },
		{ ".vault.azure.cn", "https://vault.azure.cn" },
		{ ".managedhsm.azure.cn", "https://managedhsm.azure.cn" },
		{ ".vault.usgovcloudapi.net",
		    "https://vault.usgovcloudapi.net" },
		{ ".managedhsm.usgovcloudapi.net",
		    "https://managedhsm.usgovcloudapi.net" } };
	size_t n = strlen(v->host);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t m = strlen(known[i].domain);

		if (n > m && strcmp(v->host + n - m, known[i].domain) == 0) {
			v->resource = known[i].resource;
			return true;
		}
	}
	v->resource = known[0].resource;
	if (v->trust != NULL)
		return true;
	tee_option_error(config, "vault",
	    "%s is no Key Vault or Managed HSM of an Azure cloud, and would be "
	    "shown an access token for them",
	    v->host);
	return false;
}

static bool
read_key(struct azure_vault *v, const struct tee_config *config)
{
	const char *key = tee_option(config, "key");
	const char *version = tee_option(config, "key_version");
	char url[AZURE_VAULT_URL];

	if (key == NULL || !only(key, "-", 127)) {
		tee_option_error(config, "key",
		    "the name of the vault's key is expected");
		return false;
	}
	if (version != NULL && !only(version, "", 64)) {
		tee_option_error(config, "key_version",
		    "the version of a key, as Key Vault shows it, is "
		    "expected");
		return false;
	}
	v->versioned = version != NULL;
	snprintf(url, sizeof(url), "%s/keys/%s%s%s", v->url, key,
	    v->versioned ? "/" : "", v->versioned ? version : "");
	v->key_url = strdup(url);
	return v->key_url != NULL;
}

static bool
read_version(struct azure_vault *v, const struct tee_config *config)
{
	const char *version = tee_option(config, "api_version");

	v->api_version = strdup(version != NULL ? version : "7.4");
	if (v->api_version != NULL && only(v->api_version, ".-", 32))
		return true;
	tee_option_error(config, "api_version", "such as 7.4 is expected");
	return false;
}

bool
tee_azure_vault_read(struct azure_vault *v, const struct tee_config *config)
{
	unsigned enc = AZURE_ENC_256;

	memset(v, 0, sizeof(*v));
	if (!read_url(v, config) || !read_key(v, config) ||
	    !read_version(v, config) ||
	    tee_option_word(config, "enc", tee_azure_enc_words, &enc) < 0 ||
	    tee_http_trust_read(config, "ca_file", &v->trust) < 0 ||
	    !find_resource(v, config))
		return false;
	v->enc = (enum azure_enc)enc;
	v->identity = tee_azure_identity_new(config, v->trust);
	v->pool = tee_http_pool_new();
	return v->identity != NULL && v->pool != NULL;
}

void
tee_azure_vault_clear(struct azure_vault *v)
{
	free(v->url);
	free(v->host);
	free(v->key_url);
	free(v->api_version);
	tee_azure_identity_free(&v->identity);
	tee_http_pool_free(&v->pool);
	tee_http_trust_free(&v->trust);
	memset(v, 0, sizeof(*v));
}
