/* SPDX-License-Identifier: Apache-2.0 */
/* loader: see loader.h. */
#include "config.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libtee/error.h"
#include "libtee/loader.h"

static int
refuse(char *why, const char *name, const char *what)
{
	snprintf(why, TEE_LOADER_WHY, "module \"%.40s\": %s", name, what);
	return TEE_E_MODULE;
}

static bool
name_valid(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n >= 1 && n <= 32 && name[n] == '\0';
}

/*
 * What is mapped must be what was checked: dlopen gives a module that is
 * mapped already by its path, although its file may be another by now.  The
 * first page holds the ELF header and the build id, and nothing relocated.
 */
static bool
mapped_from(const void *symbol, int fd)
{
	uint8_t page[4096];
	ssize_t n = pread(fd, page, sizeof(page), 0);
	Dl_info info;

	return n > 0 && dladdr(symbol, &info) != 0 &&
	    memcmp(info.dli_fbase, page, (size_t)n) == 0;
}

static const char *
entry_missing(const struct tee_module *m, enum tee_facility facility)
{
	switch (facility) {
	case TEE_COLLECTOR:
		return m->collect == NULL ? "is no collector" : NULL;
	case TEE_VERIFIER:
		return m->verify == NULL ? "is no verifier" : NULL;
	case TEE_KEYSTORE:
		return m->prepare == NULL || m->release == NULL ?
		    "is no keystore" :
		    NULL;
	case TEE_CACHE:
		return m->cache_get == NULL || m->cache_put == NULL ?
		    "is no cache" :
		    NULL;
	}
	return "has no such facility";
}

/* abi and size come first and never move: nothing else is read before. */
static const char *
descriptor_fault(const struct tee_module *m, const char *name,
    enum tee_facility facility)
{
	if (m->abi != TEE_MODULE_ABI)
		return "was built for another module ABI";
	if (m->size != sizeof(*m))
		return "has a descriptor of the wrong size";
	if (m->name == NULL || strcmp(m->name, name) != 0)
		return "calls itself by another name (renamed file?)";
	if (m->options == NULL)
		return "has no option table";
	if ((m->open == NULL) != (m->close == NULL))
		return "has open without close";
	switch (m->ceiling) {
	case TEE_ORIGIN_LOCAL:
	case TEE_ORIGIN_SKR:
	case TEE_ORIGIN_GENERATED:
		return entry_missing(m, facility);
	}
	return "names no known ceiling";
}

static int
load(const char *dir, const char *name, enum tee_facility facility,
    struct tee_loaded *out, char why[TEE_LOADER_WHY])
{
	char path[PATH_MAX], cause[TEE_PATH_WHY];
	const struct tee_module *m;
	const char *fault;
	void *handle;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s.so", dir, name) >=
	    (int)sizeof(path))
		return refuse(why, name, "path too long");
	fd = tee_path_open(path, &out->id, cause);
	if (fd < 0)
		return refuse(why, name, cause);
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (handle == NULL) {
		close(fd);
		snprintf(cause, sizeof(cause), "%s", dlerror());
		return refuse(why, name, cause);
	}
	m = dlsym(handle, "tee_module");
	fault = m == NULL ? "exports no tee_module" :
			    descriptor_fault(m, name, facility);
	if (fault == NULL && !mapped_from(m, fd))
		fault = "has changed since this process loaded it (restart)";
	close(fd);
	dlclose(handle);
	if (fault != NULL)
		return refuse(why, name, fault);
	out->module = m;
	return 0;
}

int
tee_loader_load(struct tee_loader *l, const char *name,
    enum tee_facility facility, struct tee_loaded *out,
    char why[TEE_LOADER_WHY])
{
	const char *fault;
	size_t i;
	int error;

	if (!name_valid(name))
		return refuse(why, name, "a name is [a-z0-9_], no path");
	for (i = 0; i < l->count; i++)
		if (strcmp(l->known[i].module->name, name) == 0)
			break;
	if (i == l->count) {
		error = load(l->dir, name, facility, out, why);
		if (error == 0 && l->count < TEE_LOADER_KNOWN)
			l->known[l->count++] = *out;
		return error;
	}
	fault = entry_missing(l->known[i].module, facility);
	if (fault != NULL)
		return refuse(why, name, fault);
	*out = l->known[i];
	return 0;
}
