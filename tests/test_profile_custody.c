/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile's custody amounts to, as tee_dump says it. */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "tests/test_profile_kit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *custody;
	const char *dump; /* compact, keys sorted */
} rows[] = {
	{ "",
	    "{\"connections\":128,\"groups\":null,\"lifetime\":3600,"
	    "\"rate\":1000,\"residency\":\"teed\",\"sign\":"
	    "[\"handshake\",\"registration\"],\"socket\":null,"
	    "\"ssh_agent\":false,\"users\":null}" },
	{ "custody = { residency = \"process\"; lifetime = \"8h\"; };",
	    "{\"groups\":null,\"lifetime\":28800,\"residency\":\"process\","
	    "\"users\":null}" },
	{ "custody = { users = [\"payments\", \"1234\"]; rate = \"1000000\"; "
	  "connections = \"4096\"; ssh_agent = true; "
	  "socket = \"/run/tee/other.sock\"; };",
	    "{\"connections\":4096,\"groups\":null,\"lifetime\":3600,"
	    "\"rate\":1000000,\"residency\":\"teed\",\"sign\":"
	    "[\"handshake\",\"registration\"],"
	    "\"socket\":\"/run/tee/other.sock\",\"ssh_agent\":true,"
	    "\"users\":\"payments,1234\"}" },
	/* What is listed stands for itself: the usual classes are not added. */
	{ "custody = { groups = [\"root\", \"1234\"]; rate = \"1\"; "
	  "connections = \"1\"; sign = [\"sshsig:git\", \"jws\", "
	  "\"raw:apps:v1:\", \"ssh\"]; };",
	    "{\"connections\":1,\"groups\":\"root,1234\",\"lifetime\":3600,"
	    "\"rate\":1,\"residency\":\"teed\",\"sign\":[\"sshsig:git\","
	    "\"jws\",\"raw:apps:v1:\",\"ssh\"],\"socket\":null,"
	    "\"ssh_agent\":false,\"users\":null}" },
	/* Of many members: it is one all the same. */
	{ "custody = { residency = \"process\"; groups = [\"crowd\"]; };",
	    "{\"groups\":\"crowd\",\"lifetime\":3600,"
	    "\"residency\":\"process\",\"users\":null}" },
};

/* In the place of libc's, for libtee, too: it knows a group with a crowd. */
int
getgrnam_r(const char *name, struct group *entry, char *room, size_t size,
    struct group **out)
{
	static int (*real)(const char *, struct group *, char *, size_t,
	    struct group **);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "getgrnam_r");
	if (strcmp(name, "crowd") != 0)
		return real(name, entry, room, size, out);
	*out = size < 200000 ? NULL : entry;
	entry->gr_gid = 4711;
	return *out != NULL ? 0 : ERANGE;
}

static char *
custody_of(const char *custody)
{
	static const char form[] =
	    "agent = { did = \"did:mesh:fixture\"; };\n"
	    "assurance = \"local\";\n"
	    "keystore = ( { control = \"required\"; module = \"mock\"; } );\n"
	    "%s\n";
	struct tee_options o = { .size = sizeof(o) };
	char text[2048], *dump = NULL, *compact;
	struct tee *tee = NULL;
	struct trace trace;
	json_t *root;

	snprintf(text, sizeof(text), form, custody);
	ck_assert_msg(kit_load("custody", text, &o, &trace, &tee) == 0, "%s",
	    trace.text);
	ck_assert_int_eq(tee_dump(tee, &dump), 0);
	tee_close(&tee);
	root = json_loads(dump, 0, NULL);
	compact = json_dumps(json_object_get(root, "custody"),
	    JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(root);
	free(dump);
	return compact;
}

START_TEST(dump)
{
	char *got = custody_of(rows[_i].custody);

	ck_assert_str_eq(got, rows[_i].dump);
	free(got);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("profile_custody");
	TCase *tcase = tcase_create("profile_custody");

	if (!kit_begin("profile_custody"))
		return 77;
	tcase_add_loop_test(tcase, dump, 0, (int)COUNT(rows));
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
