/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about what a line may ask beyond the chain itself. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "tests/test_azure_cvm_rows.h"

#define ZEROS32 \
	"0000000000000000000000000000000000000000000000000000000000000000"
#define BOUND "b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1"
#define PCR0 "0101010101010101010101010101010101010101010101010101010101010101"
#define PCR7 "0808080808080808080808080808080808080808080808080808080808080808"
#define NEAR7 "0808080808080808080808080808080808080808080808080808080808080809"

static void
lower_case(struct cvm_evidence *e)
{
	char *at = strstr(e->runtime, "\"user-data\":\"");

	for (; *at != '\0'; at++)
		if (*at == 'B')
			*at = 'b';
}

static void
no_user_data(struct cvm_evidence *e)
{
	char *at = strstr(e->runtime, ",\"user-data\"");

	strcpy(at, "}");
}

static void
user_data_tail(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "0\"}", "1\"}");
}

static void
other_user_data(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "\"user-data\":\"B1", "\"user-data\":\"A1");
}

static void
nobody_knows_binding(struct cvm_evidence *e)
{
	e->snp.binding_size = 0;
}

static void
secure_boot_off(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "\"secure-boot\":true", "\"secure-boot\":false");
}

static void
secure_boot_absent(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "\"secure-boot\":true,", "");
}

static void
secure_boot_text(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "\"secure-boot\":true", "\"secure-boot\":\"true\"");
}

static void
no_configuration(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "vm-configuration", "vm-configurations");
}

static void
pcr_7_not_quoted(struct cvm_evidence *e)
{
	e->attest.attested.quote.pcrSelect.pcrSelections[0].pcrSelect[0] = 0x7f;
}

static void
pcrs_absent(struct cvm_evidence *e)
{
	cvm_drop(e, CVM_PCRS);
}

static void
signature_bit(struct cvm_evidence *e)
{
	e->item[CVM_SIGNATURE].data[100] ^= 1;
}

static void
container(struct cvm_evidence *e)
{
	e->container = true;
}

const struct cvm_row cvm_option_rows[] = { ROW("user data is the binding",
					       .options = "user_data=binding"),
	ROW("in lower case", .options = "user_data=binding",
	    .before = lower_case),
	ROW("is not the binding", "hcl.user-data",
	    .options = "user_data=binding", .before = other_user_data),
	ROW("binding and more", "hcl.user-data", .options = "user_data=binding",
	    .before = user_data_tail),
	ROW("asked for and absent", "hcl.user-data",
	    .options = "user_data=binding", .before = no_user_data),
	ROW("no binding to compare", NULL, "hcl.user-data binding",
	    .options = "user_data=binding", .after = nobody_knows_binding),
	ROW("not asked and other", .before = other_user_data),
	ROW("not asked and absent", .before = no_user_data),
	ROW("value of 32 bytes", .options = "user_data=" BOUND),
	ROW("value of 64 bytes", .options = "user_data=" BOUND ZEROS32),
	ROW("another value", "hcl.user-data",
	    .options = "user_data=" CVM_HEX32),
	ROW("value and more", "hcl.user-data",
	    .options = "user_data=" BOUND BOUND),
	ROW("value, and absent", "hcl.user-data", .options = "user_data=" BOUND,
	    .before = no_user_data),
	/* 32 zeros are a value, and an absent one is not zeros. */
	ROW("zeros, and absent", "hcl.user-data",
	    .options = "user_data=" ZEROS32, .before = no_user_data),
	ROW("secure boot", .options = "secure_boot=true"),
	ROW("secure boot off", "hcl.secure-boot", .options = "secure_boot=true",
	    .before = secure_boot_off),
	ROW("not said", "hcl.secure-boot", .options = "secure_boot=true",
	    .before = secure_boot_absent),
	ROW("said as text", "hcl.secure-boot", .options = "secure_boot=true",
	    .before = secure_boot_text),
	ROW("no configuration", "hcl.secure-boot",
	    .options = "secure_boot=true", .before = no_configuration),
	ROW("off, and not asked", .options = "secure_boot=false",
	    .before = secure_boot_off),
	ROW("off, and nothing said", .before = secure_boot_off),
	ROW("a PCR", .options = "pcrs=7=" PCR7),
	ROW("two PCRs", .options = "pcrs=7=" PCR7 ",0=" PCR0),
	ROW("one of two values", .options = "pcrs=7=" CVM_HEX32 ",7=" PCR7),
	ROW("another value of a PCR", "pcrs", .options = "pcrs=7=" PCR0),
	ROW("a value like it", "pcrs", .options = "pcrs=7=" NEAR7),
	ROW("one right, one wrong", "pcrs",
	    .options = "pcrs=0=" PCR0 ",7=" PCR0),
	ROW("right value, wrong PCR", "pcrs",
	    .options = "pcrs=0=" PCR0 ",7=" PCR0 ",6=" PCR7),
	ROW("two values swapped", "pcrs", .options = "pcrs=0=" PCR7 ",7=" PCR0),
	ROW("a PCR that is not quoted", "pcrs", .options = "pcrs=7=" PCR7,
	    .before = pcr_7_not_quoted),
	ROW("no PCRs", NULL, "quote.pcrs pcrs", .options = "pcrs=7=" PCR7,
	    .after = pcrs_absent),
	ROW("PCRs that nobody signed", "quote.signature", "pcrs binding",
	    .options = "pcrs=7=" PCR7, .after = signature_bit),
	ROW("a VM, as asked", .options = "source=vtpm"),
	ROW("a VM where a container is asked for", "azure.shape", "binding",
	    .options = "source=guest-device"),
	ROW("a VM where an endorsement is asked for", "azure.shape", "binding",
	    .options = "uvm_min_svn=101"),
	ROW("a VM where a policy is asked for", "azure.shape", "binding",
	    .options = "cce_policy=" CVM_HEX32),
	ROW("a VM where any policy would do", .options = "cce_policy=any"),
	ROW("a container", "binding", "cce-policy.host-data uvm.format",
	    .before = container),
	ROW("a container where PCRs are asked for", "azure.shape", "binding",
	    .options = "pcrs=7=" PCR7, .before = container),
	ROW("where user data are", "azure.shape", "binding",
	    .options = "user_data=binding", .before = container),
	ROW("where Secure Boot is", "azure.shape", "binding",
	    .options = "secure_boot=true", .before = container),
	ROW("where a vTPM is", "azure.shape", "binding",
	    .options = "source=vtpm", .before = container),
	{ .name = NULL } };
