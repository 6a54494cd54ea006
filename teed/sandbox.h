/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: what the processes of teed give up.  Each call returns 0, or -1
 * with errno, and then the process must not go on.
 */
#ifndef TEED_SANDBOX_H
#define TEED_SANDBOX_H

/* Undumpable, no core file, no new privileges; every process, first thing. */
int teed_sandbox_begin(void);
/* The keeper, once its sockets stand: the system calls it lives on, by
 * seccomp; no exec, no fork, no socket, no connect, no ptrace. */
int teed_sandbox_keeper(void);

#endif
