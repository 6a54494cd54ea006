/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise: the parent of the keeper.  It holds nothing and listens to
 * nobody but the keeper, for whom it starts workers: the keeper itself may
 * neither fork nor exec nor open a socket.  Where either dies the other goes
 * too, and the service manager starts anew.
 */
#ifndef TEED_SUPERVISE_H
#define TEED_SUPERVISE_H

/*
 * Forks: returns in the child, the keeper, the socket on which workers are
 * asked for (SOCK_SEQPACKET; one packet with SCM_RIGHTS: channel, seed), or
 * -1.  The parent does not return: it exits with the keeper's own status, or
 * 1 where a signal killed it.  `worker` is the program to run.
 */
int teed_supervise(const char *worker);

#endif
