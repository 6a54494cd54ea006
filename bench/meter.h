/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meter: where the time of a transaction goes.  Two clocks that must tell the
 * same story:
 *
 *   own  elapsed time less every call that blocks on a device's or a
 *        service's descriptor, and less every pause.  What libtee costs the
 *        agent that waits for it, neighbours on the CPU and page faults
 *        included: the upper bound, and what is held against a goal.
 *   cpu  CLOCK_PROCESS_CPUTIME_ID, user and system, all threads: the
 *        same without the neighbours, but with the kernel's share of each
 *        blocking call.
 *
 * The blocking calls are seen because this program defines them (read, write,
 * poll, ioctl, ..) before the C library does; a descriptor belongs to a
 * hop by the path it was opened with or the port it was connected to.  Own
 * time belongs to that hop, too: a device's and the vTPM's until it is closed,
 * a service's while libcurl transfers (its TLS, for instance), whether it
 * connects or has a connection from before.  The rest belongs to the phase of
 * the transaction, whose end the core's log tells.
 */
#ifndef TEE_BENCH_METER_H
#define TEE_BENCH_METER_H

#include <stdbool.h>

/* Services first: what a descriptor can belong to. */
enum meter_hop {
	METER_VTPM,
	METER_DEVICE,
	METER_IMDS,
	METER_MAA,
	METER_VAULT,
	METER_KDS,
	METER_SERVICES,
	METER_PREPARE = METER_SERVICES, /* keystore, wrapping key */
	METER_COLLECT,
	METER_OFFLINE, /* the first verifier */
	METER_TOKEN,   /* the second: MAA's token */
	METER_RELEASE, /* keystore, unsealing */
	METER_REST,    /* the core: binding, floor, custody, evidence */
	METER_HOPS
};

extern const char *const meter_names[METER_HOPS];

struct meter_time {
	double wall; /* milliseconds */
	double waited;
	double cpu;
	unsigned calls; /* that blocked, or could have */
};

/* "vtpm=/dev/tpmrm0", "maa=8443": before anything is opened. */
bool meter_place(const char *text);
void meter_start(void);
/* A log line of the core; where it ends a module's run it ends a phase. */
void meter_line(const char *line);
void meter_stop(struct meter_time out[METER_HOPS]);

#endif
