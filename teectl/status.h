/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: what is shown of keys: those that teed holds, from its own word,
 * and those of processes, from the kernel's.
 */
#ifndef TEECTL_STATUS_H
#define TEECTL_STATUS_H

#include <stdbool.h>
#include <jansson.h>

#include "teectl/command.h"

/* One line for each profile that answered, more where something is wrong or
 * everything is wanted.  `documents`: what teed answered. */
void status_print_teed(const json_t *documents, bool everything);
/* Refused profiles that teed only counted. */
void status_print_unlisted(json_int_t unlisted);
/* Does this profile hold a key, and if not, which kind of no is it? */
enum status status_of_document(const json_t *document);

#endif
