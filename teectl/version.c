/* SPDX-License-Identifier: Apache-2.0 */
/* version: which library this is, where it looks, what stands there. */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teectl/report.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	return key == ARGP_KEY_INIT ? command_parse_init(state) :
				      ARGP_ERR_UNKNOWN;
}

static int
is_module(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 3 && strcmp(d->d_name + n - 3, ".so") == 0;
}

/* Names only: a module is loaded by a profile that asks for it. */
static json_t *
modules_json(void)
{
	json_t *list = json_array();
	struct dirent **names;
	int i, n = scandir(TEE_MODULE_DIR, &names, is_module, alphasort);

	for (i = 0; i < n; i++) {
		json_array_append_new(list,
		    text_json_bytes(names[i]->d_name,
			strlen(names[i]->d_name) - 3));
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return list;
}

int
command_version(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	json_t *root, *module;
	size_t i;

	command_parse(self, argc, argv, NULL, parse, &a.common);
	/* clang-format off */
	root = json_pack("{s:s, s:s, s:s, s:s, s:o}", "teectl",
	    PACKAGE_VERSION, "library", tee_version(), "module_directory",
	    TEE_MODULE_DIR, "profile_directory", TEE_PROFILE_DIR, "modules",
	    modules_json());
	/* clang-format on */
	if (a.common.json || root == NULL)
		return report_json(root);
	text_field("teectl", PACKAGE_VERSION);
	text_field("library", tee_version());
	text_field("profiles", TEE_PROFILE_DIR);
	text_field("module dir", TEE_MODULE_DIR);
	printf("%-18s", "modules");
	json_array_foreach(json_object_get(root, "modules"), i, module)
	{
		putchar(' ');
		text_print(stdout, json_string_value(module));
	}
	putchar('\n');
	json_decref(root);
	return STATUS_DONE;
}
