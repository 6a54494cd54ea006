/* SPDX-License-Identifier: Apache-2.0 */
/* IMDS and THIM: what they ask of a request, and the host's certificates. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/pem.h>

#include "tests/test_sim_cloud.h"

#define THIM "/metadata/THIM/amd/certification"
#define INSTANCE "/metadata/instance"
#define TOKEN \
	"/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" \
	"https%3A%2F%2Fvault.azure.net"

static const struct {
	const char *name, *method, *target, *headers;
	long status;
	const char *error; /* of the body; NULL: none */
} rules[] = { { "well asked", NULL, INSTANCE "?api-version=2021-01-01",
		  "Metadata: true", 200, NULL },
	{ "no header", NULL, INSTANCE "?api-version=2021-01-01", NULL, 400,
	    "Bad request. Required metadata header not specified" },
	{ "false header", NULL, INSTANCE "?api-version=2021-01-01",
	    "Metadata: false", 400,
	    "Bad request. Required metadata header not specified" },
	{ "no header, identity", NULL, TOKEN, NULL, 400, "bad_request_102" },
	{ "forwarded", NULL, THIM, "Metadata: true|X-Forwarded-For: 192.0.2.1",
	    400, "Bad request. X-Forwarded-For is not accepted" },
	{ "no version", NULL, INSTANCE, "Metadata: true", 400,
	    "Bad request. api-version was not specified in the request. For "
	    "more information refer to aka.ms/azureimds" },
	{ "unknown version", NULL, INSTANCE "?api-version=1999-01-01",
	    "Metadata: true", 400,
	    "Bad request. api-version is invalid or unsupported" },
	{ "a name twice", NULL,
	    INSTANCE "?api-version=2021-01-01&api-version=2021-01-01",
	    "Metadata: true", 400,
	    "Bad request. A query parameter was given twice" },
	{ "a leaf as text", NULL,
	    INSTANCE "/compute/location?api-version=2021-01-01&format=text",
	    "Metadata: true", 200, NULL },
	{ "a leaf as JSON", NULL,
	    INSTANCE "/compute/location?api-version=2021-01-01",
	    "Metadata: true", 400,
	    "Bad request. The format is not one of this node's" },
	{ "a node as text", NULL,
	    INSTANCE "/compute?api-version=2021-01-01&format=text",
	    "Metadata: true", 400,
	    "Bad request. The format is not one of this node's" },
	{ "no such node", NULL,
	    INSTANCE "/compute/nobody?api-version=2021-01-01", "Metadata: true",
	    404, "Not found" },
	{ "no such path", NULL, "/metadata/nobody", "Metadata: true", 404,
	    "Not found" },
	{ "another method", "DELETE", THIM, "Metadata: true", 405,
	    "Method Not Allowed" },
	{ "THIM has no version", NULL, THIM, "Metadata: true", 200, NULL },
	{ "any case", NULL, "/metadata/thim/AMD/certification",
	    "Metadata: True", 200, NULL } };

START_TEST(rule)
{
	struct reply reply;

	cloud_turn("");
	cloud_ask(&reply, "imds", rules[_i].method, rules[_i].target,
	    rules[_i].headers, NULL);
	ck_assert_msg(reply.status == rules[_i].status, "%s: %ld",
	    rules[_i].name, reply.status);
	if (rules[_i].error != NULL)
		reply_is(&reply, "error", rules[_i].error);
	reply_free(&reply);
}
END_TEST

START_TEST(newest_versions)
{
	struct reply reply;
	json_t *root;

	cloud_turn("");
	cloud_imds(&reply, INSTANCE);
	root = reply_json(&reply);
	ck_assert_uint_gt(json_array_size(
			      json_object_get(root, "newest-versions")),
	    0);
	json_decref(root);
	reply_free(&reply);
}
END_TEST

/* Every primitive is a string, also where it is a truth value. */
static void
only_strings(const json_t *value)
{
	const char *name;
	json_t *member;

	ck_assert(json_is_object(value) || json_is_string(value));
	json_object_foreach((json_t *)(uintptr_t)value, name, member)
	    only_strings(member);
}

START_TEST(strings)
{
	static const char *const targets[] = { THIM, TOKEN,
		INSTANCE "?api-version=2021-01-01" };
	struct reply reply;
	json_t *root;

	cloud_turn("");
	for (unsigned i = 0; i < 3; i++) {
		cloud_imds(&reply, targets[i]);
		root = reply_json(&reply);
		only_strings(root);
		json_decref(root);
		reply_free(&reply);
	}
}
END_TEST

