/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity: access tokens for this machine or workload.  See imds.h.  One
 * token is kept, in locked memory; whoever wants one while another thread
 * asks waits for that answer instead of asking too.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <time.h>
#include <openssl/crypto.h>

#include "modules/snp_azure/identity.h"

#define AUTHORITY "https://login.microsoftonline.com"
/* Where AKS's webhook mounts it; the webhook's variables are not read. */
#define TOKEN_FILE "/var/run/secrets/azure/tokens/azure-identity-token"
#define AUTHORITY_MAX 256
#define EARLY_SECONDS 300 /* renewed before it ends */
#define BEARER "Authorization: Bearer "

static const char *const kinds[] = { "managed", "workload", NULL };

static struct azure_kept *
kept_new(void)
{
	void *p = mmap(NULL, sizeof(struct azure_kept), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (mlock(p, sizeof(struct azure_kept)) != 0 ||
	    madvise(p, sizeof(struct azure_kept), MADV_DONTDUMP) != 0 ||
	    madvise(p, sizeof(struct azure_kept), MADV_WIPEONFORK) != 0) {
		munmap(p, sizeof(struct azure_kept));
		return NULL;
	}
	return p;
}

/* Identifiers go into URLs: GUIDs, and the names of tenants. */
static bool
copy_id(const struct tee_config *config, const char *name, bool needed,
    char **out)
{
	const char *value = tee_option(config, name);
	size_t size;

	*out = NULL;
	if (value == NULL && !needed)
		return true;
	size = value == NULL ? 0 : strlen(value);
	if (size == 0 || size > 100 ||
	    strspn(value,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-.") != size) {
		tee_option_error(config, name,
		    value == NULL ? "a workload identity needs it" :
				    "expected letters, digits, \"-\" and "
				    "\".\"");
		return false;
	}
	*out = strdup(value);
	return *out != NULL;
}

static bool
copy_authority(const struct tee_config *config, char **out)
{
	const char *value = tee_option(config, "authority");
	size_t size;

	if (value == NULL)
		value = AUTHORITY;
	size = strlen(value);
	while (size > 0 && value[size - 1] == '/')
		size--;
	if (strncmp(value, "https://", 8) != 0 || size > AUTHORITY_MAX ||
	    strpbrk(value, "?#@ ") != NULL) {
		tee_option_error(config, "authority",
		    "expected https://host, by default " AUTHORITY);
		return false;
	}
	*out = strndup(value, size);
	return *out != NULL;
}

static bool
read_workload(struct azure_identity *i, const struct tee_config *config)
{
	const char *path = TOKEN_FILE;

	if (!copy_authority(config, &i->authority) ||
	    !copy_id(config, "tenant_id", true, &i->tenant_id) ||
	    tee_option_path(config, "federated_token_file", &path) < 0)
		return false;
	i->token_file = strdup(path);
	return i->token_file != NULL;
}

/* What the other kind would read is a mistake, not a spare. */
static bool
nothing_of_workload(const struct tee_config *config)
{
	static const char *const names[] = { "tenant_id",
		"federated_token_file", "authority" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (tee_option(config, names[i]) == NULL)
			continue;
		tee_option_error(config, names[i],
		    "of use only where identity is \"workload\"");
		return false;
	}
	return true;
}

static bool
read_options(struct azure_identity *i, const struct tee_config *config)
{
	unsigned kind = AZURE_IDENTITY_MANAGED;

	if (tee_option_word(config, "identity", kinds, &kind) < 0 ||
	    !copy_id(config, "client_id", kind == AZURE_IDENTITY_WORKLOAD,
		&i->client_id))
		return false;
	i->kind = (enum azure_identity_kind)kind;
	if (i->kind == AZURE_IDENTITY_WORKLOAD)
		return read_workload(i, config);
	i->imds = tee_azure_imds_base(config);
	return i->imds != NULL && nothing_of_workload(config);
}

struct azure_identity *
tee_azure_identity_new(const struct tee_config *config,
    const struct tee_http_trust *trust)
{
	struct azure_identity *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	pthread_mutex_init(&i->lock, NULL);
	i->trust = trust;
	if (!read_options(i, config)) {
		tee_azure_identity_free(&i);
		return NULL;
	}
	i->kept = kept_new();
	if (i->kept == NULL) {
		tee_option_error(config, "identity",
		    "no memory that can be locked (RLIMIT_MEMLOCK)");
		tee_azure_identity_free(&i);
	}
	return i;
}

void
tee_azure_identity_free(struct azure_identity **identity)
{
	struct azure_identity *i = *identity;

	*identity = NULL;
	if (i == NULL)
		return;
	if (i->kept != NULL) {
		OPENSSL_cleanse(i->kept, sizeof(*i->kept));
		munmap(i->kept, sizeof(*i->kept));
	}
	pthread_mutex_destroy(&i->lock);
	free(i->imds);
	free(i->authority);
	free(i->client_id);
	free(i->tenant_id);
	free(i->token_file);
	free(i);
}

static bool
is_good(const struct tee_call *call, const struct azure_kept *kept,
    const char *resource)
{
	return strcmp(kept->resource, resource) == 0 &&
	    (int64_t)tee_call_now(call) < kept->expires - EARLY_SECONDS;
}

static char *
header_of(const struct azure_kept *kept)
{
	size_t size = sizeof(BEARER) + strlen(kept->token);
	char *header = malloc(size);

	if (header != NULL)
		snprintf(header, size, "%s%s", BEARER, kept->token);
	return header;
}

/* Not longer than the line has: another thread may be asking slowly. */
static bool
lock_in_time(struct tee_call *call, struct azure_identity *i)
{
	unsigned left = tee_call_remaining_ms(call);
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += left / 1000;
	until.tv_nsec += (long)(left % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	if (pthread_mutex_clocklock(&i->lock, CLOCK_MONOTONIC, &until) == 0)
		return true;
	tee_call_log(call, LOG_ERR, "token_busy",
	    "another transaction has been waiting for a token all the while; "
	    "raise the line's timeout");
	return false;
}

enum tee_verdict
tee_azure_identity_bearer(struct tee_call *call, struct azure_identity *i,
    const char *resource, char **header)
{
	enum tee_verdict verdict = TEE_OK;

	*header = NULL;
	if (resource[0] == '\0' || strlen(resource) >= AZURE_RESOURCE_MAX)
		return TEE_DENY;
	if (!lock_in_time(call, i))
		return TEE_UNAVAILABLE;
	if (!is_good(call, i->kept, resource))
		verdict = tee_azure_identity_renew(call, i, resource);
	if (verdict == TEE_OK) {
		*header = header_of(i->kept);
		if (*header == NULL)
			verdict = TEE_UNAVAILABLE;
	}
	pthread_mutex_unlock(&i->lock);
	return verdict;
}

void
tee_azure_bearer_free(char **header)
{
	if (*header != NULL)
		OPENSSL_cleanse(*header, strlen(*header));
	free(*header);
	*header = NULL;
}

void
tee_azure_identity_forget(struct tee_call *call, struct azure_identity *i)
{
	if (!lock_in_time(call, i))
		return;
	OPENSSL_cleanse(i->kept, sizeof(*i->kept));
	pthread_mutex_unlock(&i->lock);
}
