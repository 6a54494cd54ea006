/* SPDX-License-Identifier: Apache-2.0 */
/*
 * option: one line's options as a module reads them.  Values are strings;
 * the core has refused unknown and repeated names before open() runs.
 */
#ifndef LIBTEE_OPTION_H
#define LIBTEE_OPTION_H

#include <tee/module.h>

#include "libtee/log.h"

#define TEE_OPTIONS_MAX 64

struct tee_config {
	enum tee_facility facility;
	const char *file; /* for messages */
	unsigned line;    /* of the stack line */
	struct tee_log log;
	struct {
		char *name;
		char *value;
		unsigned line;
	} entry[TEE_OPTIONS_MAX];
	size_t count;
};

/* 0, or TEE_E_PROFILE after a log line (too many, repeated, no memory). */
int tee_config_add(struct tee_config *, const char *name, const char *value,
    unsigned line) TEE_MUST_USE;
/* Refuses each name that the module does not take in this facility. */
int tee_config_check(const struct tee_config *,
    const struct tee_module *) TEE_MUST_USE;
void tee_config_clear(struct tee_config *);

#endif
