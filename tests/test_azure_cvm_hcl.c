/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about the paravisor's report: layout, hash, AK, level. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <check.h>
#include <openssl/rsa.h>

#include "tests/test_azure_cvm_rows.h"

/* What is left undone where the layout or the type is refused. */
#define STOPS "binding"
/* What hangs on runtime data that REPORT_DATA vouches for. */
#define NO_AK "hcl.ak quote.signature binding"

static void
poke(struct cvm_evidence *e, size_t at, uint8_t value)
{
	ck_assert_uint_lt(at, e->item[CVM_HCL].size);
	e->item[CVM_HCL].data[at] = value;
}

#define POKE(name, at, value) \
	static void name(struct cvm_evidence *e) \
	{ \
		poke(e, at, value); \
	}

POKE(signature, 0, 'h')
POKE(version_0, 4, 0)
POKE(version_2, 4, 2)
POKE(version_3, 4, 3)
POKE(version_high, 7, 1)
POKE(report_size_of_documents, 9, 4)
POKE(data_size_off, 1216, 0xff)
POKE(data_size_below, 1217, 0)
POKE(data_version_0, 1220, 0)
POKE(data_version_2, 1220, 2)
POKE(type_none, 1224, 0)
POKE(type_vbs, 1224, 1)
POKE(type_trusted, 1224, 3)
POKE(type_tdx, 1224, 4)
POKE(type_cca, 1224, 5)
POKE(type_6, 1224, 6)
POKE(type_high, 1227, 1)
POKE(hash_0, 1228, 0)
POKE(hash_sha384, 1228, 2)
POKE(junk_behind, CVM_NV_SIZE - 1, 1)

static void
cut(struct cvm_evidence *e, size_t size)
{
	e->item[CVM_HCL].size = size;
}

static void
nothing(struct cvm_evidence *e)
{
	cut(e, 0);
}

static void
no_header(struct cvm_evidence *e)
{
	cut(e, 1235);
}

/* Right up to its last byte, which is not there. */
static void
last_byte(struct cvm_evidence *e)
{
	cut(e, 1236 + strlen(e->runtime) - 1);
}

static void
no_padding(struct cvm_evidence *e)
{
	cut(e, 1236 + strlen(e->runtime));
}

/* 20 + n that would wrap around, were they added. */
static void
sizes_wrap(struct cvm_evidence *e)
{
	memset(e->item[CVM_HCL].data + 1232, 0xff, 4);
	memset(e->item[CVM_HCL].data + 1216, 0, 4);
	poke(e, 1216, 19);
}

static void
size_beyond(struct cvm_evidence *e)
{
	memset(e->item[CVM_HCL].data + 1232, 0xff, 3);
	memset(e->item[CVM_HCL].data + 1216, 0, 4);
	poke(e, 1216, 19);
	poke(e, 1219, 1);
}

/* Both sizes, one byte less: the hash no longer fits. */
static void
shorter_runtime(struct cvm_evidence *e)
{
	uint32_t n = (uint32_t)strlen(e->runtime) - 1;

	poke(e, 1232, n & 0xff);
	poke(e, 1233, n >> 8 & 0xff);
	poke(e, 1216, (n + 20) & 0xff);
	poke(e, 1217, (n + 20) >> 8 & 0xff);
}

static void
no_hcl(struct cvm_evidence *e)
{
	cvm_drop(e, CVM_HCL);
}

static void
other_user_data(struct cvm_evidence *e)
{
	poke(e, 1236 + strlen(e->runtime) - 3, 'A');
}

static void
hash_of_other(struct cvm_evidence *e)
{
	memset(e->report_data, 0x5a, 32);
	e->report_data_given = true;
}

static void
last_byte_of_hash(struct cvm_evidence *e)
{
	ck_assert(EVP_Digest(e->runtime, strlen(e->runtime), e->report_data,
	    NULL, EVP_sha256(), NULL));
	e->report_data[31] ^= 1;
	e->report_data_given = true;
}

static void
bytes_behind_hash(struct cvm_evidence *e)
{
	e->report_data[63] = 1;
}

static void
byte_after_hash(struct cvm_evidence *e)
{
	e->report_data[32] = 1;
}

static void
report_signed_by_other(struct cvm_evidence *e)
{
	e->snp.report_key = snp_keys->key[SIM_OTHER_P384];
}

static void
no_json(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "{\"keys\"", "{keys");
}

static void
json_list(struct cvm_evidence *e)
{
	strcpy(e->runtime, "[]");
}

static void
empty_json(struct cvm_evidence *e)
{
	e->runtime[0] = '\0';
}

static void
duplicate_names(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "{\"keys\"", "{\"keys\":[],\"keys\"");
}

static void
no_keys(struct cvm_evidence *e)
{
	strcpy(e->runtime, "{}");
}

static void
no_ak(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "HCLAkPub", "HCLAKPub");
}

static void
two_aks(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "HCLEkPub", "HCLAkPub");
}

static void
ak_is_ec(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "\"kty\":\"RSA\"", "\"kty\":\"EC\"");
}

static void
ak_without_n(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "\"n\":\"", "\"m\":\"");
}

static void
ak_small(struct cvm_evidence *e)
{
	static char right[2048];
	EVP_PKEY *small = EVP_RSA_gen(1024);

	ck_assert_ptr_nonnull(small);
	strcpy(right, cvm_jwk(cvm_ak, "HCLAkPub"));
	cvm_runtime_edit(e, right, cvm_jwk(small, "HCLAkPub"));
	EVP_PKEY_free(small);
}

