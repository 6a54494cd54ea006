/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maatoken: what Microsoft Azure Attestation says of a machine, as a JWT.
 *
 *   sevsnpvm   the claims of the SNP report stand at the top
 *   azurevm    they stand in x-ms-isolation-tee; x-ms-runtime at the top
 *              carries the payload of the client that asked
 *
 * Every rule is a check of its own name; a claim that a rule needs and that
 * is absent fails the rule.  The token's own jku is never followed.
 */
#ifndef TEE_AZURE_MAATOKEN_H
#define TEE_AZURE_MAATOKEN_H

#include "modules/common/jws.h"
#include "modules/snp_azure/maapolicy.h"

/* Members are borrowed from the payload; NULL where they are absent. */
struct azure_maatoken {
	struct tee_jws jws;
	bool guest;            /* azurevm */
	const json_t *tee;     /* the claims of the report */
	const json_t *runtime; /* x-ms-runtime beside them */
	const json_t *client;  /* client-payload of an azurevm token */
};

#define AZURE_SVN "x-ms-sevsnpvm-"
#define AZURE_TIME_MAX UINT64_C(253402300799) /* the year 9999 */

/*
 * The evidence's, or NULL.  It was a file often enough: one LF or CR LF at its
 * end is no part of it, for whoever reads it.
 */
const char *tee_azure_maatoken_item(struct tee_call *, size_t *size);
/* token.format, token.algorithm; free it either way. */
bool tee_azure_maatoken_parse(struct tee_call *, struct azure_maatoken *,
    const void *text, size_t size);
void tee_azure_maatoken_free(struct azure_maatoken *);
/* Of a VM above Azure's paravisor; of a utility VM that Microsoft endorsed. */
bool tee_azure_maatoken_is_cvm(const struct azure_maatoken *);
bool tee_azure_maatoken_is_uvm(const struct azure_maatoken *);
/* Exactly `size` bytes of hex, of either case. */
bool tee_azure_maatoken_hex(const json_t *object, const char *name,
    uint8_t *out, size_t size);
/* A JSON number of 0 to `most`, whole. */
bool tee_azure_maatoken_number(const json_t *object, const char *name,
    uint64_t most, uint64_t *out);

/* Who said it, when, in which form: judge_token.c. */
void tee_azure_maatoken_judge(struct tee_call *, const struct azure_maatoken *,
    const struct azure_maa_policy *);
/* What it says of the machine: judge_machine.c. */
void tee_azure_maatoken_judge_machine(struct tee_call *,
    const struct azure_maatoken *, const struct azure_maa_policy *);
/*
 * What it is bound to, by the evidence's own bytes; passport: it came with the
 * evidence and was not asked for: maatoken_binding.c.
 */
void tee_azure_maatoken_bind(struct tee_call *, const struct azure_maatoken *,
    bool passport);
/*
 * The same claims in the same form as modules/snp makes of a report; only
 * for a token whose signature and issuer are right: maatoken_claim.c.
 */
void tee_azure_maatoken_claim(struct tee_call *, const struct azure_maatoken *,
    const struct azure_maa_policy *);
/*
 * The TCB as far as a token says it.  1: not below the floor; 0: below it, or
 * not comparable; -1: no floor given.
 */
bool tee_azure_maatoken_tcb(const struct azure_maatoken *, struct snp_tcb *);
int tee_azure_maatoken_floor(const struct snp_policy *,
    const struct snp_floor *, const struct snp_tcb *);

/* Which claim answers which of snp's lists; NULL: none. */
const char *tee_azure_maatoken_list_claim(enum snp_list_kind);

#define AZURE_TOKEN_JUDGE(call, name, ok, ...) \
	tee_call_check((call), (name), (ok) ? TEE_CHECK_PASS : TEE_CHECK_FAIL, \
	    __VA_ARGS__)

#endif
