/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account: whom the custody of a profile names, as the system knows them.  A
 * number is one, as in chown(1), where no account has such a name.
 */
#ifndef LIBTEE_ACCOUNT_H
#define LIBTEE_ACCOUNT_H

#include "libtee/profile.h"

#define TEE_ACCOUNT_WHY 512

/* Who may have messages signed: users, and members of the further groups. */
struct tee_accounts {
	uid_t *users;
	size_t user_count;
	gid_t *groups;
	size_t group_count;
};

/*
 * 0; TEE_E_PROFILE where there is none of a name: each is logged as file:line,
 * and the first one stands in `why`; or TEE_E_MEMORY.  Those that there are
 * are in *out all the same, which is the caller's to clear.
 */
int tee_accounts_find(const struct tee *, struct tee_accounts *out,
    char why[TEE_ACCOUNT_WHY]) TEE_MUST_USE;
void tee_accounts_clear(struct tee_accounts *);
/* By its name alone; false: there is none. */
bool tee_account_group(const char *name, gid_t *) TEE_MUST_USE;

#endif
