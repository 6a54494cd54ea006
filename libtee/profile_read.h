/* SPDX-License-Identifier: Apache-2.0 */
/* profile_read: the parts of a profile's reader, one file each. */
#ifndef LIBTEE_PROFILE_READ_H
#define LIBTEE_PROFILE_READ_H

#include "libtee/profile.h"
#include "libtee/setting.h"

/*
 * profile_shape.c: what libconfig would take and we do not: includes, NUL,
 * a comment that never ends.
 */
bool tee_profile_shape(struct tee_source *, const char *text, size_t size);
/* profile_stack.c: one facility's list. */
void tee_profile_read_stack(struct tee_source *, struct tee *,
    config_setting_t *root, enum tee_facility, struct tee_stack *);
/* The one line of `cache`. */
void tee_profile_read_cache(struct tee_source *, struct tee *,
    config_setting_t *root);
/* profile_floor.c: `require`; the assurance is known already. */
void tee_profile_read_require(struct tee_source *, struct tee *,
    config_setting_t *root);
/* Nobody verifies: what `require` asks of claims could not be met. */
void tee_profile_refuse_claims(struct tee_source *, config_setting_t *root);

#endif
