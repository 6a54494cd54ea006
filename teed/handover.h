/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover: what passes between the keeper, which holds keys and parses no
 * network input, and a worker, which runs one transaction and exits.  The
 * worker is not believed: every length is checked, and what it sends concerns
 * one profile.
 *
 * The seed alone travels through a sealed, locked memory that both map
 * (memfd, size sealed); everything else through the channel, a socket pair of
 * SOCK_SEQPACKET: one errand in, one report out in packets of 16 KiB, log
 * lines before it.
 */
#ifndef TEED_HANDOVER_H
#define TEED_HANDOVER_H

#include "libtee/custodian.h"

#define TEED_WORKER_CHANNEL 3 /* descriptors of a worker */
#define TEED_WORKER_SEED 4    /* closed but for acquire */
#define TEED_REPORT_MAX (4u << 20)
#define TEED_ERRAND_MAX (140 * 1024)
#define TEED_SEED_MAP 4096 /* bytes of the shared memory */

/* What a packet of a worker begins with. */
enum teed_packet { TEED_PACKET_LOG = 1, TEED_PACKET_REPORT, TEED_PACKET_END };
#define TEED_PACKET_MAX 16384

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

#endif
