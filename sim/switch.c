/* SPDX-License-Identifier: Apache-2.0 */
/* switch: see switch.h; the file stands in switchfile.c. */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report.h"
#include "sim/switch.h"
#include "sim/switchtable.h"

static const char *const products[] = { "Milan", "Genoa", "Turin", NULL };
static const char *const signers[] = { "vcek", "vlek", NULL };
static const char *const no_yes[] = { "no", "yes", NULL };
static const char *const veks[] = { "ok", "stale-tcb", "other-chip",
	"other-key", "expired", NULL };
static const char *const crls[] = { "ok", "expired", "early", "other-signer",
	"no-next-update", "unknown-critical", "revoked-ask", "revoked-asvk",
	"revoked-ark", NULL };
static const char *const certs[] = { "ok", "pem", "none", "garbage", "beyond",
	"growing", NULL };
static const char *const vmpcks[] = { "ok", "gone", NULL };
static const char *const providers[] = { "sev_guest", "tdx_guest",
	"arm_cca_guest", NULL };

static const struct sim_switch_entry table[SIM_SW_TPM] = {
	[SIM_SW_PRODUCT] = { "product", WORD, products, 0, "the machine" },
	[SIM_SW_SIGNER] = { "signer", WORD, signers, 0,
	    "the chip's own key, or the one its cloud loaded" },
	[SIM_SW_GUEST_VMPL] = { "guest-vmpl", NUMBER, NULL, 3,
	    "VMPL of the guest: lower ones are refused" },
	[SIM_SW_DEBUG] = { "debug", WORD, no_yes, 0,
	    "DEBUG in the guest's policy" },
	[SIM_SW_MASK_CHIP_ID] = { "mask-chip-id", WORD, no_yes, 0,
	    "CHIP_ID is zero" },
	[SIM_SW_MASK_KEY] = { "mask-key", WORD, no_yes, 0,
	    "the report is not signed: signature zero" },
	[SIM_SW_HOST_REQUEST] = { "host-request", WORD, no_yes, 0,
	    "report as the host asks for it: VMPL 0xffffffff" },
	[SIM_SW_WRONG_DATA] = { "wrong-data", WORD, no_yes, 0,
	    "the signed REPORT_DATA is not the caller's" },
	[SIM_SW_FLIP] = { "flip", NUMBER, NULL, 8 * SIM_REPORT_SIZE - 1,
	    "flips this bit of the signed report" },
	[SIM_SW_VEK] = { "vek", WORD, veks, 0,
	    "what is wrong with the VCEK or VLEK that the host hands out" },
	[SIM_SW_CRL] = { "crl", WORD, crls, 0, "what is wrong with the CRL" },
	[SIM_SW_CERTS] = { "certs", WORD, certs, 0,
	    "the certificate table; beyond: an entry reaches past its end; "
	    "growing: asks for one page more each time" },
	[SIM_SW_TABLE_CRL] = { "table-crl", WORD, no_yes, 0,
	    "the table holds the CRL too" },
	[SIM_SW_STATUS] = { "status", NUMBER, NULL, UINT32_MAX,
	    "status in the response, with no report: 0x16, 0x27" },
	[SIM_SW_REPORT_SIZE] = { "report-size", NUMBER, NULL, UINT32_MAX,
	    "report_size in the response" },
	[SIM_SW_FW_ERROR] = { "fw-error", NUMBER, NULL, UINT32_MAX,
	    "EIO with this firmware error in exitinfo2" },
	[SIM_SW_VMM_ERROR] = { "vmm-error", NUMBER, NULL, UINT32_MAX,
	    "EIO with this error of the host in exitinfo2" },
	[SIM_SW_VMM_BUSY] = { "vmm-busy", COUNT, NULL, 0,
	    "the host is busy so many times (EIO, vmm_error 2)" },
	[SIM_SW_FAIL] = { "fail", ERRNO, NULL, 0,
	    "requests end like this: throttled EAGAIN, EINTR, ..." },
	[SIM_SW_VMPCK] = { "vmpck", WORD, vmpcks, 0,
	    "gone: ENOTTY, as until reboot after a failed request" },
	[SIM_SW_WIPE] = { "wipe", WORD, no_yes, 0,
	    "a failed request wipes the VMPCK, as the kernel does; any new "
	    "setting brings it back" },
	[SIM_SW_DELAY] = { "delay", NUMBER, NULL, 600000,
	    "milliseconds before each answer" },
	[SIM_SW_TSM_PROVIDER] = { "tsm-provider", WORD, providers, 0,
	    "who answers behind configfs-tsm" },
	[SIM_SW_TSM_RACE] = { "tsm-race", COUNT, NULL, 0,
	    "so many times another process writes its inblob before yours is "
	    "reported" },
	[SIM_SW_TSM_MKDIR] = { "tsm-mkdir", ERRNO, NULL, 0,
	    "mkdir ends like this; ENXIO: no provider" },
	[SIM_SW_TSM_WRITE] = { "tsm-write", ERRNO, NULL, 0,
	    "writing privlevel ends like this; inblob is dropped at close, "
	    "without an error, as configfs does" },
	[SIM_SW_TSM_READ] = { "tsm-read", ERRNO, NULL, 0,
	    "reading outblob and auxblob ends like this: EBUSY, ENXIO, EFBIG" }
};

