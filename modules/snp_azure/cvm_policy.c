/* SPDX-License-Identifier: Apache-2.0 */
/* cvm_policy: what a line asks of a confidential VM; see cvm.h. */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>

#include "modules/snp_azure/cvm.h"

/* 32 to 64 bytes; what is not named is zero. */
static bool
read_value(struct azure_cvm_policy *p, const char *hex)
{
	size_t size = 0;

	if (strlen(hex) > 2 * sizeof(p->user_data_value) ||
	    OPENSSL_hexstr2buf_ex(p->user_data_value,
		sizeof(p->user_data_value), &size, hex, '\0') != 1)
		return false;
	p->user_data = AZURE_USER_DATA_VALUE;
	return size >= 32;
}

static bool
read_user_data(struct azure_cvm_policy *p, const struct tee_config *config)
{
	const char *s = tee_option(config, "user_data");

	if (s == NULL)
		return true;
	if (strcmp(s, "binding") == 0) {
		p->user_data = AZURE_USER_DATA_BINDING;
		return true;
	}
	if (read_value(p, s))
		return true;
	tee_option_error(config, "user_data",
	    "expected \"binding\", or 32 to 64 bytes in hex");
	return false;
}

bool
tee_azure_cvm_policy_read(struct azure_cvm_policy *p,
    const struct tee_config *config)
{
	memset(p, 0, sizeof(*p));
	return read_user_data(p, config) &&
	    tee_option_bool(config, "secure_boot", &p->secure_boot) >= 0 &&
	    tee_azure_pcr_references_read(&p->pcrs, config);
}

void
tee_azure_cvm_policy_clear(struct azure_cvm_policy *p)
{
	tee_azure_pcr_references_clear(&p->pcrs);
}
