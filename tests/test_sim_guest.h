/* SPDX-License-Identifier: Apache-2.0 */
/* A guest's view of a served machine, shared by its tests. */
#ifndef TEST_SIM_GUEST_H
#define TEST_SIM_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <check.h>
#include <linux/sev-guest.h>
#include <openssl/x509.h>

#define POISON 0xabcdabcdabcdULL /* exitinfo2 before a call */
#define VMM(n) ((uint64_t)(n) << 32)
#define REPORT 1184
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Given by test_sim.sh. */
extern const char *guest_teesim, *guest_keys, *guest_device, *guest_legacy,
    *guest_tsm;

/* Takes every switch back, then sets these ("" is none). */
void guest_set(const char *switches);

/* One request and everything that came back. */
struct call {
	unsigned long cmd;
	uint8_t msg_version;
	void *req, *resp;
	int error; /* errno, 0 for success */
	uint64_t exitinfo2;
};

extern struct snp_report_req report_req;
extern struct snp_ext_report_req ext_req;
extern struct snp_report_resp resp;
extern uint8_t certs[16 * 4096];

void guest_call(struct call *);
struct call guest_report(void);
struct call guest_ext(uint32_t certs_len);

uint32_t get32(const uint8_t *);
/* By the files of the key directory, with libcrypto. */
X509 *guest_load(const char *name);
bool guest_verifies(const uint8_t *report, const char *leaf);
bool guest_signed_by(const char *cert, const char *issuer);

void add_device_tests(TCase *);
void add_report_tests(TCase *);
void add_key_tests(TCase *);
void add_tsm_tests(TCase *);

#endif
