/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest: whom a profile lets in.  Users and members of the further groups may
 * have messages signed; members of the first, and root, are operators.
 */
#ifndef TEED_GUEST_H
#define TEED_GUEST_H

#include "libtee/account.h"
#include "teed/door.h"

struct teed_guests {
	struct tee_accounts accounts;
	gid_t operators; /* (gid_t)-1: root alone */
};

/*
 * As tee_accounts_find: also where some are unknown, those that are known are
 * there.  Where the profile names no user, whoever runs teed is one.
 */
int teed_guests_find(struct teed_guests *, const struct tee *plan,
    char why[TEE_ACCOUNT_WHY]) TEE_MUST_USE;
void teed_guests_clear(struct teed_guests *);

bool teed_guests_sign(const struct teed_guests *, const struct teed_caller *);
bool teed_guests_operate(const struct teed_guests *,
    const struct teed_caller *);

#endif