static const struct {
	const char *name;
	int number;
} errors[] = { { "EACCES", EACCES }, { "EAGAIN", EAGAIN }, { "EBUSY", EBUSY },
	{ "EFAULT", EFAULT }, { "EFBIG", EFBIG }, { "EINTR", EINTR },
	{ "EINVAL", EINVAL }, { "EIO", EIO }, { "ENODEV", ENODEV },
	{ "ENOMEM", ENOMEM }, { "ENOTTY", ENOTTY }, { "ENXIO", ENXIO },
	{ "ETIMEDOUT", ETIMEDOUT } };

static const struct sim_switch_entry *
entry(unsigned i)
{
	if (i < SIM_SW_TPM)
		return &table[i];
	return i < SIM_SW_CLOUD ? &tee_sim_tpm_switches[i - SIM_SW_TPM] :
				  &tee_sim_cloud_switches[i - SIM_SW_CLOUD];
}

static bool
parse_number(const char *text, uint32_t limit, uint32_t *out)
{
	unsigned long long value;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	value = strtoull(text, &end, 0);
	if (*end != '\0' || value > limit)
		return false;
	*out = (uint32_t)value;
	return true;
}

static bool
parse_count(const char *text, uint32_t *out)
{
	if (strcmp(text, "forever") == 0) {
		*out = SIM_FOREVER;
		return true;
	}
	return parse_number(text, SIM_FOREVER - 1, out);
}

static bool
parse_word(const char *text, const char *const *words, uint32_t *out)
{
	for (uint32_t i = 0; words[i] != NULL; i++)
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
	return false;
}

/* EAGAIN, or EAGAIN:3 */
static bool
parse_errno(const char *text, struct sim_value *value)
{
	size_t length = strcspn(text, ":");

	value->times = SIM_FOREVER;
	if (text[length] == ':' &&
	    !parse_count(text + length + 1, &value->times))
		return false;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strlen(errors[i].name) == length &&
		    memcmp(errors[i].name, text, length) == 0) {
			value->number = (uint32_t)errors[i].number;
			return true;
		}
	return false;
}

static bool
parse(unsigned i, const char *text, struct sim_value *value)
{
	value->set = true;
	switch (entry(i)->kind) {
	case WORD:
		return parse_word(text, entry(i)->words, &value->number);
	case NUMBER:
		return parse_number(text, entry(i)->limit, &value->number);
	case COUNT:
		return parse_count(text, &value->number);
	case ERRNO:
		return parse_errno(text, value);
	}
	return false;
}

static int
find(const char *name, size_t length)
{
	for (int i = 0; i < SIM_SWITCHES; i++)
		if (strlen(entry((unsigned)i)->name) == length &&
		    memcmp(entry((unsigned)i)->name, name, length) == 0)
			return i;
	for (int i = 0; tee_sim_fields[i].name != NULL; i++)
		if (strlen(tee_sim_fields[i].name) == length &&
		    memcmp(tee_sim_fields[i].name, name, length) == 0)
			return SIM_SWITCHES + i;
	return -1;
}

