/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_cloud_guest: what a confidential VM with a vTPM sends to AzureGuest, with
 * a TPM in software.  Change a part, then build.
 */
#ifndef TESTLIB_CLOUD_GUEST_H
#define TESTLIB_CLOUD_GUEST_H

#include "tests/testlib_cloud_maa.h"

#define GUEST_PCRS 8

struct guest {
	EVP_PKEY *ak, *enckey; /* borrowed: see guest_keys */
	EVP_PKEY *hcl_ak;      /* whom the runtime data names */
	EVP_PKEY *certified;   /* whose AK certificate it is */
	bool secure_boot;
	uint32_t enckey_attributes;
	uint8_t pcr[GUEST_PCRS][32];       /* as sent */
	uint8_t quoted[GUEST_PCRS][32];    /* as quoted */
	uint8_t selection;                 /* of the quote */
	uint32_t set;                      /* PcrSet */
	unsigned quote_type, certify_type; /* 0x8018, 0x8017 */
	EVP_PKEY *quote_key, *certify_key; /* who signs */
	EVP_PKEY *certify_about;           /* whose name it is */
	bool flip_runtime, longer_quote;
	bool other_ca, old_certificate;
};

/* RSA keys, made once: an AK, a decryption key, a stranger's. */
extern EVP_PKEY *guest_ak, *guest_enckey, *guest_stranger;
void guest_keys_make(void);
void guest_keys_free(void);

void guest_init(struct guest *);
/* AttestationInfo, with ClientPayload {"nonce": base64("n-17")}. */
json_t *guest_info(const struct guest *);
/* {"AttestationInfo": base64url} */
json_t *guest_request(const json_t *info);
/* Runtime data as the paravisor writes it; malloc'd. */
char *guest_runtime(const struct guest *);
/* What the answer's token holds, decrypted, malloc'd; NULL: does not open. */
char *guest_open(const char *sealed, EVP_PKEY *);

#endif
