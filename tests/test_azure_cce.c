/* SPDX-License-Identifier: Apache-2.0 */
/* Which policies of containers allow everything, however they are spelled. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "modules/snp_azure/cce.h"

static const struct rule {
	const char *text;
	bool open;
} rules[] = {
	{ "create_container := {\"allowed\": true}", true },
	{ "x\n\n  create_container:={\"allowed\":true,\"a\":1}\n", true },
	{ "create_container = { \"allowed\" : true }\r\n", true },
	{ "default create_container := {\"allowed\": true}", true },
	{ "default create_container := {\"allowed\": false}", false },
	/* The member stands anywhere, over several lines, between comments. */
	{ "create_container := {\"command_list\": null, \"env_list\": null, "
	  "\"allow_stdio_access\": true, \"allowed\": true}",
	    true },
	{ "create_container := {\n\t\"command_list\": null,\n"
	  "\t\"allowed\": true\n}\n",
	    true },
	{ "create_container\n  :=\n{ # {\n\"allowed\" # }\n:\ntrue\n}", true },
	{ "create_container := {`allowed`: true}", true },
	{ "create_container := {\"mounts\": [{\"a\": \"}\"}], "
	  "\"b\": \"\\\"}\", \"allowed\": true}",
	    true },
	{ "default create_container := {\"allowed\": false}\n"
	  "create_container := {\"allowed\": true}",
	    true },
	{ "x := {\"a\": \"unclosed\n}\ncreate_container := {\"allowed\": true}",
	    true },
	{ "create_container := {\"allowed\": true} { true }", true },
	{ "create_container := {\"allowed\": true} if true", true },
	{ "create_container\t:=\t{\"allowed\":\ttrue}", true },
	{ "create_container\r\n:=\r\n{\"allowed\":\r\ntrue}", true },
	{ "x := `\"\n\"{`\ncreate_container := {\"allowed\": true}", true },
	{ "x := `\\`\ncreate_container := {\"allowed\": true}", true },
	{ "x := \"`\"\ncreate_container := {\"allowed\": true}", true },
	{ "create_containers := {\"allowed\": true}", false },
	{ "create_containerS := {\"allowed\": true}", false },
	{ "create_container2 := {\"allowed\": true}", false },
	{ "create_container := {\"allowed\": true9}", false },
	{ "create_container := {\"a\": (1), \"allowed\": true}", true },
	{ "create_container := {\"a\": f(\"allowed\": true)}", false },
	{ "create_container := {\"allowed\", true}", false },
	{ "create_container {\"allowed\": true}", false },
	{ "create_container := {\"allowed\" true}", false },
	{ "x := `\ncreate_container := {\"allowed\": true}`", false },
	{ "create_container := {\"a\": {\"allowed\": true}, "
	  "\"allowed\": false}",
	    false },
	{ "create_container := {\"a\": [\"allowed\", true]}", false },
	{ "create_container := {\"a\": \"\\\"allowed\\\": true\"}", false },
	{ "create_container := {\"allowed\": true_enough}", false },
	{ "create_container := {\n# \"allowed\": true\n}", false },
	{ "create_container := {\"a\": 1}\nx := {\"allowed\": true}", false },
	{ "x := `create_container := {\"allowed\": true}`", false },
	/* Microsoft's framework, put into the policy: under a condition. */
	{ "create_container := {\"env_list\": env_list,\n\"allowed\": true} {\n"
	  "\tnot container_started\n}",
	    false },
	{ "create_container := {\"allowed\": true} if {\n\tnot started\n}",
	    false },
	{ "create_container := {\"allowed\": true} if { true; not started }",
	    false },
	{ "create_container := data.framework.create_container", false },
	{ "x := data.framework.create_container = {\"allowed\": true}", false },
	{ "# create_container := {\"allowed\": true}", false },
	{ "exec_in_container := {\"allowed\": true}", false },
	{ "create_container := {\"allowed\": tru", false },
	{ "", false },
};

START_TEST(allow_all)
{
	const struct rule *r = &rules[_i];

	ck_assert_msg(tee_azure_cce_allows_all((const uint8_t *)r->text,
			  strlen(r->text)) == r->open,
	    "%s", r->text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure cce");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, allow_all, 0,
	    (int)(sizeof(rules) / sizeof(rules[0])));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
