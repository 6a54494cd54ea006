/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policyfile: a file of trust policy, JSON or YAML: by its name (.json,
 * .yaml, .yml), else JSON where it begins with a brace.
 */
#ifndef TEECTL_POLICYFILE_H
#define TEECTL_POLICYFILE_H

#include <tee/trust.h>

#include "teectl/command.h"

/*
 * Adds the file's document; STATUS_USAGE where it cannot be read (that was
 * said), STATUS_REFUSED with *why where it is refused.
 */
enum status policyfile_add(struct tee_policy *, const char *path,
    char why[TEE_POLICY_WHY]);

/* teectl policy eval: what it takes beside the files. */
struct policy_question {
	struct common *common;
	char **files;
	int file_count;
	const char *context; /* a file; NULL: {} */
	const char *profile; /* NULL: no evidence, no claims */
	const char *evidence;
	const struct tee_challenge *challenge; /* NULL: unsolicited */
};
int policy_eval(const struct policy_question *);

#endif
