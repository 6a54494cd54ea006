/* SPDX-License-Identifier: Apache-2.0 */
/* web: see web.h; answers are built in answer.c and sent in webfault.c. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <microhttpd.h>

#include "sim/cloud.h"
#include "sim/webfault.h"

/* One request while it comes in. */
struct exchange {
	struct sim_blob body;
	bool too_large;
};

const char *
tee_sim_web_header(const struct sim_web_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND,
	    name);
}

const char *
tee_sim_web_arg(const struct sim_web_request *request, const char *name)
{
	for (size_t i = 0; i < request->args && i < SIM_WEB_ARGS; i++)
		if (strcmp(request->arg[i].name, name) == 0)
			return request->arg[i].value;
	return NULL;
}

bool
tee_sim_web_repeated(const struct sim_web_request *request)
{
	if (request->args > SIM_WEB_ARGS)
		return true;
	for (size_t i = 0; i < request->args; i++)
		for (size_t k = 0; k < i; k++)
			if (strcasecmp(request->arg[i].name,
				request->arg[k].name) == 0)
				return true;
	return false;
}

json_t *
tee_sim_web_object(const struct sim_web_request *request)
{
	const char *type = tee_sim_web_header(request, "Content-Type");
	static const char wanted[] = "application/json";
	json_t *root;

	if (type == NULL ||
	    strncasecmp(type, wanted, sizeof(wanted) - 1) != 0 ||
	    (type[sizeof(wanted) - 1] != '\0' &&
		type[sizeof(wanted) - 1] != ';'))
		return NULL;
	root = json_loadb((const char *)request->body, request->size,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
	if (root == NULL || json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

static enum MHD_Result
take_arg(void *cls, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	struct sim_web_request *request = cls;

	(void)kind;
	if (request->args < SIM_WEB_ARGS)
		request->arg[request->args] =
		    (struct sim_web_arg){ name, value != NULL ? value : "" };
	request->args++;
	return MHD_YES;
}

/* Where the path continues the route's behind '*', or "" where equal. */
static const char *
matches(const struct sim_web_service *service, const char *route,
    const char *path)
{
	size_t size = strlen(route);
	bool open = size > 0 && route[size - 1] == '*';
	int different;

	if (open)
		size--;
	different = service->any_case ? strncasecmp(route, path, size) :
					strncmp(route, path, size);
	return different == 0 && (open || path[size] == '\0') ? path + size :
								NULL;
}

/* The index of the route, or -1; *other: the path has another method. */
static int
find(const struct sim_web_service *service, struct sim_web_request *request,
    bool *other)
{
	const struct sim_web_route *route = service->routes;

	*other = false;
	for (int i = 0; route != NULL && route[i].path != NULL; i++) {
		const char *rest =
		    matches(service, route[i].path, request->path);

		if (rest == NULL)
			continue;
		request->rest = rest;
		if (route[i].method == NULL ||
		    strcmp(route[i].method, request->method) == 0)
			return i;
		*other = true;
	}
	return -1;
}

static void
refuse(struct sim_web *web, const struct sim_web_request *request,
    unsigned status, struct sim_web_answer *answer)
{
	tee_sim_answer_empty(answer, status);
	if (web->service->refuse != NULL)
		web->service->refuse(web->cloud, request, answer);
}

static void
say_when(struct sim_web *web, struct sim_web_answer *answer)
{
	uint32_t s = tee_sim_asp_number(web->cloud->asp, SIM_SW_RETRY_AFTER);

	if (s != 0)
		tee_sim_answer_header(answer, "Retry-After", "%u", s);
}

static void
answer_one(struct sim_web *web, struct sim_web_request *request,
    const struct exchange *exchange, int route, bool other,
    struct sim_web_answer *answer)
{
	unsigned fault = tee_sim_webfault_status(web);

	if (exchange->too_large)
		refuse(web, request, 413, answer);
	else if (fault != 0)
		refuse(web, request, fault, answer);
	else if (web->service->admit != NULL &&
	    !web->service->admit(web->cloud, request, answer))
		return;
	else if (route < 0)
		refuse(web, request, other ? 405 : 404, answer);
	else
		web->service->routes[route].handler(web->cloud, request,
		    answer);
}

static enum MHD_Result
serve(struct sim_web *web, struct sim_web_request *request,
    const struct exchange *exchange)
{
	struct sim_web_answer answer = { .status = 0 };
	struct sim_webfault fault;
	bool other, ready;
	int route = find(web->service, request, &other);

	tee_sim_cloud_lock(web->cloud);
	if (route >= 0)
		request->active = ++web->active[route];
	tee_sim_webfault_delay(web);
	ready = tee_sim_cloud_follow(web->cloud);
	if (ready)
		answer_one(web, request, exchange, route, other, &answer);
	if (answer.status == 0)
		tee_sim_answer_empty(&answer, 500);
	if (answer.status == 429 || answer.status == 503)
		say_when(web, &answer);
	if (web->service->dress != NULL)
		web->service->dress(web->cloud, request, &answer);
	fault = tee_sim_webfault_take(web);
	if (route >= 0)
		web->active[route]--;
	tee_sim_cloud_log(web->cloud, web->service->name, request,
	    fault.drop ? 0 : answer.status);
	tee_sim_cloud_unlock(web->cloud);
	return tee_sim_webfault_send(web, request, &answer, &fault);
}

static enum MHD_Result
handle(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **state)
{
	struct exchange *exchange = *state;
	struct sim_web_request request = { .connection = connection,
		.method = method,
		.path = url,
		.rest = "" };

	(void)version;
	if (exchange == NULL) {
		*state = calloc(1, sizeof(*exchange));
		return *state != NULL ? MHD_YES : MHD_NO;
	}
	if (*size > 0) {
		if (exchange->body.size + *size > SIM_WEB_BODY_MAX ||
		    !tee_sim_blob_append(&exchange->body, data, *size))
			exchange->too_large = true;
		*size = 0;
		return MHD_YES;
	}
	if (!tee_sim_blob_append(&exchange->body, "", 1))
		return MHD_NO;
	request.body = exchange->body.data;
	request.size = exchange->body.size - 1;
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_arg,
	    &request);
	return serve(cls, &request, exchange);
}

static void
finished(void *cls, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *state;

	(void)cls;
	(void)connection;
	(void)code;
	if (exchange != NULL)
		tee_sim_blob_free(&exchange->body);
	free(exchange);
	*state = NULL;
}

/* A thread per connection, because answers may take their time. */
static struct MHD_Daemon *
listen_on(struct sim_web *web, const char *chain, const char *key)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	unsigned flags =
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION;
	const struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0,
						  (void *)(uintptr_t)chain },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key },
		{ MHD_OPTION_END, 0, NULL } };

	return MHD_start_daemon(chain != NULL ? flags | MHD_USE_TLS : flags, 0,
	    NULL, NULL, handle, web, MHD_OPTION_SOCK_ADDR, &address,
	    MHD_OPTION_NOTIFY_COMPLETED, finished, web,
	    MHD_OPTION_CONNECTION_LIMIT, 64U, MHD_OPTION_ARRAY,
	    chain != NULL ? tls : &tls[2], MHD_OPTION_END);
}

bool
tee_sim_web_open(struct sim_web *web, struct sim_cloud *cloud,
    const struct sim_web_service *service, const struct sim_tls *tls)
{
	struct sim_blob chain = { NULL, 0 }, key = { NULL, 0 };
	const union MHD_DaemonInfo *info = NULL;

	memset(web, 0, sizeof(*web));
	web->cloud = cloud;
	web->service = service;
	if (service->plain ||
	    (tee_sim_tls_chain(tls, service->role, &chain) &&
		tee_sim_tls_key(tls, service->role, &key)))
		web->daemon = listen_on(web, (const char *)chain.data,
		    (const char *)key.data);
	tee_sim_blob_free(&key);
	tee_sim_blob_free(&chain);
	if (web->daemon != NULL)
		info =
		    MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_BIND_PORT);
	if (info == NULL)
		return false;
	snprintf(web->url, sizeof(web->url), "%s://127.0.0.1:%u",
	    service->plain ? "http" : "https", info->port);
	return true;
}

void
tee_sim_web_close(struct sim_web *web)
{
	if (web->daemon != NULL)
		MHD_stop_daemon(web->daemon);
	web->daemon = NULL;
}
