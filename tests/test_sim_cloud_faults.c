/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that every service has, at each of them. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_sim_cloud.h"

/* A request that each answers well. */
static const struct {
	const char *name, *target;
} services[] = { { "imds", "/metadata/THIM/amd/certification" },
	{ "kds", "/vcek/v1/Milan/cert_chain" }, { "maa", "/certs" },
	{ "authority", "/%s/oauth2/v2.0/token" } };

#define SERVICES (sizeof(services) / sizeof(services[0]))

static const struct {
	const char *fault;
	long status; /* 0: as without */
	CURLcode code;
} faults[] = { { "429=1", 429, CURLE_OK }, { "500=1", 500, CURLE_OK },
	{ "503=1", 503, CURLE_OK }, { "drop=1", 0, CURLE_GOT_NOTHING },
	{ "cut=1", 0, CURLE_PARTIAL_FILE }, { "truncate=1", 0, CURLE_OK },
	{ "huge=1", 0, CURLE_WRITE_ERROR }, { "redirect=1", 302, CURLE_OK } };

#define FAULTS (sizeof(faults) / sizeof(faults[0]))

/* The authority's answer is a refusal, but one with a body. */
static void
ask(struct reply *reply, unsigned service)
{
	bool form = strcmp(services[service].name, "authority") == 0;
	char target[128];

	snprintf(target, sizeof(target), "%s", services[service].target);
	if (form)
		snprintf(target, sizeof(target), "/%s/oauth2/v2.0/token",
		    cloud_line("tenant"));
	cloud_ask(reply, services[service].name, NULL, target, "Metadata: true",
	    form ? "grant_type=none" : NULL);
}

/* Once, and then all is well again. */
START_TEST(fault)
{
	unsigned service = (unsigned)_i / FAULTS, i = (unsigned)_i % FAULTS;
	struct reply well, ill, again;
	char turn[64];

	cloud_turn("");
	ask(&well, service);
	snprintf(turn, sizeof(turn), "%s-%s", services[service].name,
	    faults[i].fault);
	cloud_turn(turn);
	ask(&ill, service);
	ask(&again, service);
	ck_assert_int_eq(well.code, CURLE_OK);
	ck_assert_uint_gt(well.body.size, 10);
	ck_assert_msg(ill.code == faults[i].code, "%s: %s", turn,
	    curl_easy_strerror(ill.code));
	if (faults[i].status != 0)
		ck_assert_int_eq(ill.status, faults[i].status);
	if (strncmp(faults[i].fault, "truncate", 8) == 0)
		ck_assert_uint_eq(ill.body.size - 1, (well.body.size - 1) / 2);
	ck_assert_int_eq(again.code, CURLE_OK);
	ck_assert_int_eq(again.status, well.status);
	reply_free(&well);
	reply_free(&ill);
	reply_free(&again);
}
END_TEST

START_TEST(retry_after)
{
	struct reply reply;

	cloud_turn("maa-429=1 maa-503=1 retry-after=7");
	for (unsigned i = 0; i < 2; i++) {
		ask(&reply, 2);
		ck_assert_int_eq(reply.status, i == 0 ? 429 : 503);
		ck_assert_str_eq(reply_header(&reply, "Retry-After"), "7");
		reply_free(&reply);
	}
	ask(&reply, 2);
	ck_assert_ptr_null(reply_header(&reply, "Retry-After"));
	reply_free(&reply);
	cloud_turn("maa-429=1");
	ask(&reply, 2);
	ck_assert_ptr_null(reply_header(&reply, "Retry-After"));
	reply_free(&reply);
}
END_TEST

START_TEST(redirects_to_itself)
{
	struct reply reply;
	char wanted[256];

	cloud_turn("kds-redirect=1");
	ask(&reply, 1);
	snprintf(wanted, sizeof(wanted), "%s%s", cloud_line("kds.url"),
	    services[1].target);
	ck_assert_str_eq(reply_header(&reply, "Location"), wanted);
	reply_free(&reply);
}
END_TEST

START_TEST(takes_its_time)
{
	static const char *const turns[] = { "imds-delay=300",
		"imds-slow=300" };
	struct reply reply;

	cloud_turn(turns[_i]);
	ask(&reply, 0);
	ck_assert_int_eq(reply.status, 200);
	ck_assert_msg(reply.seconds >= 0.25, "%f", reply.seconds);
	reply_free(&reply);
}
END_TEST

/* One service's fault is not another's. */
START_TEST(apart)
{
	struct reply reply;

	cloud_turn("maa-500=forever");
	ask(&reply, 0);
	ck_assert_int_eq(reply.status, 200);
	reply_free(&reply);
	for (unsigned i = 0; i < 3; i++) {
		ask(&reply, 2);
		ck_assert_int_eq(reply.status, 500);
		reply_free(&reply);
	}
}
END_TEST

/* Whoever does not know the authority gets nowhere. */
START_TEST(verified_tls)
{
	char url[128];
	CURL *curl = curl_easy_init();

	snprintf(url, sizeof(url), "%s/certs", cloud_line("maa.url"));
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* The machine need not have a file of authorities. */
	curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(curl, CURLOPT_CAPATH, "/");
	ck_assert_int_eq(curl_easy_perform(curl),
	    CURLE_PEER_FAILED_VERIFICATION);
	curl_easy_cleanup(curl);
}
END_TEST

START_TEST(too_large)
{
	size_t size = 1024 * 1024 + 1;
	char *body = malloc(size + 1);
	struct reply reply;

	cloud_turn("");
	memset(body, ' ', size);
	body[size] = '\0';
	cloud_ask(&reply, "maa", NULL,
	    "/attest/SevSnpVm?api-version=2022-08-01",
	    "Content-Type: application/json", body);
	ck_assert_int_eq(reply.status, 413);
	reply_free(&reply);
	free(body);
}
END_TEST

void
add_fault_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, fault, 0, (int)(SERVICES * FAULTS));
	tcase_add_test(tcase, retry_after);
	tcase_add_test(tcase, redirects_to_itself);
	tcase_add_loop_test(tcase, takes_its_time, 0, 2);
	tcase_add_test(tcase, apart);
	tcase_add_test(tcase, verified_tls);
	tcase_add_test(tcase, too_large);
}
