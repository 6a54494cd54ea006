/* SPDX-License-Identifier: Apache-2.0 */
/* setting: see setting.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "libtee/clock.h"
#include "libtee/setting.h"
#include "libtee/text.h"

bool
tee_source_refuse(struct tee_source *src, const config_setting_t *at,
    const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tee_log_line(src->log, LOG_ERR, "%s:%u: %s", src->file,
	    at != NULL ? config_setting_source_line(at) : 1, text);
	src->failed = true;
	return false;
}

static config_setting_t *
member(config_setting_t *group, const char *name)
{
	return config_setting_get_member(group, name);
}

const char *
tee_setting_text(struct tee_source *src, const config_setting_t *s)
{
	const char *text = config_setting_get_string(s);

	if (text != NULL && tee_utf8_valid(text, strlen(text)))
		return text;
	tee_source_refuse(src, s, "text is not UTF-8");
	return NULL;
}

const char *
tee_setting_string(struct tee_source *src, config_setting_t *group,
    const char *name)
{
	config_setting_t *s = member(group, name);

	if (s == NULL)
		return NULL;
	if (config_setting_type(s) == CONFIG_TYPE_STRING)
		return tee_setting_text(src, s);
	tee_source_refuse(src, s, "%s must be a quoted string", name);
	return NULL;
}

config_setting_t *
tee_setting_group(struct tee_source *src, config_setting_t *group,
    const char *name)
{
	config_setting_t *s = member(group, name);

	if (s == NULL || config_setting_is_group(s))
		return s;
	tee_source_refuse(src, s, "%s must be a group { ... }", name);
	return NULL;
}

config_setting_t *
tee_setting_list(struct tee_source *src, config_setting_t *group,
    const char *name)
{
	config_setting_t *s = member(group, name);

	if (s == NULL)
		return NULL;
	if (!config_setting_is_list(s) && !config_setting_is_array(s))
		tee_source_refuse(src, s, "%s must be a list", name);
	else if (config_setting_length(s) == 0)
		tee_source_refuse(src, s, "%s is empty", name);
	else
		return s;
	return NULL;
}

void
tee_setting_bool(struct tee_source *src, config_setting_t *group,
    const char *name, bool *out)
{
	config_setting_t *s = member(group, name);

	if (s == NULL)
		return;
	if (config_setting_type(s) != CONFIG_TYPE_BOOL)
		tee_source_refuse(src, s, "%s must be true or false", name);
	else
		*out = config_setting_get_bool(s);
}

void
tee_setting_duration(struct tee_source *src, config_setting_t *group,
    const char *name, unsigned *seconds)
{
	const char *s = tee_setting_string(src, group, name);

	if (s != NULL && !tee_duration_parse(s, seconds))
		tee_source_refuse(src, member(group, name),
		    "%s: \"%.40s\" is no duration such as \"90s\", \"5m\", "
		    "\"8h\" (at most 366d)",
		    name, s);
}

const char *
tee_setting_element(struct tee_source *src, config_setting_t *list, unsigned i)
{
	config_setting_t *s = config_setting_get_elem(list, i);

	if (s != NULL && config_setting_type(s) == CONFIG_TYPE_STRING)
		return tee_setting_text(src, s);
	tee_source_refuse(src, s != NULL ? s : list,
	    "list elements must be quoted strings");
	return NULL;
}

void
tee_setting_only(struct tee_source *src, config_setting_t *group,
    const char *const *names)
{
	int i, n = config_setting_length(group);

	for (i = 0; i < n; i++) {
		config_setting_t *s =
		    config_setting_get_elem(group, (unsigned)i);
		const char *const *p = names;

		while (*p != NULL && strcmp(*p, config_setting_name(s)) != 0)
			p++;
		if (*p == NULL)
			tee_source_refuse(src, s, "unknown key \"%s\"",
			    config_setting_name(s));
	}
}
