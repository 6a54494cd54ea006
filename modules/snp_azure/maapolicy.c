/* SPDX-License-Identifier: Apache-2.0 */
/* maapolicy: see maapolicy.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "modules/snp_azure/maapolicy.h"
#include "modules/snp_azure/place.h"

#define SCHEME "https://"
#define ENDPOINT_MAX 256

/* What snp's judge reads out of a report and MAA's token does not say. */
static const char *const unanswered[] = { "vmpl", "signer", "csp_id", "crl",
	"certs_file", "crl_file", "masked_chip_id", "provisional",
	"min_committed_tcb", "min_current_tcb", "min_launch_tcb",
	"min_firmware", "min_abi", "launch_mitigations", "current_mitigations",
	"id_block", "platform_reserved", "chip_id", "report_id_ma", "user_data",
	"pcrs", "uvm_issuer", "uvm_feed", "uvm_min_svn", "cce_policy", NULL };

static bool
refuse(const struct tee_config *c, const char *name)
{
	if (tee_option(c, name) == NULL)
		return false;
	tee_option_error(c, name,
	    "a token of MAA does not answer this; ask it "
	    "of a line with mode = \"offline\"");
	return true;
}

/* A token names no product: which floors must hold is all that this says. */
static bool
idle_products(const struct tee_config *c)
{
	if (tee_option(c, "products") == NULL ||
	    tee_option(c, "min_reported_tcb") != NULL ||
	    tee_option(c, "up_to_date_tcb") != NULL)
		return false;
	tee_option_error(c, "products",
	    "a token of MAA does not name the product: without "
	    "min_reported_tcb or up_to_date_tcb this asks for nothing; ask it "
	    "of a line with mode = \"offline\"");
	return true;
}

static bool
answered(const struct tee_config *c)
{
	if (idle_products(c))
		return false;
	for (size_t i = 0; unanswered[i] != NULL; i++)
		if (refuse(c, unanswered[i]))
			return false;
	for (size_t i = 0; i < SNP_POLICY_BITS; i++)
		if (refuse(c, tee_snp_policy_bits[i].name))
			return false;
	for (size_t i = 0; i < SNP_PLATFORM_BITS; i++)
		if (refuse(c, tee_snp_platform_bits[i].name))
			return false;
	return true;
}

static bool
copy(const char *text, char **out)
{
	if (text != NULL)
		*out = strdup(text);
	return text == NULL || *out != NULL;
}

/* Lower case, since `iss` is compared byte for byte. */
static bool
is_base(const char *url, size_t size)
{
	static const char host[] = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
	size_t scheme = strlen(SCHEME);

	return size > scheme && size <= ENDPOINT_MAX &&
	    strncmp(url, SCHEME, scheme) == 0 &&
	    strspn(url + scheme, host) >= size - scheme;
}

static bool
read_endpoint(struct azure_maa_policy *p, const struct tee_config *c)
{
	const char *url = tee_option(c, "endpoint");
	size_t size = url != NULL ? strlen(url) : 0;

	if (size > 0 && url[size - 1] == '/')
		size--;
	if (url == NULL || !is_base(url, size)) {
		tee_option_error(c, "endpoint",
		    "expected the attestation provider, such as "
		    "\"https://sharedweu.weu.attest.azure.net\"");
		return false;
	}
	p->endpoint = strndup(url, size);
	return p->endpoint != NULL;
}

static bool
read_words(struct azure_maa_policy *p, const struct tee_config *c)
{
	static const char *const attest[] = { "auto", "sevsnpvm", "azureguest",
		NULL };
	static const char *const source[] = { "auto", "vtpm", "guest-device",
		NULL };
	unsigned way = 0, shape = 0;
	bool boot = false;
	int r;

	if (tee_option_word(c, "attest", attest, &way) < 0 ||
	    tee_option_word(c, "source", source, &shape) < 0)
		return false;
	p->attest = (enum azure_attest_way)way;
	p->shape = (enum azure_maa_shape)shape;
	r = tee_option_bool(c, "secure_boot", &boot);
	if (r == 1)
		p->secure_boot = boot ? AZURE_BOOT_REQUIRED : AZURE_BOOT_ANY;
	return r >= 0;
}

static bool
read_compliance(struct azure_maa_policy *p, const struct tee_config *c)
{
	const char *text = tee_option(c, "compliance");

	if (text != NULL &&
	    (text[0] == '\0' || text[0] == ',' ||
		text[strlen(text) - 1] == ',' || strstr(text, ",,") != NULL ||
		text[strcspn(text, " \t")] != '\0')) {
		tee_option_error(c, "compliance",
		    "expected words with commas between, such as "
		    "\"" AZURE_COMPLIANCE_CVM "\", or \"any\"");
		return false;
	}
	p->any_compliance = text != NULL && strcmp(text, "any") == 0;
	return p->any_compliance || copy(text, &p->compliance);
}

static bool
read_rest(struct azure_maa_policy *p, const struct tee_config *c)
{
	const char *jwks = NULL;

	p->max_age = AZURE_TOKEN_AGE_S;
	return tee_option_u64(c, "max_token_age", 1, AZURE_TOKEN_AGE_MAX_S,
		   &p->max_age) >= 0 &&
	    tee_option_hexlist(c, "policy_hash", 32, &p->policy_hash,
		&p->policy_hash_count) >= 0 &&
	    tee_option_hexlist(c, "signers", 32, &p->signers,
		&p->signer_count) >= 0 &&
	    tee_option_path(c, "jwks_file", &jwks) >= 0 &&
	    copy(jwks, &p->jwks_file) && tee_azure_tcti_read(c, &p->tcti);
}

bool
tee_azure_maa_policy_read(struct azure_maa_policy *p,
    const struct tee_config *c)
{
	memset(p, 0, sizeof(*p));
	if (answered(c) && read_endpoint(p, c) && read_words(p, c) &&
	    read_compliance(p, c) && read_rest(p, c) &&
	    tee_snp_policy_read(&p->snp, c))
		return true;
	tee_azure_maa_policy_clear(p);
	return false;
}

void
tee_azure_maa_policy_clear(struct azure_maa_policy *p)
{
	free(p->endpoint);
	free(p->compliance);
	free(p->policy_hash);
	free(p->signers);
	free(p->jwks_file);
	free(p->tcti);
	tee_snp_policy_clear(&p->snp);
	memset(p, 0, sizeof(*p));
}
