/* SPDX-License-Identifier: Apache-2.0 */
/*
 * activation: what the service manager hands over and is told, by the two
 * small protocols of sd_listen_fds(3) and sd_notify(3).  Spoken here, so that
 * the process that holds keys links nothing for it.
 */
#ifndef TEED_ACTIVATION_H
#define TEED_ACTIVATION_H

#define TEED_INHERITED 4096

/* Reads the environment once, before there is another thread; then forgets
 * it.  `pid`: of the process that the manager started. */
void teed_activation_begin(int pid);
/* The descriptor of this name, the caller's from now on; -1: none. */
int teed_activation_take(const char *name);
/* Closes what nobody took; the name of one of them, or NULL. */
const char *teed_activation_rest(void);
/* "READY=1", "RELOADING=1", ...; nothing where nobody listens. */
void teed_activation_notify(const char *state);

#endif
