/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setting: typed reading of libconfig settings, each refusal as file:line.
 * Numbers are never read through libconfig, which truncates silently: they
 * are strings that pass through our own range checks.
 */
#ifndef LIBTEE_SETTING_H
#define LIBTEE_SETTING_H

#include <libconfig.h>

#include "libtee/log.h"

struct tee_source {
	const char *file;
	const struct tee_log *log;
	bool failed;
};

/* Logs file:line, remembers the failure; always false. */
bool tee_source_refuse(struct tee_source *, const config_setting_t *,
    const char *fmt, ...) TEE_PRINTF(3, 4);

/* A string setting's text; NULL after a refusal where it is not UTF-8. */
const char *tee_setting_text(struct tee_source *, const config_setting_t *);
/* The member, refused (NULL) where it has the wrong type; NULL if absent. */
const char *tee_setting_string(struct tee_source *, config_setting_t *group,
    const char *name);
config_setting_t *tee_setting_group(struct tee_source *,
    config_setting_t *group, const char *name);
/* A non-empty list or array. */
config_setting_t *tee_setting_list(struct tee_source *, config_setting_t *group,
    const char *name);
void tee_setting_bool(struct tee_source *, config_setting_t *group,
    const char *name, bool *out);
void tee_setting_duration(struct tee_source *, config_setting_t *group,
    const char *name, unsigned *seconds);
/* Element i of a list, which must be a string; NULL after a refusal. */
const char *tee_setting_element(struct tee_source *, config_setting_t *list,
    unsigned i);
/* Refuses members that are not in the NULL-terminated list. */
void tee_setting_only(struct tee_source *, config_setting_t *group,
    const char *const *names);

#endif
