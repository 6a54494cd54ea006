/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_cloud: a client of a served cloud, by libcurl alone, and what it
 * takes to judge a JWT by libcrypto alone.
 */
#ifndef TESTLIB_CLOUD_H
#define TESTLIB_CLOUD_H

#include <check.h>
#include <curl/curl.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "sim/asp.h"
#include "sim/blob.h"

/* Of the command line: the program, and the machine's directory. */
extern const char *cloud_teesim, *cloud_keys;

struct reply {
	CURLcode code; /* of the transfer */
	long status;
	struct sim_blob head, body; /* with terminator */
	double seconds;
};

/* Exactly these switches, separated by spaces, and no limits at IMDS. */
void cloud_turn(const char *switches);
/* The same with its limits. */
void cloud_turn_limited(const char *switches);

/* The line of DIR/cloud/NAME; a static buffer. */
const char *cloud_line(const char *name);
/*
 * "imds", "maa", ...; headers separated by '|', NULL: none; a body makes it a
 * POST unless the method is given.  Never proxies, never redirects.
 */
void cloud_ask(struct reply *, const char *service, const char *method,
    const char *target, const char *headers, const char *body);
void cloud_get(struct reply *, const char *service, const char *target);
/* With "Metadata: true". */
void cloud_imds(struct reply *, const char *target);
/* As application/json, with api-version 2022-08-01. */
void cloud_attest(struct reply *, const char *how, const json_t *body);
void reply_free(struct reply *);
/* A header's value in a static buffer, or NULL. */
const char *reply_header(const struct reply *, const char *name);
/* The body, which must be a JSON object. */
json_t *reply_json(const struct reply *);
/* That member, text. */
void reply_is(const struct reply *, const char *member, const char *text);
/* {"error":{"code","message"}}: the message begins so. */
void reply_error(const struct reply *, const char *code, const char *start);

/* Requests in the log that begin with this. */
unsigned cloud_logged(const char *start);

/* A part of a JWT as JSON, duplicates allowed where asked. */
json_t *jwt_part(const char *token, unsigned part, size_t flags);
char *jwt_text(const char *token, unsigned part);
/* Whether RS256 by this key. */
bool jwt_signed(const char *token, EVP_PKEY *);
/* "maa" and a kid: x5c[0] of the JWKS; NULL where not there, or twice. */
EVP_PKEY *jwks_key(const char *kid);

char *encode(bool url, const void *, size_t size);
json_t *encoded(bool url, const void *, size_t size);

/* A report of the served machine, and its chain. */
void machine_report(const uint8_t report_data[64],
    uint8_t report[SIM_REPORT_SIZE], struct sim_blob *pem);
/* The same switches as the server has, for reports. */
void sha256(const void *, size_t size, uint8_t out[32]);

#endif
