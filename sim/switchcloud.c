/* SPDX-License-Identifier: Apache-2.0 */
/* switchcloud: the switches of the services, see switchtable.h. */
#include "config.h"

#include "sim/switchtable.h"

static const char *const no_yes[] = { "no", "yes", NULL };
static const char *const tls[] = { "ok", "expired", "other-name", "other-ca",
	NULL };
static const char *const identities[] = { "one", "none", "several", NULL };
static const char *const tokens[] = { "ok", "expired", "audience", "other-key",
	"short", NULL };
static const char *const keys[] = { "ok", "none", "twice", "bare", NULL };

/* clang-format off */
#define AT(i) [(i) - SIM_SW_CLOUD]
#define ONE(first, fault, name, kind, limit, what) \
	AT((int)(first) + (int)(fault)) = { name, kind, NULL, limit, what }

#define SERVICE(first, s, name) \
	ONE(first, SIM_WEB_429, s "-429", COUNT, 0, \
	    name " is throttled so many times"), \
	ONE(first, SIM_WEB_500, s "-500", COUNT, 0, \
	    name " fails so many times"), \
	ONE(first, SIM_WEB_503, s "-503", COUNT, 0, \
	    name " is out of service so many times"), \
	ONE(first, SIM_WEB_DROP, s "-drop", COUNT, 0, \
	    name " closes the connection without an answer"), \
	ONE(first, SIM_WEB_CUT, s "-cut", COUNT, 0, \
	    name " closes the connection in the middle of the body"), \
	ONE(first, SIM_WEB_TRUNCATE, s "-truncate", COUNT, 0, \
	    name " sends the first half of the body as if it were all"), \
	ONE(first, SIM_WEB_HUGE, s "-huge", COUNT, 0, \
	    name " sends 64 MiB of spaces behind the body"), \
	ONE(first, SIM_WEB_REDIRECT, s "-redirect", COUNT, 0, \
	    name " redirects to itself"), \
	ONE(first, SIM_WEB_DELAY, s "-delay", NUMBER, 600000, \
	    name ": milliseconds before each answer"), \
	ONE(first, SIM_WEB_SLOW, s "-slow", NUMBER, 600000, \
	    name ": milliseconds over which the body trickles")

