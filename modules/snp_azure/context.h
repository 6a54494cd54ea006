/* SPDX-License-Identifier: Apache-2.0 */
/*
 * context: the security context, a directory in which the host of a
 * confidential container leaves what belongs to its launch.  The host writes
 * it, so it is evidence to be judged and nothing to be believed.
 *
 *   security-policy-base64  the policy that HOST_DATA is the hash of
 *   reference-info-base64   the endorsement of the utility VM
 *   host-amd-cert-base64    certificates of the chip, as THIM's JSON
 */
#ifndef TEE_AZURE_CONTEXT_H
#define TEE_AZURE_CONTEXT_H

#include <limits.h>
#include <stdbool.h>
#include <tee/module.h>

#define AZURE_CONTEXT_POLICY_MAX (1024 * 1024)
#define AZURE_CONTEXT_ENDORSEMENT_MAX (64 * 1024)
#define AZURE_CONTEXT_CERTS_MAX (64 * 1024)

/* NULL: not there. */
struct azure_context_file {
	uint8_t *data;
	size_t size;
};

struct azure_context {
	struct azure_context_file policy;
	struct azure_context_file endorsement;
	struct azure_context_file host_certs;
};

/*
 * The newest security-context-* below `base` ("/"), else the place where the
 * agent of Kata containers has it.  False: neither is there.
 */
bool tee_azure_context_find(const char *base, char path[PATH_MAX]);
/*
 * What the directory holds; NULL or "" looks for it, and then none at all is
 * no error.  TEE_DENY: a file is not what its name says.  Free it either way.
 */
enum tee_verdict tee_azure_context_read(struct tee_call *,
    const char *directory, struct azure_context *);
void tee_azure_context_free(struct azure_context *);

#endif
