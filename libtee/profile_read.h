/* SPDX-License-Identifier: Apache-2.0 */
/* profile_read: the parts of a profile's reader, one file each. */
#ifndef LIBTEE_PROFILE_READ_H
#define LIBTEE_PROFILE_READ_H

#include "libtee/profile.h"
#include "libtee/setting.h"

/* profile_stack.c: one facility's list. */
void tee_profile_read_stack(struct tee_source *, struct tee *,
    config_setting_t *root, enum tee_facility, struct tee_stack *);
/* profile_floor.c: `require`; the assurance is known already. */
void tee_profile_read_require(struct tee_source *, struct tee *,
    config_setting_t *root);

#endif
