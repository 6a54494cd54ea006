/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message: see message.h.  No form can be taken for another:
 *
 *	handshake     begins "challenge_"
 *	layer 2       is never signed itself, its digest is; asked for apart
 *	registration  begins "tee-registration-v1" and names this key, or
 *	              begins with this key's own base64 and ends in a time
 *	sshsig        begins "SSHSIG"
 *	jws           begins with base64url of '{' and holds one '.'
 *	ssh           begins with a zero byte
 *	raw           holds, in its first 43 bytes, what no base64 may, does not
 *	              begin as another form does, and is no digest by its size
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/message_form.h"

#define PREFIX_LEAST 8
#define WORD_MOST 64
#define KEY_TEXT 43 /* a public key in base64, without padding */
#define DIGEST_SIZE 32

static const struct {
	const char *word;
	bool takes_word;
} classes[] = {
	[TEE_MESSAGE_NONE] = { "none", false },
	[TEE_MESSAGE_HANDSHAKE] = { "handshake", false },
	[TEE_MESSAGE_REGISTRATION] = { "registration", false },
	[TEE_MESSAGE_RAW] = { "raw", true },
	[TEE_MESSAGE_SSHSIG] = { "sshsig", true },
	[TEE_MESSAGE_JWS] = { "jws", false },
	[TEE_MESSAGE_SSH] = { "ssh", false },
};

const uint8_t *
tee_part_take(struct tee_part *in, size_t size)
{
	const uint8_t *at = in->p;

	if (in->bad || in->left < size) {
		in->bad = true;
		return NULL;
	}
	in->p += size;
	in->left -= size;
	return at;
}

bool
tee_part_exactly(struct tee_part *in, const void *bytes, size_t size)
{
	const uint8_t *at = tee_part_take(in, size);

	if (at == NULL || memcmp(at, bytes, size) != 0)
		in->bad = true;
	return !in->bad;
}

static bool
is_word(const char *word)
{
	size_t n = strlen(word);

	if (n == 0 || n > WORD_MOST)
		return false;
	for (size_t i = 0; i < n; i++)
		if (word[i] < ' ' || word[i] > '~')
			return false;
	return true;
}

static bool
begins(const char *text, const char *with)
{
	size_t n = strlen(text), m = strlen(with);

	return memcmp(text, with, n < m ? n : m) == 0;
}

/*
 * 64 spaces begin what TLS 1.3 signs; a JWS holds no byte but these, and a
 * proof of possession begins with 43 of base64, of either alphabet.
 */
static const char *
raw_refusal(const char *prefix)
{
	static const char jws[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789"
				     "+/-_";
	size_t n = strlen(prefix);

	if (n < PREFIX_LEAST || !is_word(prefix))
		return "a raw prefix is 8 to 64 printable ASCII characters";
	if (prefix[0] == ' ')
		return "a raw prefix does not begin with a space";
	if (begins(prefix, "SSHSIG") || begins(prefix, "challenge_") ||
	    begins(prefix, "tee-registration-v1") ||
	    begins(prefix, "agentmesh-layer2-v1"))
		return "this raw prefix begins another form";
	if (strspn(prefix, jws) == n ||
	    strspn(prefix, base64) >= (n < KEY_TEXT ? n : KEY_TEXT))
		return "a raw prefix needs, in its first 43 characters, one "
		       "outside [A-Za-z0-9+/._-], such as a colon";
	return NULL;
}

static bool
find_class(const char *text, size_t size, enum tee_message_class *out)
{
	for (unsigned i = TEE_MESSAGE_HANDSHAKE; i <= TEE_MESSAGE_SSH; i++) {
		if (strlen(classes[i].word) == size &&
		    memcmp(classes[i].word, text, size) == 0) {
			*out = (enum tee_message_class)i;
			return true;
		}
	}
	return false;
}

static const char *
refusal(const char *text, enum tee_message_class *class, const char **word)
{
	const char *colon = strchr(text, ':');
	size_t n = colon != NULL ? (size_t)(colon - text) : strlen(text);

	*word = colon != NULL ? colon + 1 : NULL;
	if (!find_class(text, n, class))
		return "sign holds \"handshake\", \"registration\", "
		       "\"raw:PREFIX\", \"sshsig:NAMESPACE\", \"jws\" and "
		       "\"ssh\"";
	if (classes[*class].takes_word != (*word != NULL))
		return *word != NULL ? "this class takes no word" :
				       "raw and sshsig need a word behind "
				       "a colon";
	if (*class == TEE_MESSAGE_RAW)
		return raw_refusal(*word);
	if (*word != NULL && !is_word(*word))
		return "a namespace is 1 to 64 printable ASCII characters";
	return NULL;
}

bool
tee_message_rules_add(struct tee_message_rules *rules, const char *text,
    const char **why)
{
	struct tee_message_rule rule = { TEE_MESSAGE_NONE, NULL };
	const char *word;

	*why = refusal(text, &rule.class, &word);
	if (*why == NULL && rules->count == TEE_MESSAGE_CLASSES)
		*why = "sign holds at most 32 classes";
	if (*why == NULL && word != NULL) {
		rule.word = strdup(word);
		if (rule.word == NULL)
			*why = "no memory";
	}
	if (*why != NULL)
		return false;
	rules->rule[rules->count++] = rule;
	return true;
}

void
tee_message_rules_clear(struct tee_message_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		free(rules->rule[i].word);
	rules->count = 0;
}

const char *tee_message_word(enum tee_message_class class)
{
	return classes[class].word;
}

/*
 * Whoever tries long enough finds a second layer whose digest begins with a
 * short prefix; no raw message has the size of one.
 */
static bool
is_raw(const char *prefix, const uint8_t *message, size_t size)
{
	size_t n = strlen(prefix);

	return size > n && size != DIGEST_SIZE &&
	    memcmp(message, prefix, n) == 0;
}

static bool
fits(const struct tee_message_rule *rule, const struct tee_message_key *key,
    const uint8_t *message, size_t size)
{
	switch (rule->class) {
	case TEE_MESSAGE_NONE:
		return false;
	case TEE_MESSAGE_HANDSHAKE:
		return tee_form_is_handshake(key, message, size);
	case TEE_MESSAGE_REGISTRATION:
		return tee_form_is_registration(key, message, size);
	case TEE_MESSAGE_RAW:
		return is_raw(rule->word, message, size);
	case TEE_MESSAGE_SSHSIG:
		return tee_form_is_sshsig(rule->word, message, size);
	case TEE_MESSAGE_JWS:
		return tee_form_is_jws(message, size);
	case TEE_MESSAGE_SSH:
		return tee_form_is_ssh(key, message, size);
	}
	return false;
}

enum tee_message_class
tee_message_allows(const struct tee_message_rules *rules,
    const struct tee_message_key *key, const uint8_t *message, size_t size)
{
	for (size_t i = 0; size > 0 && i < rules->count; i++)
		if (fits(&rules->rule[i], key, message, size))
			return rules->rule[i].class;
	return TEE_MESSAGE_NONE;
}

enum tee_message_class
tee_message_allows_layer2(const struct tee_message_rules *rules,
    const struct tee_message_key *key, const uint8_t *preimage, size_t size)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rule[i].class == TEE_MESSAGE_HANDSHAKE &&
		    tee_form_is_layer2(key, preimage, size))
			return TEE_MESSAGE_HANDSHAKE;
	return TEE_MESSAGE_NONE;
}
