/* SPDX-License-Identifier: Apache-2.0 */
/* What custody.sign may hold, and what of it is refused and why. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "libtee/message.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16
#define KEY64 "YSBwdWJsaWMga2V5IG9mIDMyIGJ5dGVzLCBpbmRlZWQ"

static const struct {
	const char *text;
	const char *why; /* NULL: fine */
} rules[] = {
	{ "handshake", NULL },
	{ "registration", NULL },
	{ "jws", NULL },
	{ "ssh", NULL },
	{ "sshsig:git", NULL },
	{ "sshsig:git:me@example.org", NULL },
	{ "raw:my apps:v1", NULL },
	{ "raw:12345678\"", NULL },
	{ "raw:org.example.an-application.with.a-long-name:v1", NULL },
	{ "", "sign holds" },
	{ "Handshake", "sign holds" },
	{ "handshake ", "sign holds" },
	{ "none", "sign holds" },
	{ "all", "sign holds" },
	{ "handshake:x", "takes no word" },
	{ "ssh:", "takes no word" },
	{ "raw", "need a word" },
	{ "sshsig", "need a word" },
	{ "sshsig:", "a namespace" },
	{ "sshsig:\t", "a namespace" },
	{ "raw:", "8 to 64" },
	{ "raw:short:", "8 to 64" },
	{ "raw:apps:v1:\x01", "8 to 64" },
	{ "raw:apps:v1:\xc3\xa4", "8 to 64" },
	{ "raw:apps:v1:\x7f", "8 to 64" },
	{ "raw:" HEX64 ":", "8 to 64" },
	{ "raw:        :", "space" },
	{ "raw:eyJhbGciOiJFZERTQSJ9.", "outside" },
	{ "raw:abcdefgh", "outside" },
	{ "raw:challenge_:", "another form" },
	{ "raw:challenge", "another form" },
	{ "raw:challenge_" HEX16 ":", "another form" },
	{ "raw:SSHSIG:::", "another form" },
	{ "raw:tee-registration-v1:", "another form" },
	{ "raw:agentmesh-layer2-v1:", "another form" },
	{ "raw:" KEY64 "=", "outside" },
	/* Some key's base64 begins so, in one alphabet or in both. */
	{ "raw:YSBwdWJs+", "outside" },
	{ "raw:YSBw/dWJs", "outside" },
	{ "raw:YSBw/d-W_Js+", "outside" },
	{ "raw:YSBw-dWJsaWMga2V5IG9mIDMyIGJ5dGVzLCBpbmR/ZWQ:x", "outside" },
	{ "raw:" KEY64 "2026-01-01T12:", "outside" },
};

START_TEST(rule)
{
	struct tee_message_rules r = { .count = 0 };
	const char *why = NULL;
	bool ok = tee_message_rules_add(&r, rules[_i].text, &why);

	ck_assert_msg(ok == (rules[_i].why == NULL), "%s: %s", rules[_i].text,
	    why != NULL ? why : "taken");
	ck_assert_uint_eq(r.count, ok ? 1 : 0);
	if (!ok)
		ck_assert_msg(strstr(why, rules[_i].why) != NULL, "%s: %s",
		    rules[_i].text, why);
	tee_message_rules_clear(&r);
}
END_TEST

START_TEST(too_many_rules)
{
	struct tee_message_rules r = { .count = 0 };
	const char *why;

	for (int i = 0; i < TEE_MESSAGE_CLASSES; i++)
		ck_assert(tee_message_rules_add(&r, "sshsig:git", &why));
	ck_assert(!tee_message_rules_add(&r, "jws", &why));
	ck_assert_uint_eq(r.count, TEE_MESSAGE_CLASSES);
	tee_message_rules_clear(&r);
	ck_assert_uint_eq(r.count, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("message_rules");
	TCase *c = tcase_create("message_rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(c, rule, 0, (int)COUNT(rules));
	tcase_add_test(c, too_many_rules);
	suite_add_tcase(suite, c);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
