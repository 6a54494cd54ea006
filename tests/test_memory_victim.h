/* SPDX-License-Identifier: Apache-2.0 */
/*
 * victim: the process that test_memory scans.  It speaks over its standard
 * input and output: one letter out when a step is done, one byte in to go on.
 */
#ifndef TESTS_MEMORY_VICTIM_H
#define TESTS_MEMORY_VICTIM_H

#define VICTIM_MESSAGE "what a peer would like to have signed"
#define VICTIM_SIGNATURES 200

/* Shared with the scanner and unmapped when it is not being written. */
#define VICTIM_SHARE_FD 3

enum victim_step {
	VICTIM_ACQUIRED = 'a',
	VICTIM_SIGNED = 's',
	VICTIM_THREADS_SIGNED = 't',
	VICTIM_RENEWED = 'w',
	VICTIM_REVEALED = 'r', /* the payload lies in the shared page */
	VICTIM_FREED = 'f',
	VICTIM_REFUSED = 'n',
	VICTIM_LOOPING = 'l',
	VICTIM_HELD = 'h',
	VICTIM_SLOPPY = 'd'
};

#endif
