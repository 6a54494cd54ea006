/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web: one HTTP service on a port of its own on 127.0.0.1: routes, faults by
 * switch, one line in the log per request.  A handler runs with the machine
 * locked, one at a time, after the switches were read; it reads a request
 * that is whole and fills an answer.  Time passes outside of the lock.
 */
#ifndef SIM_WEB_H
#define SIM_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include "sim/blob.h"
#include "sim/switch.h"
#include "sim/tls.h"

#define SIM_WEB_BODY_MAX (1024 * 1024)
#define SIM_WEB_ARGS 16
#define SIM_WEB_HEADERS 12
#define SIM_WEB_ROUTES 16
#define SIM_WEB_URL 64

struct MHD_Connection;
struct MHD_Daemon;
struct sim_cloud;

struct sim_web_arg {
	const char *name, *value; /* decoded; "" where there is no '=' */
};

struct sim_web_request {
	struct MHD_Connection *connection;
	const char *method, *path; /* the path decoded */
	const char *rest;          /* what a route's '*' stands for */
	struct sim_web_arg arg[SIM_WEB_ARGS];
	size_t args;
	const uint8_t *body; /* NUL behind it */
	size_t size;
	unsigned active; /* requests of this route under way, with this one */
};

/* NULL where absent; header names in any case, the query's as they are. */
const char *tee_sim_web_header(const struct sim_web_request *,
    const char *name);
const char *tee_sim_web_arg(const struct sim_web_request *, const char *name);
/* Whether a name stands twice in the query, or there are too many. */
bool tee_sim_web_repeated(const struct sim_web_request *);
/* The body where it is one JSON object under application/json, or NULL. */
json_t *tee_sim_web_object(const struct sim_web_request *);

struct sim_web_field {
	char name[48];
	char value[512];
};

/* Starts zeroed; status 0 becomes 500. */
struct sim_web_answer {
	unsigned status;
	const char *type; /* borrowed */
	struct sim_blob body;
	struct sim_web_field header[SIM_WEB_HEADERS];
	size_t headers;
};

/* Each replaces the answer; a reference to the JSON is taken. */
void tee_sim_answer_json(struct sim_web_answer *, unsigned status, json_t *);
void tee_sim_answer_bytes(struct sim_web_answer *, unsigned status,
    const char *type, const void *, size_t size);
void tee_sim_answer_text(struct sim_web_answer *, unsigned status,
    const char *text);
void tee_sim_answer_empty(struct sim_web_answer *, unsigned status);
/* {"error":{"code","message"[,"innererror":{"code"}]}} of MAA and the vault. */
void tee_sim_answer_error(struct sim_web_answer *, unsigned status,
    const char *code, const char *message, const char *inner);
void __attribute__((format(printf, 3, 4)))
tee_sim_answer_header(struct sim_web_answer *, const char *name,
    const char *format, ...);
void tee_sim_answer_free(struct sim_web_answer *);

typedef void sim_web_handler(struct sim_cloud *, const struct sim_web_request *,
    struct sim_web_answer *);

/* A path that ends in '*' stands for all that continue it. */
struct sim_web_route {
	const char *method; /* NULL: any */
	const char *path;   /* in any case where the service says so */
	sim_web_handler *handler;
};

struct sim_web_service {
	const char *name; /* of its URL file and in the log */
	bool plain;       /* http, not https */
	enum sim_tls_role role;
	enum sim_switch faults;             /* the first of them */
	bool any_case;                      /* of paths */
	const struct sim_web_route *routes; /* ended by a NULL path */
	/* Rules before any route: false with the answer; may be NULL. */
	bool (*admit)(struct sim_cloud *, const struct sim_web_request *,
	    struct sim_web_answer *);
	/* Adds what every answer carries; may be NULL. */
	sim_web_handler *dress;
	/* The service's own words for 404, 405, 429, 500, 503; may be NULL. */
	sim_web_handler *refuse;
};

struct sim_web {
	struct sim_cloud *cloud;
	const struct sim_web_service *service;
	struct MHD_Daemon *daemon;
	char url[SIM_WEB_URL]; /* without a slash at the end */
	unsigned active[SIM_WEB_ROUTES];
};

bool tee_sim_web_open(struct sim_web *, struct sim_cloud *,
    const struct sim_web_service *, const struct sim_tls *);
void tee_sim_web_close(struct sim_web *);

#endif
