/* SPDX-License-Identifier: Apache-2.0 */
/* test_azure_token_machine: what a token says of the machine. */
#include "config.h"

#include "tests/test_azure_token_rows.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CVM "azure-compliant-cvm"
#define UVM "azure-compliant-uvm"
#define STATUS "tee/x-ms-compliance-status"
#define LAUNCH \
	"02c3b0d5bf1d256fa4e3b5deefc07b55ff2f7029085ed350f60959140a1a51f1" \
	"310753ba5ab2c03a0536b1c0c193af47"
#define HOST_DATA \
	"73973b78d70cc68353426de188db5dfc57e5b766e399935fb73a61127ea26d20"
#define REPORT_ID \
	"a94a1a7ae96d0602a9fcc94230d2f4b045cf77b4522807f630c18af364722c4c"
#define Z16 "00000000000000000000000000000000"
#define ONES "11111111111111111111111111111111"
/* The claims of the report are all gone with their object. */
#define ALL_GONE \
	"token.type token.compliance token.debug token.migration token.vmpl " \
	"token.tcb"

const struct maa_row maa_rows_machine[] = {
	{ "no claims of a report", "x-ms-isolation-tee", NULL, ALL_GONE, NULL,
	    ON_GUEST, NULL },
	{ "isolation is a text", "x-ms-isolation-tee=\"sevsnpvm\"", NULL,
	    ALL_GONE, NULL, ON_GUEST, NULL },

	{ "a VM", NULL, "source=vtpm", NULL, NULL, ON_VM | ON_GUEST, NULL },
	{ "no VM", NULL, "source=vtpm", "azure.shape", NULL,
	    ON_CONTAINER | ON_RUNTIME, NULL },
	{ "a container", NULL, "source=guest-device", NULL, NULL,
	    ON_CONTAINER | ON_RUNTIME, NULL },
	{ "no container", NULL, "source=guest-device", "azure.shape", NULL,
	    ON_VM | ON_GUEST, NULL },
	{ "either", NULL, "source=auto", NULL, NULL, 0, NULL },

	{ "not compliant", STATUS, NULL, "token.compliance", NULL, 0, NULL },
	/* MAA's word decides what it is: bound as a container, as a VM is. */
	{ "container's word", STATUS "=\"" UVM "\"", NULL, "binding", NULL,
	    ON_VM | ON_GUEST, NULL },
	{ "container's word, no container", STATUS "=\"" UVM "\"",
	    "source=vtpm", "azure.shape binding", NULL, ON_VM | ON_GUEST,
	    NULL },
	{ "the other container's word", STATUS "=\"azure-signed-katacc-uvm\"",
	    "compliance=azure-signed-katacc-uvm", "binding", NULL,
	    ON_VM | ON_GUEST, NULL },
	{ "VM's word", STATUS "=\"" CVM "\"", NULL, "token.binding", "binding",
	    ON_CONTAINER, NULL },
	{ "VM's word, no VM", STATUS "=\"" CVM "\"", "source=guest-device",
	    "azure.shape token.binding", "binding", ON_CONTAINER, NULL },
	{ "part of a word", STATUS "=\"azure\"", "compliance=azure-x,y",
	    "token.compliance", NULL, 0, NULL },
	{ "listed", STATUS "=\"y\"", "compliance=azure-x,y", NULL, NULL, 0,
	    NULL },
	{ "not listed", NULL, "compliance=azure-signed-katacc-uvm",
	    "token.compliance", NULL, 0, NULL },
	{ "another word, as long", NULL, "compliance=" UVM, "token.compliance",
	    NULL, ON_VM | ON_GUEST, NULL },
	{ "another word, as long", NULL, "compliance=" CVM, "token.compliance",
	    NULL, ON_CONTAINER | ON_RUNTIME, NULL },
	{ "any", STATUS, "compliance=any", NULL, NULL, 0, NULL },
	{ "at the top alone", "x-ms-compliance-status=\"" CVM "\"|" STATUS,
	    NULL, "token.compliance", NULL, ON_GUEST, NULL },

	{ "debug", "SVN-is-debuggable=true", NULL, "token.debug", NULL, 0,
	    NULL },
	{ "debug not said", "SVN-is-debuggable", NULL, "token.debug", NULL, 0,
	    NULL },
	{ "debug a text", "SVN-is-debuggable=\"false\"", NULL, "token.debug",
	    NULL, 0, NULL },
	{ "debug a number", "SVN-is-debuggable=0", NULL, "token.debug", NULL, 0,
	    NULL },
	{ "debug null", "SVN-is-debuggable=null", NULL, "token.debug", NULL, 0,
	    NULL },
	{ "migration", "SVN-migration-allowed=true", NULL, "token.migration",
	    NULL, 0, NULL },
	{ "migration not said", "SVN-migration-allowed", NULL,
	    "token.migration", NULL, 0, NULL },

	{ "VMPL 1", "SVN-vmpl=1", NULL, "token.vmpl", NULL, 0, NULL },
	{ "the host's VMPL", "SVN-vmpl=4294967295", NULL, "token.vmpl", NULL, 0,
	    NULL },
	{ "VMPL not said", "SVN-vmpl", NULL, "token.vmpl", NULL, 0, NULL },
	{ "VMPL a text", "SVN-vmpl=\"0\"", NULL, "token.vmpl", NULL, 0, NULL },
	{ "VMPL false", "SVN-vmpl=false", NULL, "token.vmpl", NULL, 0, NULL },

	{ "no bootloader SVN", "SVN-bootloader-svn", NULL, "token.tcb", NULL, 0,
	    NULL },
	{ "no TEE SVN", "SVN-tee-svn", NULL, "token.tcb", NULL, 0, NULL },
	{ "no SNP SVN", "SVN-snpfw-svn", NULL, "token.tcb", NULL, 0, NULL },
	{ "no microcode SVN", "SVN-microcode-svn", NULL, "token.tcb", NULL, 0,
	    NULL },
	{ "SVN beyond a byte", "SVN-snpfw-svn=256", NULL, "token.tcb", NULL, 0,
	    NULL },
	{ "SVN real", "SVN-snpfw-svn=8.0|SVN-vmpl=0.0", NULL, NULL, NULL, 0,
	    NULL },
	{ "SVN with a fraction", "SVN-snpfw-svn=8.5", NULL, "token.tcb", NULL,
	    0, NULL },
	{ "SVN a text", "SVN-snpfw-svn=\"8\"", NULL, "token.tcb", NULL, 0,
	    NULL },
	{ "at the floor", NULL, "min_reported_tcb=Milan:bl=3,snp=8,ucode=115",
	    NULL, NULL, 0, NULL },
	{ "below: bl", NULL, "min_reported_tcb=Milan:bl=4", "token.tcb", NULL,
	    0, NULL },
	{ "below: tee", NULL, "min_reported_tcb=Milan:tee=1", "token.tcb", NULL,
	    0, NULL },
	{ "below: snp", NULL, "min_reported_tcb=Milan:snp=9", "token.tcb", NULL,
	    0, NULL },
	{ "below: ucode", NULL, "min_reported_tcb=Milan:ucode=116", "token.tcb",
	    NULL, 0, NULL },
	{ "below another product's", NULL,
	    "min_reported_tcb=Milan:snp=8;Genoa:snp=9", "token.tcb", NULL, 0,
	    NULL },
	{ "that product is not allowed", NULL,
	    "min_reported_tcb=Milan:snp=8;Genoa:snp=9|products=Milan", NULL,
	    NULL, 0, NULL },
	{ "no floor for the product", NULL,
	    "min_reported_tcb=Milan:snp=8|products=Milan,Genoa", "token.tcb",
	    NULL, 0, NULL },
	{ "a part no token has", NULL, "min_reported_tcb=Turin:fmc=1",
	    "token.tcb", NULL, 0, NULL },

	{ "guest SVN", NULL, "guest_svn=2", NULL, NULL, 0, NULL },
	{ "guest SVN below", NULL, "guest_svn=3", "token.guest_svn", NULL, 0,
	    NULL },
	{ "no guest SVN", "SVN-guestsvn", "guest_svn=1", "token.guest_svn",
	    NULL, 0, NULL },

	{ "launch", NULL, "measurement=" LAUNCH, NULL, NULL, 0, NULL },
	{ "another launch", NULL, "measurement=" Z16 Z16 Z16,
	    "token.measurement", NULL, 0, NULL },
	{ "no launch", "SVN-launchmeasurement", "measurement=" LAUNCH,
	    "token.measurement", NULL, 0, NULL },
	{ "launch cut short", "SVN-launchmeasurement=\"02c3\"",
	    "measurement=" LAUNCH, "token.measurement", NULL, 0, NULL },
	{ "launch that is no hex",
	    "SVN-launchmeasurement=\"" Z16 Z16
	    "0000000000000000000000000000000g\"",
	    "measurement=" Z16 Z16 Z16, "token.measurement", NULL, 0, NULL },
	{ "host data", NULL, "host_data=" ONES ONES "," HOST_DATA, NULL, NULL,
	    0, NULL },
	{ "another host data", NULL, "host_data=" ONES ONES, "token.host_data",
	    NULL, 0, NULL },
	{ "id key", NULL, "id_key_digest=" Z16 Z16 Z16, NULL, NULL, 0, NULL },
	{ "another id key", NULL, "id_key_digest=" ONES ONES ONES,
	    "token.id_key_digest", NULL, 0, NULL },
	{ "author key", NULL, "author_key_digest=" Z16 Z16 Z16, NULL, NULL, 0,
	    NULL },
	{ "another author key", NULL, "author_key_digest=" ONES ONES ONES,
	    "token.author_key_digest", NULL, 0, NULL },
	{ "family", NULL, "family_id=01000000000000000000000000000000", NULL,
	    NULL, 0, NULL },
	{ "another family", NULL, "family_id=" ONES, "token.family_id", NULL, 0,
	    NULL },
	{ "image", NULL, "image_id=02000000000000000000000000000000", NULL,
	    NULL, 0, NULL },
	{ "another image", NULL, "image_id=" ONES, "token.image_id", NULL, 0,
	    NULL },
	{ "report id", NULL, "report_id=" REPORT_ID, NULL, NULL, 0, NULL },
	{ "another report id", NULL, "report_id=" ONES ONES, "token.report_id",
	    NULL, 0, NULL },

	{ "secure boot off", "secureboot=false", NULL, "token.secure-boot",
	    NULL, ON_GUEST, NULL },
	{ "secure boot not said", "secureboot", NULL, "token.secure-boot", NULL,
	    ON_GUEST, NULL },
	{ "secure boot a text", "secureboot=\"true\"", NULL,
	    "token.secure-boot", NULL, ON_GUEST, NULL },
	{ "secure boot may be off", "secureboot=false", "secure_boot=false",
	    NULL, NULL, ON_GUEST, NULL },
	{ "secure boot required", NULL, "secure_boot=true", NULL, NULL,
	    ON_VM | ON_GUEST, NULL },
	{ "a container has none", NULL, "secure_boot=true", "token.secure-boot",
	    NULL, ON_CONTAINER | ON_RUNTIME, NULL },
	{ "off, and required",
	    "tee/x-ms-runtime/vm-configuration/secure-boot=false",
	    "secure_boot=true", "token.secure-boot", NULL, ON_VM, NULL },
};
const size_t maa_rows_machine_count = COUNT(maa_rows_machine);
