/* SPDX-License-Identifier: Apache-2.0 */
/* error: see error.h. */
#include "config.h"

#include <string.h>

#include "libtee/error.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	int code;
	const char *word;
	const char *text;
	const char *hint;
} errors[] = {
	{ 0, "ok", "success", "Nothing to do." },
	{ TEE_E_DENIED, "denied", "denied by the stack or the floor",
	    "The log names the line, the check and the reason. A deny is an "
	    "answer, not an outage: retrying does not help." },
	{ TEE_E_UNAVAILABLE, "unavailable", "something could not be asked",
	    "The log names the hop (device, network service, endorsement). "
	    "Run `teectl doctor`, then try again." },
	{ TEE_E_PROFILE, "profile", "the profile was refused",
	    "Run `teectl check FILE`: it prints file:line and what is "
	    "expected there. Nothing of a refused profile is used." },
	{ TEE_E_MODULE, "module", "a module was refused",
	    "The module must be a regular file in the module directory, owned "
	    "by root or you, writable by nobody else, and built for this "
	    "ABI. `teectl check` says which rule it broke." },
	{ TEE_E_ARGUMENT, "argument", "an argument does not fit",
	    "See the manual page of the call; nothing was done." },
	{ TEE_E_EVIDENCE, "evidence", "the evidence is malformed",
	    "Ask the peer for fresh evidence; `teectl appraise` prints what "
	    "does not fit." },
	{ TEE_E_BINDING, "binding", "the binding inputs do not fit ADR 0010",
	    "DID, challenge id and nonce must be UTF-8 of 1 to 65535 bytes, "
	    "the public key 32 bytes." },
	{ TEE_E_MEMORY, "memory", "no memory, or none that can be locked",
	    "Raise RLIMIT_MEMLOCK (ulimit -l, LimitMEMLOCK=) to 1 MiB or "
	    "more: secrets are never kept in memory that can be swapped." },
	{ TEE_E_CRYPTO, "crypto", "a cryptographic operation failed",
	    "A public key that does not fit its private key is refused here; "
	    "otherwise check that libcrypto offers Ed25519 and SHA-256." },
	{ TEE_E_SYSTEM, "system", "a system call failed",
	    "The log names the call and its errno." },
	{ TEE_E_KEYRING_DENIED, "keyring-denied",
	    "the kernel keyring is forbidden here (EPERM)",
	    "A seccomp filter or LSM blocks add_key/keyctl: container "
	    "runtimes do so by default. Allow add_key and keyctl, and name "
	    "in custody.groups only groups that the agent is a member of; "
	    "libtee never falls back to process memory." },
	{ TEE_E_KEYRING_MISSING, "keyring-missing",
	    "the kernel keyring is missing (ENOSYS)",
	    "The kernel lacks CONFIG_KEYS, or a seccomp filter hides add_key "
	    "(podman's default does). libtee never falls back to memory." },
	{ TEE_E_KEYRING_QUOTA, "keyring-quota",
	    "the kernel keyring quota is used up (EDQUOT)",
	    "See /proc/key-users; raise kernel.keys.maxkeys and "
	    "kernel.keys.maxbytes, or free keys of this user." },
	{ TEE_E_KEY_EXPIRED, "key-expired", "the key's lease is over",
	    "Acquire again; the profile's custody.lifetime sets the lease." },
	{ TEE_E_KEY_REVOKED, "key-revoked", "the key was revoked",
	    "Somebody revoked it on purpose; if that is over, acquire again, "
	    "or with teed an operator's `teectl renew PROFILE`." },
	{ TEE_E_KEY_GONE, "key-gone", "the key was destroyed",
	    "It was invalidated: by its owner, by a failed re-attestation, or "
	    "by the end of its process. Acquire again." },
	{ TEE_E_KEY_FOREIGN, "key-foreign",
	    "the key belongs to another process (EACCES)",
	    "Keys are not inherited: a forked child acquires its own." },
	{ TEE_E_MESSAGE, "message", "no such message may be signed",
	    "custody.sign of the profile lists the kinds of messages that "
	    "may be signed with its key: tee_profile(5)." },
	{ TEE_E_LIMIT, "limit", "too much at once",
	    "Try again in a moment; custody.rate and custody.connections "
	    "set what one profile's clients may ask of teed." },
	{ TEE_E_PEER, "peer", "teed does not serve this user",
	    "custody.users and custody.groups of the profile name who may "
	    "have messages signed; root may look, renew and revoke." },
	{ TEE_E_TEED, "teed", "teed cannot be reached",
	    "Is it running, and does it serve the profile? `systemctl status "
	    "teed`, `teectl status`, `teectl check PROFILE`. A key that it "
	    "holds lives on; try again." },
};

