/* SPDX-License-Identifier: Apache-2.0 */
/* cloudless: stands for the cloud where its libraries are missing. */
#include "config.h"

#include <stdio.h>

#include "sim/cloud.h"
#include "sim/command.h"

struct sim_cloud *
tee_sim_cloud_open(struct sim_asp *asp, char why[SIM_SWITCH_WHY])
{
	(void)asp;
	snprintf(why, SIM_SWITCH_WHY,
	    "--cloud needs a teesim that was built with libmicrohttpd and "
	    "libjose");
	return NULL;
}

void
tee_sim_cloud_close(struct sim_cloud **cloud)
{
	*cloud = NULL;
}

void
tee_sim_cloud_announce(const struct sim_cloud *cloud)
{
	(void)cloud;
}

int
tee_sim_command_context(int argc, char **argv)
{
	(void)argc;
	fprintf(stderr, "%s needs a teesim that was built with libcbor\n",
	    argv[0]);
	return 1;
}
