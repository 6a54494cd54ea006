/* SPDX-License-Identifier: Apache-2.0 */
/* webfault: see webfault.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "sim/cloud.h"
#include "sim/webfault.h"

#define HUGE_SIZE (64u << 20)
#define SLOW_STEPS 10

/* A body on its way out. */
struct stream {
	struct sim_cloud *cloud;
	struct sim_blob body;
	size_t spaces;  /* behind it */
	size_t end;     /* where the connection breaks */
	size_t step;    /* bytes at a time; 0: all */
	uint32_t pause; /* milliseconds before each */
};

static bool
due(struct sim_web *web, enum sim_web_fault fault)
{
	return tee_sim_asp_due(web->cloud->asp,
	    (enum sim_switch)(web->service->faults + fault));
}

static uint32_t
number(struct sim_web *web, enum sim_web_fault fault)
{
	return tee_sim_asp_number(web->cloud->asp,
	    (enum sim_switch)(web->service->faults + fault));
}

void
tee_sim_webfault_delay(struct sim_web *web)
{
	uint32_t ms;

	if (!tee_sim_cloud_follow(web->cloud))
		return;
	ms = number(web, SIM_WEB_DELAY);
	if (ms == 0)
		return;
	tee_sim_cloud_unlock(web->cloud);
	tee_sim_cloud_sleep(web->cloud, ms);
	tee_sim_cloud_lock(web->cloud);
}

unsigned
tee_sim_webfault_status(struct sim_web *web)
{
	if (due(web, SIM_WEB_429))
		return 429;
	if (due(web, SIM_WEB_500))
		return 500;
	return due(web, SIM_WEB_503) ? 503 : 0;
}

struct sim_webfault
tee_sim_webfault_take(struct sim_web *web)
{
	return (struct sim_webfault){ .drop = due(web, SIM_WEB_DROP),
		.cut = due(web, SIM_WEB_CUT),
		.truncate = due(web, SIM_WEB_TRUNCATE),
		.huge = due(web, SIM_WEB_HUGE),
		.redirect = due(web, SIM_WEB_REDIRECT),
		.slow = number(web, SIM_WEB_SLOW) };
}

static ssize_t
read_stream(void *cls, uint64_t at, char *out, size_t max)
{
	struct stream *stream = cls;
	size_t size = stream->body.size;

	if (at >= stream->end)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (stream->pause > 0)
		tee_sim_cloud_sleep(stream->cloud, stream->pause);
	if (stream->step > 0 && max > stream->step)
		max = stream->step;
	if (max > stream->end - at)
		max = stream->end - (size_t)at;
	if (at >= size) {
		memset(out, ' ', max);
		return (ssize_t)max;
	}
	if (max > size - at)
		max = size - (size_t)at;
	memcpy(out, stream->body.data + at, max);
	return (ssize_t)max;
}

static void
free_stream(void *cls)
{
	struct stream *stream = cls;

	tee_sim_blob_free(&stream->body);
	free(stream);
}

static struct MHD_Response *
make_response(struct sim_web *web, struct sim_web_answer *answer,
    const struct sim_webfault *fault)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	struct MHD_Response *response;

	if (stream == NULL)
		return NULL;
	stream->cloud = web->cloud;
	stream->body = answer->body;
	answer->body = (struct sim_blob){ NULL, 0 };
	if (fault->truncate)
		stream->body.size /= 2;
	stream->spaces = fault->huge ? HUGE_SIZE : 0;
	stream->end = fault->cut ? stream->body.size / 2 :
				   stream->body.size + stream->spaces;
	stream->pause = fault->slow / SLOW_STEPS;
	if (stream->pause > 0)
		stream->step = stream->body.size / SLOW_STEPS + 1;
	response = MHD_create_response_from_callback(stream->body.size +
		stream->spaces,
	    16384, read_stream, stream, free_stream);
	if (response == NULL)
		free_stream(stream);
	return response;
}

static void
add_headers(struct sim_web *web, const struct sim_web_request *request,
    const struct sim_web_answer *answer, struct MHD_Response *response,
    bool redirect)
{
	char location[SIM_WEB_URL + 512];

	if (answer->type != NULL)
		MHD_add_response_header(response, "Content-Type", answer->type);
	for (size_t i = 0; i < answer->headers; i++)
		MHD_add_response_header(response, answer->header[i].name,
		    answer->header[i].value);
	if (redirect) {
		snprintf(location, sizeof(location), "%s%.500s", web->url,
		    request->path);
		MHD_add_response_header(response, "Location", location);
	}
}

enum MHD_Result
tee_sim_webfault_send(struct sim_web *web,
    const struct sim_web_request *request, struct sim_web_answer *answer,
    const struct sim_webfault *fault)
{
	struct MHD_Response *response = NULL;
	enum MHD_Result result = MHD_NO;

	if (!fault->drop)
		response = make_response(web, answer, fault);
	if (response != NULL) {
		add_headers(web, request, answer, response, fault->redirect);
		result = MHD_queue_response(request->connection,
		    fault->redirect ? 302 : answer->status, response);
		MHD_destroy_response(response);
	}
	tee_sim_answer_free(answer);
	return result;
}