static const char *const origins[] = { "local", "skr", "tee_generated" };
static const char *const levels[] = { "standard", "secure_boot", "tee_vm",
	"tee_container", "tee_hardware" };
static const char *const tcbs[] = { "unknown", "out_of_date", "up_to_date" };

static size_t
find(int error)
{
	size_t i;

	for (i = 0; i < COUNT(errors); i++)
		if (errors[i].code == error)
			return i;
	return COUNT(errors);
}

const char *
tee_strerror(int error)
{
	size_t i = find(error);

	return i < COUNT(errors) ? errors[i].text : "unknown error";
}

const char *
tee_explain(int error)
{
	size_t i = find(error);

	return i < COUNT(errors) ? errors[i].hint : "This is no libtee code.";
}

const char *
tee_error_word(int error)
{
	size_t i = find(error);

	return i < COUNT(errors) ? errors[i].word : NULL;
}

int
tee_error_from_word(const char *word)
{
	size_t i;

	for (i = 1; i < COUNT(errors); i++)
		if (strcmp(errors[i].word, word) == 0)
			return errors[i].code;
	return 0;
}

const char *
tee_version(void)
{
	return PACKAGE_VERSION;
}

enum tee_verdict
tee_verdict_normal(enum tee_verdict verdict)
{
	if (verdict == TEE_OK || verdict == TEE_UNAVAILABLE)
		return verdict;
	return TEE_DENY;
}

const char *
tee_verdict_word(enum tee_verdict verdict)
{
	switch (tee_verdict_normal(verdict)) {
	case TEE_OK:
		return "ok";
	case TEE_UNAVAILABLE:
		return "unavailable";
	case TEE_DENY:
		break;
	}
	return "deny";
}

int
tee_verdict_error(enum tee_verdict verdict)
{
	switch (tee_verdict_normal(verdict)) {
	case TEE_OK:
		return 0;
	case TEE_UNAVAILABLE:
		return TEE_E_UNAVAILABLE;
	case TEE_DENY:
		break;
	}
	return TEE_E_DENIED;
}

const char *
tee_check_word(enum tee_check_result result)
{
	switch (result) {
	case TEE_CHECK_PASS:
		return "pass";
	case TEE_CHECK_NOT_DONE:
	case TEE_CHECK_NOT_ASKED:
		return "not-done";
	case TEE_CHECK_FAIL:
		break;
	}
	return "fail";
}

static const char *
word_of(const char *const *words, size_t count, unsigned value)
{
	return words[value < count ? value : 0];
}

static bool
parse_word(const char *const *words, size_t count, const char *s,
    unsigned *value)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(words[i], s) == 0) {
			*value = (unsigned)i;
			return true;
		}
	}
	return false;
}

const char *
tee_origin_word(enum tee_key_origin origin)
{
	return word_of(origins, COUNT(origins), (unsigned)origin);
}

const char *
tee_level_word(enum tee_confidential_level level)
{
	return word_of(levels, COUNT(levels), (unsigned)level);
}

const char *
tee_tcb_word(enum tee_tcb_status status)
{
	return word_of(tcbs, COUNT(tcbs), (unsigned)status);
}

const char *
tee_facility_word(enum tee_facility facility)
{
	switch (facility) {
	case TEE_COLLECTOR:
		return "collector";
	case TEE_VERIFIER:
		return "verifier";
	case TEE_KEYSTORE:
		return "keystore";
	case TEE_CACHE:
		return "cache";
	}
	return "none";
}

bool
tee_origin_parse(const char *s, enum tee_key_origin *out)
{
	unsigned value;

	if (!parse_word(origins, COUNT(origins), s, &value))
		return false;
	*out = (enum tee_key_origin)value;
	return true;
}

bool
tee_level_parse(const char *s, enum tee_confidential_level *out)
{
	unsigned value;

	if (!parse_word(levels, COUNT(levels), s, &value))
		return false;
	*out = (enum tee_confidential_level)value;
	return true;
}

bool
tee_tcb_parse(const char *s, enum tee_tcb_status *out)
{
	unsigned value;

	if (!parse_word(tcbs, COUNT(tcbs), s, &value))
		return false;
	*out = (enum tee_tcb_status)value;
	return true;
}

bool
tee_origin_is_tee(enum tee_key_origin origin)
{
	return origin == TEE_ORIGIN_SKR || origin == TEE_ORIGIN_GENERATED;
}