/* As the paravisor wrote it in 2022: no user-data, one key to "encrypt". */
static void
old_paravisor(struct cvm_evidence *e)
{
	char text[CVM_RUNTIME_MAX];

	snprintf(text, sizeof(text), "{\"keys\":[%s]}",
	    cvm_jwk(cvm_ak, "HCLAkPub"));
	strcpy(e->runtime, text);
	cvm_runtime_edit(e, "\"sign\"", "\"encrypt\"");
}

static void
malformed_user_data(struct cvm_evidence *e)
{
	cvm_runtime_edit(e, "\"user-data\":\"B1", "\"user-data\":\"B");
}

static void
user_data_is_number(struct cvm_evidence *e)
{
	char *at = strstr(e->runtime, "\"user-data\":");

	ck_assert_ptr_nonnull(at);
	strcpy(at, "\"user-data\":1}");
}

const struct cvm_row cvm_hcl_rows[] = { ROW(.name = "good"),
	ROW("no report", NULL, "azure.shape " STOPS, .after = no_hcl),
	ROW("no bytes", "hcl.format", STOPS, .after = nothing),
	ROW("shorter than its header", "hcl.format", STOPS, .after = no_header),
	ROW("JSON cut", "hcl.format", STOPS, .after = last_byte),
	ROW("not padded", .after = no_padding),
	ROW("not HCLA", "hcl.format", STOPS, .after = signature),
	ROW("version 0", "hcl.format", STOPS, .after = version_0),
	ROW("version 2", .after = version_2),
	ROW("version 3", "hcl.format", STOPS, .after = version_3),
	ROW("version above 16 bits", "hcl.format", STOPS,
	    .after = version_high),
	ROW("report size 1184", .after = report_size_of_documents),
	ROW("sizes disagree", "hcl.format", STOPS, .after = data_size_off),
	ROW("data size below its header", "hcl.format", STOPS,
	    .after = data_size_below),
	ROW("sizes that wrap", "hcl.format", STOPS, .after = sizes_wrap),
	ROW("size beyond the end", "hcl.format", STOPS, .after = size_beyond),
	ROW("version 0 of the data", "hcl.format", STOPS,
	    .after = data_version_0),
	ROW("version 2 of the data", "hcl.format", STOPS,
	    .after = data_version_2),
	ROW("junk in the padding is nobody's", .after = junk_behind),
	ROW("no type", "hcl.report-type", STOPS, .after = type_none),
	ROW("VBS", "hcl.report-type", STOPS, .after = type_vbs),
	ROW("trusted VM", "hcl.report-type", STOPS, .after = type_trusted),
	ROW("TDX", "hcl.report-type", STOPS, .after = type_tdx),
	ROW("CCA", "hcl.report-type", STOPS, .after = type_cca),
	ROW("type 6", "hcl.report-type", STOPS, .after = type_6),
	ROW("type above 16 bits", "hcl.report-type", STOPS, .after = type_high),
	ROW("hash type 0", "hcl.runtime-hash", NO_AK, .after = hash_0),
	ROW("SHA-384", "hcl.runtime-hash", NO_AK, .after = hash_sha384),
	ROW("report data of something else", "hcl.runtime-hash", NO_AK,
	    .before = hash_of_other),
	ROW("its last byte", "hcl.runtime-hash", NO_AK,
	    .before = last_byte_of_hash),
	ROW("other user data than was hashed", "hcl.runtime-hash", NO_AK,
	    .after = other_user_data),
	ROW("one byte of JSON less", "hcl.runtime-hash hcl.runtime-data",
	    "quote.signature binding", .after = shorter_runtime),
	ROW("last byte of report data", "hcl.report-data-upper", NO_AK,
	    .before = bytes_behind_hash),
	ROW("first byte behind the hash", "hcl.report-data-upper", NO_AK,
	    .before = byte_after_hash),
	ROW("VMPL 1", "hcl.vmpl", NO_AK, .set = "vmpl=1"),
	ROW("VMPL 3", "hcl.vmpl", NO_AK, .set = "vmpl=3"),
	ROW("VMPL 2, though the line wants it", "hcl.vmpl", NO_AK,
	    .set = "vmpl=2", .options = "vmpl=2"),
	ROW("asked for by the host", "hcl.vmpl vmpl", NO_AK,
	    .set = "vmpl=0xffffffff"),
	ROW("report signed by another chip", "signature", "binding",
	    .before = report_signed_by_other),
	ROW("debug", "policy.debug", .set = "policy=0xb001f"),
	ROW("not JSON", "hcl.runtime-data", "quote.signature binding",
	    .before = no_json),
	ROW("a list", "hcl.runtime-data", "quote.signature binding",
	    .before = json_list),
	ROW("no bytes of JSON", "hcl.runtime-data", "quote.signature binding",
	    .before = empty_json),
	ROW("a name twice", "hcl.runtime-data", "quote.signature binding",
	    .before = duplicate_names),
	ROW("no keys", "hcl.ak", "quote.signature binding", .before = no_keys),
	ROW("no HCLAkPub", "hcl.ak", "quote.signature binding",
	    .before = no_ak),
	ROW("two of them", "hcl.ak", "quote.signature binding",
	    .before = two_aks),
	ROW("of another type", "hcl.ak", "quote.signature binding",
	    .before = ak_is_ec),
	ROW("without modulus", "hcl.ak", "quote.signature binding",
	    .before = ak_without_n),
	ROW("of 1024 bits", "hcl.ak", "quote.signature binding",
	    .before = ak_small),
	ROW("paravisor of 2022", .before = old_paravisor),
	ROW("user data a digit short", "hcl.user-data",
	    .before = malformed_user_data),
	ROW("user data no text", "hcl.user-data",
	    .before = user_data_is_number),
	{ .name = NULL } };
