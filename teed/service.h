/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service: what teed does for one profile: its doors, its clients, its key
 * and the key's lease.
 *
 *	state        the key          becomes
 *	ACQUIRING    none yet         HELD, DENIED, UNAVAILABLE
 *	HELD         signs            DENIED (a renewal was), EXPIRED, REVOKED
 *	UNAVAILABLE  none             tried again after back-off
 *	EXPIRED      none             the same
 *	DENIED       destroyed        tried again when somebody asks RENEW
 *	REVOKED      destroyed        the same, an operator alone
 */
#ifndef TEED_SERVICE_H
#define TEED_SERVICE_H

#include "teed/client.h"
#include "teed/door.h"
#include "teed/guest.h"
#include "teed/key.h"
#include "teed/refusal.h"
#include "teed/renewal.h"
#include "teed/tally.h"
#include "teed/workers.h"

enum teed_state {
	TEED_UNAVAILABLE = 0,
	TEED_ACQUIRING,
	TEED_HELD,
	TEED_DENIED,
	TEED_EXPIRED,
	TEED_REVOKED
};
const char *teed_state_word(enum teed_state);

/* What all services share; the keeper's. */
struct teed_house {
	struct teed_loop *loop;
	struct teed_workers *workers;
	struct tee_bench *bench; /* where all keys sign */
	struct tee_log log;
	const char *run_dir;
};

/* A request that waits for a worker; its client may go before it. */
struct teed_ask {
	struct teed_ask *next;
	struct teed_client *client;
	uid_t uid; /* the client's, also when it is gone */
	uint8_t verb;
	uint32_t id;
	char *challenge; /* ATTEST: the payload */
	size_t size;
};

/* How the last transaction ended. */
struct teed_last {
	time_t at; /* 0: there was none */
	int error;
	char reason[64];
	char detail[512];
};

struct teed_service {
	struct teed_house *house;
	struct tee *plan;
	struct teed_guests guests;
	char *reload_error; /* the file as it is now is not what is served */
	bool seen;          /* by the reload under way */

	struct teed_door door, ssh_door;
	struct teed_client *clients;
	uint64_t turn; /* the last in which one of them was read */
	unsigned client_count, own_places; /* of these: operators' own */
	struct teed_peer *peers;

	enum teed_state state;
	struct teed_key key;
	struct teed_renewal renewal;
	struct teed_timer timer; /* the next try, or the lease's end */
	struct teed_job lease;   /* acquire or renew */
	struct teed_job attest;  /* one at a time */
	/* When somebody last caused a transaction; users keep no operator. */
	int64_t asked, asked_by_operator;
	struct teed_ask *waiting;      /* for the lease */
	struct teed_ask *first, *last; /* for attest */
	unsigned attests;
	struct teed_last outcome;
	struct teed_tally tally;
};

/*
 * Takes the inherited descriptors, -1 where there is none, and the plan.  NULL,
 * with a line in the log and its reason in `why`, and the plan still the
 * caller's, where a door cannot be opened or an account is not known.
 */
struct teed_service *teed_service_open(struct teed_house *, struct tee **plan,
    int door, int ssh_door, char why[TEED_WHY]);
/* The key is destroyed, and whoever waits is told. */
void teed_service_close(struct teed_service **);
/*
 * Another in its place, at the same doors, with a key of its own: whatever
 * changed in the profile, nothing of the old grant is carried over.  False,
 * and the old one stands, where the new plan cannot be served.
 */
bool teed_service_replace(struct teed_service **, struct tee **plan,
    char why[TEED_WHY]);

/* lease.c: from the beginning, and where somebody asks for it. */
void teed_lease_start(struct teed_service *);
/* A transaction that a client asked for: 0, or why not now. */
int teed_lease_ask(struct teed_service *, const struct teed_client *);
/* The key is gone otherwise than by a renewal. */
void teed_lease_end(struct teed_service *, enum teed_state, const char *why);
void teed_lease_stop(struct teed_service *);
/* An errand over this service's profile and key, which the job borrows. */
void teed_lease_errand(struct teed_service *, enum teed_errand_kind,
    struct teed_job *);

/* answer.c: what clients ask. */
extern const struct teed_client_owner teed_answers;
/* Those who waited for the lease. */
void teed_answer_waiting(struct teed_service *);
/* The key goes: those who wait for evidence of it are refused. */
void teed_answer_attests(struct teed_service *);
/* A client goes: what it asked is nobody's any more. */
void teed_answer_forget(struct teed_service *, const struct teed_client *);
/* Every ask that is left, refused. */
void teed_answer_stop(struct teed_service *);

/* service.c: frees it; the owner's `gone`. */
void teed_service_leave(struct teed_client *);

/* status.c: a JSON document; free(3) it; NULL: no memory. */
char *teed_status(const struct teed_service *);

#endif
