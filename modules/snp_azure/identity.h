/* SPDX-License-Identifier: Apache-2.0 */
/* identity: the inside of struct azure_identity; identity*.c's own. */
#ifndef TEE_AZURE_IDENTITY_H
#define TEE_AZURE_IDENTITY_H

#include <pthread.h>

#include "modules/common/http.h"
#include "modules/snp_azure/imds.h"

#define AZURE_RESOURCE_MAX 128

enum azure_identity_kind {
	AZURE_IDENTITY_MANAGED = 0,
	AZURE_IDENTITY_WORKLOAD
};
/* What must not be seen, on pages of its own. */
struct azure_kept {
	char token[AZURE_TOKEN_MAX];
	char resource[AZURE_RESOURCE_MAX];
	int64_t expires;
};

struct azure_identity {
	enum azure_identity_kind kind;
	char *imds, *authority, *client_id, *tenant_id, *token_file;
	const struct tee_http_trust *trust;
	pthread_mutex_t lock;
	struct azure_kept *kept;
};

/* Asks once more, whatever is kept; the lock is held. */
enum tee_verdict tee_azure_identity_renew(struct tee_call *,
    struct azure_identity *, const char *resource);

#endif
