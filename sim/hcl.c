/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hcl: see hcl.h.  Little-endian:
 *
 *   off  size  field
 *   0    4     "HCLA"
 *   4    4     version
 *   8    4     report_size: 32 + 1184 + data_size
 *   12   4     request_type: 2
 *   16   4     status
 *   32   1184  the SNP report
 *   1216 4     data_size: 20 + size of the claims
 *   1220 4     version: 1
 *   1224 4     report_type: 2 SNP, 4 TDX
 *   1228 4     report_data_hash_type: 1 SHA-256
 *   1232 4     size of the claims
 *   1236 n     the claims, JSON
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "sim/hcl.h"
#include "sim/tpmkey.h"

#define REPORT_AT 32
#define CLAIMS_MAX 2048
#define REQUEST_AK_CERT 2
#define TYPE_SNP 2
#define HASH_SHA256 1
#define KEY_TEXT (SIM_MODULUS / 3 * 4 + 5) /* base64, with its padding */
#define DATA_TEXT (2 * SIM_HCL_USER_DATA + 1)

const struct sim_launch tee_sim_hcl_launch = { .policy = 0x3001f,
	.guest_svn = 10,
	.family_id = { 1 },
	.image_id = { 2 } };

/* As the metadata service derives it (cloud.c), in upper case as here. */
void
tee_sim_hcl_vm_id(const struct sim_keyset *keys, char out[SIM_VM_ID_TEXT])
{
	uint8_t in[sizeof(keys->chip) + 32] = { 0 }, d[32] = { 0 };

	memcpy(in, keys->chip, sizeof(keys->chip));
	memcpy(in + sizeof(keys->chip), "vm", 2);
	EVP_Digest(in, sizeof(in), d, NULL, EVP_sha256(), NULL);
	OPENSSL_cleanse(in, sizeof(in));
	snprintf(out, SIM_VM_ID_TEXT,
	    "%02X%02X%02X%02X-%02X%02X-4%01X%02X-8%01X%02X-"
	    "%02X%02X%02X%02X%02X%02X",
	    d[0], d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7], d[8] & 15,
	    d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

/* base64url of the modulus, without padding. */
static bool
modulus_text(const EVP_PKEY *key, char out[KEY_TEXT])
{
	uint8_t modulus[SIM_MODULUS];
	int size;

	if (!tee_sim_tpmkey_modulus(key, modulus))
		return false;
	size = EVP_EncodeBlock((unsigned char *)out, modulus, sizeof(modulus));
	while (size > 0 && out[size - 1] == '=')
		out[--size] = '\0';
	for (char *p = out; *p != '\0'; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	return true;
}

static void
data_text(const uint8_t data[SIM_HCL_USER_DATA], char out[DATA_TEXT])
{
	for (size_t i = 0; i < SIM_HCL_USER_DATA; i++)
		snprintf(out + 2 * i, 3, "%02X", data[i]);
}

/* Before 2024 the AK alone, for a use that it does not have. */
static int
print_claims(const struct sim_asp *asp, const struct sim_hcl_claims *claims,
    char out[CLAIMS_MAX])
{
	bool old = tee_sim_asp_number(asp, SIM_SW_HCL_FORM) != 0;
	char ak[KEY_TEXT], ek[KEY_TEXT], data[DATA_TEXT], id[SIM_VM_ID_TEXT];

	if (!modulus_text(claims->ak, ak) || !modulus_text(claims->ek, ek))
		return -1;
	data_text(claims->user_data, data);
	tee_sim_hcl_vm_id(asp->keys, id);
	if (old)
		return snprintf(out, CLAIMS_MAX,
		    "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":"
		    "[\"encrypt\"],\"kty\":\"RSA\",\"e\":\"AQAB\","
		    "\"n\":\"%s\"}],\"vm-configuration\":{"
		    "\"console-enabled\":true,\"secure-boot\":true,"
		    "\"tpm-enabled\":true,\"vmUniqueId\":\"%s\"}}",
		    ak, id);
	return snprintf(out, CLAIMS_MAX,
	    "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],"
	    "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"},"
	    "{\"kid\":\"HCLEkPub\",\"key_ops\":[\"encrypt\"],"
	    "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}],"
	    "\"vm-configuration\":{\"console-enabled\":true,"
	    "\"secure-boot\":true,\"tpm-enabled\":true,"
	    "\"vmUniqueId\":\"%s\"},\"user-data\":\"%s\"}",
	    ak, ek, id, data);
}

static void
put32(uint8_t *p, size_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t
number_or(const struct sim_asp *asp, enum sim_switch i, uint32_t otherwise)
{
	return asp->switches.value[i].set ? tee_sim_asp_number(asp, i) :
					    otherwise;
}

static void
put_header(const struct sim_asp *asp, size_t claims_size, uint8_t *out)
{
	size_t data_size = 20 + claims_size;

	memcpy(out, "HCLA", 4);
	put32(out + 4, number_or(asp, SIM_SW_HCL_VERSION, 1));
	put32(out + 8, REPORT_AT + SIM_REPORT_SIZE + data_size);
	put32(out + 12, REQUEST_AK_CERT);
	put32(out + 1216, data_size);
	put32(out + 1220, 1);
	put32(out + 1224, number_or(asp, SIM_SW_HCL_TYPE, TYPE_SNP));
	put32(out + 1228, HASH_SHA256);
	put32(out + 1232, claims_size);
}

bool
tee_sim_hcl_make(struct sim_asp *asp, const struct sim_hcl_claims *claims,
    uint8_t *out, size_t size)
{
	const struct sim_value *flip =
	    &asp->switches.value[SIM_SW_HCL_RUNTIME_BIT];
	struct snp_report_req request = { .vmpl = 0 };
	char text[CLAIMS_MAX];
	int length = print_claims(asp, claims, text);
	size_t used = (size_t)length;

	if (length <= 0 || used >= sizeof(text) ||
	    size < SIM_HCL_HEADER + used ||
	    EVP_Digest(text, used, request.user_data, NULL, EVP_sha256(),
		NULL) != 1)
		return false;
	memset(out, 0, size);
	put_header(asp, used, out);
	if (!tee_sim_asp_sign(asp, &request, out + REPORT_AT))
		return false;
	if (flip->set)
		text[flip->number / 8 % used] ^= (char)(1u << flip->number % 8);
	memcpy(out + SIM_HCL_HEADER, text, used);
	return true;
}