/* Behind the limit, a request a moment later is well again. */
static unsigned
accepted(const char *target, unsigned times)
{
	struct reply reply;
	unsigned n = 0;

	for (unsigned i = 0; i < times; i++) {
		cloud_imds(&reply, target);
		ck_assert(reply.status == 200 || reply.status == 429);
		n += reply.status == 200;
		reply_free(&reply);
	}
	return n;
}

START_TEST(limits)
{
	unsigned n;

	cloud_turn_limited("");
	n = accepted(THIM, 30);
	ck_assert_msg(n >= 1 && n < 15, "THIM: %u", n);
	n = accepted(TOKEN, 60);
	ck_assert_msg(n >= 15 && n < 50, "identity: %u", n);
	usleep(400000);
	ck_assert_uint_ge(accepted(THIM, 1), 1);
}
END_TEST

START_TEST(updating)
{
	struct reply reply;

	cloud_turn("imds-410=2");
	for (unsigned i = 0; i < 3; i++) {
		cloud_imds(&reply, THIM);
		ck_assert_int_eq(reply.status, i < 2 ? 410 : 200);
		reply_free(&reply);
	}
}
END_TEST

static X509 *
read_pem(const json_t *root, const char *name)
{
	const char *pem = json_string_value(json_object_get(root, name));
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	ck_assert_ptr_nonnull(cert);
	BIO_free(bio);
	return cert;
}

static json_t *
thim(void)
{
	struct reply reply;
	json_t *root;

	cloud_imds(&reply, THIM);
	ck_assert_int_eq(reply.status, 200);
	root = reply_json(&reply);
	reply_free(&reply);
	return root;
}

/* tcbm is the report's TCB, and the VCEK the one that signed it. */
static bool
fits(const json_t *root, const uint8_t report[SIM_REPORT_SIZE])
{
	const char *tcbm = json_string_value(json_object_get(root, "tcbm"));
	char *end;

	ck_assert_uint_eq(strlen(tcbm), 16);
	return strtoull(tcbm, &end, 16) ==
	    tee_sim_report_get(report, "reported_tcb") &&
	    *end == '\0';
}

static const char *const products[] = { "Milan", "Genoa", "Turin" };

START_TEST(certificates)
{
	uint8_t report[SIM_REPORT_SIZE], data[64] = { 1 };
	struct sim_blob pem = { NULL, 0 };
	char product[32];
	X509 *vcek, *ask;
	json_t *root;

	snprintf(product, sizeof(product), "product=%s", products[_i]);
	cloud_turn(product);
	machine_report(data, report, &pem);
	root = thim();
	vcek = read_pem(root, "vcekCert");
	ask = read_pem(root, "certificateChain");
	ck_assert(fits(root, report));
	ck_assert_int_eq(X509_verify(vcek, X509_get0_pubkey(ask)), 1);
	X509_free(vcek);
	X509_free(ask);
	json_decref(root);
	tee_sim_blob_free(&pem);
}
END_TEST

START_TEST(stale)
{
	uint8_t report[SIM_REPORT_SIZE], data[64] = { 1 };
	struct sim_blob pem = { NULL, 0 };
	json_t *root;

	cloud_turn("thim-stale=2");
	machine_report(data, report, &pem);
	for (unsigned i = 0; i < 3; i++) {
		root = thim();
		ck_assert_int_eq(fits(root, report), i == 2);
		json_decref(root);
	}
	tee_sim_blob_free(&pem);
}
END_TEST

START_TEST(logged)
{
	unsigned before = cloud_logged("imds GET " THIM " 200");

	cloud_turn("");
	json_decref(thim());
	ck_assert_uint_eq(cloud_logged("imds GET " THIM " 200"), before + 1);
	ck_assert_uint_eq(cloud_logged("imds GET " THIM "?"), 0);
}
END_TEST

void
add_imds_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, rule, 0, sizeof(rules) / sizeof(rules[0]));
	tcase_add_test(tcase, newest_versions);
	tcase_add_test(tcase, strings);
	tcase_add_test(tcase, limits);
	tcase_add_test(tcase, updating);
	tcase_add_loop_test(tcase, certificates, 0, 3);
	tcase_add_test(tcase, stale);
	tcase_add_test(tcase, logged);
}
