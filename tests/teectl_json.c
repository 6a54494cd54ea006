/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teectl_json: reads one JSON text from standard input, refuses anything
 * else, and prints what stands at PATH: "checks/name=binding/result" walks
 * objects by key and arrays by index or by a member's value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

static json_t *
pick(json_t *array, const char *word)
{
	const char *equals = strchr(word, '=');
	json_t *element;
	char key[64];
	size_t i;

	if (equals == NULL)
		return json_array_get(array, (size_t)atoi(word));
	snprintf(key, sizeof(key), "%.*s", (int)(equals - word), word);
	json_array_foreach(array, i, element)
	{
		json_t *value = json_object_get(element, key);
		char number[32];

		snprintf(number, sizeof(number), "%lld",
		    (long long)json_integer_value(value));
		if (strcmp(json_is_string(value) ? json_string_value(value) :
						   number,
			equals + 1) == 0)
			return element;
	}
	return NULL;
}

static void
print(const json_t *value)
{
	if (json_is_string(value))
		puts(json_string_value(value));
	else if (json_is_array(value))
		printf("%zu\n", json_array_size(value));
	else if (json_is_object(value))
		printf("%zu\n", json_object_size(value));
	else
		json_dumpf(value, stdout, JSON_ENCODE_ANY);
}

int
main(int argc, char **argv)
{
	json_error_t error;
	json_t *root = json_loadf(stdin, JSON_REJECT_DUPLICATES, &error);
	json_t *at = root;
	char *word, *save = NULL;

	if (root == NULL) {
		fprintf(stderr, "line %d: %s\n", error.line, error.text);
		return 1;
	}
	word = argc > 1 ? strtok_r(argv[1], "/", &save) : NULL;
	for (; word != NULL && at != NULL; word = strtok_r(NULL, "/", &save))
		at = json_is_array(at) ? pick(at, word) :
					 json_object_get(at, word);
	if (at == NULL)
		return 2;
	print(at);
	json_decref(root);
	return 0;
}
