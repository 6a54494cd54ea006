/* SPDX-License-Identifier: Apache-2.0 */
/* profile: see profile.h; the syntax is tee_profile(5). */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "libtee/account.h"
#include "libtee/profile_read.h"
#include "libtee/text.h"

#define DEFAULT_LIFETIME 3600
#define DEFAULT_RATE 1000
#define DEFAULT_CONNECTIONS 128

static const char *const assurances[] = { "tee", "prefer-tee", "local" };

const char *
tee_assurance_word(enum tee_assurance assurance)
{
	return assurances[assurance];
}

/* "a,b" of a list of account names; the first known group may look. */
static char *
read_accounts(struct tee_source *src, config_setting_t *custody,
    const char *name, unsigned *line)
{
	config_setting_t *list = tee_setting_list(src, custody, name);
	char joined[1024] = "";
	int i;

	*line = list != NULL ? config_setting_source_line(list) : 0;
	for (i = 0; list != NULL && i < config_setting_length(list); i++) {
		const char *s = tee_setting_element(src, list, (unsigned)i);
		size_t n = strlen(joined);

		if (s == NULL || s[0] == '\0' || strchr(s, ',') != NULL ||
		    n + strlen(s) + 2 > sizeof(joined)) {
			tee_source_refuse(src, list, "%s: account names", name);
			return NULL;
		}
		snprintf(joined + n, sizeof(joined) - n, "%s%s",
		    i > 0 ? "," : "", s);
	}
	return list != NULL ? strdup(joined) : NULL;
}

static void
read_operators(struct tee_source *src, config_setting_t *custody,
    struct tee *tee)
{
	char first[256];

	if (tee->groups == NULL)
		return;
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(tee->groups, ","),
	    tee->groups);
	if (!tee_account_group(first, &tee->operators))
		tee_source_refuse(src,
		    config_setting_get_member(custody, "groups"),
		    "groups: no group \"%s\"", first);
}

/* What agents have signed most, where nothing is said. */
static void
read_sign(struct tee_source *src, config_setting_t *custody, struct tee *tee)
{
	static const char *const usual[] = { "handshake", "registration" };
	config_setting_t *list =
	    custody != NULL ? tee_setting_list(src, custody, "sign") : NULL;
	const char *why, *text;
	int i;

	for (i = 0; list == NULL && i < 2; i++)
		if (!tee_message_rules_add(&tee->sign, usual[i], &why))
			tee_source_refuse(src, custody, "sign: %s", why);
	for (i = 0; list != NULL && i < config_setting_length(list); i++) {
		text = tee_setting_element(src, list, (unsigned)i);
		if (text != NULL &&
		    !tee_message_rules_add(&tee->sign, text, &why))
			tee_source_refuse(src, list, "\"%s\": %s", text, why);
	}
}

static void
read_number(struct tee_source *src, config_setting_t *custody, const char *name,
    unsigned max, unsigned *out)
{
	const char *s = tee_setting_string(src, custody, name);
	unsigned long n = 0;
	char *end = NULL;

	if (s == NULL)
		return;
	errno = 0;
	if (s[0] >= '1' && s[0] <= '9')
		n = strtoul(s, &end, 10);
	if (n < 1 || n > max || errno != 0 || end == NULL || *end != '\0')
		tee_source_refuse(src, config_setting_get_member(custody, name),
		    "%s is a number in a string, \"1\" to \"%u\"", name, max);
	else
		*out = (unsigned)n;
}

static void
read_socket(struct tee_source *src, config_setting_t *custody, struct tee *tee)
{
	const char *s = tee_setting_string(src, custody, "socket");

	if (s != NULL && (s[0] != '/' || strlen(s) > 100))
		tee_source_refuse(src,
		    config_setting_get_member(custody, "socket"),
		    "socket is an absolute path of at most 100 bytes");
	else if (s != NULL)
		tee->socket = strdup(s);
}

/* They mean nothing where an agent holds its own key. */
static void
read_teed(struct tee_source *src, config_setting_t *custody, struct tee *tee)
{
	static const char *const keys[] = { "sign", "rate", "connections",
		"ssh_agent", "socket" };
	size_t i;

	read_sign(src, custody, tee);
	read_number(src, custody, "rate", 1000000, &tee->rate);
	read_number(src, custody, "connections", 4096, &tee->connections);
	tee_setting_bool(src, custody, "ssh_agent", &tee->ssh_agent);
	read_socket(src, custody, tee);
	for (i = 0; tee->residency == TEE_RESIDENCY_PROCESS && i < 5; i++)
		if (config_setting_get_member(custody, keys[i]) != NULL)
			tee_source_refuse(src,
			    config_setting_get_member(custody, keys[i]),
			    "%s needs residency = \"teed\"", keys[i]);
}