static bool
acceptable(int i, const char *text, struct sim_value *value)
{
	uint8_t scratch[SIM_REPORT_SIZE] = { 0 };

	if (i < SIM_SWITCHES)
		return parse((unsigned)i, text, value);
	return tee_sim_report_set(scratch, SIM_MILAN,
	    tee_sim_fields[i - SIM_SWITCHES].name, text);
}

static void
forget(struct sim_switches *switches, int i)
{
	free(switches->text[i]);
	switches->text[i] = NULL;
	if (i < SIM_SWITCHES)
		memset(&switches->value[i], 0, sizeof(switches->value[i]));
}

bool
tee_sim_switches_set(struct sim_switches *switches, const char *assignment,
    char why[SIM_SWITCH_WHY])
{
	const char *equals = strchr(assignment, '=');
	struct sim_value value = { false, 0, 0 };
	size_t length = equals == NULL ? 0 : (size_t)(equals - assignment);
	int i = equals == NULL ? -1 : find(assignment, length);

	if (equals == NULL) {
		snprintf(why, SIM_SWITCH_WHY, "'%.60s' is not NAME=VALUE",
		    assignment);
		return false;
	}
	if (i < 0) {
		snprintf(why, SIM_SWITCH_WHY,
		    "no switch '%.*s'; 'teesim set --list' shows them",
		    (int)(length < 60 ? length : 60), assignment);
		return false;
	}
	if (equals[1] != '\0' && !acceptable(i, equals + 1, &value)) {
		snprintf(why, SIM_SWITCH_WHY, "'%.60s' is no value of '%.*s'",
		    equals + 1, (int)length, assignment);
		return false;
	}
	forget(switches, i);
	if (equals[1] == '\0')
		return true;
	switches->text[i] = strdup(equals + 1);
	if (i < SIM_SWITCHES)
		switches->value[i] = value;
	if (switches->text[i] == NULL)
		snprintf(why, SIM_SWITCH_WHY, "out of memory");
	return switches->text[i] != NULL;
}

const char *
tee_sim_switches_field(const struct sim_switches *switches, const char *name)
{
	int i = find(name, strlen(name));

	assert(i >= SIM_SWITCHES);
	return switches->text[i];
}

const char *
tee_sim_switch_name(int i)
{
	return i < SIM_SWITCHES ? entry((unsigned)i)->name :
				  tee_sim_fields[i - SIM_SWITCHES].name;
}

void
tee_sim_switches_clear(struct sim_switches *switches)
{
	for (int i = 0; i < SIM_SWITCHES + SIM_FIELDS_MAX; i++)
		forget(switches, i);
}

static const char *
field_values(const struct sim_field *field)
{
	switch (field->kind) {
	case SIM_NUMBER:
		return "NUMBER";
	case SIM_BYTES:
		return "HEX";
	case SIM_TCB:
		return "HEX or bl=N,tee=N,snp=N,ucode=N,fmc=N,spl4=N,...";
	}
	return "";
}

static void
list_values(unsigned i, FILE *out)
{
	if (entry(i)->kind == WORD)
		for (size_t w = 0; entry(i)->words[w] != NULL; w++)
			fprintf(out, "%s%s", w == 0 ? "" : "|",
			    entry(i)->words[w]);
	else
		fputs(entry(i)->kind == NUMBER  ? "NUMBER" :
			entry(i)->kind == COUNT ? "COUNT|forever" :
						  "ERRNO[:COUNT]",
		    out);
}

void
tee_sim_switches_list(FILE *out)
{
	fputs("The machine, its host and its kernel; the first word is what "
	      "holds unset.\n\n",
	    out);
	for (unsigned i = 0; i < SIM_SWITCHES; i++) {
		fprintf(out, "  %s=", entry(i)->name);
		list_values(i, out);
		fprintf(out, "\n      %s\n", entry(i)->what);
	}
	fputs("\nERRNO:", out);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		fprintf(out, " %s", errors[i].name);
	fputs("\n\nFields of the report, signed as they are given.\n\n", out);
	for (const struct sim_field *f = tee_sim_fields; f->name != NULL; f++)
		fprintf(out, "  %s=%s (%zu bytes)%s%s\n", f->name,
		    field_values(f), f->size, f->what[0] == '\0' ? "" : "  ",
		    f->what);
}
