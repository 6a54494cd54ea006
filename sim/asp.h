/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asp: the pretend machine behind the kernel's interfaces: its secure
 * processor, which answers with reports and derived keys, and its host, which
 * hands out certificates and may fail in every way that the switches name.
 */
#ifndef SIM_ASP_H
#define SIM_ASP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <linux/sev-guest.h>

#include "sim/chain.h"
#include "sim/report.h"
#include "sim/switch.h"

/* Status in a response, AMD 56860. */
#define SIM_STATUS_OK 0
#define SIM_STATUS_INVALID_PARAM 0x16
#define SIM_STATUS_INVALID_KEY 0x27

#define SIM_PAGE 4096
#define SIM_CERTS_MAX 0x4000 /* SEV_FW_BLOB_MAX_SIZE */
#define SIM_REPORT_HEADER 32 /* status, report_size, reserved */

/* What a guest may be launched with instead of what report.c has. */
struct sim_launch {
	uint64_t policy;
	uint32_t guest_svn;
	uint8_t family_id[16], image_id[16];
};

struct sim_asp {
	int dir; /* where keys and switches are kept */
	struct sim_keyset *keys;
	struct sim_switches switches;
	struct sim_platform machine;  /* as the product comes */
	struct sim_platform platform; /* with what the switches say */
	struct sim_chain chain;
	struct sim_blob certs;           /* the host's table */
	struct stat seen;                /* the switches' file as last read */
	uint32_t used[SIM_SWITCHES];     /* of what happens N times */
	uint32_t grown;                  /* pages by which the table grew */
	bool wiped;                      /* VMPCK */
	const struct sim_launch *launch; /* NULL: nothing else */
	int wake;                        /* readable: do not wait; or -1 */
	pthread_mutex_t lock;            /* held by whichever thread is at it */
};

/* Opens or fills a key directory; *why holds the reason where this fails. */
bool tee_sim_asp_open(struct sim_asp *, const char *dir,
    char why[SIM_SWITCH_WHY]);
void tee_sim_asp_close(struct sim_asp *);
/* Mints anew by asp->switches; counters start from zero. */
bool tee_sim_asp_apply(struct sim_asp *, char why[SIM_SWITCH_WHY]);
/* Applies the file of switches where it changed since. */
bool tee_sim_asp_follow(struct sim_asp *, char why[SIM_SWITCH_WHY]);
/* ark.pem ask.pem asvk.pem vcek.pem vlek.pem crl.der root */
bool tee_sim_asp_publish(const struct sim_asp *, int dir);

enum sim_signer tee_sim_asp_signer(const struct sim_asp *);
/* The value of a switch. */
uint32_t tee_sim_asp_number(const struct sim_asp *, enum sim_switch);
/* True as many times as a COUNT or ERRNO says since the last change. */
bool tee_sim_asp_due(struct sim_asp *, enum sim_switch);

/* A signed report; what the switches say comes before what was asked. */
bool tee_sim_asp_sign(struct sim_asp *, const struct snp_report_req *,
    uint8_t report[SIM_REPORT_SIZE]);
/* MSG_REPORT_RSP and MSG_KEY_RSP, status included. */
bool tee_sim_asp_report(struct sim_asp *, const struct snp_report_req *,
    struct snp_report_resp *);
bool tee_sim_asp_key(struct sim_asp *, const struct snp_derived_key_req *,
    struct snp_derived_key_resp *);

#endif
