/* SPDX-License-Identifier: Apache-2.0 */
/* switchfile: switches as lines of a file, which is replaced whole. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report.h"
#include "sim/switch.h"

#define FILE_MAX 65536

static bool
read_lines(struct sim_switches *switches, char *text, char why[SIM_SWITCH_WHY])
{
	char *line;

	while ((line = strsep(&text, "\n")) != NULL)
		if (*line != '\0' && !tee_sim_switches_set(switches, line, why))
			return false;
	return true;
}

bool
tee_sim_switches_read(struct sim_switches *switches, int dir,
    char why[SIM_SWITCH_WHY])
{
	struct sim_blob blob;
	bool ok;

	memset(switches, 0, sizeof(*switches));
	if (!tee_sim_blob_read(&blob, dir, SIM_SWITCH_FILE, FILE_MAX)) {
		if (errno == ENOENT)
			return true;
		snprintf(why, SIM_SWITCH_WHY, "%s: %s", SIM_SWITCH_FILE,
		    strerror(errno));
		return false;
	}
	ok = tee_sim_blob_append(&blob, "", 1) &&
	    read_lines(switches, (char *)blob.data, why);
	tee_sim_blob_free(&blob);
	if (!ok)
		tee_sim_switches_clear(switches);
	return ok;
}

bool
tee_sim_switches_write(const struct sim_switches *switches, int dir)
{
	struct sim_blob blob = { NULL, 0 };
	char *line;
	int size;
	bool ok = true;

	for (int i = 0; ok && i < SIM_SWITCHES + SIM_FIELDS_MAX; i++) {
		if (switches->text[i] == NULL)
			continue;
		size = asprintf(&line, "%s=%s\n", tee_sim_switch_name(i),
		    switches->text[i]);
		ok = size > 0 && tee_sim_blob_append(&blob, line, (size_t)size);
		if (size > 0)
			free(line);
	}
	ok = ok &&
	    tee_sim_blob_write(blob.data, blob.size, dir, SIM_SWITCH_FILE,
		0600);
	tee_sim_blob_free(&blob);
	return ok;
}
