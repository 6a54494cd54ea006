/* SPDX-License-Identifier: Apache-2.0 */
/* azure_tpm_line: see azure_tpm_line.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/azure_tpm_line.h"

void
line_config(struct tee_config *config, const char *options)
{
	char copy[1024], *rest = copy, *one, *value;

	memset(config, 0, sizeof(*config));
	config->facility = TEE_COLLECTOR;
	config->file = "test";
	config->line = 1;
	ck_assert_uint_lt(strlen(options), sizeof(copy));
	strcpy(copy, options);
	while ((one = strsep(&rest, "|")) != NULL) {
		if (*one == '\0')
			continue;
		value = strchr(one, '=');
		ck_assert_ptr_nonnull(value);
		*value++ = '\0';
		ck_assert_int_eq(tee_config_add(config, one, value, 1), 0);
	}
}

struct azure_collector *
line_with(const char *options)
{
	struct azure_collector *collector;
	struct tee_config config;
	char text[1024], lock[768];

	ck_assert_ptr_nonnull(getcwd(lock, sizeof(lock) / 2));
	strcat(strcat(lock, "/"), tpm_path("lock"));
	snprintf(text, sizeof(text), "source=vtpm|tcti=%s|lock=%s%s",
	    tpm_socket(), lock, options);
	line_config(&config, text);
	collector = tee_azure_collector_new(&config);
	tee_config_clear(&config);
	return collector;
}
