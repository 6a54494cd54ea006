/* SPDX-License-Identifier: Apache-2.0 */
/* guest: see guest.h. */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "libtee/error.h"
#include "teed/guest.h"

int
teed_guests_find(struct teed_guests *g, const struct tee *plan,
    char why[TEE_ACCOUNT_WHY])
{
	int error = tee_accounts_find(plan, &g->accounts, why);

	g->operators = plan->operators;
	if (plan->users != NULL)
		return error;
	g->accounts.users = calloc(1, sizeof(*g->accounts.users));
	if (g->accounts.users == NULL)
		return TEE_E_MEMORY;
	g->accounts.users[0] = geteuid();
	g->accounts.user_count = 1;
	return error;
}

void
teed_guests_clear(struct teed_guests *g)
{
	tee_accounts_clear(&g->accounts);
	g->operators = (gid_t)-1;
}

static bool
is_member(const struct teed_caller *caller, gid_t group)
{
	if (caller->gid == group)
		return true;
	for (size_t i = 0; i < caller->group_count; i++)
		if (caller->groups[i] == group)
			return true;
	return false;
}

bool
teed_guests_sign(const struct teed_guests *g, const struct teed_caller *caller)
{
	for (size_t i = 0; i < g->accounts.user_count; i++)
		if (g->accounts.users[i] == caller->uid)
			return true;
	for (size_t i = 0; i < g->accounts.group_count; i++)
		if (is_member(caller, g->accounts.groups[i]))
			return true;
	return false;
}

bool
teed_guests_operate(const struct teed_guests *g,
    const struct teed_caller *caller)
{
	return caller->uid == 0 ||
	    (g->operators != (gid_t)-1 && is_member(caller, g->operators));
}
