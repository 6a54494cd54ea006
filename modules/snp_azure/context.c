/* SPDX-License-Identifier: Apache-2.0 */
/* context: see context.h. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "modules/common/base64.h"
#include "modules/common/file.h"
#include "modules/snp_azure/context.h"

#define PREFIX "security-context-"
#define KATA "opt/confidential-containers/share/kata-containers"
#define BLANKS 64 /* line ends that somebody's editor left */

static bool
newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ?
	    a->st_mtim.tv_sec > b->st_mtim.tv_sec :
	    a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* Into `name`, empty where there is none. */
static void
newest(DIR *dir, char name[NAME_MAX + 1])
{
	struct stat best = { 0 }, st;
	const struct dirent *entry;

	name[0] = '\0';
	while ((entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 ||
		    fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISDIR(st.st_mode) ||
		    (name[0] != '\0' && !newer(&st, &best)))
			continue;
		snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
		best = st;
	}
}

bool
tee_azure_context_find(const char *base, char path[PATH_MAX])
{
	char name[NAME_MAX + 1] = "";
	DIR *dir = opendir(base);
	struct stat st;

	if (dir != NULL) {
		newest(dir, name);
		closedir(dir);
	}
	if (snprintf(path, PATH_MAX, "%s/%s", base,
		name[0] != '\0' ? name : KATA) >= PATH_MAX)
		return false;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static enum tee_verdict
unreadable(struct tee_call *call, const char *path, int error)
{
	if (error == ENOENT)
		return TEE_OK;
	if (error == EFBIG) {
		tee_call_log(call, LOG_ERR, "security_context",
		    "%s: too large for what it is", path);
		return TEE_DENY;
	}
	tee_call_log(call, LOG_ERR, "security_context",
	    "%s: %s: mount the security context into the container, "
	    "readable for the agent",
	    path, strerror(error));
	return TEE_UNAVAILABLE;
}

static enum tee_verdict
read_file(struct tee_call *call, const char *directory, const char *name,
    size_t limit, struct azure_context_file *out)
{
	char path[PATH_MAX + NAME_MAX];
	size_t size;
	uint8_t *text;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	text = tee_file_read(path, limit / 3 * 4 + 4 + BLANKS, &size);
	if (text == NULL)
		return unreadable(call, path, errno);
	while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
		size--;
	out->data = tee_b64_decode(TEE_BASE64_STANDARD, (const char *)text,
	    size, &out->size);
	free(text);
	if (out->data != NULL && out->size > 0 && out->size <= limit)
		return TEE_OK;
	tee_call_log(call, LOG_ERR, "security_context",
	    "%s: not base64 of 1 to %zu bytes", path, limit);
	return TEE_DENY;
}

static enum tee_verdict
read_all(struct tee_call *call, const char *directory, struct azure_context *c)
{
	const struct {
		const char *name;
		size_t limit;
		struct azure_context_file *out;
	} files[] = {
		{ "security-policy-base64", AZURE_CONTEXT_POLICY_MAX,
		    &c->policy },
		{ "reference-info-base64", AZURE_CONTEXT_ENDORSEMENT_MAX,
		    &c->endorsement },
		{ "host-amd-cert-base64", AZURE_CONTEXT_CERTS_MAX,
		    &c->host_certs },
	};
	enum tee_verdict verdict = TEE_OK;

	for (size_t i = 0;
	     verdict == TEE_OK && i < sizeof(files) / sizeof(files[0]); i++)
		verdict = read_file(call, directory, files[i].name,
		    files[i].limit, files[i].out);
	return verdict;
}

enum tee_verdict
tee_azure_context_read(struct tee_call *call, const char *directory,
    struct azure_context *c)
{
	char found[PATH_MAX];
	struct stat st;

	memset(c, 0, sizeof(*c));
	if (directory == NULL || directory[0] == '\0') {
		if (tee_azure_context_find("/", found))
			return read_all(call, found, c);
		tee_call_log(call, LOG_NOTICE, "security_context",
		    "no /" PREFIX "* and no /" KATA
		    ": the evidence goes without a policy and an endorsement");
		return TEE_OK;
	}
	if (stat(directory, &st) == 0 && S_ISDIR(st.st_mode))
		return read_all(call, directory, c);
	tee_call_log(call, LOG_ERR, "security_context",
	    "%s: no such directory: see option security_context", directory);
	return TEE_UNAVAILABLE;
}

void
tee_azure_context_free(struct azure_context *c)
{
	free(c->policy.data);
	free(c->endorsement.data);
	free(c->host_certs.data);
	memset(c, 0, sizeof(*c));
}
