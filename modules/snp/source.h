/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: where a guest asks for its report.  Each source says whether it is
 * there at all: only an absent one lets `auto` try the next.
 */
#ifndef TEE_SNP_SOURCE_H
#define TEE_SNP_SOURCE_H

#include <tee/module.h>

#include "modules/snp/report.h"

/* The kernel's own limit for a certificate table (SEV_FW_BLOB_MAX_SIZE). */
#define SNP_CERTS_MAX 16384

struct snp_question {
	struct tee_call *call;
	uint8_t user_data[SNP_REPORT_DATA_SIZE];
	bool has_vmpl;
	uint32_t vmpl;
};

struct snp_answer {
	uint8_t report[SNP_REPORT_SIZE];
	uint8_t certs[SNP_CERTS_MAX];
	size_t certs_size; /* 0: the host supplied none */
	bool absent;       /* this source does not exist here */
};

/* /dev/sev-guest (Linux 5.19 and later): report and certificate table. */
enum tee_verdict tee_snp_ask_device(const struct snp_question *,
    const char *path, struct snp_answer *);
/* /dev/sev of the 5.15 confidential-container guests: report alone. */
enum tee_verdict tee_snp_ask_old_device(const struct snp_question *,
    const char *path, struct snp_answer *);
/* configfs-tsm (Linux 6.7 and later). */
enum tee_verdict tee_snp_ask_tsm(const struct snp_question *, const char *path,
    struct snp_answer *);

/*
 * Sleeps before another try, longer each time; false where the line's budget
 * would be over, after a log line that says so.
 */
bool tee_snp_wait(const struct snp_question *, const char *hop,
    unsigned *tries);

#endif
