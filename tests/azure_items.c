/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure_items: what a peer does with evidence on the way.
 *
 *	azure_items keep NAME... <EVIDENCE	with these items alone
 *	azure_items show NAME <EVIDENCE		the bytes of one item
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include <openssl/evp.h>

static unsigned char *
decode(const char *text, size_t *size)
{
	size_t n = strlen(text);
	unsigned char *out = malloc(n + 4);
	int got = out != NULL ?
	    EVP_DecodeBlock(out, (const unsigned char *)text, (int)n) :
	    -1;

	if (got < 0) {
		free(out);
		return NULL;
	}
	*size = (size_t)got;
	while (n > 0 && text[--n] == '=')
		(*size)--;
	return out;
}

static json_t *
encode(const char *text)
{
	size_t n = strlen(text);
	unsigned char *out = malloc(n / 3 * 4 + 8);
	json_t *value = NULL;

	if (out != NULL &&
	    EVP_EncodeBlock(out, (const unsigned char *)text, (int)n) > 0)
		value = json_string((const char *)out);
	free(out);
	return value;
}

static json_t *
read_items(const json_t *evidence)
{
	const char *text =
	    json_string_value(json_object_get(evidence, "evidence"));
	size_t size = 0;
	unsigned char *data = text != NULL ? decode(text, &size) : NULL;
	json_t *items =
	    data != NULL ? json_loadb((char *)data, size, 0, NULL) : NULL;

	free(data);
	return items;
}

static int
show(const json_t *items, const char *name)
{
	const char *text = json_string_value(json_object_get(items, name));
	size_t size = 0;
	unsigned char *data = text != NULL ? decode(text, &size) : NULL;
	int ok = data != NULL && fwrite(data, 1, size, stdout) == size;

	free(data);
	return ok;
}

static int
keep(json_t *evidence, const json_t *items, char **names)
{
	json_t *kept = json_object();
	char *text = NULL;
	int ok = 1;

	for (; *names != NULL; names++)
		ok = json_object_set(kept, *names,
			 json_object_get(items, *names)) == 0 &&
		    ok;
	text = json_dumps(kept, JSON_COMPACT);
	ok = ok && text != NULL &&
	    json_object_set_new(evidence, "evidence", encode(text)) == 0 &&
	    json_dumpf(evidence, stdout, JSON_INDENT(2)) == 0;
	free(text);
	json_decref(kept);
	return ok;
}

int
main(int argc, char **argv)
{
	json_t *evidence = json_loadf(stdin, JSON_REJECT_DUPLICATES, NULL);
	json_t *items = read_items(evidence);
	int ok = 0;

	if (items != NULL && argc == 3 && strcmp(argv[1], "show") == 0)
		ok = show(items, argv[2]);
	else if (items != NULL && argc > 2 && strcmp(argv[1], "keep") == 0)
		ok = keep(evidence, items, argv + 2);
	if (!ok)
		fprintf(stderr, "azure_items: no evidence, or no such item\n");
	json_decref(items);
	json_decref(evidence);
	return ok ? 0 : 1;
}
