/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uvm: the endorsement of a utility VM, the guest that Azure boots around the
 * containers of a confidential group: a COSE_Sign1 in which its builder says
 * that this launch measurement is version so-and-so of its feed.
 *
 *             until 2025             since December 2025 (hash envelope)
 * issuer      "iss"                  15 (CWT claims): 1
 * feed        "feed"                 15: 2
 * signed at   "signingtime"          15: 6
 * svn         payload, JSON          15: "svn"
 * measurement payload, JSON, hex     the payload, with 258 = SHA-384
 */
#ifndef TEE_AZURE_UVM_H
#define TEE_AZURE_UVM_H

#include <tee/module.h>

#include "modules/common/cose.h"
#include "modules/common/didx509.h"

#define AZURE_UVM_MEASUREMENT 48
#define AZURE_UVM_TEXT 128

struct azure_uvm {
	struct tee_cose cose;
	char issuer[TEE_DIDX509_MAX];
	char feed[AZURE_UVM_TEXT];
	time_t signed_at;
	uint64_t svn;
	uint8_t measurement[AZURE_UVM_MEASUREMENT];
	const char *error; /* of parsing; NULL: none */
};

/* False with ->error; free it either way. */
bool tee_azure_uvm_parse(struct azure_uvm *, const void *data, size_t size);
void tee_azure_uvm_free(struct azure_uvm *);

/* Whose endorsement of what counts. */
struct azure_uvm_policy {
	char *issuer;
	struct tee_didx509 name; /* the issuer, taken apart */
	char *feed;
	uint64_t least_svn;
};

/* Options uvm_issuer, uvm_feed, uvm_min_svn.  False: the refusal is logged. */
bool tee_azure_uvm_policy_read(struct azure_uvm_policy *,
    const struct tee_config *) TEE_MUST_USE;
void tee_azure_uvm_policy_clear(struct azure_uvm_policy *);
/*
 * The checks uvm.* of these bytes; true where all of them pass, and then
 * *svn is what was endorsed.
 */
bool tee_azure_uvm_judge(struct tee_call *, const struct azure_uvm_policy *,
    const void *data, size_t size,
    const uint8_t measurement[AZURE_UVM_MEASUREMENT], uint64_t *svn);

#endif
