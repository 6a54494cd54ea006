/* SPDX-License-Identifier: Apache-2.0 */
/* answer: what a handler fills, see web.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/web.h"

static const char content_json[] = "application/json; charset=utf-8";

void
tee_sim_answer_free(struct sim_web_answer *answer)
{
	tee_sim_blob_free(&answer->body);
	memset(answer, 0, sizeof(*answer));
}

void
tee_sim_answer_bytes(struct sim_web_answer *answer, unsigned status,
    const char *type, const void *data, size_t size)
{
	tee_sim_answer_free(answer);
	if (size > 0 && !tee_sim_blob_append(&answer->body, data, size)) {
		answer->status = 500;
		return;
	}
	answer->status = status;
	answer->type = type;
}

void
tee_sim_answer_text(struct sim_web_answer *answer, unsigned status,
    const char *text)
{
	tee_sim_answer_bytes(answer, status, "text/plain; charset=utf-8", text,
	    strlen(text));
}

void
tee_sim_answer_empty(struct sim_web_answer *answer, unsigned status)
{
	tee_sim_answer_bytes(answer, status, NULL, NULL, 0);
}

void
tee_sim_answer_json(struct sim_web_answer *answer, unsigned status,
    json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	if (text == NULL)
		tee_sim_answer_empty(answer, 500);
	else
		tee_sim_answer_bytes(answer, status, content_json, text,
		    strlen(text));
	free(text);
	json_decref(json);
}

void
tee_sim_answer_error(struct sim_web_answer *answer, unsigned status,
    const char *code, const char *message, const char *inner)
{
	json_t *error =
	    json_pack("{s:s, s:s}", "code", code, "message", message);

	if (inner != NULL)
		json_object_set_new(error, "innererror",
		    json_pack("{s:s}", "code", inner));
	tee_sim_answer_json(answer, status, json_pack("{s:o}", "error", error));
}

void
tee_sim_answer_header(struct sim_web_answer *answer, const char *name,
    const char *format, ...)
{
	struct sim_web_field *field = &answer->header[answer->headers];
	va_list args;

	if (answer->headers >= SIM_WEB_HEADERS)
		return;
	snprintf(field->name, sizeof(field->name), "%s", name);
	va_start(args, format);
	vsnprintf(field->value, sizeof(field->value), format, args);
	va_end(args);
	answer->headers++;
}
