/* SPDX-License-Identifier: Apache-2.0 */
/* cce: see cce.h. */
#include "config.h"

#include <string.h>
#include <openssl/evp.h>

#include "modules/snp_azure/cce.h"

#define RULE_TEXT 64

/* The digest of the policy that Azure's tools write to allow everything. */
static const uint8_t allow_all[AZURE_CCE_DIGEST] = { 0x73, 0x97, 0x3b, 0x78,
	0xd7, 0x0c, 0xc6, 0x83, 0x53, 0x42, 0x6d, 0xe1, 0x88, 0xdb, 0x5d, 0xfc,
	0x57, 0xe5, 0xb7, 0x66, 0xe3, 0x99, 0x93, 0x5f, 0xb7, 0x3a, 0x61, 0x12,
	0x7e, 0xa2, 0x6d, 0x20 };

/* The first bytes of a line, without its blanks. */
static void
squeeze(const uint8_t *line, size_t size, char out[RULE_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i < size && n < RULE_TEXT - 1; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			out[n++] = (char)line[i];
	out[n] = '\0';
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool
is_open_rule(const char *text)
{
	if (begins(text, "default"))
		text += strlen("default");
	if (!begins(text, "create_container"))
		return false;
	text += strlen("create_container");
	if (*text == ':')
		text++;
	return begins(text, "={\"allowed\":true");
}

bool
tee_azure_cce_allows_all(const uint8_t *text, size_t size)
{
	char rule[RULE_TEXT];

	while (size > 0) {
		const uint8_t *end = memchr(text, '\n', size);
		size_t length = end != NULL ? (size_t)(end - text) : size;

		squeeze(text, length, rule);
		if (is_open_rule(rule))
			return true;
		if (end == NULL)
			break;
		text += length + 1;
		size -= length + 1;
	}
	return false;
}

static bool
listed(const struct snp_list *list, const uint8_t *digest)
{
	for (size_t i = 0; i < list->count; i++)
		if (memcmp(list->items + i * list->size, digest, list->size) ==
		    0)
			return true;
	return false;
}

static bool
say(struct tee_call *call, const char *name, bool ok, const char *detail)
{
	tee_call_check(call, name, ok ? TEE_CHECK_PASS : TEE_CHECK_FAIL, "%s",
	    detail);
	return ok;
}

/* Without its text a policy is known where the line names its digest. */
static bool
judge_text(struct tee_call *call, const uint8_t *text, size_t size, bool pinned,
    const uint8_t *host_data)
{
	uint8_t digest[AZURE_CCE_DIGEST];
	bool ok;

	if (text == NULL) {
		tee_call_check(call, "cce-policy.host-data",
		    pinned ? TEE_CHECK_NOT_ASKED : TEE_CHECK_NOT_DONE,
		    pinned ? "no azure.cce-policy, and its digest is named" :
			     "the evidence has no azure.cce-policy, and the "
			     "line names no digest (cce_policy, host_data)");
		return pinned;
	}
	ok = EVP_Digest(text, size, digest, NULL, EVP_sha256(), NULL) == 1 &&
	    memcmp(digest, host_data, sizeof(digest)) == 0;
	return say(call, "cce-policy.host-data", ok,
	    ok ? "HOST_DATA is its SHA-256" : "HOST_DATA is not its SHA-256");
}

static bool
judge_listed(struct tee_call *call, const struct snp_list *list,
    const uint8_t *host_data)
{
	bool ok = listed(list, host_data);

	if (list->count > 0)
		return say(call, "cce-policy.listed", ok,
		    ok ? "HOST_DATA is named by cce_policy" :
			 "HOST_DATA is not named by cce_policy");
	tee_call_check(call, "cce-policy.listed", TEE_CHECK_NOT_ASKED,
	    "any policy: cce_policy names none");
	return true;
}

static bool
judge_allow_all(struct tee_call *call, const struct azure_caci_policy *p,
    const uint8_t *text, size_t size, const uint8_t *host_data, bool pinned)
{
	bool open = memcmp(host_data, allow_all, sizeof(allow_all)) == 0 ||
	    (text != NULL && tee_azure_cce_allows_all(text, size));

	if (!open)
		return say(call, "cce-policy.allow-all", true,
		    "not one that is known to allow everything");
	if (p->any_cce || pinned) {
		tee_call_check(call, "cce-policy.allow-all",
		    TEE_CHECK_NOT_ASKED,
		    "allows everything, and the line takes it");
		return false;
	}
	return say(call, "cce-policy.allow-all", false,
	    "allows everything: any container may run here; name its digest, "
	    "or \"any\", in cce_policy to take it all the same");
}

bool
tee_azure_cce_judge(struct tee_call *call, const struct azure_caci_policy *p,
    const struct snp_list *host_data, const uint8_t *report_host_data)
{
	size_t size;
	const uint8_t *text = tee_call_item(call, "azure.cce-policy", &size);
	bool pinned = listed(&p->cce, report_host_data) ||
	    listed(host_data, report_host_data);
	bool known = judge_text(call, text, size, pinned, report_host_data);
	bool named = judge_listed(call, &p->cce, report_host_data);
	bool closed =
	    judge_allow_all(call, p, text, size, report_host_data, pinned);

	return known && named && closed;
}
