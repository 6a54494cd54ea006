/* SPDX-License-Identifier: Apache-2.0 */
/* policyfile: see policyfile.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/file.h"
#include "teectl/policyfile.h"
#include "teectl/yaml.h"

static bool
has_suffix(const char *path, const char *suffix)
{
	size_t n = strlen(path), m = strlen(suffix);

	return n >= m && strcmp(path + n - m, suffix) == 0;
}

static bool
is_json(const char *path, const char *text)
{
	if (has_suffix(path, ".json"))
		return true;
	if (has_suffix(path, ".yaml") || has_suffix(path, ".yml"))
		return false;
	return text[strspn(text, " \t\r\n")] == '{';
}

/* The library reads JSON alone: what YAML came to is written as such. */
static int
add_yaml(struct tee_policy *policy, const char *text, size_t size,
    char why[TEE_POLICY_WHY])
{
	json_t *json = yaml_read(text, size, why);
	char *written;
	int error = TEE_E_PROFILE;

	if (json == NULL)
		return error;
	written = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(json);
	error = written != NULL ?
	    tee_policy_add_json(policy, written, strlen(written), why) :
	    TEE_E_MEMORY;
	free(written);
	return error;
}

enum status
policyfile_add(struct tee_policy *policy, const char *path,
    char why[TEE_POLICY_WHY])
{
	char *text;
	size_t size;
	int error;

	if (!file_read(path, FILE_JSON_MAX, &text, &size)) {
		snprintf(why, TEE_POLICY_WHY, "cannot be read");
		return STATUS_USAGE;
	}
	error = is_json(path, text) ?
	    tee_policy_add_json(policy, text, size, why) :
	    add_yaml(policy, text, size, why);
	free(text);
	if (error == TEE_E_MEMORY)
		snprintf(why, TEE_POLICY_WHY, "no memory");
	return command_status(error);
}
