/* SPDX-License-Identifier: Apache-2.0 */
/* message_ssh: what OpenSSH signs, field by field; see message_form.h. */
#include "config.h"

#include <string.h>

#include "libtee/message_form.h"

static bool
take_string(struct tee_part *in, const uint8_t **text, size_t *size)
{
	const uint8_t *head = tee_part_take(in, 4);

	*size = head != NULL ? (size_t)head[0] << 24 | (size_t)head[1] << 16 |
		(size_t)head[2] << 8 | head[3] :
			       0;
	*text = tee_part_take(in, *size);
	if (in->bad)
		*size = 0;
	return !in->bad;
}

static bool
string_is(struct tee_part *in, const char *text)
{
	const uint8_t *at;
	size_t n;

	if (take_string(in, &at, &n) &&
	    (n != strlen(text) || memcmp(at, text, n) != 0))
		in->bad = true;
	return !in->bad;
}

/* PROTOCOL.sshsig: what is signed, for this namespace. */
bool
tee_form_is_sshsig(const char *namespace, const uint8_t *message, size_t size)
{
	struct tee_part in = { message, size, false };
	const uint8_t *hash, *digest;
	size_t hash_size, digest_size;

	tee_part_exactly(&in, "SSHSIG", 6);
	string_is(&in, namespace);
	string_is(&in, "");
	take_string(&in, &hash, &hash_size);
	take_string(&in, &digest, &digest_size);
	return !in.bad && in.left == 0 && hash_size == 6 &&
	    ((memcmp(hash, "sha256", 6) == 0 && digest_size == 32) ||
		(memcmp(hash, "sha512", 6) == 0 && digest_size == 64));
}

static bool
take_public_key(struct tee_part *in, const struct tee_message_key *key)
{
	struct tee_part blob = { NULL, 0, false };
	const uint8_t *at;
	size_t n;

	if (!take_string(in, &blob.p, &blob.left))
		return false;
	string_is(&blob, "ssh-ed25519");
	if (!take_string(&blob, &at, &n) || blob.left != 0 ||
	    n != TEE_PUBLIC_KEY_SIZE || memcmp(at, key->public_key, n) != 0)
		in->bad = true;
	return !in->bad;
}

/* RFC 4252 section 7, and OpenSSH's form that is bound to the host's key. */
bool
tee_form_is_ssh(const struct tee_message_key *key, const uint8_t *message,
    size_t size)
{
	struct tee_part in = { message, size, false };
	const uint8_t *text;
	size_t session, n;
	bool bound;

	take_string(&in, &text, &session);
	if (in.bad || session < 16 || session > 64)
		return false;
	tee_part_exactly(&in, "\x32", 1);
	take_string(&in, &text, &n); /* user */
	string_is(&in, "ssh-connection");
	if (!take_string(&in, &text, &n))
		return false;
	bound = n == 35 &&
	    memcmp(text, "publickey-hostbound-v00@openssh.com", 35) == 0;
	if (!bound && (n != 9 || memcmp(text, "publickey", 9) != 0))
		return false;
	tee_part_exactly(&in, "\x01", 1);
	string_is(&in, "ssh-ed25519");
	take_public_key(&in, key);
	if (bound)
		take_string(&in, &text, &n); /* the host's key */
	return !in.bad && in.left == 0;
}
