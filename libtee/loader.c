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

/* "start-end perms offset dev inode path", as proc(5) has it. */
static const char *
path_mapped_at(char *line, uintptr_t address)
{
	unsigned long start, end;
	int path = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %n", &start, &end,
	    &path) != 2 || address < start || address >= end)
		return NULL;
	return line + path;
}

/*
 * What is mapped must be what was checked: dlopen gives a module that is
 * mapped already by its path, although its file may be another by now; the
 * kernel then calls the mapped one "(deleted)".  Devices and inodes would not
 * do: overlay file systems show others here than fstat(2) does.
 */
static bool
mapped_from(const void *symbol, const char *path)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[PATH_MAX + 128];
	const char *mapped = NULL;

	while (maps != NULL && mapped == NULL &&
	    fgets(line, sizeof(line), maps) != NULL)
		mapped = path_mapped_at(line, (uintptr_t)symbol);
	if (maps != NULL)
		fclose(maps);
	return mapped != NULL && strcmp(mapped, path) == 0;
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
		    "is no keystore" : NULL;
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

int
tee_loader_load(const char *dir, const char *name, enum tee_facility facility,
    struct tee_loaded *out, char why[TEE_LOADER_WHY])
{
	char path[PATH_MAX], cause[TEE_PATH_WHY];
	const struct tee_module *m;
	const char *fault;
	void *handle;
	int fd;

	if (!name_valid(name))
		return refuse(why, name, "a name is [a-z0-9_], no path");
	if (snprintf(path, sizeof(path), "%s/%s.so", dir, name) >=
	    (int)sizeof(path))
		return refuse(why, name, "path too long");
	fd = tee_path_open(path, &out->id, cause);
	if (fd < 0)
		return refuse(why, name, cause);
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	close(fd);
	if (handle == NULL) {
		snprintf(cause, sizeof(cause), "%s", dlerror());
		return refuse(why, name, cause);
	}
	m = dlsym(handle, "tee_module");
	if (m == NULL)
		fault = "exports no tee_module";
	else
		fault = descriptor_fault(m, name, facility);
	if (fault == NULL && !mapped_from(m, path))
		fault = "has changed since this process loaded it (restart)";
	dlclose(handle);
	if (fault != NULL)
		return refuse(why, name, fault);
	out->module = m;
	return 0;
}
