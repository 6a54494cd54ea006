/* SPDX-License-Identifier: Apache-2.0 */
/* MAA on a confidential container: endorsements of its utility VM. */
#include "config.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/test_sim_cloud.h"
#include "tests/testlib_cloud_maa.h"

extern char **environ;

/* Options of `teesim context`, and what MAA says of what it writes. */
static const struct {
	const char *name, *option, *value;
	const char *wrong; /* NULL: a token */
	json_int_t svn;
} rows[] = { { "JSON", NULL, NULL, NULL, 104 },
	{ "JSON, another SVN", "--svn", "117", NULL, 117 },
	{ "hash envelope", "--scitt", NULL, NULL, 104 },
	{ "another measurement", "--other-measurement", NULL,
	    "the UVM endorsement is of another measurement", 0 },
	{ "another feed", "--feed", "ConfAKS-AMD-UVM",
	    "the UVM endorsement is of another feed", 0 },
	{ "another signature", "--flip", NULL,
	    "the UVM endorsement's signature is not valid", 0 } };

/* Base64 of the COSE_Sign1, as a container finds it. */
static void
endorse(unsigned i, struct sim_blob *out)
{
	char dir[512], path[600];
	char *argv[] = { (char *)(uintptr_t)cloud_teesim, "context", "--dir",
		(char *)(uintptr_t)cloud_keys, "--out", dir,
		(char *)(uintptr_t)rows[i].option,
		(char *)(uintptr_t)rows[i].value, NULL };
	posix_spawn_file_actions_t quiet;
	int status;
	pid_t pid;

	snprintf(dir, sizeof(dir), "%s/context", cloud_keys);
	snprintf(path, sizeof(path), "%s/reference-info-base64", dir);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	ck_assert_int_eq(posix_spawn(&pid, cloud_teesim, &quiet, NULL, argv,
			     environ),
	    0);
	posix_spawn_file_actions_destroy(&quiet);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert(tee_sim_blob_read(out, AT_FDCWD, path, 65536));
	ck_assert(tee_sim_blob_append(out, "", 1));
}

static json_t *
endorsed_request(unsigned i)
{
	struct sim_blob cose = { NULL, 0 };
	struct maa_evidence evidence;
	json_t *uvm, *text, *body;
	char *inner;

	endorse(i, &cose);
	uvm = json_pack("{s:[s]}", "Uvm", (char *)cose.data);
	inner = json_dumps(uvm, JSON_COMPACT);
	text = encoded(true, inner, strlen(inner));
	maa_evidence(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	body = maa_request(&evidence, MAA_RUNTIME, strlen(MAA_RUNTIME));
	json_object_set_new(body, "report", maa_proof(&evidence, text));
	json_decref(text);
	json_decref(uvm);
	free(inner);
	tee_sim_blob_free(&evidence.pem);
	tee_sim_blob_free(&cose);
	return body;
}

START_TEST(endorsed)
{
	struct reply reply;
	json_t *body, *root, *claims;

	cloud_turn("");
	body = endorsed_request((unsigned)_i);
	cloud_attest(&reply, "SevSnpVm", body);
	ck_assert_msg(reply.status == (rows[_i].wrong == NULL ? 200 : 400),
	    "%s: %s", rows[_i].name, (char *)reply.body.data);
	if (rows[_i].wrong != NULL) {
		reply_error(&reply, "InvalidParameter", rows[_i].wrong);
	} else {
		root = reply_json(&reply);
		claims =
		    jwt_part(json_string_value(json_object_get(root, "token")),
			1, 0);
		ck_assert_str_eq(json_string_value(json_object_get(claims,
				     "x-ms-compliance-status")),
		    "azure-compliant-uvm");
		ck_assert_int_eq(json_integer_value(json_object_get(claims,
				     "x-ms-sevsnpvm-guestsvn")),
		    rows[_i].svn);
		json_decref(claims);
		json_decref(root);
	}
	json_decref(body);
	reply_free(&reply);
}
END_TEST

/* What takes the status away although the endorsement holds. */
START_TEST(not_compliant)
{
	static const char *const turns[] = { "maa-not-compliant=yes",
		"debug=yes", "vmpl=1" };
	json_t *body, *claims;
	char *token;

	cloud_turn(turns[_i]);
	body = endorsed_request(0);
	token = maa_token("SevSnpVm", body);
	claims = jwt_part(token, 1, 0);
	ck_assert_ptr_null(json_object_get(claims, "x-ms-compliance-status"));
	json_decref(claims);
	json_decref(body);
	free(token);
}
END_TEST

void
add_uvm_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, endorsed, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tcase, not_compliant, 0, 3);
}
