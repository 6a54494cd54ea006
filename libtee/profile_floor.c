/* SPDX-License-Identifier: Apache-2.0 */
/* profile_floor: `require`, the floor and reference values of a profile. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/profile_read.h"
#include "libtee/text.h"

#define DEFAULT_MAX_AGE 300

static void
read_roots(struct tee_source *src, config_setting_t *require,
    struct tee_reference *floor)
{
	config_setting_t *list = tee_setting_list(src, require, "roots");
	int i, n = list != NULL ? config_setting_length(list) : 0;

	if (n == 0)
		return;
	floor->roots = calloc((size_t)n, sizeof(*floor->roots));
	for (i = 0; i < n && floor->roots != NULL; i++) {
		const char *s = tee_setting_element(src, list, (unsigned)i);

		if (s == NULL ||
		    !tee_hex_decode(s, strlen(s), floor->roots[i],
			TEE_SPKI_DIGEST_SIZE))
			tee_source_refuse(src, list,
			    "roots are SHA-256 "
			    "digests of SubjectPublicKeyInfo: 64 hex digits");
		else
			floor->root_count++;
	}
	if (!floor->allow_simulated)
		tee_source_refuse(src, list,
		    "roots beside the built-in ones "
		    "are simulated platforms: they need allow_simulated = "
		    "true");
}

static void
read_measurement(struct tee_source *src, config_setting_t *list,
    struct tee_reference *floor)
{
	const char *name = config_setting_name(list);
	int i, n = config_setting_length(list);

	if ((!config_setting_is_array(list) && !config_setting_is_list(list)) ||
	    n == 0) {
		tee_source_refuse(src, list,
		    "measurements.%s must be a "
		    "non-empty list of hex strings",
		    name);
		return;
	}
	for (i = 0; i < n; i++) {
		const char *s = tee_setting_element(src, list, (unsigned)i);
		struct tee_measurement *m, *grown;
		size_t size = s != NULL ? strlen(s) / 2 : 0;

		grown = realloc(floor->measurements,
		    (floor->measurement_count + 1) * sizeof(*grown));
		if (grown == NULL) {
			src->failed = true;
			return;
		}
		floor->measurements = grown;
		m = &grown[floor->measurement_count++];
		m->name = strdup(name);
		m->data = calloc(1, size + 1);
		m->size = size;
		if (s == NULL || size == 0 || m->data == NULL ||
		    !tee_hex_decode(s, strlen(s), m->data, size))
			tee_source_refuse(src, list,
			    "measurements.%s: not "
			    "hex",
			    name);
	}
}

/* A list of words into a bit mask; `parse` knows the words. */
static unsigned
read_words(struct tee_source *src, config_setting_t *require, const char *name,
    bool (*parse)(const char *, unsigned *))
{
	config_setting_t *list = tee_setting_list(src, require, name);
	unsigned mask = 0, bit;
	int i;

	for (i = 0; list != NULL && i < config_setting_length(list); i++) {
		const char *s = tee_setting_element(src, list, (unsigned)i);

		if (s == NULL || !parse(s, &bit))
			tee_source_refuse(src, list,
			    "%s: unknown word "
			    "\"%.40s\"",
			    name, s != NULL ? s : "");
		else
			mask |= 1u << bit;
	}
	return mask;
}

static bool
origin_word(const char *s, unsigned *out)
{
	enum tee_key_origin origin = TEE_ORIGIN_LOCAL;
	bool ok = tee_origin_parse(s, &origin);

	*out = origin;
	return ok;
}

static bool
tcb_word(const char *s, unsigned *out)
{
	enum tee_tcb_status status = TEE_TCB_UNKNOWN;
	bool ok = tee_tcb_parse(s, &status);

	*out = status;
	return ok;
}

void
tee_profile_read_require(struct tee_source *src, struct tee *tee,
    config_setting_t *root)
{
	static const char *const keys[] = { "confidential_level", "key_origin",
		"tcb_status", "debug", "max_age", "measurements", "roots",
		"allow_simulated", NULL };
	config_setting_t *require = tee_setting_group(src, root, "require");
	struct tee_reference *floor = &tee->floor;
	config_setting_t *measurements;
	const char *level;
	int i;

	floor->max_age = DEFAULT_MAX_AGE;
	if (tee->assurance != TEE_ASSURANCE_LOCAL)
		floor->min_level = TEE_LEVEL_TEE_VM;
	if (require == NULL)
		return;
	tee_setting_only(src, require, keys);
	level = tee_setting_string(src, require, "confidential_level");
	if (level != NULL && !tee_level_parse(level, &floor->min_level))
		tee_source_refuse(src, require,
		    "unknown confidential_level "
		    "\"%.40s\"",
		    level);
	if (tee->assurance != TEE_ASSURANCE_LOCAL &&
	    floor->min_level < TEE_LEVEL_TEE_VM)
		tee_source_refuse(src, require,
		    "confidential_level below "
		    "tee_vm needs assurance = \"local\"");
	floor->origins = read_words(src, require, "key_origin", origin_word);
	floor->tcb_statuses = read_words(src, require, "tcb_status", tcb_word);
	tee_setting_bool(src, require, "debug", &floor->debug_allowed);
	tee_setting_bool(src, require, "allow_simulated",
	    &floor->allow_simulated);
	tee_setting_duration(src, require, "max_age", &floor->max_age);
	read_roots(src, require, floor);
	if (tee->assurance == TEE_ASSURANCE_TEE &&
	    (floor->origins & (1u << TEE_ORIGIN_LOCAL)))
		tee_source_refuse(src,
		    config_setting_get_member(require, "key_origin"),
		    "key_origin \"local\" cannot stand under "
		    "assurance \"tee\"");
	measurements = tee_setting_group(src, require, "measurements");
	if (measurements != NULL && config_setting_length(measurements) == 0)
		tee_source_refuse(src, measurements, "measurements is empty");
	for (i = 0;
	     measurements != NULL && i < config_setting_length(measurements);
	     i++)
		read_measurement(src,
		    config_setting_get_elem(measurements, (unsigned)i), floor);
}

void
tee_profile_refuse_claims(struct tee_source *src, config_setting_t *root)
{
	static const char *const keys[] = { "confidential_level", "tcb_status",
		"debug", "measurements" };
	config_setting_t *require = config_setting_get_member(root, "require");
	size_t i;

	for (i = 0; require != NULL && i < sizeof(keys) / sizeof(keys[0]);
	     i++) {
		config_setting_t *s =
		    config_setting_get_member(require, keys[i]);

		if (s != NULL)
			tee_source_refuse(src, s,
			    "%s needs a verifier that "
			    "establishes it",
			    keys[i]);
	}
}
