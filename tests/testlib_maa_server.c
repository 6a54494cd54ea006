/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_maa_server: see testlib_maa_server.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <check.h>

#include "modules/snp_azure/facility.h"
#include "tests/testlib_maa_server.h"
#include "tests/testlib_vtpm.h"

struct http_server *maa_server;
uint8_t maa_pin[32];

static struct tls_ca *ca;
static char endpoint[64], ca_path[512], *keys, *answer;

void
maa_set_up(void)
{
	struct tls_identity identity;

	ca = tls_ca_new("test CA");
	tls_ca_pin(ca, maa_pin);
	tls_ca_issue(ca, TLS_GOOD, &identity);
	maa_server = http_server_new(&identity, NULL);
	snprintf(endpoint, sizeof(endpoint), "%s",
	    http_server_url(maa_server, ""));
	snprintf(ca_path, sizeof(ca_path), "%s",
	    maa_file("ca", tls_ca_pem(ca), strlen(tls_ca_pem(ca))));
	memset(&testlib_vtpm, 0, sizeof(testlib_vtpm));
	testlib_vtpm.ak = maa_ak;
	testlib_vtpm.enc = maa_other;
}

void
maa_tear_down(void)
{
	if (maa_server != NULL)
		http_server_free(&maa_server);
	tls_ca_free(&ca);
	unlink(ca_path);
	free(keys);
	free(answer);
	keys = answer = NULL;
}

void
maa_serve_start(struct maa_scene *s, enum maa_shape shape)
{
	maa_start(s, shape);
	maa_report(s);
	json_object_set_new(s->payload, "iss", json_string(endpoint));
	s->no_token = true;
	s->root = maa_pin;
}

char *
maa_in_token(const char *text)
{
	json_t *body = json_pack("{s:s}", "token", text);
	char *dump = json_dumps(body, 0);

	json_decref(body);
	return dump;
}

void
maa_serve(struct maa_scene *s, unsigned status, char *body,
    unsigned keys_status, const char *keys_text)
{
	struct http_turn turns[2] = { { .status = keys_status,
					  .path = "/certs" },
		{ .status = status, .path = "/attest/" } };

	free(keys);
	free(answer);
	keys = keys_text != NULL ? strdup(keys_text) : json_dumps(s->jwks, 0);
	answer = body;
	turns[0].body = keys;
	turns[1].body = answer;
	http_server_script(maa_server, turns, 2);
}

void
maa_serve_token(struct maa_scene *s)
{
	char *token = maa_token(s);

	maa_serve(s, 200, maa_in_token(token), 200, NULL);
	free(token);
}

struct azure_maa *
maa_server_line(const char *more)
{
	char options[2048], log[8192] = "";
	struct azure_maa *maa;

	snprintf(options, sizeof(options), "endpoint=%s/|ca_file=%s%s%s",
	    endpoint, ca_path, more != NULL ? "|" : "",
	    more != NULL ? more : "");
	maa = maa_line(options, log);
	ck_assert_msg(maa != NULL, "%s", log);
	return maa;
}

struct tee_claims *
maa_server_judge(struct maa_scene *s, const char *more)
{
	struct azure_maa *maa = maa_server_line(more);
	struct tee_claims *claims = maa_judge_with(s, maa);

	tee_azure_maa_free(&maa);
	return claims;
}

bool
maa_left(const struct maa_scene *s, const char *type)
{
	return tee_evidence_item(s->evidence, type) != NULL;
}

unsigned
maa_asked(const char *url)
{
	unsigned count = 0;

	for (unsigned i = 0; i < http_server_count(maa_server); i++)
		count +=
		    strcmp(http_server_asked(maa_server, i)->url, url) == 0;
	return count;
}
