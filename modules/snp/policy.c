/* SPDX-License-Identifier: Apache-2.0 */
/* policy: see policy.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/snp/policy.h"

/* AMD 56860, GUEST_POLICY. */
const struct snp_bit tee_snp_policy_bits[SNP_POLICY_BITS] = {
	{ "policy_smt", 16 }, { "policy_migrate_ma", 18 },
	{ "policy_debug", 19 }, { "policy_single_socket", 20 },
	{ "policy_cxl", 21 }, { "policy_aes256_xts", 22 },
	{ "policy_rapl_disabled", 23 }, { "policy_ciphertext_hiding", 24 },
	{ "policy_page_swap_disabled", 25 }
};

/* AMD 56860, PLATFORM_INFO; bit 6 as AMD-SB-3016 uses it. */
const struct snp_bit tee_snp_platform_bits[SNP_PLATFORM_BITS] = {
	{ "platform_smt", 0 }, { "platform_tsme", 1 }, { "platform_ecc", 2 },
	{ "platform_rapl_disabled", 3 }, { "platform_ciphertext_hiding", 4 },
	{ "platform_alias_check", 5 }, { "platform_iommu_write_safe", 6 },
	{ "platform_tio", 7 }
};

static const struct {
	const char *name;
	size_t size;
} lists[SNP_LISTS] = { [SNP_LIST_MEASUREMENT] = { "measurement", 48 },
	[SNP_LIST_HOST_DATA] = { "host_data", 32 },
	[SNP_LIST_FAMILY_ID] = { "family_id", 16 },
	[SNP_LIST_IMAGE_ID] = { "image_id", 16 },
	[SNP_LIST_ID_KEY] = { "id_key_digest", 48 },
	[SNP_LIST_AUTHOR_KEY] = { "author_key_digest", 48 },
	[SNP_LIST_CHIP_ID] = { "chip_id", SNP_CHIP_ID_SIZE },
	[SNP_LIST_REPORT_ID] = { "report_id", 32 },
	[SNP_LIST_REPORT_ID_MA] = { "report_id_ma", 32 } };

static const char *const tcb_kinds[SNP_TCB_KINDS] = { [SNP_TCB_REPORTED] =
							  "reported",
	[SNP_TCB_COMMITTED] = "committed",
	[SNP_TCB_CURRENT] = "current",
	[SNP_TCB_LAUNCH] = "launch" };

const char *
tee_snp_list_name(enum snp_list_kind kind)
{
	return lists[kind].name;
}

const char *
tee_snp_tcb_kind_name(enum snp_tcb_kind kind)
{
	return tcb_kinds[kind];
}

static bool
read_tristate(const struct tee_config *c, const char *name,
    enum snp_tristate *out)
{
	static const char *const words[] = { "any", "required", "forbidden",
		NULL };
	unsigned index = 0;
	int r = tee_option_word(c, name, words, &index);

	if (r == 1)
		*out = (enum snp_tristate)index;
	return r >= 0;
}

static bool
read_bits(struct snp_policy *p, const struct tee_config *c)
{
	for (size_t i = 0; i < SNP_POLICY_BITS; i++) {
		unsigned bit = tee_snp_policy_bits[i].bit;

		if (bit == SNP_POLICY_DEBUG || bit == SNP_POLICY_MIGRATE_MA)
			p->policy[i] = SNP_FORBIDDEN;
		if (!read_tristate(c, tee_snp_policy_bits[i].name,
			&p->policy[i]))
			return false;
	}
	for (size_t i = 0; i < SNP_PLATFORM_BITS; i++)
		if (!read_tristate(c, tee_snp_platform_bits[i].name,
			&p->platform[i]))
			return false;
	return read_tristate(c, "id_block", &p->id_block);
}

/* "allow" or "deny" (or the words given), into a flag. */
static bool
read_choice(const struct tee_config *c, const char *name, const char *no,
    const char *yes, bool *out)
{
	const char *const words[] = { no, yes, NULL };
	unsigned index = 0;
	int r = tee_option_word(c, name, words, &index);

	if (r == 1)
		*out = index == 1;
	return r >= 0;
}

static bool
read_choices(struct snp_policy *p, const struct tee_config *c)
{
	return read_choice(c, "provisional", "allow", "deny",
		   &p->provisional_forbidden) &&
	    read_choice(c, "platform_reserved", "any", "forbidden",
		&p->platform_reserved_forbidden) &&
	    read_choice(c, "masked_chip_id", "deny", "allow",
		&p->masked_chip_id_allowed) &&
	    read_choice(c, "crl", "if-given", "required", &p->crl_required);
}

static bool
read_numbers(struct snp_policy *p, const struct tee_config *c)
{
	return tee_option_u64(c, "vmpl", 0, 3, &p->vmpl) >= 0 &&
	    tee_option_u64(c, "guest_svn", 0, UINT32_MAX, &p->guest_svn) >= 0 &&
	    tee_option_u64(c, "launch_mitigations", 0, UINT64_MAX,
		&p->launch_mitigations) >= 0 &&
	    tee_option_u64(c, "current_mitigations", 0, UINT64_MAX,
		&p->current_mitigations) >= 0;
}

static bool
read_lists(struct snp_policy *p, const struct tee_config *c)
{
	for (size_t i = 0; i < SNP_LISTS; i++) {
		p->list[i].size = lists[i].size;
		if (tee_option_hexlist(c, lists[i].name, lists[i].size,
			&p->list[i].items, &p->list[i].count) < 0)
			return false;
	}
	return true;
}

/* One decimal byte at *s, which moves behind it. */
static bool
byte(const char **s, uint8_t *out)
{
	unsigned n = 0;
	size_t digits = strspn(*s, "0123456789");

	if (digits < 1 || digits > 3)
		return false;
	for (; digits > 0; digits--)
		n = n * 10 + (unsigned)(*(*s)++ - '0');
	*out = (uint8_t)n;
	return n <= UINT8_MAX;
}

