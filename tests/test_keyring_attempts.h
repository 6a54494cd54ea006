/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempts: all that one process can try on a key and its ring, and what the
 * kernel has to answer, by what the process is to the key's owner.
 */
#ifndef TESTS_KEYRING_ATTEMPTS_H
#define TESTS_KEYRING_ATTEMPTS_H

#include <keyutils.h>

#define ATTEMPTS 28

struct attempt_lease {
	key_serial_t key;
	key_serial_t ring;
};

enum standing { SAME_USER, OPERATOR, OTHER, STANDINGS };

extern const struct attempt {
	const char *name;
	long (*run)(struct attempt_lease);
	int error[STANDINGS];
} attempts[ATTEMPTS];

/* A stranger's work: the lease in, one errno per attempt out. */
int attempts_run(int in, int out);

#endif
