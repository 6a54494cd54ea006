/* SPDX-License-Identifier: Apache-2.0 */
/* cce: see cce.h. */
#include "config.h"

#include <string.h>
#include <openssl/evp.h>

#include "modules/common/reader.h"
#include "modules/snp_azure/cce.h"

/* The digest of the policy that Azure's tools write to allow everything. */
static const uint8_t allow_all[AZURE_CCE_DIGEST] = { 0x73, 0x97, 0x3b, 0x78,
	0xd7, 0x0c, 0xc6, 0x83, 0x53, 0x42, 0x6d, 0xe1, 0x88, 0xdb, 0x5d, 0xfc,
	0x57, 0xe5, 0xb7, 0x66, 0xe3, 0x99, 0x93, 0x5f, 0xb7, 0x3a, 0x61, 0x12,
	0x7e, 0xa2, 0x6d, 0x20 };

/* A word, a string with its quotes, or one sign; of no size at the end. */
struct token {
	const uint8_t *text;
	size_t size;
};

/* Blanks, line ends and comments, which may stand between any two tokens. */
static void
skip_blank(struct tee_reader *r)
{
	bool comment = false;

	for (; r->pos < r->size; r->pos++) {
		uint8_t c = r->data[r->pos];

		if (c == '#')
			comment = true;
		else if (c == '\n')
			comment = false;
		else if (!comment && c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

/* A string ends at its line's end at the latest, but for one in backquotes. */
static size_t
string_size(const uint8_t *text, size_t size)
{
	bool raw = text[0] == '`';

	for (size_t i = 1; i < size; i++) {
		if (text[i] == text[0])
			return i + 1;
		if (!raw && text[i] == '\n')
			return i;
		if (!raw && text[i] == '\\' && i + 1 < size &&
		    text[i + 1] != '\n')
			i++;
	}
	return size;
}

/* With its dots, so that data.framework.create_container is another word. */
static bool
of_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static struct token
next(struct tee_reader *r)
{
	struct token t = { NULL, 0 };
	size_t left;

	skip_blank(r);
	left = r->size - r->pos;
	if (left == 0)
		return t;
	t.text = r->data + r->pos;
	if (t.text[0] == '"' || t.text[0] == '`')
		t.size = string_size(t.text, left);
	else
		while (t.size < left && of_word(t.text[t.size]))
			t.size++;
	if (t.size == 0)
		t.size = 1;
	r->pos += t.size;
	return t;
}

static bool
is(struct token t, const char *text)
{
	return t.size == strlen(text) && memcmp(t.text, text, t.size) == 0;
}

/* Steps over the token, where it is the next one. */
static bool
take(struct tee_reader *r, const char *text)
{
	struct tee_reader ahead = *r;

	if (!is(next(&ahead), text))
		return false;
	*r = ahead;
	return true;
}

/* The rest of an object, up to its brace: whether it has "allowed": true. */
static bool
object_allows(struct tee_reader *r)
{
	unsigned depth = 1;
	bool allows = false;

	while (depth > 0) {
		struct token t = next(r);

		if (t.size == 0)
			return false;
		if (is(t, "{") || is(t, "[") || is(t, "("))
			depth++;
		else if (is(t, "}") || is(t, "]") || is(t, ")"))
			depth--;
		else if (depth == 1 &&
		    (is(t, "\"allowed\"") || is(t, "`allowed`")) &&
		    take(r, ":") && take(r, "true"))
			allows = true;
	}
	return allows;
}

/* The rules of Microsoft's framework have a body; "true" is as good as none. */
static bool
has_condition(struct tee_reader *r)
{
	bool word = take(r, "if"), brace = take(r, "{");

	if (!word && !brace)
		return false;
	return !take(r, "true") || (brace && !take(r, "}"));
}

bool
tee_azure_cce_allows_all(const uint8_t *text, size_t size)
{
	struct tee_reader r;
	struct token t;

	tee_reader_init(&r, text, size);
	while ((t = next(&r)).size > 0) {
		if (!is(t, "create_container"))
			continue;
		(void)take(&r, ":");
		if (take(&r, "=") && take(&r, "{") && object_allows(&r) &&
		    !has_condition(&r))
			return true;
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
