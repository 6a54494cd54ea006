/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_yaml: any bytes as YAML.  What is taken is bounded, and is JSON that
 * reads back as the same; what is refused says where.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "teectl/yaml.h"

const char fuzz_target[] = "policy_yaml";

static size_t
count_nodes(const json_t *json, unsigned depth)
{
	const char *key;
	json_t *value;
	size_t i, n = 1;

	fuzz_must(depth <= YAML_DEPTH_MAX, "depth is bounded");
	json_array_foreach(json, i, value) n += count_nodes(value, depth + 1);
	json_object_foreach((json_t *)(uintptr_t)json, key, value) n +=
	    1 + count_nodes(value, depth + 1);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[YAML_WHY], *text;
	json_t *json = yaml_read((const char *)data, size, why), *again;

	fuzz_accepted = json != NULL;
	fuzz_must(memchr(why, '\0', sizeof(why)) != NULL, "why ends");
	fuzz_must(fuzz_accepted == (why[0] == '\0'), "a refusal says why");
	if (json == NULL)
		return 0;
	fuzz_must(count_nodes(json, 0) <= YAML_NODES_MAX, "nodes are bounded");
	text = json_dumps(json, JSON_ENCODE_ANY);
	fuzz_must(text != NULL, "what was read can be written");
	again =
	    json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	fuzz_must(json_equal(json, again) == 1, "it reads back as the same");
	json_decref(again);
	json_decref(json);
	free(text);
	return 0;
}