const struct sim_switch_entry
    tee_sim_cloud_switches[SIM_SWITCHES - SIM_SW_CLOUD] = {
	SERVICE(SIM_SW_IMDS, "imds", "IMDS"),
	SERVICE(SIM_SW_AUTHORITY, "authority", "the token authority"),
	SERVICE(SIM_SW_KDS, "kds", "AMD's key distribution"),
	SERVICE(SIM_SW_MAA, "maa", "MAA"),
	SERVICE(SIM_SW_VAULT, "vault", "Key Vault"),
	AT(SIM_SW_RETRY_AFTER) = { "retry-after", NUMBER, NULL, 86400,
	    "seconds in the Retry-After of 429 and 503; 0: no such header" },
	AT(SIM_SW_TLS) = { "tls", WORD, tls, 0,
	    "what is wrong with the servers' certificates; seen at start" },
	AT(SIM_SW_IMDS_410) = { "imds-410", COUNT, NULL, 0,
	    "IMDS is being updated so many times" },
	AT(SIM_SW_IMDS_LIMIT) = { "imds-unlimited", WORD, no_yes, 0,
	    "no limit of 5 requests a second (identity: 20)" },
	AT(SIM_SW_THIM_STALE) = { "thim-stale", COUNT, NULL, 0,
	    "THIM hands out the VCEK and tcbm of older firmware" },
	AT(SIM_SW_IDENTITY) = { "identity", WORD, identities, 0,
	    "managed identities of the machine" },
	AT(SIM_SW_TOKEN) = { "token", WORD, tokens, 0,
	    "what is wrong with access tokens; short: good for 310 s" },
	AT(SIM_SW_MAA_400) = { "maa-400", COUNT, NULL, 0,
	    "MAA's policy refuses so many times" },
	AT(SIM_SW_MAA_ROTATE) = { "maa-rotate", NUMBER, NULL, 1000,
	    "this pair of MAA's signing keys, none in common with the others" },
	AT(SIM_SW_MAA_KEYS) = { "maa-keys", WORD, keys, 0,
	    "/certs: none, each twice, or n and e beside x5c (bare)" },
	AT(SIM_SW_MAA_COMPLIANCE) = { "maa-not-compliant", WORD, no_yes, 0,
	    "tokens without x-ms-compliance-status" },
	AT(SIM_SW_MAA_ALG_NONE) = { "maa-alg-none", COUNT, NULL, 0,
	    "tokens with alg none and no signature" },
	AT(SIM_SW_MAA_ALG_HS256) = { "maa-alg-hs256", COUNT, NULL, 0,
	    "tokens with alg HS256, keyed with the public certificate" },
	AT(SIM_SW_MAA_WRONG_KID) = { "maa-wrong-kid", COUNT, NULL, 0,
	    "tokens whose kid is in no JWKS" },
	AT(SIM_SW_MAA_OTHER_KEY) = { "maa-other-key", COUNT, NULL, 0,
	    "tokens of the right kid, signed with another key" },
	AT(SIM_SW_MAA_FLIP) = { "maa-flip", COUNT, NULL, 0,
	    "tokens with a bit of the signature flipped" },
	AT(SIM_SW_MAA_ISS) = { "maa-iss", COUNT, NULL, 0,
	    "tokens of another instance, signed with the same key" },
	AT(SIM_SW_MAA_EXPIRED) = { "maa-expired", COUNT, NULL, 0,
	    "tokens that expired an hour ago" },
	AT(SIM_SW_MAA_NBF) = { "maa-nbf", COUNT, NULL, 0,
	    "tokens that are good in an hour" },
	AT(SIM_SW_MAA_DUPLICATE) = { "maa-duplicate", COUNT, NULL, 0,
	    "tokens with a claim named twice" },
	AT(SIM_SW_MAA_WRONG_NONCE) = { "maa-wrong-nonce", COUNT, NULL, 0,
	    "tokens with another nonce" },
	AT(SIM_SW_MAA_REPORT_DATA) = { "maa-report-data", COUNT, NULL, 0,
	    "tokens with another report data" },
	AT(SIM_SW_MAA_USER_DATA) = { "maa-user-data", COUNT, NULL, 0,
	    "tokens with other user-data in the runtime claims" },
	AT(SIM_SW_MAA_RUNTIME_SWAP) = { "maa-runtime-swap", COUNT, NULL, 0,
	    "tokens with somebody else's wrapping key" },
	AT(SIM_SW_MAA_DEBUG) = { "maa-debuggable", COUNT, NULL, 0,
	    "tokens that say debuggable" },
	AT(SIM_SW_MAA_TYPE) = { "maa-type", COUNT, NULL, 0,
	    "tokens of attestation type tdxvm" },
	AT(SIM_SW_MAA_ENVELOPE) = { "maa-envelope", COUNT, NULL, 0,
	    "AzureGuest: a bit of the encrypted token flipped" },
	AT(SIM_SW_VAULT_403) = { "vault-403", COUNT, NULL, 0,
	    "the release policy is not met, so many times" },
	AT(SIM_SW_VAULT_RBAC) = { "vault-rbac", COUNT, NULL, 0,
	    "the caller has no role, so many times" },
	AT(SIM_SW_VAULT_FIREWALL) = { "vault-firewall", COUNT, NULL, 0,
	    "the caller's address is refused" },
	AT(SIM_SW_VAULT_FLIP) = { "vault-flip", COUNT, NULL, 0,
	    "releases with a bit of the wrapped key flipped" },
	AT(SIM_SW_VAULT_TRAILING_ZERO) = { "vault-trailing-zero", COUNT, NULL, 0,
	    "releases with a zero byte behind" },
	AT(SIM_SW_VAULT_HEADER_ENC) = { "vault-header-enc", COUNT, NULL, 0,
	    "key_hsm names another enc" },
	AT(SIM_SW_VAULT_HEADER_KID) = { "vault-header-kid", COUNT, NULL, 0,
	    "key_hsm names another wrapping key" },
	AT(SIM_SW_VAULT_REQUEST_ENC) = { "vault-request-enc", COUNT, NULL, 0,
	    "releases that answer another enc" },
	AT(SIM_SW_VAULT_REQUEST_KID) = { "vault-request-kid", COUNT, NULL, 0,
	    "releases that answer for another key" },
	AT(SIM_SW_VAULT_NONCE) = { "vault-nonce", COUNT, NULL, 0,
	    "releases with another nonce" },
	AT(SIM_SW_VAULT_KTY) = { "vault-kty", COUNT, NULL, 0,
	    "releases of a key type that does not exist" },
	AT(SIM_SW_VAULT_SIGNATURE) = { "vault-signature", COUNT, NULL, 0,
	    "a bit of the signature flipped" },
	AT(SIM_SW_VAULT_OTHER_SIGNER) = { "vault-other-signer", COUNT, NULL, 0,
	    "signed with a key not in x5c" },
	AT(SIM_SW_VAULT_OTHER_KEY) = { "vault-other-key", COUNT, NULL, 0,
	    "another key of the same kind is released" },
	AT(SIM_SW_VAULT_NO_KEY_HSM) = { "vault-no-key-hsm", COUNT, NULL, 0,
	    "releases without key_hsm" },
	AT(SIM_SW_VAULT_SAN) = { "vault-san", COUNT, NULL, 0,
	    "signed by a certificate of another name" },
	AT(SIM_SW_VAULT_EXPIRED) = { "vault-expired", COUNT, NULL, 0,
	    "signed by a certificate that has expired" },
};
/* clang-format on */