static void
read_custody(struct tee_source *src, struct tee *tee, config_setting_t *root)
{
	static const char *const keys[] = { "residency", "lifetime", "users",
		"groups", "sign", "rate", "connections", "ssh_agent", "socket",
		NULL };
	config_setting_t *custody = tee_setting_group(src, root, "custody");
	const char *residency;

	tee->lifetime = DEFAULT_LIFETIME;
	tee->rate = DEFAULT_RATE;
	tee->connections = DEFAULT_CONNECTIONS;
	if (custody == NULL) {
		read_sign(src, NULL, tee);
		return;
	}
	tee_setting_only(src, custody, keys);
	residency = tee_setting_string(src, custody, "residency");
	if (residency != NULL && strcmp(residency, "process") == 0)
		tee->residency = TEE_RESIDENCY_PROCESS;
	else if (residency != NULL && strcmp(residency, "teed") != 0)
		tee_source_refuse(src, custody,
		    "residency is \"teed\" or "
		    "\"process\"");
	tee_setting_duration(src, custody, "lifetime", &tee->lifetime);
	tee->users = read_accounts(src, custody, "users", &tee->users_line);
	tee->groups = read_accounts(src, custody, "groups", &tee->groups_line);
	read_operators(src, custody, tee);
	read_teed(src, custody, tee);
}

static void
read_agent(struct tee_source *src, struct tee *tee, config_setting_t *root)
{
	static const char *const keys[] = { "did", NULL };
	config_setting_t *agent = tee_setting_group(src, root, "agent");
	const char *did;

	if (agent == NULL)
		return;
	tee_setting_only(src, agent, keys);
	did = tee_setting_string(src, agent, "did");
	if (did == NULL || did[0] == '\0' || strlen(did) > 2048 ||
	    !tee_utf8_valid(did, strlen(did)))
		tee_source_refuse(src, agent,
		    "agent.did must be a non-empty "
		    "UTF-8 string (\"auto\" derives it from the key)");
	else
		tee->did = strdup(did);
}

static void
read_assurance(struct tee_source *src, struct tee *tee, config_setting_t *root)
{
	const char *s = tee_setting_string(src, root, "assurance");
	unsigned i;

	for (i = 0; s != NULL && i < 3; i++) {
		if (strcmp(assurances[i], s) == 0) {
			tee->assurance = (enum tee_assurance)i;
			return;
		}
	}
	tee_source_refuse(src, config_setting_get_member(root, "assurance"),
	    "assurance %s: \"tee\", \"prefer-tee\" or \"local\"",
	    s != NULL ? "is none of these" : "is mandatory");
}

/*
 * An agent's profile needs every list that its assurance needs; one without
 * agent is a relying party's and has verifiers alone.
 */
static void
check_lists(struct tee_source *src, struct tee *tee, config_setting_t *root)
{
	bool remote = tee->assurance != TEE_ASSURANCE_LOCAL;

	if (config_setting_get_member(root, "agent") == NULL) {
		if (tee->collector.count + tee->keystore.count > 0 ||
		    tee->verifier.count == 0)
			tee_source_refuse(src, NULL,
			    "agent is missing (a "
			    "relying party's profile has verifiers only)");
		return;
	}
	if (tee->keystore.count == 0)
		tee_source_refuse(src, NULL, "keystore is missing");
	/* teed gives signatures, and no MAC key follows from one. */
	if (tee->cache.count > 0 && tee->residency != TEE_RESIDENCY_PROCESS)
		tee_source_refuse(src, config_setting_get_member(root, "cache"),
		    "cache goes with custody.residency = \"process\"");
	if (remote && tee->collector.count == 0)
		tee_source_refuse(src, NULL, "collector is missing");
	if (remote && tee->verifier.count == 0)
		tee_source_refuse(src, NULL, "verifier is missing");
	if (!remote && tee->verifier.count == 0)
		tee_profile_refuse_claims(src, root);
	if (!remote &&
	    (tee->collector.count == 0) != (tee->verifier.count == 0))
		tee_source_refuse(src, NULL,
		    "collector and verifier come "
		    "together");
}

int
tee_profile_parse(struct tee *tee, const char *text, size_t size)
{
	static const char *const keys[] = { "agent", "assurance", "require",
		"collector", "verifier", "keystore", "custody", "cache", NULL };
	struct tee_source src = { tee->file, &tee->log, false };
	config_setting_t *root;
	config_t config;

	if (EVP_Digest(text, size, tee->digest, NULL, EVP_sha256(), NULL) != 1)
		return TEE_E_CRYPTO;
	if (!tee_profile_shape(&src, text, size))
		return TEE_E_PROFILE;
	config_init(&config);
	if (config_read_string(&config, text) != CONFIG_TRUE) {
		tee_log_line(&tee->log, LOG_ERR, "%s:%d: %s", tee->file,
		    config_error_line(&config), config_error_text(&config));
		config_destroy(&config);
		return TEE_E_PROFILE;
	}
	root = config_root_setting(&config);
	tee_setting_only(&src, root, keys);
	read_agent(&src, tee, root);
	read_assurance(&src, tee, root);
	tee_profile_read_require(&src, tee, root);
	tee_profile_read_stack(&src, tee, root, TEE_COLLECTOR, &tee->collector);
	tee_profile_read_stack(&src, tee, root, TEE_VERIFIER, &tee->verifier);
	tee_profile_read_stack(&src, tee, root, TEE_KEYSTORE, &tee->keystore);
	tee_profile_read_cache(&src, tee, root);
	read_custody(&src, tee, root);
	if (!src.failed)
		check_lists(&src, tee, root);
	config_destroy(&config);
	return src.failed ? TEE_E_PROFILE : 0;
}
