/* SPDX-License-Identifier: Apache-2.0 */
/* kit: see test_evidence_kit.h. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_evidence_kit.h"

json_t *
kit_evidence(void)
{
	json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s,"
				 " s:{s:s}, s:b, s:s, s:s}",
	    "platform", "azure-sev-snp", "evidence",
	    "base64-attestation-report", "agent_did", "did:mesh:agent-1",
	    "challenge_id", "challenge_123", "nonce", "nonce-abc",
	    "public_key_hash",
	    "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d3"
	    "0bd9d521f015363793",
	    "report_data_hash",
	    "a9beac248d1221961e3fba0ea8daca0945128b11d30b0"
	    "6bdf0ffe8bd837668e5",
	    "key_origin", "skr", "runtime_measurements", "measurement",
	    "abc123", "secure_boot_verified", 1, "timestamp",
	    "2026-01-01T12:00:00Z", "expires_at", "2026-01-01T12:05:00Z");

	ck_assert_ptr_nonnull(root);
	return root;
}

int
kit_read(json_t *root, struct tee_evidence **out)
{
	char *text = json_dumps(root, JSON_COMPACT | JSON_ENCODE_ANY);
	int error;

	ck_assert_ptr_nonnull(text);
	error = tee_evidence_from_json(text, strlen(text), out);
	ck_assert((error == 0) == (*out != NULL));
	free(text);
	json_decref(root);
	return error;
}

json_t *
kit_vectors(const char *file)
{
	const char *base = getenv("TEE_VECTORS");
	char path[PATH_MAX];

	if (base == NULL ||
	    snprintf(path, sizeof(path), "%s/agentmesh/%s", base, file) >=
		(int)sizeof(path))
		return NULL;
	return json_load_file(path, JSON_ALLOW_NUL, NULL);
}

static char *
repeated(const json_t *how, size_t *size)
{
	const char *what;
	int count;
	char *text;

	if (json_unpack((json_t *)(uintptr_t)how, "{s:s, s:i}", "char", &what,
		"count", &count) != 0)
		return NULL;
	text = malloc((size_t)count + 1);
	ck_assert_ptr_nonnull(text);
	memset(text, what[0], (size_t)count);
	text[count] = '\0';
	*size = (size_t)count;
	return text;
}

char *
kit_text(const json_t *object, const char *key, size_t *size)
{
	const json_t *s = json_object_get(object, key);
	char how[64], *text;

	if (!json_is_string(s)) {
		snprintf(how, sizeof(how), "%s_repeat", key);
		return repeated(json_object_get(object, how), size);
	}
	*size = json_string_length(s);
	text = malloc(*size + 1);
	ck_assert_ptr_nonnull(text);
	memcpy(text, json_string_value(s), *size + 1);
	return text;
}

int
kit_main(Suite *suite, const char *skipped)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (failed > 0)
		return 1;
	if (skipped != NULL)
		printf("skipped: %s\n", skipped);
	return skipped != NULL ? 77 : 0;
}
