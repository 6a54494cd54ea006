/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover: between the keeper, which holds keys and parses no network input,
 * and a worker, which runs one transaction and exits.  The worker is not
 * believed: every length is checked, and what it sends concerns one profile.
 *
 * The seed alone travels through a sealed, locked memory that both map
 * (memfd, size sealed); everything else through the channel, a socket pair of
 * SOCK_SEQPACKET: one errand in, one report out in packets of 16 KiB, log
 * lines before it.
 */
#ifndef TEED_HANDOVER_H
#define TEED_HANDOVER_H

#include "libtee/custodian.h"
#include "libtee/secret.h"

#define TEED_WORKER_CHANNEL 3 /* descriptors of a worker */
#define TEED_WORKER_SEED 4    /* absent (closed) but for acquire */
#define TEED_REPORT_MAX (4u << 20)

enum teed_errand_kind { TEED_ACQUIRE = 1, TEED_RENEW, TEED_ATTEST };

struct teed_errand {
	enum teed_errand_kind kind;
	char *path; /* the profile's file */
	uint8_t digest[32];
	struct tee_standing standing; /* renew, attest */
	char *challenge_id, *nonce;   /* attest */
	size_t challenge_id_size, nonce_size;
};

/* Both as bytes; malloc'd where written; false where it cannot be. */
bool teed_errand_write(const struct teed_errand *, uint8_t **bytes,
    size_t *size) TEE_MUST_USE;
bool teed_errand_read(const uint8_t *bytes, size_t size,
    struct teed_errand *out) TEE_MUST_USE;
void teed_errand_clear(struct teed_errand *);

struct teed_report {
	int error; /* 0 or TEE_E_* */
	struct tee_release release;
};
bool teed_report_write(const struct teed_report *, uint8_t **bytes,
    size_t *size) TEE_MUST_USE;
bool teed_report_read(const uint8_t *bytes, size_t size,
    struct teed_report *out) TEE_MUST_USE;
void teed_report_clear(struct teed_report *);

/*
 * The keeper's side of one worker under way.  The channel becomes readable;
 * teed_worker_read takes what is there: a log line (to the callback), a part
 * of the report, or its end.
 */
struct teed_worker;
enum teed_worker_state {
	TEED_WORKER_LOST = 0, /* it ended, or spoke nonsense, before a report */
	TEED_WORKER_BUSY,
	TEED_WORKER_DONE
};
/*
 * Asks the supervisor (supervise.h, over its socket) for a worker and sends
 * it the errand.  Never blocks for long.  NULL where there is none.
 */
struct teed_worker *teed_worker_start(int supervisor,
    const struct teed_errand *);
int teed_worker_channel(const struct teed_worker *); /* for epoll */
enum teed_worker_state teed_worker_read(struct teed_worker *, tee_log_fn *,
    void *log_user) TEE_MUST_USE;
/* After DONE.  The report is the caller's; the seed is mapped, locked memory
 * until teed_worker_free, which wipes it; NULL but for a granted acquire. */
void teed_worker_take(struct teed_worker *, struct teed_report *out,
    const uint8_t **seed);
/* Ends it where it still runs: its channel closes, and it dies of that. */
void teed_worker_free(struct teed_worker **);

#endif
