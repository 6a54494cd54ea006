/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring: what /proc/keys shows of libtee's keys and of the private rings
 * that hold them.  Looking is all that the permissions allow; revoking a ring
 * destroys its key.
 */
#ifndef TEECTL_KEYRING_H
#define TEECTL_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyring_entry {
	int32_t serial;
	unsigned permissions;
	int uid;
	int gid;
	bool is_ring;
	const char *state; /* "live", "expired", "revoked", "dead" */
	long expires_in;   /* seconds, rounded down; -1: no end */
	char *description; /* as the kernel has it */
	/* Cut from the description; NULL where it says nothing. */
	char *origin;
	char *profile;
	char *did;
	/* The other half: a key's ring, a ring's key; 0 where none is seen. */
	int32_t ring;
	int32_t key;
};

struct keyring_list {
	struct keyring_entry *entries;
	size_t count;
};

/* False with errno where /proc/keys cannot be read. */
bool keyring_read(struct keyring_list *);
void keyring_clear(struct keyring_list *);
const struct keyring_entry *keyring_find(const struct keyring_list *,
    int32_t serial);
/* The ring of a key that this process holds; 0 where there is none. */
int32_t keyring_ring_of(int32_t key);

#endif
