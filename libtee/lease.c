/* SPDX-License-Identifier: Apache-2.0 */
/* lease: see lease.h. */
#include "config.h"

#include <errno.h>
#include <keyutils.h>
#include <stdio.h>
#include <unistd.h>
#include <tee/tee.h>

#include "libtee/lease.h"

/* Nothing but looking for anybody who does not possess the key. */
#define KEY_PERMISSIONS \
	(KEY_POS_VIEW | KEY_POS_READ | KEY_POS_SEARCH | KEY_USR_VIEW | \
	    KEY_GRP_VIEW)
/* Search through the ring is what makes its key possessed. */
#define RING_PERMISSIONS \
	(KEY_POS_VIEW | KEY_POS_READ | KEY_POS_SEARCH | KEY_POS_WRITE | \
	    KEY_USR_VIEW | KEY_USR_WRITE)
#define RING_OPERATORS (KEY_GRP_VIEW | KEY_GRP_WRITE)

int
tee_lease_error(int error)
{
	switch (error) {
	case EPERM:
		return TEE_E_KEYRING_DENIED;
	case ENOSYS:
		return TEE_E_KEYRING_MISSING;
	case EDQUOT:
		return TEE_E_KEYRING_QUOTA;
	case ENOMEM:
		return TEE_E_MEMORY;
	case EKEYEXPIRED:
		return TEE_E_KEY_EXPIRED;
	case EKEYREVOKED:
		return TEE_E_KEY_REVOKED;
	case ENOKEY:
		return TEE_E_KEY_GONE;
	case EACCES:
		return TEE_E_KEY_FOREIGN;
	default:
		return TEE_E_SYSTEM;
	}
}

static key_serial_t
add_ring(const char *name)
{
	return add_key("keyring", name, NULL, 0, KEY_SPEC_PROCESS_KEYRING);
}

/*
 * The ring that others see bears the key's serial, so the key is made in a
 * nameless ring first and moves.
 */
static bool
move_to_named_ring(const struct tee_lease_terms *terms, struct tee_lease *fresh)
{
	char name[300];
	key_serial_t named;

	snprintf(name, sizeof(name), "_tee.ring:%.200s:%08x", terms->profile,
	    (unsigned)fresh->key);
	named = add_ring(name);
	if (named < 0)
		return false;
	if (keyctl_link(fresh->key, named) != 0) {
		keyctl_unlink(named, KEY_SPEC_PROCESS_KEYRING);
		return false;
	}
	keyctl_unlink(fresh->ring, KEY_SPEC_PROCESS_KEYRING);
	fresh->ring = named;
	return true;
}

/* Timeout before permissions: afterwards nobody can change either. */
static bool
settle(const struct tee_lease_terms *terms, const struct tee_lease *fresh)
{
	bool shared = terms->operators != (gid_t)-1;

	return keyctl_set_timeout(fresh->key, terms->lifetime) == 0 &&
	    (!shared ||
		(keyctl_chown(fresh->key, (uid_t)-1, terms->operators) == 0 &&
		    keyctl_chown(fresh->ring, (uid_t)-1, terms->operators) ==
			0)) &&
	    keyctl_setperm(fresh->key,
		KEY_PERMISSIONS | (terms->extendable ? KEY_POS_SETATTR : 0)) ==
	    0 &&
	    keyctl_restrict_keyring(fresh->ring, NULL, NULL) == 0 &&
	    keyctl_setperm(fresh->ring,
		RING_PERMISSIONS | (shared ? RING_OPERATORS : 0)) == 0;
}

int
tee_lease_extend(const struct tee_lease *lease, unsigned lifetime)
{
	return keyctl_set_timeout(lease->key, lifetime) == 0 ?
	    0 :
	    tee_lease_error(errno);
}

/*
 * INVALIDATE destroys at once; KEYCTL_REVOKE of a key would keep its payload
 * until the next garbage collection.
 */
int
tee_lease_end(const struct tee_lease *lease)
{
	int error = 0;

	if (lease->key > 0 && keyctl_invalidate(lease->key) != 0)
		error = tee_lease_error(errno);
	if (lease->ring > 0)
		keyctl_unlink(lease->ring, KEY_SPEC_PROCESS_KEYRING);
	return error == TEE_E_KEY_EXPIRED || error == TEE_E_KEY_GONE ||
		error == TEE_E_KEY_REVOKED ?
	    0 :
	    error;
}

int
tee_lease_begin(const struct tee_lease_terms *terms, const uint8_t *payload,
    size_t size, struct tee_lease *out)
{
	char name[32];
	int error = 0;

	out->key = 0;
	out->ring = -1;
	/* A second ring of one name would take the first one's place. */
	snprintf(name, sizeof(name), "_tee.new:%d", (int)gettid());
	if (keyctl_get_keyring_ID(KEY_SPEC_PROCESS_KEYRING, 1) >= 0)
		out->ring = add_ring(name);
	if (out->ring < 0)
		return tee_lease_error(errno);
	out->key =
	    add_key("user", terms->description, payload, size, out->ring);
	if (out->key < 0 || !move_to_named_ring(terms, out) ||
	    !settle(terms, out))
		error = tee_lease_error(errno);
	if (error != 0)
		tee_lease_end(out);
	/* It is ours: EACCES means a group that we are not a member of. */
	return error == TEE_E_KEY_FOREIGN ? TEE_E_KEYRING_DENIED : error;
}

/*
 * The kernel says EACCES for a key that is being destroyed, and for one whose
 * ring was revoked or emptied; the ring tells them from somebody else's key.
 */
int
tee_lease_fate(const struct tee_lease *lease)
{
	long size = keyctl_read(lease->ring, NULL, 0);

	if (size >= 0)
		return size > 0 ? TEE_E_KEY_FOREIGN : TEE_E_KEY_GONE;
	switch (errno) {
	case EKEYREVOKED:
		return TEE_E_KEY_REVOKED;
	case ENOKEY:
		return TEE_E_KEY_GONE;
	default:
		return TEE_E_KEY_FOREIGN;
	}
}
