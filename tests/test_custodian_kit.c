/* SPDX-License-Identifier: Apache-2.0 */
/* custodian_kit: see test_custodian_kit.h. */
#include "config.h"

#include <keyutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "tests/test_custodian_kit.h"

struct trace trace;
uint8_t seed[TEE_SEED_SIZE];
struct tee_release got;
struct tee *tee;

const char *
name(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "custodian%d", (int)getpid());
	return text;
}

void
write_profile(const struct script *s)
{
	char text[4096], file[80], *quote;

	snprintf(text, sizeof(text),
	    "agent = { did = 'auto'; };\nassurance = '%s';\n"
	    "require = { %s };\n%s%s%s%s%s%s"
	    "keystore = ( %s );\ncustody = { lifetime = '1h'; };\n",
	    s->assurance, s->require != NULL ? s->require : "",
	    s->collector != NULL ? "collector = ( " : "",
	    s->collector != NULL ? s->collector : "",
	    s->collector != NULL ? " );\n" : "",
	    s->verifier != NULL ? "verifier = ( " : "",
	    s->verifier != NULL ? s->verifier : "",
	    s->verifier != NULL ? " );\n" : "", s->keystore);
	for (quote = text; (quote = strchr(quote, '\'')) != NULL;)
		*quote = '"';
	snprintf(file, sizeof(file), "%s.conf", name());
	kit_write(kit_path(file), text, strlen(text));
}

const char *
profile_path(uint8_t digest[32])
{
	static char path[1024];
	char file[80], *text;

	snprintf(file, sizeof(file), "%s.conf", name());
	snprintf(path, sizeof(path), "%s", kit_path(file));
	text = kit_read(path);
	ck_assert_int_eq(EVP_Digest(text, strlen(text), digest, NULL,
			     EVP_sha256(), NULL),
	    1);
	free(text);
	return path;
}

int
open_as_read(int flip)
{
	struct tee_options options = { .size = sizeof(options),
		.log = trace_log,
		.log_user = &trace };
	uint8_t digest[32];
	const char *path = profile_path(digest);

	memset(&trace, 0, sizeof(trace));
	digest[31] ^= (uint8_t)flip;
	return tee_custodian_open(path, digest, &options, &tee);
}

int
acquire(const struct script *s)
{
	write_profile(s);
	ck_assert_msg(open_as_read(0) == 0, "%s", trace.text);
	memset(seed, 0xaa, sizeof(seed));
	return tee_custodian_acquire(tee, seed, &got);
}

void
end(void)
{
	tee_release_clear(&got);
	tee_close(&tee);
}

bool
is_all(const uint8_t *bytes, size_t size, uint8_t value)
{
	while (size-- > 0)
		if (bytes[size] != value)
			return false;
	return true;
}

bool
kernel_knows(const char *word)
{
	FILE *f = fopen("/proc/keys", "re");
	char line[1024];
	bool found = false;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		found = found || strstr(line, word) != NULL;
	fclose(f);
	return found;
}

void
holds_no_key(void)
{
	ck_assert(!kernel_knows(name()));
	ck_assert_int_lt(keyctl_get_keyring_ID(KEY_SPEC_PROCESS_KEYRING, 0), 0);
	ck_assert_int_lt(keyctl_get_keyring_ID(KEY_SPEC_THREAD_KEYRING, 0), 0);
}

const char *
claim(const char *text, const char *key)
{
	static char value[128];
	json_t *root = json_loads(text, 0, NULL);
	const json_t *claims = json_object_get(root, "claims");
	const json_t *found = json_object_get(claims, key);

	ck_assert_msg(root != NULL, "no JSON: %s", text);
	if (found == NULL)
		found = json_object_get(json_object_get(claims, "claims"), key);
	snprintf(value, sizeof(value), "%s",
	    found != NULL ? json_string_value(found) : "");
	json_decref(root);
	return value;
}

int
custodian_main(const char *suite_name, void (*add)(TCase *))
{
	Suite *suite = suite_create(suite_name);
	TCase *tcase = tcase_create(suite_name);

	if (!kit_begin(suite_name))
		return 77;
	add(tcase);
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
