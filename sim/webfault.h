/* SPDX-License-Identifier: Apache-2.0 */
/* webfault: how a service fails as its switches say, and sending answers. */
#ifndef SIM_WEBFAULT_H
#define SIM_WEBFAULT_H

#include <microhttpd.h>

#include "sim/web.h"

struct sim_webfault {
	bool drop, cut, truncate, huge, redirect;
	uint32_t slow; /* milliseconds */
};

/* Waits as told, with the machine unlocked meanwhile. */
void tee_sim_webfault_delay(struct sim_web *);
/* The status that stands for the service being ill; 0: it is well. */
unsigned tee_sim_webfault_status(struct sim_web *);
/* What is to become of this answer. */
struct sim_webfault tee_sim_webfault_take(struct sim_web *);
/* Takes the answer's body with it. */
enum MHD_Result tee_sim_webfault_send(struct sim_web *,
    const struct sim_web_request *, struct sim_web_answer *,
    const struct sim_webfault *);

#endif