/* "1.55" or "1.55.29". */
static bool
version(const char *s, struct snp_firmware *out)
{
	out->build = 0;
	if (!byte(&s, &out->major) || *s++ != '.' || !byte(&s, &out->minor))
		return false;
	if (*s == '\0')
		return true;
	return *s++ == '.' && byte(&s, &out->build) && *s == '\0';
}

static bool
read_version(const struct tee_config *c, const char *name, bool *has,
    struct snp_firmware *out)
{
	const char *s = tee_option(c, name);

	*has = s != NULL;
	if (s == NULL || version(s, out))
		return true;
	tee_option_error(c, name,
	    "expected a version such as \"1.55\" or "
	    "\"1.55.29\", not \"%.40s\"",
	    s);
	return false;
}

static bool
part(const char **s, enum snp_product product, struct snp_tcb *least)
{
	size_t n = strcspn(*s, "=");

	for (unsigned i = 0; i < SNP_TCB_PARTS; i++) {
		const char *name = tee_snp_tcb_name((enum snp_tcb_part)i);

		if (n != strlen(name) || strncmp(*s, name, n) != 0 ||
		    !tee_snp_tcb_has(product, (enum snp_tcb_part)i))
			continue;
		*s += n;
		/* A part that stands twice would let the later one weaken. */
		return least->part[i] == 0 && *(*s)++ == '=' &&
		    byte(s, &least->part[i]);
	}
	return false;
}

/* "Milan:bl=4,snp=24;Turin:fmc=1,snp=4" */
static bool
parse_floor(const char *s, struct snp_floor *floor)
{
	floor->given = true;
	for (;;) {
		size_t n = strcspn(s, ":");
		enum snp_product product = tee_snp_product_parse(s, n, false);

		if (product == SNP_PRODUCT_UNKNOWN || s[n] != ':' ||
		    floor->has[product])
			return false;
		floor->has[product] = true;
		s += n;
		do {
			s++;
			if (!part(&s, product, &floor->least[product]))
				return false;
		} while (*s == ',');
		if (*s == '\0')
			return true;
		if (*s++ != ';')
			return false;
	}
}

static bool
read_floor(const struct tee_config *c, const char *name,
    struct snp_floor *floor)
{
	const char *s = tee_option(c, name);

	if (s == NULL || parse_floor(s, floor))
		return true;
	tee_option_error(c, name,
	    "expected parts of a TCB per product, such "
	    "as \"Milan:bl=4,snp=24,ucode=219;Turin:fmc=1,snp=4\"");
	return false;
}

static bool
read_floors(struct snp_policy *p, const struct tee_config *c)
{
	char name[32];

	for (size_t i = 0; i < SNP_TCB_KINDS; i++) {
		snprintf(name, sizeof(name), "min_%s_tcb", tcb_kinds[i]);
		if (!read_floor(c, name, &p->floor[i]))
			return false;
	}
	return read_floor(c, "up_to_date_tcb", &p->up_to_date) &&
	    read_version(c, "min_abi", &p->has_abi, &p->abi) &&
	    read_version(c, "min_firmware", &p->has_firmware, &p->firmware);
}

static bool
read_products(struct snp_policy *p, const struct tee_config *c)
{
	const char *s = tee_option(c, "products");

	while (s != NULL) {
		size_t n = strcspn(s, ",");
		enum snp_product product = tee_snp_product_parse(s, n, false);

		if (product == SNP_PRODUCT_UNKNOWN) {
			tee_option_error(c, "products",
			    "expected names out "
			    "of Milan, Genoa, Turin, separated by commas");
			return false;
		}
		p->products |= 1u << product;
		s = s[n] == ',' ? s + n + 1 : NULL;
	}
	return true;
}

static bool
read_signer(struct snp_policy *p, const struct tee_config *c)
{
	static const char *const words[] = { "any", "vcek", "vlek", NULL };
	unsigned index = 0;

	if (tee_option_word(c, "signer", words, &index) < 0)
		return false;
	if (index == 1)
		p->signers = 1u << SNP_SIGNER_VCEK;
	else if (index == 2)
		p->signers = 1u << SNP_SIGNER_VLEK;
	return true;
}

static bool
copy_text(const char *s, char **out)
{
	if (s != NULL)
		*out = strdup(s);
	return s == NULL || *out != NULL;
}

static bool
read_texts(struct snp_policy *p, const struct tee_config *c)
{
	const char *certs = NULL, *crl = NULL;

	return tee_option_path(c, "certs_file", &certs) >= 0 &&
	    tee_option_path(c, "crl_file", &crl) >= 0 &&
	    copy_text(certs, &p->certs_file) && copy_text(crl, &p->crl_file) &&
	    copy_text(tee_option(c, "csp_id"), &p->csp_ids);
}

bool
tee_snp_policy_read(struct snp_policy *p, const struct tee_config *c)
{
	memset(p, 0, sizeof(*p));
	p->vmpl = SNP_VMPL_ANY;
	if (read_bits(p, c) && read_choices(p, c) && read_numbers(p, c) &&
	    read_lists(p, c) && read_floors(p, c) && read_products(p, c) &&
	    read_signer(p, c) && read_texts(p, c))
		return true;
	tee_snp_policy_clear(p);
	return false;
}

void
tee_snp_policy_clear(struct snp_policy *p)
{
	for (size_t i = 0; i < SNP_LISTS; i++)
		free(p->list[i].items);
	free(p->csp_ids);
	free(p->certs_file);
	free(p->crl_file);
	memset(p, 0, sizeof(*p));
}
