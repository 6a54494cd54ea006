/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader: turns a module name into its descriptor, or refuses it.
 *
 *   1. name is [a-z0-9_]{1,32}: no path, no search list
 *   2. <moduledir>/<name>.so opens through path.h (owner, modes, symlinks)
 *   3. dlopen(RTLD_NOW | RTLD_LOCAL); its file is still the one checked
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

/* 0, or TEE_E_MODULE with `why` filled. */
int tee_loader_load(const char *dir, const char *name, enum tee_facility,
    struct tee_loaded *, char why[TEE_LOADER_WHY]) TEE_MUST_USE;

#endif
