/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader: turns a module name into its descriptor, or refuses it.
 *
 *   1. name is [a-z0-9_]{1,32}: no path, no search list
 *   2. <moduledir>/<name>.so opens through path.h (owner, modes, symlinks)
 *   3. dlopen(RTLD_NOW | RTLD_LOCAL); what is mapped is that file
 *   4. `tee_module` is there: ABI, size, name, option table, entry points
 *
 * No environment variable is read.  Modules stay mapped: libcrypto and
 * libcurl below them leave handlers that must not be unmapped.
 */
#ifndef LIBTEE_LOADER_H
#define LIBTEE_LOADER_H

#include <tee/module.h>

#include "libtee/log.h"
#include "libtee/path.h"

struct tee_loaded {
	const struct tee_module *module;
	struct tee_path_id id;
};

#define TEE_LOADER_WHY (TEE_PATH_WHY + 128)
#define TEE_LOADER_KNOWN 16

/* One profile's loading: a module of several lines is checked once. */
struct tee_loader {
	const char *dir;
	struct tee_loaded known[TEE_LOADER_KNOWN];
	size_t count;
};

/* 0, or TEE_E_MODULE with `why` filled. */
int tee_loader_load(struct tee_loader *, const char *name, enum tee_facility,
    struct tee_loaded *, char why[TEE_LOADER_WHY]) TEE_MUST_USE;

#endif
